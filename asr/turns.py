"""When a caller starts, pauses and has finished speaking: a pure state machine.

    waiting ──speech──▶ speaking ──pause_s of silence──▶ paused ──hang time──▶ waiting
                           ▲                               │
                           └──────────speech───────────────┘

It is driven by seconds of audio (`VadResult.end_s`) and never by a clock, so a call of 30 s replays
in milliseconds and a stalled machine ends nobody's turn.

A pause is announced early, so that recognition can start on what may be the whole utterance. What
it hears comes back as `hint` and decides how long the pause may last before the turn is over.
"""

import enum
from dataclasses import dataclass, field

from asr.vad import VadResult
from voxdesk.kernel.audio import FRAME_MS
from voxdesk.kernel.speech import AnswerKind, Completeness, Expectation

_FRAME_S = FRAME_MS / 1000
_EPSILON_S = 1e-6  # offsets are exact, their quotients are not


@dataclass(frozen=True, slots=True)
class SpeechStarted:
    """Somebody began to speak at `at_s` (an estimate; known 100 ms later at the earliest)."""

    at_s: float


@dataclass(frozen=True, slots=True)
class SpeechPaused:
    """Silence began at `speech_end_s`; the turn may be over. Once for each pause."""

    speech_start_s: float
    speech_end_s: float


@dataclass(frozen=True, slots=True)
class SpeechResumed:
    """The pause was only a pause: speech goes on since `at_s`."""

    at_s: float


@dataclass(frozen=True, slots=True)
class TurnEnded:
    """The turn is over.

    Attributes:
        start_s: start of its speech.
        end_s: end of its speech, not of the silence after it.
        reason: "silence", or "too_long" when the caller still speaks.
    """

    start_s: float
    end_s: float
    reason: str


TurnEvent = SpeechStarted | SpeechPaused | SpeechResumed | TurnEnded


@dataclass(frozen=True, slots=True)
class HangTime:
    """Silence that ends a turn, in seconds from the end of speech, by how finished it sounds."""

    complete_s: float
    unsure_s: float
    incomplete_s: float

    def times(self, factor: float) -> "HangTime":
        """All of them longer, or shorter."""
        return HangTime(
            self.complete_s * factor, self.unsure_s * factor, self.incomplete_s * factor
        )

    def of(self, completeness: Completeness) -> float:
        """The one that applies."""
        if completeness is Completeness.COMPLETE:
            return self.complete_s
        if completeness is Completeness.INCOMPLETE:
            return self.incomplete_s
        return self.unsure_s


# Chosen with tests/bench/turns.py. On real telephone turns of 1.5 to 6 s the longest pause inside
# is ≥ 0.40 s in 8% of them, ≥ 0.45 s in 5%, ≥ 0.55 s in 1%; half of those pauses follow words that
# sound unfinished. So 0.45 s cuts 3% with the words known, and 5% without.
_SENTENCE = HangTime(complete_s=0.45, unsure_s=0.60, incomplete_s=1.00)
_ONE_WORD = HangTime(complete_s=0.40, unsure_s=0.50, incomplete_s=0.90)
_NUMBER = HangTime(complete_s=0.45, unsure_s=0.80, incomplete_s=1.30)  # read out in groups


@dataclass(frozen=True, slots=True)
class TurnProfile:
    """How to listen at one step of the dialogue.

    Attributes:
        hang: silence that ends the turn.
        pause_s: silence that is announced as a pause.
        max_speech_s: a turn is cut there, counted from the start of its speech.
    """

    hang: HangTime = _SENTENCE
    pause_s: float = 0.12
    max_speech_s: float = 20.0

    def __post_init__(self) -> None:
        times = (self.pause_s, self.hang.complete_s, self.hang.unsure_s, self.hang.incomplete_s)
        if not 0 < times[0] <= times[1] <= times[2] <= times[3]:
            raise ValueError(f"pause ≤ complete ≤ unsure ≤ incomplete, all above 0 s; got {times}")
        if self.max_speech_s <= 0:
            raise ValueError(f"max_speech_s is {self.max_speech_s}; it must be above 0")


def profile_for(
    expectation: Expectation, *, max_speech_s: float = 20.0, patience: float = 1.0
) -> TurnProfile:
    """How to listen when this is expected: patient with numbers, quick after one word.

    `patience` is the operator's factor on every hang time.
    """
    hang = _SENTENCE
    if expectation.kind in (
        AnswerKind.DIGITS,
        AnswerKind.ORDER_NUMBER,
        AnswerKind.CODE,
        AnswerKind.PHONE,
    ):
        hang = _NUMBER
    elif expectation.kind in (AnswerKind.YES_NO, AnswerKind.CHOICE):
        hang = _ONE_WORD
    return TurnProfile(hang=hang.times(patience), max_speech_s=max_speech_s)


@dataclass(frozen=True, slots=True)
class TurnThresholds:
    """What counts as speech. Levels are dB, relative to the caller's own speech and noise.

    Attributes:
        start_probability: from which speech may start.
        stay_probability: down to which it goes on.
        start_run_s: how long it must be loud to start: a click or a cough of 60 ms is not.
        start_above_floor_db: how far above the noise is loud.
        sure_run_s: the probability alone, this long, starts speech that drowns in noise.
        below_speech_db: this far below the caller's speech level is silence whatever the
            probability, which trails by 100 ms. On a noisy line it never applies.
        resume_run_s: how much speech ends a pause; less is a click.
        longest_onset_s: the start is never put further back than this.
    """

    start_probability: float = 0.5
    stay_probability: float = 0.35
    start_run_s: float = 0.10
    start_above_floor_db: float = 5.0
    sure_run_s: float = 0.20
    below_speech_db: float = 30.0
    resume_run_s: float = 0.04
    longest_onset_s: float = 0.40


