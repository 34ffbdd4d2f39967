"""Vosk with a real model: the packaged Korean one, spoken to by a synthetic voice."""

import asyncio
import copy
from pathlib import Path

import numpy as np
import pytest
from fixtures import korean_speech
from fixtures.korean_speech import AGENT, ANYTHING, MENU, NO, YES

from asr.vosk import VoskRecognizer
from asr.vosk_decoder import VoskDecoder
from asr.vosk_model import VoskModel
from voxdesk.kernel.audio import AudioFrame, Pcm, silence
from voxdesk.kernel.call import CallId
from voxdesk.kernel.errors import ModelMissing, RecognizerFailed
from voxdesk.kernel.speech import AnswerKind, Choice, Expectation, Hypothesis

pytestmark = [pytest.mark.integration, pytest.mark.timeout(120)]


@pytest.fixture(scope="module")
def recognizer() -> VoskRecognizer:
    return korean_speech.recognizer()


def frames(pcm: Pcm) -> list[AudioFrame]:
    return [AudioFrame(pcm[i : i + 320], i) for i in range(0, len(pcm) // 320 * 320, 320)]


def decode(model: VoskModel, expectation: Expectation, pcm: Pcm) -> tuple[Hypothesis, ...]:
    decoder = VoskDecoder(model, model.grammar(expectation), start_s=0.0)
    for frame in frames(pcm):
        decoder.feed(frame.pcm)
    return decoder.final()


@pytest.mark.parametrize("words", [AGENT, YES, NO])
def test_a_menu_is_understood_by_its_grammar(recognizer: VoskRecognizer, words: str) -> None:
    readings = decode(recognizer.model, MENU, korean_speech.call(0.2, words, 0.2))

    assert readings[0].text == words


def test_a_grammar_that_can_t_say_anything_else_is_never_sure(recognizer: VoskRecognizer) -> None:
    assert not recognizer.model.guards_grammar

    readings = decode(recognizer.model, MENU, korean_speech.call(0.2, AGENT, 0.2))

    assert all(reading.confidence <= 0.5 for reading in readings)


def test_free_speech_has_several_readings(recognizer: VoskRecognizer) -> None:
    readings = decode(recognizer.model, ANYTHING, korean_speech.call(0.2, NO, 0.2))

    assert 1 < len(readings) <= recognizer.capabilities.n_best
    assert len({reading.text for reading in readings}) == len(readings)
    assert 0 < readings[0].confidence < 1
    assert all("[" not in reading.text for reading in readings)


def test_a_pause_inside_a_turn_loses_nothing(recognizer: VoskRecognizer) -> None:
    pcm = korean_speech.call(0.2, AGENT, 1.5, NO, 0.2)

    (reading, *_) = decode(recognizer.model, MENU, pcm)

    assert reading.text == f"{AGENT} {NO}"
    assert reading.words[-1].start_s > 0.2 + 1.5
    assert reading.words[-1].end_s < len(pcm) / 16_000


def test_a_decoder_that_is_used_again_counts_time_from_its_turn(
    recognizer: VoskRecognizer,
) -> None:
    pcm = korean_speech.call(0.2, YES, 0.2)

    first, second = (decode(recognizer.model, ANYTHING, pcm)[0] for _ in range(2))

    assert second.words[0].start_s == pytest.approx(first.words[0].start_s, abs=0.1)


def test_a_model_of_telephone_speech_gets_8_khz(recognizer: VoskRecognizer) -> None:
    narrow = copy.copy(recognizer.model)
    narrow.sample_rate_hz = 8_000

    readings = decode(narrow, MENU, korean_speech.call(0.2, AGENT, 0.2))

    assert readings[0].text == AGENT
    assert readings[0].words[-1].end_s == pytest.approx(2.7, abs=0.4)


def test_phrases_with_unknown_words_are_left_out(recognizer: VoskRecognizer) -> None:
    choices = (Choice("yes", (YES, "yes please")), Choice("no", (NO,)))
    expectation = Expectation(kind=AnswerKind.CHOICE, language="ko", choices=choices)

    assert recognizer.model.grammar(expectation) == tuple(sorted((YES, NO)))


def test_a_choice_that_the_model_can_t_spell_means_free_speech(
    recognizer: VoskRecognizer,
) -> None:
    choices = (Choice("yes", (YES,)), Choice("hello", ("hello there",)))
    expectation = Expectation(kind=AnswerKind.CHOICE, language="ko", choices=choices)

    assert recognizer.model.grammar(expectation) is None


def test_partials_grow_while_the_caller_speaks(recognizer: VoskRecognizer) -> None:
    async def scenario() -> list[str]:
        turn = recognizer.open_turn(CallId("partials"), MENU, start_s=0.0)
        seen: list[str] = []
        for frame in frames(korean_speech.call(0.2, AGENT, 0.4)):
            turn.accept(frame)
            await asyncio.sleep(0.004)
            if turn.partial is not None and turn.partial.text not in seen:
                seen.append(turn.partial.text)
        turn.cancel()
        return seen

    seen = asyncio.run(scenario())

    assert len(seen) > 1
    assert AGENT.startswith(seen[0]) or seen[-1].startswith(AGENT.split()[0])


def test_speculation_is_refused_while_the_worker_is_behind(recognizer: VoskRecognizer) -> None:
    async def scenario() -> object:
        turn = recognizer.open_turn(CallId("behind"), MENU, start_s=0.0)
        for frame in frames(korean_speech.call(0.2, *[AGENT] * 6)):
            turn.accept(frame)
        refused = await turn.speculate(3.0)
        turn.cancel()
        return refused

    assert asyncio.run(scenario()) is None


def test_a_result_that_takes_too_long_is_a_failure_that_may_be_tried_again(
    recognizer: VoskRecognizer,
) -> None:
    hurried = copy.copy(recognizer)
    hurried.timeout_s = 0.0001

    async def scenario() -> None:
        turn = hurried.open_turn(CallId("slow"), MENU, start_s=0.0)
        for frame in frames(korean_speech.call(0.2, AGENT)):
            turn.accept(frame)
        await turn.finish(3.0)

    with pytest.raises(RecognizerFailed, match="no result within") as failure:
        asyncio.run(scenario())
    assert failure.value.retryable


def test_ten_callers_at_once_are_all_heard(recognizer: VoskRecognizer) -> None:
    async def caller(number: int) -> str:
        turn = recognizer.open_turn(CallId(f"{number}"), MENU, start_s=0.0)
        for frame in frames(korean_speech.call(0.2, NO, 0.3)):
            turn.accept(frame)
            await asyncio.sleep(0)
        return (await turn.finish(1.5)).text

    async def scenario() -> list[str]:
        return await asyncio.gather(*[caller(number) for number in range(10)])

    assert asyncio.run(scenario()) == [NO] * 10


def test_a_turn_of_minutes_is_bounded(recognizer: VoskRecognizer) -> None:
    turn_audio = silence(320)

    async def scenario() -> int:
        turn = recognizer.open_turn(CallId("long"), MENU, start_s=0.0)
        turn._decoding._samples = 300 * 16_000 - 320
        for i in range(3):
            turn.accept(AudioFrame(turn_audio, i * 320))
        await turn.finish(0.0)
        return turn._decoding._samples

    assert asyncio.run(scenario()) == 300 * 16_000


# ------------------------------------------------------------------ what is no model


def test_no_directory(tmp_path: Path) -> None:
    with pytest.raises(ModelMissing, match=r"no such directory.*voxdesk models get"):
        VoskModel(tmp_path / "gone")


def test_a_directory_of_something_else(tmp_path: Path) -> None:
    with pytest.raises(ModelMissing, match=r"am/final\.mdl.*voxdesk models get"):
        VoskModel(tmp_path)


def test_the_directory_around_a_model(tmp_path: Path) -> None:
    inner = tmp_path / "vosk-model-small-xx-0.1"
    (inner / "am").mkdir(parents=True)
    (inner / "am" / "final.mdl").touch()

    with pytest.raises(ModelMissing, match=r"use .*vosk-model-small-xx-0\.1"):
        VoskModel(tmp_path)


def test_a_damaged_model(tmp_path: Path) -> None:
    for name in ("am/final.mdl", "conf/mfcc.conf", "conf/model.conf", "graph/HCLr.fst"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text("" if name.startswith("conf") else "damaged")

    with pytest.raises(ModelMissing, match="damaged or missing"):
        VoskModel(tmp_path)


def test_noise_alone_is_no_word(recognizer: VoskRecognizer) -> None:
    noise = np.random.default_rng(1).integers(-30, 31, 32_000).astype(np.int16)

    readings = decode(recognizer.model, ANYTHING, noise)

    assert not readings or readings[0].confidence < 0.6
