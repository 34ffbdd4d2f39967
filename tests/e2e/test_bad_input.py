"""What callers and their phones do wrong: each gets a clear answer, and the line goes on."""

import numpy as np
import pytest
from fixtures.system import Speak, System, dialled

from voxdesk.kernel.audio import Pcm
from voxdesk.kernel.call import EventKind
from voxdesk.testing.softphone import CallFailed, PhoneCall, Softphone

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]
RATE = 8000
BABBLERS = (
    "Then we walked along the river until it was dark and nobody was there.",
    "My sister keeps eleven chickens and a goat behind the yellow house.",
    "It has been raining for weeks, and the cellar is full of water again.",
    "They moved the piano to the second floor with a rope and four horses.",
    "Every morning the baker sings the same song at his open window.",
    "A ship came in with oranges, and the whole harbor smelled of them.",
    "He wrote nine letters about the bridge, but the mayor never replied.",
    "Put the green box under the table before your uncle comes home.",
)


def loudness(pcm: Pcm) -> float:
    """Root mean square of what is audible in it."""
    loud = pcm[np.abs(pcm) > 200].astype(float)
    return float(np.sqrt(np.mean(loud**2)))


def as_loud_as(sound: np.ndarray, speech: Pcm) -> Pcm:
    """0 dB: as strong as that speech."""
    scaled = sound * (loudness(speech) / np.sqrt(np.mean(sound**2)))
    return np.clip(scaled, -32768, 32767).astype(np.int16)


def babble(speak: Speak) -> np.ndarray:
    """A full restaurant: many voices at once, none of which can be followed."""
    voices = [speak(words).astype(float) for words in BABBLERS]
    length = max(len(voice) for voice in voices)
    places = np.linspace(0, length, len(voices), endpoint=False).astype(int)
    return np.sum(
        [
            np.roll(np.resize(voice, length), place)
            for voice, place in zip(voices, places, strict=True)
        ],
        axis=0,
    )


async def to_the_end(system: System, caller: str, call: PhoneCall) -> None:
    """The ladder goes on to a person and the call ends by itself."""
    await system.sees(caller, EventKind.STEP, step="person", timeout_s=60)
    await call.wait_ended(20)
    await system.sees(caller, EventKind.ENDED, cause="hung_up")


def words_heard(system: System, caller: str) -> list[str]:
    return [event.data["text"] for event in system.seen(caller, EventKind.HEARD)]


async def test_a_monologue_of_a_minute_is_cut_and_the_call_goes_on(
    system: System, speak: Speak
) -> None:
    caller = "+15550709"
    story = np.concatenate([speak(words)[1600:-2400] for words in BABBLERS])
    minute = np.resize(story, 60 * RATE)

    async with dialled(system, caller, "talk") as call:
        await system.sees(caller, EventKind.PROMPT)
        call.press("7")
        await system.sees(caller, EventKind.STEP, step="free")
        await call.hears_prompt(pause_s=0.5)
        telling = call.say(minute)
        await system.sees(caller, EventKind.HEARD, reason="too_long")
        await system.sees(caller, EventKind.STEP, step="which", count=2)
        await telling.done(90)
        await call.quiet(1.0)
        call.press("5")
        await system.sees(caller, EventKind.STEP, step="sure")

    [first, *_] = system.seen(caller, EventKind.HEARD)
    assert first.data["speech_end_ms"] - first.data["speech_start_ms"] <= 8_200


async def test_without_a_common_codec_a_call_is_refused_and_the_next_is_answered(
    system: System,
) -> None:
    async with await Softphone.open() as phone:
        call = await phone.call(system.uri("talk"), codecs=("G729", "opus"))
        with pytest.raises(CallFailed) as failure:
            await call.answered()
        assert failure.value.status == 488
    async with dialled(system, "+15550701", "talk"):
        await system.sees("+15550701", EventKind.PROMPT)


@pytest.mark.parametrize(
    ("caller", "sound"),
    [
        ("+15550702", "a restaurant"),
        ("+15550703", "hiss"),
        ("+15550704", "nothing"),
        ("+15550705", "RTP that nobody can decode"),
    ],
)
async def test_without_words_the_ladder_comes_to_its_end_and_none_are_invented(
    system: System, speak: Speak, caller: str, sound: str
) -> None:
    """Noise is as loud as speech: 0 dB."""
    speech = speak("I would like a cup of tea, please.")
    noises = {
        "a restaurant": babble(speak),
        "hiss": np.random.default_rng(5).normal(size=4 * RATE),
    }

    async with dialled(system, caller, "ladder") as call:
        if sound in noises:
            call.stream.background = as_loud_as(noises[sound], speech)
        elif sound != "nothing":
            call.stream.payload_type = 97
            call.say(speech)
        await to_the_end(system, caller, call)

    # There are words in a restaurant, and one may be caught ("wait", say, which asks for a moment);
    # it must not become an answer.
    assert sound == "a restaurant" or not any(words_heard(system, caller)), system.story(caller)
    understood = system.seen(caller, EventKind.UNDERSTOOD)
    assert not [one for one in understood if "command" not in one.data], system.story(caller)
    tries = system.seen(caller, EventKind.NO_INPUT) + system.seen(caller, EventKind.NO_MATCH)
    assert len(tries) == 3


async def test_keys_work_where_no_word_can_be_heard(system: System, speak: Speak) -> None:
    caller = "+15550706"
    speech = speak("I would like a cup of tea, please.")
    noise = as_loud_as(babble(speak), speech)

    async with dialled(system, caller, "ladder") as call:
        call.stream.background = noise
        await system.sees(caller, EventKind.PROMPT)
        call.press("1")
        await system.sees(caller, EventKind.STEP, step="served")


async def test_who_speaks_over_every_prompt_is_heard_at_each(system: System, speak: Speak) -> None:
    caller = "+15550707"

    async with dialled(system, caller) as call:
        # The greeting says that the call is recorded: it is not to be spoken over.
        call.say(speak("Where is my order?"))
        await system.sees(caller, EventKind.PROMPT_FINISHED, utterance=1)
        assert not system.seen(caller, EventKind.HEARD)
        for heard, words in enumerate(
            ("What are your opening hours?", "When are you open?", "No, thank you."), 1
        ):
            before = len(system.seen(caller, EventKind.PROMPT_STOPPED, by="speech"))
            await call.hears_speech()
            await call.say_all(speak(words))
            await system.sees(caller, EventKind.HEARD, count=heard)
            await system.sees(caller, EventKind.PROMPT_STOPPED, by="speech", count=before + 1)
        await call.wait_ended(20)

    steps = ["greet", "menu", "hours", "more", "menu", "hours", "more", "menu", "enough", "bye"]
    assert system.steps(caller) == steps


async def test_forty_digits_are_too_many_and_the_right_ones_work_after_them(system: System) -> None:
    caller = "+15550708"

    async with dialled(system, caller) as call:
        await system.sees(caller, EventKind.STEP, step="menu")
        call.press("1" + "7" * 40)
        await call.pressed(30)
        await system.sees(caller, EventKind.NO_MATCH, step="number")
        await call.hears_speech()
        call.press("4711#")
        await system.sees(caller, EventKind.LOOKUP, outcome="found")

    assert len(system.seen(caller, EventKind.KEY)) == 46, "each key counts once"
    assert any("I got 40 digits." in said for said in system.said(caller))
