"""What one caller says: from frames to finished turns, with the echo of our own voice left out."""

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Protocol

from asr.echo import EchoGuard
from asr.recognizer import Recognizer, TurnRecognition
from asr.shared_vad import SharedVad
from asr.turns import (
    SpeechPaused,
    SpeechResumed,
    SpeechStarted,
    TurnDetector,
    TurnEnded,
    TurnProfile,
)
from asr.vad import VadResult
from dialog.understanding import completeness
from voxdesk.app.tasks import CallTasks
from voxdesk.kernel.audio import FRAME_MS, AudioFrame, Pcm
from voxdesk.kernel.call import CallId
from voxdesk.kernel.errors import ModelMissing, RecognizerFailed
from voxdesk.kernel.speech import FREE_SPEECH, Completeness, Expectation, Transcript

LEAD_IN_MS = 300  # sound before the detected start that the recognizer hears too
PRE_ROLL_FRAMES = 800 // FRAME_MS  # kept all the time; the detector finds a start late
ECHO_CHECK_FRAMES = 3  # while something may be echo, it is compared every 60 ms
ECHO_CHECK_PROBABILITY = 0.25
# Whoever speaks so long without a pause is listened to in between, and again: a restaurant in the
# background sounds like speech and never pauses. It is cut off when no words are found twice.
LISTEN_IN_EVERY_MS = 2_500
WORDLESS_AT_MOST = 2
# Most turns end 0.5 s after the pause began; who comes too late for a worker asks again till then.
SPECULATE_AGAIN_S = 0.02
# Whatever engines are asked one after the other: then the caller is asked to say it again.
RECOGNIZED_WITHIN_S = 12.0


@dataclass(slots=True)
class TurnTimes:
    """Where a turn's milliseconds went; all in ms since answer, on the audio clock."""

    speech_start_ms: int = 0
    speech_end_ms: int = 0
    paused_ms: int = 0
    speculated_ms: int = 0
    decoded_ms: int = 0
    decided_ms: int = 0

    @property
    def speech_s(self) -> float:
        """How long the caller spoke, pauses included."""
        return (self.speech_end_ms - self.speech_start_ms) / 1000


@dataclass(frozen=True, slots=True)
class HeardTurn:
    """A finished turn.

    Attributes:
        transcript: what was said; no hypotheses when it was not speech after all.
        times: see `TurnTimes`.
        speculated: whether the result was begun before the turn was over.
        completeness: what its words sounded like when its hang time was chosen.
        reason: why it ended, "silence", "too_long" or "no_words".
    """

    transcript: Transcript
    times: TurnTimes
    speculated: bool
    completeness: Completeness
    reason: str


class HearingListener(Protocol):
    """Who wants to know what the caller says; called on the loop."""

    def on_speech_started(self) -> None:
        """Somebody speaks, or goes on after a pause."""

    def on_provisional(self, transcript: Transcript, speech_s: float) -> bool:
        """Words so far; nothing may be said or done on them.

        False: there are none in it, and the caller's time is wasted by listening on.
        """

    def on_words(self, transcript: Transcript) -> None:
        """Words so far, for whoever watches; the caller may have said more since."""

    def on_turn(self, heard: HeardTurn) -> None:
        """A turn is over."""

    def on_hearing_failed(self, error: RecognizerFailed) -> None:
        """No recognizer could hear the turn."""


@dataclass(slots=True)
class _Turn:
    recognition: TurnRecognition
    expectation: Expectation
    times: TurnTimes
    pauses: int = 0  # a speculation that belongs to an earlier pause is stale
    listened_ms: int = 0  # when it was last listened to while it went on
    wordless: int = 0
    speculated_end_s: float = -1.0
    completeness: Completeness = Completeness.UNSURE


