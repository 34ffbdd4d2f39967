# ruff: noqa: ARG002  the tape keeps the signatures of the protocol
"""When a recognizer gives up, the caller needn't say it again."""

import asyncio
from dataclasses import dataclass, field

import pytest

from asr.fallback import FallbackRecognizer
from asr.recognizer import RecognizerCapabilities
from voxdesk.kernel.audio import AudioFrame, silence
from voxdesk.kernel.call import CallId
from voxdesk.kernel.errors import ModelMissing, RecognizerFailed
from voxdesk.kernel.speech import Expectation, Hypothesis, Transcript

pytestmark = pytest.mark.unit

CALL = CallId("fallback")


@dataclass
class Tape:
    """A recognizer that says how many frames it heard, or gives up."""

    name: str
    fails: bool = False
    languages: tuple[str, ...] = ("en",)
    turns: list["TapeTurn"] = field(default_factory=list)
    closed: bool = False

    @property
    def capabilities(self) -> RecognizerCapabilities:
        return RecognizerCapabilities(
            partials=True, grammar=False, word_times=False, n_best=1, languages=self.languages
        )

    def open_turn(self, call_id: CallId, expectation: Expectation, *, start_s: float) -> "TapeTurn":
        if expectation.language not in self.languages:
            raise ModelMissing(f"{self.name} doesn't know {expectation.language}")
        turn = TapeTurn(self, start_s)
        self.turns.append(turn)
        return turn

    async def close(self) -> None:
        self.closed = True


@dataclass
class TapeTurn:
    tape: Tape
    start_s: float
    heard: list[AudioFrame] = field(default_factory=list)
    cancelled: bool = False

    @property
    def partial(self) -> Transcript | None:
        return self._transcript()

    def accept(self, frame: AudioFrame) -> None:
        self.heard.append(frame)

    async def speculate(self, speech_end_s: float) -> Transcript | None:
        return None if self.tape.fails else self._transcript()

    async def finish(self, speech_end_s: float) -> Transcript:
        if self.cancelled:
            raise RecognizerFailed("cancelled", engine=self.tape.name)
        if self.tape.fails:
            raise RecognizerFailed("gave up", engine=self.tape.name, retryable=True)
        return self._transcript()

    def cancel(self) -> None:
        self.cancelled = True

    def _transcript(self) -> Transcript:
        return Transcript((Hypothesis(f"{len(self.heard)} frames", 1.0),), engine=self.tape.name)


def speak(recognizer: FallbackRecognizer, language: str = "en") -> Transcript:
    async def turn() -> Transcript:
        turn = recognizer.open_turn(CALL, Expectation(language=language), start_s=2.0)
        for i in range(5):
            turn.accept(AudioFrame(silence(320), i * 320))
        return await turn.finish(1.0)

    return asyncio.run(turn())


def test_a_recognizer_that_is_well_hears_alone() -> None:
    first, second = Tape("first"), Tape("second")

    transcript = speak(FallbackRecognizer([first, second]))

    assert (transcript.engine, transcript.text) == ("first", "5 frames")
    assert second.turns == []


def test_the_second_hears_the_whole_turn_from_its_start() -> None:
    first, second = Tape("first", fails=True), Tape("second")

    transcript = speak(FallbackRecognizer([first, second]))

    assert (transcript.engine, transcript.text) == ("second", "5 frames")
    assert second.turns[0].start_s == 2.0
    assert first.turns[0].cancelled


def test_one_that_failed_is_left_alone_for_a_while_and_then_tried_again() -> None:
    now = [0.0]
    first, second = Tape("first", fails=True), Tape("second")
    recognizer = FallbackRecognizer([first, second], rest_s=30.0, clock=lambda: now[0])
    speak(recognizer)
    first.fails = False

    now[0] = 29.0
    assert speak(recognizer).engine == "second"
    assert len(first.turns) == 1

    now[0] = 31.0
    assert speak(recognizer).engine == "first"


def test_when_all_give_up_the_last_one_s_reason_is_told() -> None:
    recognizer = FallbackRecognizer([Tape("first", fails=True), Tape("last", fails=True)])

    with pytest.raises(RecognizerFailed, match="last: gave up"):
        speak(recognizer)
    with pytest.raises(RecognizerFailed, match="last: gave up"):
        speak(recognizer)


def test_a_language_goes_to_the_recognizer_that_knows_it() -> None:
    recognizer = FallbackRecognizer([Tape("english"), Tape("chinese", languages=("zh",))])

    assert speak(recognizer, "zh").engine == "chinese"
    assert recognizer.capabilities.languages == ("en", "zh")
    with pytest.raises(ModelMissing, match="fr"):
        speak(recognizer, "fr")


def test_a_failure_where_nobody_else_knows_the_language_is_that_failure() -> None:
    recognizer = FallbackRecognizer(
        [Tape("english", fails=True), Tape("chinese", languages=("zh",))]
    )

    with pytest.raises(RecognizerFailed, match="english: gave up"):
        speak(recognizer, "en")


def test_a_cancelled_turn_is_not_recognized_by_anybody() -> None:
    first, second = Tape("first"), Tape("second")

    async def cancelled() -> None:
        turn = FallbackRecognizer([first, second]).open_turn(CALL, Expectation(), start_s=0.0)
        turn.accept(AudioFrame(silence(320), 0))
        turn.cancel()
        turn.cancel()
        await turn.finish(1.0)

    with pytest.raises(RecognizerFailed, match="cancelled"):
        asyncio.run(cancelled())
    assert second.turns == []


def test_closing_closes_every_engine() -> None:
    tapes = [Tape("one"), Tape("two")]

    asyncio.run(FallbackRecognizer(tapes).close())

    assert all(tape.closed for tape in tapes)


def test_a_fallback_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one"):
        FallbackRecognizer([])
