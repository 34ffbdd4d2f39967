"""The course of a call through a flow, stop by stop, and what drives a dialogue along one."""

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from dialog.dialogue import Dialogue
from dialog.events import (
    Act,
    ActDone,
    Enqueue,
    Event,
    HangUp,
    Listen,
    Lookup,
    LookupDone,
    LookupFailed,
    Note,
    RecordMessage,
    Say,
    Search,
    SearchDone,
    SearchFailed,
    Transfer,
)
from dialog.flow import Ask, Flow, Menu
from dialog.scopes import FIELD
from dialog.state import Phase, State
from voxdesk.kernel.call import EventKind
from voxdesk.kernel.speech import Expectation

Wait = Listen | Lookup | Search | Act | Transfer | Enqueue | RecordMessage | HangUp
"""What a call can wait for."""


@dataclass(frozen=True, slots=True)
class Question:
    """What the caller was asked.

    Attributes:
        step: the step that waited.
        slot: the variable that it fills; empty where it fills none, as a menu.
        reading_back: an answer was read back, and yes or no was waited for.
        expectation: what was waited for.
        no_input_s: silence that counts as no answer.
    """

    step: str
    slot: str
    reading_back: bool
    expectation: Expectation = field(compare=False)
    no_input_s: float = field(default=5.0, compare=False)

    @property
    def key(self) -> tuple[str, str, bool]:
        """By which the same question is known in another version: its slot, else its step."""
        kind, name = ("slot", self.slot) if self.slot else ("step", self.step)
        return kind, name, self.reading_back

    def renamed(self, names: Mapping[str, str]) -> "Question":
        """As it is called in a version in which steps have other names."""
        # A slot without a name of its own is called like its step, and those of a subflow begin so.
        own = self.slot == self.step or FIELD in self.slot
        slot = renamed_slot(self.slot, names) if own else self.slot
        return replace(self, step=names.get(self.step, self.step), slot=slot)


def renamed_slot(slot: str, names: Mapping[str, str]) -> str:
    """A slot's name in a version in which steps have other names.

    >>> renamed_slot("check.code", {"check": "verify"})
    'verify.code'
    """
    step, inside, name = slot.partition(FIELD)
    return f"{names.get(step, step)}{inside}{name}"


def question_of(flow: Flow, state: State, listen: Listen) -> Question:
    """The question that a call waits at."""
    step = flow.steps.get(listen.step)
    return Question(
        step=listen.step,
        slot=(step.slot or step.name) if isinstance(step, Ask) else "",
        reading_back=state.phase is Phase.CONFIRMING,
        expectation=listen.expectation,
        no_input_s=listen.no_input_s,
    )


@dataclass(frozen=True, slots=True)
class Given:
    """What the caller, or somebody whom they were given to, did in a recorded call.

    Attributes:
        event: as the dialogue was told.
        question: that was asked then; None while the call was in other hands.
        at: who had it then: the queue, the transfer's target, the mailbox; empty at a question.
        step: the step that waited.
        waited_s: silence between the end of the prompt and the caller's first sound; None when
            they spoke over it, or it isn't known.
        span_ms: where the words are in the recording; None where there are none.
        met: the caller spoke with a person meanwhile.
        last: the call ended with this: the caller never came back.
        moment: when it happened; None where it isn't known.
    """

    event: Event
    question: Question | None
    at: str = ""
    step: str = ""
    waited_s: float | None = None
    span_ms: tuple[int, int] | None = None
    met: bool = False
    last: bool = False
    moment: datetime | None = None


class How(enum.StrEnum):
    """Why a stop of a replayed call was left the way it was."""

    RECORDED = "recorded"
    BORROWED = "borrowed"  # the words answered another question, and make sense here
    SUPPOSED = "supposed"  # an answer was read back that the caller went on with: yes
    TIMED = "timed"  # this version waits less long than the caller took


@dataclass(frozen=True, slots=True)
class Said:
    """A prompt, and the step that said it."""

    step: str
    text: str
    language: str
    sensitive: bool = False


@dataclass(frozen=True, slots=True)
class Asked:
    """A lookup and what came of it: "found", "missing" or "failed"."""

    what: str
    by: tuple[tuple[str, str], ...]
    outcome: str


@dataclass(frozen=True, slots=True)
class Stop:
    """What one event led to, until the call waited for the caller or a person again.

    Attributes:
        event: that led here; None: the call was answered.
        how: whose event it was.
        skipped: how much of the caller's side before it was left out: those questions aren't
            asked here.
        steps: that were entered, in order.
        said: in order.
        asked: lookups, in order.
        values: slots that were filled, and by its name what was chosen at a menu, or answered.
        step: where the call waits now.
        question: that it waits at; None when it waits for something else.
        wait: what it waits for.
    """

    event: Event | None
    wait: Wait
    step: str
    how: How = How.RECORDED
    skipped: int = 0
    steps: tuple[str, ...] = ()
    said: tuple[Said, ...] = ()
    asked: tuple[Asked, ...] = ()
    values: tuple[tuple[str, str], ...] = ()
    question: Question | None = None


class Ending(enum.StrEnum):
    """How a call ended."""

    DONE = "done"  # the flow said goodbye
    PERSON = "person"
    MESSAGE = "message"
    GAVE_UP = "gave_up"  # the machine did: it wasn't answered, or didn't understand
    ERROR = "error"
    HUNG_UP = "hung_up"  # the caller did, before the end
    CUT = "cut"  # by a fault, or somebody else
    OPEN = "open"  # nobody knows


