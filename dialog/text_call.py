"""A call in text: what the caller says and presses in, what is said and done out.

No time, no audio. For tests of flows, and for trying one in a terminal.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from dialog.dialogue import Dialogue
from dialog.events import (
    Act,
    Action,
    DigitsTimedOut,
    Enqueue,
    Event,
    HangUp,
    Heard,
    Listen,
    Lookup,
    MessageDone,
    NoInput,
    Pressed,
    RecordMessage,
    Say,
    Search,
    SearchDone,
    Started,
    Transfer,
    TransferDone,
)
from dialog.knowledge.library import library_of
from dialog.state import State
from dialog.text_outside import Conditions, Records, answers
from voxdesk.kernel.speech import Hypothesis, Transcript

Pending = Listen | Lookup | Search | Act | Transfer | Enqueue | RecordMessage | HangUp


@dataclass(frozen=True, slots=True)
class Reaction:
    """What one event did to the call."""

    before: State
    event: Event
    actions: tuple[Action, ...]
    after: State


class TextCall:
    """One call. What is looked up, searched or done is answered at once, from `records`.

    Attributes:
        crm_away: all that the CRM is asked fails, from now on.
        outside: how long single lookups and acts take from now on, or that they can't be reached.
        clock: the time, where it matters; it stands still until somebody moves it.
        said: everything that was said, in order.
        last: what was said since the last event of the caller.
        pending: what the call waits for now.
        log: every event, in order; the same log makes the same call.
        actions: every action, in order.
        history: what each event of the log did.
        state: of the dialogue.
    """

    def __init__(
        self,
        dialogue: Dialogue,
        *,
        caller: Mapping[str, Any] | None = None,
        callee: str = "",
        today: str = "2026-11-21",
        now: str = "10:20",
        at: str = "",
        records: Records | None = None,
        crm_away: bool = False,
        outside: Conditions | None = None,
    ) -> None:
        """Start a call.

        Args:
            dialogue: of the flow.
            caller: what the CRM knows of them.
            callee: the number that was called.
            today: ISO date.
            now: ISO time.
            at: both, with an offset where one is meant; today and now are its own then.
            records: (what, number) to its record; None or absent is "no such record".
            crm_away: all that the CRM is asked fails.
            outside: seconds that lookups and acts take; None: it can't be reached.
        """
        self._dialogue = dialogue
        self._records = dict(records or {})
        self.clock = datetime.fromisoformat(at) if at else None
        if self.clock is not None:
            today = self.clock.date().isoformat()
            now = self.clock.time().isoformat(timespec="minutes")
        self.crm_away = crm_away
        self.outside = dict(outside or {})
        self.state: State = dialogue.initial_state()
        self.said: list[str] = []
        self.last: list[str] = []
        self.log: list[Event] = []
        self.actions: list[Action] = []
        self.history: list[Reaction] = []
        self.pending: Pending | None = None
        self.happens(Started(caller or {}, callee, today, now))

    def says(
        self,
        *n_best: str,
        confidence: float = 0.9,
        over_prompt: bool = False,
        prompt_heard: float = 1.0,
    ) -> "TextCall":
        """The caller says something; several texts are the recognizer's N-best."""
        hypotheses = tuple(
            Hypothesis(text, confidence * 0.9**rank) for rank, text in enumerate(n_best)
        )
        return self.happens(Heard(Transcript(hypotheses), over_prompt, prompt_heard))

    def presses(self, keys: str, *, then_waits: bool = True) -> "TextCall":
        """The caller presses keys, and then no further one."""
        self.last = []
        for key in keys:
            self._happens(Pressed(key))
        if then_waits and self.state.keys:
            self._happens(DigitsTimedOut())
        return self

    def is_silent(self, times: int = 1) -> "TextCall":
        """The caller says nothing, so many times."""
        for _ in range(times):
            self.happens(NoInput())
        return self

    def comes_back(self, outcome: str) -> "TextCall":
        """A transfer or a queue ended like this."""
        return self.happens(TransferDone(outcome))

    def leaves_message(self, *, recorded: bool = True) -> "TextCall":
        """The message is recorded."""
        return self.happens(MessageDone(recorded, 5.0 if recorded else 0.0))

    def happens(self, event: Event) -> "TextCall":
        """Any event."""
        self.last = []
        self._happens(event)
        return self

    @property
    def step(self) -> str:
        """Name of the current step."""
        return self.state.step

    @property
    def ended(self) -> str:
        """The reason of hanging up; empty while the call goes on."""
        return self.pending.reason if isinstance(self.pending, HangUp) else ""

    @property
    def heard_now(self) -> str:
        """What was said since the caller's last event, as one text."""
        return " ".join(self.last)

    def _happens(self, event: Event) -> None:
        self.log.append(event)
        before = self.state
        self.state, actions = self._dialogue.step(before, event, self.clock)
        self.history.append(Reaction(before, event, tuple(actions), self.state))
        for action in actions:
            self._do(action)
        if isinstance(self.pending, Lookup | Act) and self.pending in actions:
            asked = self.pending
            for answer in answers(asked, self._records, self.outside, crm_away=self.crm_away):
                self._happens(answer)
        elif isinstance(self.pending, Search) and self.pending in actions:
            found = library_of(self._dialogue.flow.knowledge).search(self.pending)
            self._happens(SearchDone(self.pending.token, found))

    def _do(self, action: Action) -> None:
        self.actions.append(action)
        if isinstance(action, Say):
            self.said.append(action.text)
            self.last.append(action.text)
        elif isinstance(action, Pending):
            self.pending = action