class Hearing:
    """Ears of one call. `hear` is called for every 20 ms and never waits.

    Args:
        call_id: of the call, for the recognizer's share of workers and the log.
        vad: of all calls; this one's part of it is opened here, and closed by `close`.
        detector: of this call's turns.
        recognizer: of all calls.
        tasks: of this call.
        on_fault: gets what goes wrong in here while frames are judged.
    """

    def __init__(
        self,
        call_id: CallId,
        *,
        vad: SharedVad,
        detector: TurnDetector,
        recognizer: Recognizer,
        tasks: CallTasks,
        on_fault: Callable[[Exception], None],
    ) -> None:
        self._call_id = call_id
        self._vad = vad.open(self._judged, on_fault)
        self._detector = detector
        self._recognizer = recognizer
        self.listener: HearingListener | None = None
        self._echo = EchoGuard()
        self._echo_frames = 0  # for so many frames more, what is heard counts as echo
        self._pre_roll: deque[AudioFrame] = deque(maxlen=PRE_ROLL_FRAMES)
        self._expectation = FREE_SPEECH
        self._attentive = False
        self._turn: _Turn | None = None
        self._tasks = tasks
        self._finishing = 0
        self._dropped = 0  # turns that end in an earlier count of this are not wanted any more
        self.now_ms = 0
        self.level = VadResult(0.0, 0.0, False, -100.0, -100.0, -100.0)  # noqa: FBT003  a record

    @property
    def occupied(self) -> bool:
        """The caller is speaking, or words of theirs are still being recognized."""
        return self._turn is not None or self._finishing > 0

    def attend(self, expectation: Expectation, profile: TurnProfile) -> None:
        """From now on turns are wanted: what they are expected to be, and how to tell their end."""
        self._expectation = expectation
        self._detector.expect(profile)
        if not self._attentive:
            self._detector.drop()
            self._attentive = True

    def ignore(self) -> None:
        """From now on nobody wants to know; what is being said is dropped."""
        self._attentive = False
        self.drop_turn()

    def drop_turn(self) -> None:
        """Forget what is being said, or still being recognized (a key was pressed instead)."""
        self._dropped += 1
        if self._turn is not None:
            self._turn.recognition.cancel()
            self._turn = None
        self._detector.drop()

    def close(self) -> None:
        """The call is over."""
        self.ignore()
        self._vad.close()

    def hear(self, frame: AudioFrame, sent: Pcm | None) -> None:
        """Take the next 20 ms, and what was played meanwhile."""
        self.now_ms = round(frame.end_s * 1000)
        self._echo.accept(frame.pcm, sent)
        self._pre_roll.append(frame)
        if self._turn is not None:
            self._turn.recognition.accept(frame)
            self._listen_in(self._turn)
        self._vad.accept(frame)

    def _judged(self, result: VadResult) -> None:
        result = self._without_echo(result)
        self.level = result
        if not self._attentive:
            return
        for event in self._detector.accept(result):
            if isinstance(event, SpeechStarted):
                self._start(event.at_s)
            elif isinstance(event, SpeechPaused):
                self._pause(event.speech_end_s)
            elif isinstance(event, SpeechResumed):
                self._resume()
            elif isinstance(event, TurnEnded):
                self._end(event)

    def _without_echo(self, result: VadResult) -> VadResult:
        suspicious = result.probability >= ECHO_CHECK_PROBABILITY or result.onset_hint
        if self._echo_frames > 0:
            self._echo_frames -= 1
        elif suspicious and self._echo.possible and self._echo.match().is_echo:
            self._echo_frames = ECHO_CHECK_FRAMES - 1  # after this one
        else:
            return result
        # Silence: what follows must be loud for a while by itself, so that a moment in which the
        # echo isn't recognized (its delay jumps, a word begins) is no speech yet.
        return replace(
            result, probability=0.0, onset_hint=False, level_dbfs=result.noise_floor_dbfs
        )

    def _start(self, at_s: float) -> None:
        lead_s = at_s - LEAD_IN_MS / 1000
        try:
            recognition = self._recognizer.open_turn(
                self._call_id, self._expectation, start_s=max(0.0, lead_s)
            )
        except ModelMissing as error:
            self._tell_deaf(error)
            return
        for frame in self._pre_roll:
            if frame.end_s > lead_s:
                recognition.accept(frame)
        self._turn = _Turn(
            recognition,
            self._expectation,
            TurnTimes(speech_start_ms=round(at_s * 1000)),
            listened_ms=self.now_ms,
        )
        if self.listener is not None:
            self.listener.on_speech_started()

    def _as_failure(self, error: RecognizerFailed | TimeoutError) -> RecognizerFailed:
        if isinstance(error, RecognizerFailed):
            return error
        return RecognizerFailed(
            f"no words within {RECOGNIZED_WITHIN_S:g} s", engine=self._recognizer.name
        )

    def _tell_deaf(self, error: ModelMissing) -> None:
        # No recognizer for this language: keys still work, and the dialogue goes on.
        if self.listener is not None:
            self.listener.on_hearing_failed(
                RecognizerFailed(str(error), engine=self._recognizer.name)
            )
        self._detector.drop()

    def _pause(self, speech_end_s: float) -> None:
        turn = self._turn
        if turn is None:
            return
        turn.pauses += 1
        turn.listened_ms = self.now_ms
        turn.times.paused_ms = self.now_ms
        turn.times.speech_end_ms = round(speech_end_s * 1000)
        self._tasks.start(self._speculate(turn, turn.pauses, speech_end_s), "speculation")

    def _resume(self) -> None:
        if self._turn is not None:
            self._turn.pauses += 1
            self._turn.listened_ms = self.now_ms
            if self.listener is not None:
                self.listener.on_speech_started()

    def _end(self, event: TurnEnded) -> None:
        turn, self._turn = self._turn, None
        if turn is None:
            return
        turn.times.speech_end_ms = round(event.end_s * 1000)
        turn.times.decided_ms = self.now_ms
        self._finishing += 1
        self._tasks.start(self._finish(turn, event), "recognition")

    def _listen_in(self, turn: _Turn) -> None:
        if self.now_ms - turn.listened_ms >= LISTEN_IN_EVERY_MS:
            turn.listened_ms = self.now_ms
            self._tasks.start(self._look_for_words(turn, self.now_ms / 1000), "listening in")

    async def _look_for_words(self, turn: _Turn, until_s: float) -> None:
        try:
            transcript = await turn.recognition.speculate(until_s)
        except RecognizerFailed:
            return
        if transcript is None or self._turn is not turn or self.listener is None:
            return
        self.listener.on_words(transcript)
        if self.listener.on_provisional(transcript, until_s - turn.times.speech_start_ms / 1000):
            turn.wordless = 0
            return
        turn.wordless += 1
        if turn.wordless >= WORDLESS_AT_MOST:
            self._detector.drop()
            self._end(TurnEnded(turn.times.speech_start_ms / 1000, until_s, "no_words"))

    async def _speculate(self, turn: _Turn, pause: int, speech_end_s: float) -> None:
        transcript = None
        try:
            while transcript is None and self._turn is turn and turn.pauses == pause:
                turn.times.speculated_ms = self.now_ms
                transcript = await turn.recognition.speculate(speech_end_s)
                if transcript is None:  # every worker is busy; one may be free before the turn ends
                    await asyncio.sleep(SPECULATE_AGAIN_S)
        except RecognizerFailed:
            return  # the turn's end will try again, and tell
        if transcript is not None and self.listener is not None and self._turn is turn:
            self.listener.on_words(transcript)
        if transcript is None or turn.pauses != pause:
            return
        turn.times.decoded_ms = self.now_ms
        turn.speculated_end_s = speech_end_s
        turn.completeness = completeness(transcript, turn.expectation)
        if self._turn is turn:
            self._detector.hint(turn.completeness, speech_end_s=speech_end_s)
            if self.listener is not None:
                self.listener.on_provisional(transcript, turn.times.speech_s)

    async def _finish(self, turn: _Turn, event: TurnEnded) -> None:
        dropped = self._dropped
        try:
            async with asyncio.timeout(RECOGNIZED_WITHIN_S):
                transcript = await turn.recognition.finish(event.end_s)
        except (RecognizerFailed, TimeoutError) as error:
            if self.listener is not None and dropped == self._dropped:
                self.listener.on_hearing_failed(self._as_failure(error))
            return
        finally:
            self._finishing -= 1
            turn.recognition.cancel()
        if dropped != self._dropped:
            return
        speculated = turn.speculated_end_s == event.end_s
        if not speculated:
            turn.times.decoded_ms = self.now_ms
        if self.listener is not None:
            self.listener.on_turn(
                HeardTurn(transcript, turn.times, speculated, turn.completeness, event.reason)
            )
