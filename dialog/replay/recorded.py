"""A call as its log tells it, followed through the version of the flow that it ran on.

The log holds what the caller said and pressed, and what the dialogue noted of it. What isn't in it
(a silence that ended a number, a message that nobody left) shows by what was noted next. The notes
also tell whether this program understands the call as it was understood then; where it doesn't,
the call is followed no further.
"""

import enum
from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from dialog.dialogue import Dialogue
from dialog.events import (
    Act,
    ActDone,
    DigitsTimedOut,
    Enqueue,
    Event,
    HangUp,
    Heard,
    Listen,
    Lookup,
    LookupDone,
    LookupFailed,
    Match,
    MessageDone,
    NoInput,
    Note,
    Pressed,
    RecordMessage,
    Resumed,
    Search,
    SearchDone,
    SearchFailed,
    Started,
    Transfer,
    TransferDone,
)
from dialog.replay.course import Course, Ending, Given, Track
from dialog.replay.log_values import goes_on, place_of, plain, started, transcript_of
from voxdesk.kernel.call import CallEvent, EventKind
from voxdesk.kernel.speech import Transcript

TELLING: Final = {
    EventKind.STEP: ("step",),
    EventKind.UNDERSTOOD: ("step", "command", "value"),
    EventKind.NO_INPUT: ("step",),
    EventKind.NO_MATCH: ("step",),
}
"""Notes of the dialogue that the log must have in the same order, and what of them must agree."""
ABANDONED: Final = "abandoned"
"""How a transfer ends whose caller hung up; the dialogue isn't told."""

Key = tuple[str, tuple[tuple[str, str], ...]]
"""What was looked up, and by which values."""
Answer = LookupDone | LookupFailed | ActDone


class Trouble(enum.StrEnum):
    """Why a call can't be followed, or not to its end."""

    NOT_STARTED = "not_started"  # its log lacks the beginning
    NOT_KEPT = "not_kept"  # what was said or found there isn't kept: a sensitive step, an old log
    DIFFERENT = "different"  # this program understands it otherwise, or the log lacks lines


@dataclass(frozen=True, slots=True)
class Recorded:
    """A call that can be run again.

    Attributes:
        call_id: its id.
        version: of its flow.
        started: how it began, and `moment` when.
        given: the caller's side, in order; up to `trouble`, where there is some.
        answers: of the CRM and of services, in order: the same question may be asked again.
        course: what came of it.
        trouble: why it couldn't be followed to its end, and at which step; None: it could.
        hung_up: the caller ended it.
    """

    call_id: str
    version: str
    started: Started
    given: tuple[Given, ...]
    answers: Mapping[Key, Sequence[Answer]]
    course: Course
    trouble: tuple[Trouble, str] | None = None
    hung_up: bool = False
    moment: datetime | None = None


def key_of(asked: Lookup | Act) -> Key:
    """What is asked, or done, without the token."""
    if isinstance(asked, Act):
        return f"{asked.step}: {asked.what}", tuple(sorted(asked.given.items()))
    return asked.what, tuple(sorted(asked.by.items()))


def languages_of(log: Iterable[CallEvent]) -> tuple[str, ...] | None:
    """What could be spoken and heard in that call, for its `Dialogue`; None: all."""
    for event in log:
        if event.kind is EventKind.STARTED and "languages" in event.data:
            return tuple(map(str, event.data["languages"]))
    return None


def follow(dialogue: Dialogue, log: Sequence[CallEvent], *, began: Started) -> Recorded:
    """The call that this log tells of.

    Args:
        dialogue: of the version that it ran on, in its languages (`languages_of`).
        log: all of it, in order.
        began: what is supposed of the beginning where an older log doesn't say it.
    """
    follower = _Follower(dialogue, log, began)
    for place, event in enumerate(log):
        if follower.trouble is not None:
            break
        follower.take(event, log[place + 1 :])
    return follower.recorded(log)


