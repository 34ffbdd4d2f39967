import asyncio
import threading
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import aclosing
from pathlib import Path

import numpy as np
import pytest
from scripted_voice import WAIT_S, ScriptedVoice, sound

from tts.cache import PromptCache
from tts.speech import SENTENCE_PAUSE_MS, SpeechService, SpokenPiece
from voxdesk.kernel.errors import SynthesisFailed

pytestmark = pytest.mark.unit

ONE = "Hello there."
TWO = "How can I help?"
THREE = "Goodbye."


def run(scenario: Callable[[], Awaitable[None]]) -> None:
    async def bounded() -> None:
        async with asyncio.timeout(WAIT_S):
            await scenario()

    asyncio.run(bounded())


async def all_of(pieces: AsyncIterator[SpokenPiece]) -> list[SpokenPiece]:
    return [piece async for piece in pieces]


async def until(condition: Callable[[], bool]) -> None:
    while not condition():  # noqa: ASYNC110  what it waits for happens in other threads
        await asyncio.sleep(0.005)


def kept(folder: Path) -> int:
    """Prompts on disk."""
    return len(list(folder.rglob("*.wav")))


def test_sentences_come_in_order_with_a_pause_between() -> None:
    async def scenario() -> None:
        service = SpeechService({"en": ScriptedVoice()})

        pieces = await all_of(service.speak(f"{ONE} {TWO}"))

        assert [p.sentence_index for p in pieces] == [0, 0, 0, 1, 1, 1]
        assert [p.first for p in pieces] == [True] + [False] * 5
        assert {p.text for p in pieces} == {ONE, TWO}
        assert not any(p.cached for p in pieces)
        assert np.array_equal(pieces[0].pcm, sound(ONE))
        pause = SENTENCE_PAUSE_MS * 16
        assert not pieces[3].pcm[:pause].any()
        assert np.array_equal(pieces[3].pcm[pause:], sound(TWO))
        await service.close()

    run(scenario)


def test_what_was_said_once_comes_from_the_cache(tmp_path: Path) -> None:
    async def scenario() -> None:
        voice = ScriptedVoice()
        service = SpeechService({"en": voice}, PromptCache(tmp_path))
        made = await all_of(service.speak(f"{ONE} {TWO}"))

        again = await all_of(service.speak(f"{TWO} {ONE}"))

        assert voice.said == [ONE, TWO]
        assert len(made) > len(again)
        assert [p.cached for p in again] == [True, True]
        assert [p.first for p in again] == [True, False]
        assert again[0].synth_ms == 0
        await service.close()

    run(scenario)


def test_prompts_for_everybody_survive_a_restart_and_what_one_caller_was_told_does_not(
    tmp_path: Path,
) -> None:
    async def scenario() -> None:
        voice = ScriptedVoice()
        service = SpeechService({"en": voice}, PromptCache(tmp_path))
        await service.warm([ONE])
        await all_of(service.speak(TWO))
        await service.close()

        restarted = SpeechService({"en": voice}, PromptCache(tmp_path))
        pieces = await all_of(restarted.speak(f"{ONE} {TWO}"))

        assert [p.cached for p in pieces if p.text == ONE] == [True]
        assert not any(p.cached for p in pieces if p.text == TWO)
        await restarted.close()

    run(scenario)


def test_sensitive_text_is_never_kept_and_never_sent_away(tmp_path: Path) -> None:
    async def scenario() -> None:
        cloud, local = ScriptedVoice("cloud:1", local=False), ScriptedVoice("local:1")
        cache = PromptCache(tmp_path)
        service = SpeechService({"en": cloud}, cache, private_voices={"en": local})

        await all_of(service.speak(ONE, sensitive=True))
        await all_of(service.speak(ONE, sensitive=True))
        await service.warm([TWO])

        assert local.said == [ONE, ONE]
        assert cloud.said == [TWO]
        assert kept(tmp_path) == 1
        await service.close()

    run(scenario)


def test_without_a_local_voice_sensitive_text_is_refused() -> None:
    async def scenario() -> None:
        cloud = ScriptedVoice("cloud:1", local=False)
        service = SpeechService({"en": cloud})

        with pytest.raises(SynthesisFailed, match="no local voice"):
            await all_of(service.speak(ONE, sensitive=True))

        assert cloud.said == []
        await service.close()

    run(scenario)


