"""While something is done outside of the dialogue."""

from dialog.entering import enter
from dialog.events import ActDone, Event, StillWaiting
from dialog.flow_outside import Act
from dialog.outside import apologize, still_waiting
from dialog.turn import Turn
from voxdesk.kernel.call import EventKind


def acted(turn: Turn, event: Event) -> None:
    """Something happened meanwhile. Answers to older questions are stale."""
    step = turn.step
    if not isinstance(step, Act):
        return
    if isinstance(event, StillWaiting):
        still_waiting(turn, event)
    elif isinstance(event, ActDone) and event.token == turn.state.token:
        reason = {"reason": event.reason} if event.reason else {}
        turn.note(EventKind.ACT, what=step.what, outcome=event.outcome, **reason)
        if event.outcome not in {"done", "refused"}:
            apologize(turn, step.failed)
            enter(turn, step.failed)
            return
        answer = {**event.record, "reason": event.reason}
        turn.change(variables={**turn.state.variables, step.into: answer})
        enter(turn, step.done if event.outcome == "done" else step.refused)
