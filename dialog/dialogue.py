"""The dialogue: `step(state, event) -> (state, actions)`, pure: the same log, the same call."""

import dataclasses
from collections.abc import Callable, Collection, Mapping
from datetime import datetime

from dialog import answering, finding_answers, keys
from dialog.acting import acted
from dialog.confirming import confirm
from dialog.entering import enter
from dialog.events import (
    Action,
    DigitsTimedOut,
    Event,
    Heard,
    NoInput,
    Pressed,
    Resumed,
    Started,
    TransferDone,
)
from dialog.flow import Answer, Flow, Handover, Waiting
from dialog.flow_templates import all_templates
from dialog.ladder import no_input
from dialog.looking_up import looked_up
from dialog.messages import recorded
from dialog.moods import feel, soothe
from dialog.privacy import keeps, private_variables
from dialog.prompts import Prompts
from dialog.resuming import resume
from dialog.state import Phase, State
from dialog.template import compile_now
from dialog.turn import Turn
from dialog.understanding.intents import IntentModel
from dialog.variables import defaults
from voxdesk.kernel.call import EventKind

NOON = "12:00"
"""The time of a call of which only the day is known."""


class Dialogue:
    """Runs calls through one flow. Holds nothing of a call; one object serves all of them."""

    def __init__(
        self,
        flow: Flow,
        prompts: Prompts,
        *,
        languages: Collection[str] | None = None,
        intents: IntentModel | None = None,
    ) -> None:
        """`languages`: what can be spoken and heard on this machine; all of the flow's by default.

        A language that isn't among them is neither started in nor changed to. `intents` was trained
        on the examples of this flow's options; without it callers are understood by phrases only.
        """
        self.flow = flow
        self.prompts = prompts
        self._intents = intents
        self._private = private_variables(flow)
        spoken = flow.languages if languages is None else languages
        for template in all_templates(flow):
            compile_now(template)  # the first caller must not wait for it
        self.languages = tuple(tag for tag in flow.languages if tag in spoken) or (flow.language,)

    def keeps_record(self, step: str) -> bool:
        """Whether what a lookup finds may be in the call's log: not where it is sensitive."""
        return keeps(self.flow.steps.get(step), self._private)

    def initial_state(self) -> State:
        """A call that hasn't been answered yet."""
        return State(version=self.flow.version)

    def step(
        self, state: State, event: Event, at: datetime | None = None
    ) -> tuple[State, list[Action]]:
        """The next state, and what to do, in order.

        Args:
            state: of this flow's version; from `initial_state` or `State.from_json`.
            event: what happened. One that means nothing now changes nothing.
            at: when. Without it, it is the time of the event before, at first that of `Started`.
        """
        state = _at(state, event, at)
        if isinstance(event, Heard | Pressed | NoInput | DigitsTimedOut):
            late = state.typed and isinstance(event, Pressed) and event.digit == "#"
            state = dataclasses.replace(state, typed=False, wish="")
            if late:  # it ends a number, and came after its time
                return state, []
        turn = Turn(self.flow, self.prompts, self.languages, state, self._intents)
        turn.private = self._private
        _attend(turn, event)
        if isinstance(event, Resumed):
            resume(turn)
        elif state.phase is Phase.NEW:
            if isinstance(event, Started):
                self._start(turn, event)
        elif (happens := _IN_PHASE.get(state.phase)) is not None:
            happens(turn, event)
        return turn.state, turn.actions

    def _start(self, turn: Turn, event: Started) -> None:
        caller = dict(event.caller)
        wanted = str(caller.get("language") or "").split("-")[0].lower()
        turn.change(
            language=wanted if wanted in self.languages else self.languages[0],
            today=event.today,
            now=event.now,
            variables={
                **defaults(self.flow.variables),
                "caller": caller,
                "callee": event.callee,
            },
        )
        enter(turn, self.flow.start)


def _at(state: State, event: Event, at: datetime | None) -> State:
    """The state at the moment of the event."""
    if at is not None:
        return dataclasses.replace(state, at=at.isoformat(timespec="seconds"))
    if isinstance(event, Started) and event.today and not state.at:
        return dataclasses.replace(state, at=f"{event.today}T{event.now or NOON}")
    return state


def _attend(turn: Turn, event: Event) -> None:
    """How the caller feels, before anything is made of the words."""
    asked = turn.state.phase in {Phase.LISTENING, Phase.CONFIRMING}
    if asked and isinstance(event, Heard) and isinstance(turn.step, Waiting):
        feel(turn, turn.step, event.transcript)
        soothe(turn)


def _listening(turn: Turn, event: Event) -> None:
    """A step waits for the caller."""
    step = turn.step
    if not isinstance(step, Waiting):
        return
    if isinstance(event, Heard):
        turn.change(moves=0, heard=event.prompt_heard if event.over_prompt else 1.0)
        if isinstance(step, Answer):
            finding_answers.heard(turn, step, event.transcript)
        else:
            answering.heard(turn, step, event)
    elif isinstance(event, Pressed):
        turn.change(moves=0)
        keys.pressed(turn, step, event.digit)
    elif isinstance(event, DigitsTimedOut) or (isinstance(event, NoInput) and turn.state.keys):
        turn.change(typed=bool(turn.state.keys))
        keys.keys_done(turn, step)
    elif isinstance(event, NoInput):
        turn.change(heard=1.0)
        no_input(turn, step)


def _handed_over(turn: Turn, event: Event) -> None:
    """A transfer or a queue ended, and the caller is back."""
    step = turn.step
    if isinstance(event, TransferDone) and isinstance(step, Handover):
        turn.note(EventKind.TRANSFER, step=step.name, outcome=event.outcome)
        if event.outcome == "connected":
            enter(turn, step.then)
        else:
            enter(turn, step.outcomes.get(event.outcome) or step.outcomes.get("failed", step.then))


_IN_PHASE: Mapping[Phase, Callable[[Turn, Event], None]] = {
    Phase.LISTENING: _listening,
    Phase.CONFIRMING: confirm,
    Phase.LOOKING_UP: looked_up,
    Phase.SEARCHING: finding_answers.searched,
    Phase.ACTING: acted,
    Phase.HANDED_OVER: _handed_over,
    Phase.RECORDING: recorded,
}