def test_a_language_without_a_voice_says_what_there_is() -> None:
    async def scenario() -> None:
        service = SpeechService({"en": ScriptedVoice()})

        with pytest.raises(SynthesisFailed, match=r'"fr".*en'):
            await all_of(service.speak("Bonjour.", language="fr-CA"))
        await service.close()

    run(scenario)


def test_regional_tags_choose_the_languages_voice() -> None:
    async def scenario() -> None:
        english, mandarin = ScriptedVoice("en:1"), ScriptedVoice("zh:1", languages=("zh",))
        service = SpeechService({"en": english, "zh": mandarin})

        await all_of(service.speak("您好。请等2分钟。", language="zh-CN"))

        assert mandarin.said == ["您好。", "请等两分钟。"]
        await service.close()

    run(scenario)


def test_two_calls_that_want_the_same_sentence_share_one_synthesis() -> None:
    async def scenario() -> None:
        voice = ScriptedVoice()
        gate = voice.hold[ONE] = threading.Event()
        service = SpeechService({"en": voice}, PromptCache(None))
        calls = [asyncio.create_task(all_of(service.speak(ONE))) for _ in range(3)]
        await until(voice.began.is_set)

        gate.set()
        heard = await asyncio.gather(*calls)

        assert voice.said == [ONE]
        assert all(len(pieces) == 3 for pieces in heard)
        await service.close()

    run(scenario)


def test_a_caller_who_leaves_takes_nothing_from_another_who_listens() -> None:
    async def scenario() -> None:
        voice = ScriptedVoice()
        gate = voice.hold[ONE] = threading.Event()
        service = SpeechService({"en": voice}, PromptCache(None))
        leaves = asyncio.create_task(all_of(service.speak(ONE)))
        stays = asyncio.create_task(all_of(service.speak(ONE)))
        await until(voice.began.is_set)

        leaves.cancel()
        await asyncio.gather(leaves, return_exceptions=True)
        gate.set()

        assert len(await stays) == 3
        await service.close()

    run(scenario)


def test_stopping_an_answer_stops_the_work_on_it(tmp_path: Path) -> None:
    async def scenario() -> None:
        voice = ScriptedVoice(pieces=1000)
        cache = PromptCache(tmp_path)
        service = SpeechService({"en": voice}, cache, workers=1)
        async with aclosing(service.speak(f"{ONE} {TWO}")) as pieces:
            async for _ in pieces:
                break

        await until(lambda: voice.closed == len(voice.said))

        assert len(voice.made) < 1000
        assert kept(tmp_path) == 0  # half a sentence is not kept
        voice.pieces = 2
        assert len(await all_of(service.speak(ONE))) == 2  # and can be asked for again
        await service.close()

    run(scenario)


def test_a_waiting_caller_is_served_before_the_warming_goes_on(tmp_path: Path) -> None:
    async def scenario() -> None:
        voice = ScriptedVoice(pieces=2)
        long = "A very long prompt."
        gate = voice.hold[long] = threading.Event()
        service = SpeechService({"en": voice}, PromptCache(tmp_path), workers=1)
        service.warm_in_background([long, TWO])
        await until(voice.began.is_set)

        caller = asyncio.create_task(all_of(service.speak(ONE)))
        await until(lambda: len(service._workers._queue) == 1)
        gate.set()
        heard = await caller

        assert len(heard) == 2
        # The caller's sentence went between the pieces of the one that nobody waited for.
        assert voice.made[:3] == [long, ONE, ONE]
        await until(lambda: voice.made.count(TWO) == 2)
        assert voice.made.count(long) == 2
        assert voice.said == [long, ONE, TWO]  # none was begun twice
        await service.close()

    run(scenario)


def test_an_answer_is_not_made_far_ahead_of_its_playing() -> None:
    async def scenario() -> None:
        voice = ScriptedVoice(pieces=20)  # 2 s a sentence
        service = SpeechService({"en": voice}, look_ahead_s=1.0)
        pieces = service.speak("One. Two. Three. Four. Five.")
        heard = [await anext(pieces) for _ in range(40)]

        with pytest.raises(TimeoutError):  # 4 s are there to be played: nothing is due yet
            await asyncio.wait_for(anext(pieces), 0.5)

        assert heard[-1].sentence_index == 1
        assert voice.said == ["One.", "Two."]
        await service.close()

    run(scenario)


