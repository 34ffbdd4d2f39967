"""Prompts on their way to a leg: paused before they begin, dropped by the line."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from dialog.events import Say
from telephony.legs import Cleared, Played
from tts.speech import SpokenPiece
from voxdesk.app.speaking import Prompt, Speaking
from voxdesk.app.tasks import CallTasks
from voxdesk.kernel.audio import Pcm, silence
from voxdesk.kernel.call import UtteranceId
from voxdesk.kernel.errors import SynthesisFailed

pytestmark = pytest.mark.unit


class Leg:
    """Keeps the orders in which it was told things."""

    def __init__(self) -> None:
        self.told: list[str] = []

    def play(self, utterance: UtteranceId, _pcm: Pcm, **_: object) -> None:
        self.told.append(f"play {utterance}")

    def pause(self, utterance: UtteranceId) -> None:
        self.told.append(f"pause {utterance}")

    def resume(self, utterance: UtteranceId) -> None:
        self.told.append(f"resume {utterance}")

    def clear(self, utterance: UtteranceId) -> None:
        self.told.append(f"clear {utterance}")


class Voice:
    """Says one second of silence for every text, as soon as it may."""

    def __init__(self) -> None:
        self.may_begin = asyncio.Event()

    async def speak(self, text: str, **_: object) -> AsyncIterator[SpokenPiece]:
        await self.may_begin.wait()
        yield SpokenPiece(silence(16_000), 0, text, cached=False, first=True, synth_ms=1.0)


class Listener:
    def __init__(self) -> None:
        self.happened: list[str] = []

    def on_prompt_started(self, prompt: Prompt) -> None:
        self.happened.append(f"started {prompt.utterance}")

    def on_prompt_finished(self, prompt: Prompt) -> None:
        self.happened.append(f"finished {prompt.utterance}")

    def on_prompt_lost(self, prompt: Prompt) -> None:
        self.happened.append(f"lost {prompt.utterance}")

    def on_prompt_failed(self, prompt: Prompt, _error: SynthesisFailed) -> None:
        self.happened.append(f"failed {prompt.utterance}")

    def on_all_said(self) -> None:
        self.happened.append("all said")


class Mouth:
    """A `Speaking` with all that it needs."""

    def __init__(self) -> None:
        self.leg, self.voice, self.listener = Leg(), Voice(), Listener()
        self.errors: list[Exception] = []
        self.tasks = CallTasks(lambda _name, error: self.errors.append(error))
        self.speaking = Speaking(
            self.leg,  # type: ignore[arg-type]
            speech=self.voice,  # type: ignore[arg-type]
            now_ms=lambda: 0,
            tasks=self.tasks,
        )
        self.speaking.listener = self.listener

    async def settle(self) -> None:
        for _ in range(10):
            await asyncio.sleep(0)


def test_a_prompt_that_is_paused_before_its_sound_is_there_is_not_heard() -> None:
    async def run() -> None:
        mouth = Mouth()
        mouth.speaking.say(Say("Good morning."))
        await mouth.settle()
        mouth.speaking.pause()
        mouth.voice.may_begin.set()
        await mouth.settle()

        # The line knows of it now, and is told at once to hold it.
        begun = mouth.leg.told.index("play 1")
        assert mouth.leg.told[begun + 1] == "pause 1"
        mouth.speaking.resume()
        assert mouth.leg.told[-1] == "resume 1"
        await mouth.tasks.close()

    asyncio.run(run())


def test_a_pause_that_comes_too_late_for_one_prompt_holds_the_next() -> None:
    async def run() -> None:
        mouth = Mouth()
        mouth.voice.may_begin.set()
        mouth.speaking.say(Say("One."))
        mouth.speaking.say(Say("Two."))
        await mouth.settle()
        mouth.speaking.pause()
        mouth.speaking.on_played(Played(UtteranceId(1), 1000, finished=True, at_ms=1000))
        mouth.speaking.on_played(Played(UtteranceId(2), 20, finished=False, at_ms=1020))

        assert mouth.leg.told[-1] == "pause 2"
        mouth.speaking.resume()
        assert mouth.leg.told[-1] == "resume 2"
        await mouth.tasks.close()

    asyncio.run(run())


def test_when_the_line_drops_the_last_prompt_the_call_goes_on_as_if_it_was_said() -> None:
    async def run() -> None:
        mouth = Mouth()
        mouth.voice.may_begin.set()
        mouth.speaking.say(Say("One."))
        await mouth.settle()
        mouth.speaking.on_cleared(Cleared(UtteranceId(1), 200, 200))

        assert mouth.listener.happened == ["lost 1", "all said"]
        await asyncio.wait_for(mouth.speaking.until_quiet(), 1)
        await mouth.tasks.close()

    asyncio.run(run())