class _State(enum.Enum):
    WAITING = enum.auto()
    SPEAKING = enum.auto()
    PAUSED = enum.auto()


@dataclass(slots=True)
class _Run:
    """Consecutive frames of one kind, holes of `bridge` frames forgiven."""

    bridge: int = 0
    start_s: float = 0.0
    frames: int = 0
    hole: int = field(default=0)

    def accept(self, result: VadResult, *, holds: bool) -> None:
        if holds:
            if not self.frames:
                self.start_s = result.end_s - _FRAME_S
            self.frames += 1
            self.hole = 0
        elif self.frames:
            self.hole += 1
            if self.hole > self.bridge:
                self.frames = 0

    def lasts(self, seconds: float) -> bool:
        return self.frames * _FRAME_S >= seconds - _EPSILON_S

    def clear(self) -> None:
        self.frames = self.hole = 0


class TurnDetector:
    """Turns of one caller. Feed it every `VadResult` of the call, in order."""

    def __init__(
        self, profile: TurnProfile | None = None, thresholds: TurnThresholds | None = None
    ) -> None:
        self._profile = profile or TurnProfile()
        self._thresholds = thresholds or TurnThresholds()
        self._state = _State.WAITING
        self._completeness = Completeness.UNSURE
        self._start_s = 0.0
        self._end_s = 0.0
        self._loud = _Run(bridge=1)
        self._sure = _Run()
        self._again = _Run()

    @property
    def speaking(self) -> bool:
        """Whether a turn is under way (in a pause too)."""
        return self._state is not _State.WAITING

    def expect(self, profile: TurnProfile) -> None:
        """Listen like this from now on; a turn under way included."""
        self._profile = profile

    def hint(self, completeness: Completeness, *, speech_end_s: float | None = None) -> None:
        """How finished the words before the present pause sound.

        Args:
            completeness: of the speculative transcript.
            speech_end_s: of the `SpeechPaused` that it belongs to; a hint for an earlier pause
                comes too late and is ignored. None: for the present one.
        """
        stale = speech_end_s is not None and abs(speech_end_s - self._end_s) > _EPSILON_S
        if self._state is _State.PAUSED and not stale:
            self._completeness = completeness

    def drop(self) -> None:
        """Forget the turn under way, if any (a key was pressed, the step is over)."""
        self._state = _State.WAITING
        self._completeness = Completeness.UNSURE
        for run in (self._loud, self._sure, self._again):
            run.clear()

    def accept(self, result: VadResult) -> tuple[TurnEvent, ...]:
        """Take the next 20 ms; what it means, in order, usually nothing."""
        if self._state is _State.WAITING:
            return self._wait(result)
        active = self._active(result)
        if self._state is _State.SPEAKING:
            events = self._speak(result, active=active)
        else:
            events = self._pause(result, active=active)
        long = result.end_s - self._start_s >= self._profile.max_speech_s - _EPSILON_S
        if self.speaking and long:
            return (*events, self._ended("too_long"))
        return events

    def _active(self, result: VadResult) -> bool:
        audible = result.level_dbfs >= result.speech_level_dbfs - self._thresholds.below_speech_db
        return audible and result.probability >= self._thresholds.stay_probability

    def _wait(self, result: VadResult) -> tuple[TurnEvent, ...]:
        limits = self._thresholds
        likely = result.probability >= limits.start_probability
        loudness_db = result.level_dbfs - result.noise_floor_dbfs
        audible = result.level_dbfs >= result.speech_level_dbfs - limits.below_speech_db
        self._loud.accept(result, holds=audible and loudness_db >= limits.start_above_floor_db)
        self._sure.accept(result, holds=audible and likely)
        loud = self._loud.lasts(limits.start_run_s)
        if not (likely and (loud or self._sure.lasts(limits.sure_run_s))):
            return ()
        begun_s = self._loud.start_s if loud else self._sure.start_s
        self._start_s = max(begun_s, result.end_s - limits.longest_onset_s)
        self._end_s = result.end_s
        self._state = _State.SPEAKING
        return (SpeechStarted(self._start_s),)

    def _speak(self, result: VadResult, *, active: bool) -> tuple[TurnEvent, ...]:
        if active:
            self._end_s = result.end_s
        elif result.end_s - self._end_s >= self._profile.pause_s - _EPSILON_S:
            self._state = _State.PAUSED
            self._completeness = Completeness.UNSURE
            self._again.clear()
            return (SpeechPaused(self._start_s, self._end_s),)
        return ()

    def _pause(self, result: VadResult, *, active: bool) -> tuple[TurnEvent, ...]:
        self._again.accept(result, holds=active)
        if self._again.lasts(self._thresholds.resume_run_s):
            self._state = _State.SPEAKING
            self._end_s = result.end_s
            return (SpeechResumed(self._again.start_s),)
        hang_s = self._profile.hang.of(self._completeness)
        # Never in a frame that may be the first of more speech: the next one will tell.
        if not active and result.end_s - self._end_s >= hang_s - _EPSILON_S:
            return (self._ended("silence"),)
        return ()

    def _ended(self, reason: str) -> TurnEnded:
        ended = TurnEnded(self._start_s, self._end_s, reason)
        self.drop()
        return ended
