"""Steps that say nothing and wait for nobody: they only find the step that follows."""

from dialog.business_hours import State
from dialog.coming_back import come_back
from dialog.flow import Choose, Step
from dialog.flow_anywhere import UNKNOWN
from dialog.flow_hours import ByHours
from dialog.flow_subflow import Return, Subflow
from dialog.scopes import FIELD
from dialog.subflow import begin
from dialog.turn import Turn

PASSING = (Choose, ByHours, Subflow, Return)


def passed(turn: Turn, step: Step) -> str | None:
    """The step that follows one of these; None where the call ends or waits again."""
    if isinstance(step, Choose):
        branches = (
            branch.then
            for branch in step.branches
            if not branch.condition or turn.holds(branch.condition)
        )
        return next(branches, "")
    if isinstance(step, ByHours):
        state = turn.hours.opening(step.hours.rpartition(FIELD)[2]).state
        if state is State.OPEN:
            return step.open
        return step.holiday if state is State.HOLIDAY and step.holiday else step.closed
    if isinstance(step, Subflow):
        begin(turn, step)
        return step.entry
    if isinstance(step, Return) and not step.then:
        _returned(turn, step)
        return None
    return step.then


def _returned(turn: Turn, step: Return) -> None:
    """Back to the question that was interrupted; where none was, the call ends."""
    if turn.state.interrupted:
        come_back(turn, unknown=step.name == UNKNOWN)
    else:
        turn.hang_up(step.reason, turn.wording("goodbye"))