def test_the_next_sentence_is_made_while_the_first_one_is_taken() -> None:
    async def scenario() -> None:
        voice = ScriptedVoice()
        service = SpeechService({"en": voice}, workers=2)
        pieces = service.speak(f"{ONE} {TWO} {THREE}")

        await anext(pieces)
        await anext(pieces)
        await until(lambda: TWO in voice.said)

        assert THREE not in voice.said  # one ahead, not all
        await pieces.aclose()  # type: ignore[attr-defined]
        await service.close()

    run(scenario)


def test_a_failing_voice_is_told_and_what_came_before_stands() -> None:
    async def scenario() -> None:
        voice = ScriptedVoice()
        voice.fail_on = lambda sentence, _piece: sentence == TWO
        service = SpeechService({"en": voice}, PromptCache(None))
        heard: list[SpokenPiece] = []

        async def listen() -> None:
            async for piece in service.speak(f"{ONE} {TWO} {THREE}"):
                heard.append(piece)  # noqa: PERF401  kept although it fails later

        with pytest.raises(SynthesisFailed, match="as the test said"):
            await listen()

        assert [p.text for p in heard] == [ONE] * 3
        voice.fail_on = lambda _sentence, _piece: False
        assert len(await all_of(service.speak(TWO))) == 3  # the next try is a new one
        await service.close()

    run(scenario)


def test_a_voice_with_a_bug_fails_its_sentence_and_not_its_worker() -> None:
    async def scenario() -> None:
        voice = ScriptedVoice()

        def broken(sentence: str, _piece: int) -> bool:
            if sentence == ONE:
                raise ZeroDivisionError
            return False

        voice.fail_on = broken
        service = SpeechService({"en": voice}, workers=1)

        with pytest.raises(SynthesisFailed, match="ZeroDivisionError"):
            await all_of(service.speak(ONE))

        assert len(await all_of(service.speak(TWO))) == 3
        await service.close()

    run(scenario)


def test_a_voice_that_hangs_is_not_waited_for_for_ever() -> None:
    async def scenario() -> None:
        voice = ScriptedVoice()
        gate = voice.hold[ONE] = threading.Event()
        service = SpeechService({"en": voice}, timeout_s=0.1)

        with pytest.raises(SynthesisFailed, match=r"no sound within 0\.1 s"):
            await all_of(service.speak(ONE))

        gate.set()
        await service.close()

    run(scenario)


def test_warming_makes_only_what_is_missing(tmp_path: Path) -> None:
    async def scenario() -> None:
        voice = ScriptedVoice()
        service = SpeechService({"en": voice}, PromptCache(tmp_path))
        await all_of(service.speak(ONE))

        made = await service.warm([f"{ONE} {TWO}", TWO, THREE])

        assert made == 2
        assert voice.said == [ONE, TWO, THREE]
        assert all(p.cached for p in await all_of(service.speak(f"{TWO} {THREE}")))
        await service.close()

    run(scenario)


def test_nothing_to_say_is_no_sound() -> None:
    async def scenario() -> None:
        service = SpeechService({"en": ScriptedVoice()})

        assert await all_of(service.speak(" ... ")) == []
        await service.close()

    run(scenario)


def test_closing_ends_every_answer_soon() -> None:
    async def scenario() -> None:
        voice = ScriptedVoice(pieces=10_000)
        service = SpeechService({"en": voice}, PromptCache(None), workers=1)
        service.warm_in_background([TWO])
        caller = asyncio.create_task(all_of(service.speak(ONE)))
        await until(lambda: ONE in voice.said)

        await service.close()

        with pytest.raises(SynthesisFailed):
            await caller
        with pytest.raises(SynthesisFailed, match="shutting down"):
            await all_of(service.speak(THREE))

    run(scenario)


def test_a_prompt_made_by_the_second_voice_is_not_kept_as_the_firsts(tmp_path: Path) -> None:
    class Changing(ScriptedVoice):
        """Falls back in the middle of its sentence."""

    async def scenario() -> None:
        voice = Changing("first:1")

        def fall_back(_sentence: str, piece: int) -> bool:
            if piece == 1:
                voice.name = "second:1"
            return False

        voice.fail_on = fall_back
        service = SpeechService({"en": voice}, PromptCache(tmp_path))
        await all_of(service.speak(ONE))

        assert kept(tmp_path) == 0
        await service.close()

    run(scenario)
