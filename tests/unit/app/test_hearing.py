"""From frames to turns: echo is left out, noise comes to an end, what a key replaced is dropped."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Self

import numpy as np
import pytest

from asr.shared_vad import SharedVad
from asr.turns import TurnDetector, TurnProfile
from asr.vad import Vad, VadResult
from voxdesk.app.hearing import HeardTurn, Hearing
from voxdesk.app.tasks import CallTasks
from voxdesk.kernel.audio import FRAME_SAMPLES, AudioFrame, Pcm
from voxdesk.kernel.call import CallId
from voxdesk.kernel.errors import RecognizerFailed
from voxdesk.kernel.speech import FREE_SPEECH, Hypothesis, Transcript

pytestmark = pytest.mark.unit
TEA = Transcript((Hypothesis("tea", 0.9),))
NOTHING = Transcript(())


class LoudIsSpeech:
    """A detector of voice that takes every loud frame for speech."""

    name = "loud"

    def open(self) -> Self:
        return self

    def accept_each(self, _vads: Sequence[Vad], frames: Sequence[AudioFrame]) -> list[VadResult]:
        return [self.accept(frame) for frame in frames]

    def accept(self, frame: AudioFrame) -> VadResult:
        loud = int(np.abs(frame.pcm).max()) > 500
        return VadResult(
            end_s=frame.end_s,
            probability=0.95 if loud else 0.0,
            onset_hint=loud,
            level_dbfs=-25.0 if loud else -90.0,
            noise_floor_dbfs=-80.0,
            speech_level_dbfs=-25.0,
        )


class Recognition:
    def __init__(self, ear: "Ear") -> None:
        self._ear = ear
        self.partial = None

    def accept(self, frame: AudioFrame) -> None:
        pass

    async def speculate(self, _speech_end_s: float) -> Transcript | None:
        return self._ear.hears

    async def finish(self, _speech_end_s: float) -> Transcript:
        await self._ear.may_finish.wait()
        return self._ear.hears

    def cancel(self) -> None:
        pass


class Ear:
    """A `Hearing` with all that it needs, and somebody who listens to it."""

    def __init__(self, hears: Transcript) -> None:
        self.hears = hears
        self.name = "ear"
        self.may_finish = asyncio.Event()
        self.may_finish.set()
        self.started = 0
        self.turns: list[HeardTurn] = []
        self.tasks = CallTasks(lambda _name, error: pytest.fail(repr(error)))
        self.hearing = Hearing(
            CallId("test"),
            vad=SharedVad(LoudIsSpeech(), lambda _seconds, judge: judge()),
            detector=TurnDetector(),
            recognizer=self,  # type: ignore[arg-type]
            tasks=self.tasks,
            on_fault=lambda error: pytest.fail(repr(error)),
        )
        self.hearing.listener = self
        self.hearing.attend(FREE_SPEECH, TurnProfile())
        self._offset = 0

    def open_turn(self, *_: object, **__: object) -> Recognition:
        return Recognition(self)

    async def hear(self, frames: int, heard: Callable[[], Pcm], sent: Pcm | None = None) -> None:
        for _ in range(frames):
            self.hearing.hear(AudioFrame(heard(), self._offset), sent)
            self._offset += FRAME_SAMPLES
            for _ in range(5):
                await asyncio.sleep(0)

    # ------------------------------------------------------------ listening

    def on_speech_started(self) -> None:
        self.started += 1

    def on_provisional(self, transcript: Transcript, _speech_s: float) -> bool:
        return bool(transcript.text)

    def on_turn(self, heard: HeardTurn) -> None:
        self.turns.append(heard)

    def on_words(self, transcript: Transcript) -> None:
        pass

    def on_hearing_failed(self, error: RecognizerFailed) -> None:
        raise error


def noise(seed: int) -> Callable[[], Pcm]:
    rng = np.random.default_rng(seed)
    return lambda: (rng.normal(size=FRAME_SAMPLES) * 3000).astype(np.int16)


def nothing() -> Pcm:
    return np.zeros(FRAME_SAMPLES, np.int16)


def test_our_own_sound_coming_back_is_not_speech_in_any_of_its_frames() -> None:
    async def run() -> None:
        ear = Ear(TEA)
        voice = noise(1)
        frames = [voice() for _ in range(200)]
        for at, sent in enumerate(frames):
            delay = 15 + at // 40 % 2 * 2  # a jitter buffer stretches and shrinks it
            echo = frames[at - delay] // 4 if at >= delay else nothing()
            await ear.hear(1, lambda echo=echo: echo, sent)  # type: ignore[misc]
        await ear.hear(100, nothing)
        await ear.tasks.close()

        assert ear.started == 0

    asyncio.run(run())


def test_somebody_else_is_heard_while_we_speak() -> None:
    async def run() -> None:
        ear = Ear(TEA)
        ours, theirs = noise(1), noise(2)
        for _ in range(50):
            await ear.hear(1, theirs, ours())
        await ear.hear(100, nothing)
        await ear.tasks.close()

        assert ear.started
        assert [turn.transcript for turn in ear.turns] == [TEA]

    asyncio.run(run())


def test_sound_without_words_and_without_an_end_is_cut_off_after_a_while() -> None:
    async def run() -> None:
        ear = Ear(NOTHING)
        await ear.hear(300, noise(3))
        await ear.tasks.close()

        [turn, *_] = ear.turns
        assert turn.reason == "no_words"
        assert turn.times.speech_end_ms < 6000

    asyncio.run(run())


def test_a_long_answer_is_not_cut_off() -> None:
    async def run() -> None:
        ear = Ear(TEA)
        await ear.hear(700, noise(3))
        assert not ear.turns
        await ear.hear(100, nothing)
        await ear.tasks.close()

        assert [turn.reason for turn in ear.turns] == ["silence"]

    asyncio.run(run())


def test_words_that_are_still_being_recognized_when_a_key_is_pressed_are_forgotten() -> None:
    async def run() -> None:
        ear = Ear(TEA)
        ear.may_finish.clear()
        await ear.hear(50, noise(4))
        await ear.hear(100, nothing)
        assert ear.hearing.occupied
        ear.hearing.drop_turn()
        ear.may_finish.set()
        await ear.hear(5, nothing)
        await ear.tasks.close()

        assert not ear.turns
        assert not ear.hearing.occupied

    asyncio.run(run())