class _Follower:
    """Reads the lines of one log."""

    def __init__(self, dialogue: Dialogue, log: Sequence[CallEvent], began: Started) -> None:
        self._track = Track(dialogue)
        self._began = began
        self._moment: datetime | None = None  # of the line that is read
        self._began_at: datetime | None = None
        self._given: list[Given] = []
        self._answers: dict[Key, list[Answer]] = {}
        self._owed: deque[Note] = deque()  # noted by the dialogue, not seen in the log yet
        self._quiet_ms: int | None = None  # when the last prompt ended
        self._key = ""  # the last one that the dialogue wasn't told of
        self._deaf = False  # a turn couldn't be recognized
        self._bridged = False
        self._hung_up = False
        self._ending: Ending | None = None
        self.trouble: tuple[Trouble, str] | None = None
        if not any(event.kind is EventKind.ANSWERED for event in log):
            self._fail(Trouble.NOT_STARTED)

    def recorded(self, log: Sequence[CallEvent]) -> Recorded:
        """What was found."""
        call_id = log[0].call_id if log else ""
        if self._owed and self.trouble is None:
            self._fail(Trouble.DIFFERENT)
        return Recorded(
            call_id=call_id,
            version=self._track.dialogue.flow.version,
            started=self._began,
            given=tuple(self._given),
            answers=self._answers,
            course=self._track.course(Ending.OPEN if self.trouble else self._ending),
            trouble=self.trouble,
            hung_up=self._hung_up,
            moment=self._began_at,
        )

    def take(self, event: CallEvent, later: Sequence[CallEvent]) -> None:  # noqa: C901, PLR0912  a case a kind
        """The next line, and those after it."""
        data = event.data
        self._moment = event.at
        match event.kind:
            case EventKind.STARTED:
                self._began = started(data)
                self._began_at = event.at
            case EventKind.ANSWERED:
                self._moment = self._began_at = self._began_at or event.at
                self._feed(self._began)
            case EventKind.PROMPT_FINISHED | EventKind.PROMPT_STOPPED:
                self._quiet_ms = event.audio_ms
            case EventKind.HEARD:
                self._heard(event)
            case EventKind.KEY:
                self._pressed(data)
            case EventKind.ERROR:
                self._deaf = self._deaf or data.get("where") == "recognition"
            case EventKind.LOOKUP:
                self._looked_up(data)
            case EventKind.SEARCHED:
                self._searched(data)
            case EventKind.ACT:
                self._acted(data)
            case EventKind.BRIDGED:
                self._bridged = True
            case EventKind.TRANSFER if data.get("outcome"):
                self._handed_over(data, later)
            case EventKind.MESSAGE_LEFT:
                self._message(data, later)
            case EventKind.RECORDING if data.get("state") == "gap":
                self._resumed(later)
            case EventKind.ENDED:
                self._ended(data)
            case kind if kind in TELLING:
                self._noted(event)

    # ------------------------------------------------------------ what the caller did

    def _heard(self, event: CallEvent) -> None:
        data = event.data
        if not isinstance(self._track.wait, Listen):
            self._fail(Trouble.DIFFERENT)
            return
        if not isinstance(data.get("n_best"), list):
            self._fail(Trouble.NOT_KEPT)
            return
        over = bool(data.get("over_prompt"))
        share = data.get("prompt_heard")
        heard = Heard(
            transcript_of(data), over, float(share) if isinstance(share, int | float) else 1.0
        )
        start, end = data.get("speech_start_ms"), data.get("speech_end_ms")
        span = waited = None
        if isinstance(start, int | float) and isinstance(end, int | float):
            span = (int(start), int(end))
            if not over and self._quiet_ms is not None:
                waited = max(0.0, (start - self._quiet_ms) / 1000)
        self._give(heard, waited_s=waited, span_ms=span)

    def _pressed(self, data: Mapping[str, Any]) -> None:
        digit = data.get("digit")
        if not isinstance(self._track.wait, Listen):
            self._key = str(digit or "")  # over the last words before a person
        elif not digit:
            self._fail(Trouble.NOT_KEPT)
        else:
            self._give(Pressed(str(digit)))

    def _handed_over(self, data: Mapping[str, Any], later: Sequence[CallEvent]) -> None:
        """A transfer or a queue is over. Whoever hung up meanwhile doesn't come back."""
        outcome = str(data["outcome"])
        if not isinstance(self._track.wait, Transfer | Enqueue):
            self._fail(Trouble.DIFFERENT)
            return
        met = outcome == "connected" or self._bridged
        self._bridged = False
        if met:
            self._track.met_person()
        last = outcome == ABANDONED or not goes_on(later)
        self._give(TransferDone(outcome), met=met, last=last)

    def _message(self, data: Mapping[str, Any], later: Sequence[CallEvent]) -> None:
        if not isinstance(self._track.wait, RecordMessage):
            self._fail(Trouble.DIFFERENT)
            return
        self._track.left_message()
        seconds = data.get("seconds")
        long_s = float(seconds) if isinstance(seconds, int | float) else 0.0
        self._give(MessageDone(recorded=True, duration_s=long_s), last=not goes_on(later))

    def _resumed(self, later: Sequence[CallEvent]) -> None:
        """Another engine has the call; whoever spoke with a person goes on doing so."""
        if not self._bridged:
            self._give(Resumed())
        elif not any(one.kind is EventKind.TRANSFER and one.data.get("outcome") for one in later):
            self._handed_over({"outcome": "connected"}, later)

    def _looked_up(self, data: Mapping[str, Any]) -> None:
        asked = self._track.wait
        if not isinstance(asked, Lookup):
            return  # there was nothing to ask with, and the dialogue went on by itself
        answer: Answer
        outcome, record = data.get("outcome"), data.get("record")
        if outcome == "failed":
            answer = LookupFailed(asked.token, str(data.get("reason", "")))
        elif outcome == "found" and not isinstance(record, Mapping):
            self._fail(Trouble.NOT_KEPT)
            return
        else:
            found = dict(record) if isinstance(record, Mapping) else {}
            answer = LookupDone(asked.token, found=outcome == "found", record=found)
        self._answers.setdefault(key_of(asked), []).append(answer)
        self._track.answer(answer)
        self._owe()

    def _acted(self, data: Mapping[str, Any]) -> None:
        asked = self._track.wait
        if not isinstance(asked, Act):
            return  # there was nothing to do it with, and the dialogue went on by itself
        outcome, record = str(data.get("outcome", "")), data.get("record")
        if outcome == "done" and not isinstance(record, Mapping):
            self._fail(Trouble.NOT_KEPT)
            return
        found = dict(record) if isinstance(record, Mapping) else {}
        answer = ActDone(asked.token, outcome, found, str(data.get("reason", "")))
        self._answers.setdefault(key_of(asked), []).append(answer)
        self._track.answer(answer)
        self._owe()

    def _searched(self, data: Mapping[str, Any]) -> None:
        if not isinstance(self._track.wait, Search):
            self._fail(Trouble.DIFFERENT)
            return
        token, found = self._track.wait.token, data.get("found")
        if data.get("outcome") == "failed":
            self._track.found(SearchFailed(token, str(data.get("reason", ""))))
        elif not isinstance(found, list):
            self._fail(Trouble.NOT_KEPT)
            return
        else:
            matches = (
                Match(str(entry[0]), float(entry[1]))
                for entry in found
                if isinstance(entry, list)
                and len(entry) == 2  # noqa: PLR2004  a pair
                and isinstance(entry[1], int | float)
            )
            self._track.found(SearchDone(token, tuple(matches)))
        self._owe()

    # ------------------------------------------------------------ what was noted of it

    def _noted(self, event: CallEvent) -> None:
        if not self._owed and (hidden := self._hidden(event.kind)) is not None:
            self._give(hidden)
        self._deaf = False
        if not self._owed:
            self._fail(Trouble.DIFFERENT)
            return
        owed = self._owed.popleft()
        same = owed.kind == event.kind and all(
            plain(owed.data.get(key)) == plain(event.data.get(key)) for key in TELLING[event.kind]
        )
        if not same:
            self._fail(Trouble.DIFFERENT)

    def _hidden(self, kind: EventKind) -> Event | None:  # noqa: PLR0911  a table of cases
        """What must have happened that something was noted now."""
        match self._track.wait:
            case Listen() if self._track.state.keys:
                return DigitsTimedOut()
            case Listen() if kind is EventKind.NO_INPUT:
                return NoInput()
            case Listen() if kind is EventKind.NO_MATCH and self._deaf:
                return Heard(Transcript(()))
            case Enqueue(leave_key=key) if self._key and self._key == key:
                return TransferDone("left_queue")
            case RecordMessage() if kind is EventKind.NO_INPUT:
                return MessageDone(recorded=False)
            case RecordMessage() if kind is EventKind.STEP:
                return MessageDone(recorded=False, skipped=True)
        return None

    def _ended(self, data: Mapping[str, Any]) -> None:
        self._hung_up = data.get("cause") == "caller_hung_up"
        self._ending = Ending.HUNG_UP if self._hung_up else Ending.CUT

    # ------------------------------------------------------------ to the dialogue

    def _give(
        self,
        event: Event,
        *,
        waited_s: float | None = None,
        span_ms: tuple[int, int] | None = None,
        met: bool = False,
        last: bool = False,
    ) -> None:
        track = self._track
        at = place_of(track.wait)
        given = Given(
            event,
            track.question,
            at,
            track.state.step,
            waited_s=waited_s,
            span_ms=span_ms,
            met=met,
            last=last,
            moment=self._moment,
        )
        self._given.append(given)
        if not last:
            self._feed(event)

    def _feed(self, event: Event) -> None:
        if self._owed:  # the dialogue would have done more than the log tells
            self._fail(Trouble.DIFFERENT)
            return
        if isinstance(self._track.wait, HangUp) and self._track.stops:
            self._fail(Trouble.DIFFERENT)
            return
        self._track.feed(event, self._moment)
        self._owe()

    def _owe(self) -> None:
        self._owed += (note for note in self._track.notes if note.kind in TELLING)

    def _fail(self, trouble: Trouble) -> None:
        self.trouble = trouble, self._track.state.step