@dataclass(frozen=True, slots=True)
class Course:
    """A call from its answer to its end.

    Attributes:
        stops: in order; the first is the answer.
        ending: how it ended.
        reason: of the flow's hanging up; else empty.
    """

    stops: tuple[Stop, ...]
    ending: Ending
    reason: str = ""

    @property
    def steps(self) -> tuple[str, ...]:
        """Every step, in order."""
        return tuple(step for stop in self.stops for step in stop.steps)


_GAVE_UP = frozenset({"no_input", "no_match"})


class Track:
    """One call on its way through a dialogue.

    Attributes:
        state: of the dialogue.
        wait: what the call waits for.
        notes: what the dialogue noted of the last event.
    """

    def __init__(self, dialogue: Dialogue) -> None:
        self.dialogue = dialogue
        self.state = dialogue.initial_state()
        self.wait: Wait = HangUp("error")
        self.notes: tuple[Note, ...] = ()
        self._stops: list[Stop] = []
        self._person = False
        self._message = False

    def feed(
        self,
        event: Event,
        at: datetime | None = None,
        *,
        how: How = How.RECORDED,
        skipped: int = 0,
    ) -> None:
        """Something happens: a new stop. `at`: when; by default as the event before."""
        first = not self._stops
        place = self.state.step
        self._stops.append(
            Stop(None if first else event, self.wait, place, how=how, skipped=skipped)
        )
        self._step(event, at)

    def answer(self, event: LookupDone | LookupFailed | ActDone) -> None:
        """The CRM, or a service, answers: the stop goes on."""
        asked = self.wait
        assert isinstance(asked, Lookup | Act)  # noqa: S101  nobody answers without a question
        outcome = event.outcome if isinstance(event, ActDone) else "failed"
        if isinstance(event, LookupDone):
            outcome = "found" if event.found else "missing"
        last = self._stops[-1]
        values = asked.by if isinstance(asked, Lookup) else asked.given
        found = Asked(asked.what, tuple(sorted(values.items())), outcome)
        self._stops[-1] = replace(last, asked=(*last.asked, found))
        self._step(event)

    def found(self, event: SearchDone | SearchFailed) -> None:
        """What a search found: the stop goes on."""
        assert isinstance(self.wait, Search)  # noqa: S101  nobody finds what wasn't looked for
        self._step(replace(event, token=self.wait.token))

    def _step(self, event: Event, at: datetime | None = None) -> None:
        place = self.state.step
        self.state, actions = self.dialogue.step(self.state, event, at)
        steps: list[str] = []
        said: list[Said] = []
        values: list[tuple[str, str]] = []
        for action in actions:
            if isinstance(action, Say):
                said.append(Said(place, action.text, action.language, action.sensitive))
            elif isinstance(action, Wait):
                self.wait = action
            elif isinstance(action, Note) and action.kind == EventKind.STEP:
                place = str(action.data["step"])
                steps.append(place)
            elif isinstance(action, Note) and (value := self._value(action)):
                values.append(value)
        self.notes = tuple(action for action in actions if isinstance(action, Note))
        last = self._stops[-1]
        self._stops[-1] = replace(
            last,
            steps=(*last.steps, *steps),
            said=(*last.said, *said),
            values=(*last.values, *values),
            wait=self.wait,
            step=self.state.step,
            question=self.question,
        )

    def _value(self, note: Note) -> tuple[str, str] | None:
        """What is known now, if the note tells; of sensitive steps it doesn't."""
        if note.kind == EventKind.SLOT and "value" in note.data:
            return str(note.data.get("slot")), str(note.data.get("value"))
        step = str(note.data.get("step"))
        if note.kind == EventKind.QUESTION:
            return step, str(note.data.get("question") or note.data.get("outcome"))
        understood = note.kind == EventKind.UNDERSTOOD and "value" in note.data
        if understood and isinstance(self.dialogue.flow.steps.get(step), Menu):
            return step, str(note.data["value"])
        return None

    @property
    def question(self) -> Question | None:
        """What the caller is asked now."""
        if not isinstance(self.wait, Listen):
            return None
        return question_of(self.dialogue.flow, self.state, self.wait)

    @property
    def stops(self) -> int:
        """How many there were."""
        return len(self._stops)

    def met_person(self) -> None:
        """The caller spoke with a person."""
        self._person = True

    def left_message(self) -> None:
        """The caller left a message."""
        self._message = True

    def course(self, ending: Ending | None = None) -> Course:
        """The course so far. `ending`: how it ended, where the flow didn't end it."""
        reason = ""
        if isinstance(self.wait, HangUp):
            reason = self.wait.reason
            own = Ending.GAVE_UP if reason in _GAVE_UP else Ending.DONE
            ending = Ending.ERROR if reason == "error" else own
        elif isinstance(self.wait, Transfer | Enqueue):
            ending = Ending.PERSON
        elif isinstance(self.wait, RecordMessage):
            ending = Ending.MESSAGE
        if self._person:
            ending = Ending.PERSON
        elif self._message and ending is not Ending.PERSON:
            ending = Ending.MESSAGE
        return Course(tuple(self._stops), ending or Ending.OPEN, reason)
