"""Slots: what an accepted answer fills, and answers that came along before their question."""

from collections.abc import Iterable

from dialog.flow import Ask, Confirm, Flow, Menu, Waiting
from dialog.slot_values import slot_value
from dialog.state import Ahead
from dialog.surveying import note_answer
from dialog.turn import Turn
from dialog.variables import VariableType
from voxdesk.kernel.call import EventKind
from voxdesk.kernel.speech import AnswerKind

MAX_PATH = 50
NEVER_ALONG = (AnswerKind.FREE, AnswerKind.YES_NO, AnswerKind.NUMBER)
"""Answers that nearly every sentence seems to hold; they are taken at their own step only."""


def answered(turn: Turn, step: Waiting) -> None:
    """The caller has answered a step: "go back" comes here."""
    turn.change(path=(*turn.state.path, step.name)[-MAX_PATH:], misses=0)


def fill(turn: Turn, step: Ask, value: str, others: tuple[str, ...] = ()) -> str:
    """Fill the step's slot; the step that follows.

    Args:
        turn: being worked on.
        step: that was answered.
        value: the answer.
        others: further readings, for a lookup that doesn't find this one.
    """
    answered(turn, step)
    found = slot_value(step.answer, value)
    declared = turn.flow.variables.get(step.slot)
    if declared is not None and declared.type is VariableType.FLAG:
        found = value == "yes"
    turn.note(EventKind.SLOT, slot=step.slot, value=found)
    note_answer(turn, step, found)
    turn.change(
        variables={**turn.state.variables, step.slot: found},
        others={**turn.state.others, step.slot: others},
    )
    branch = {"yes": step.yes, "no": step.no}.get(value, "")
    return (branch if step.answer is AnswerKind.YES_NO else "") or step.then


def needs_read_back(step: Waiting, confidence: float) -> bool:
    """Whether an answer that is so sure is read back before it counts."""
    if not isinstance(step, Ask | Menu) or step.confirm is Confirm.NEVER:
        return False
    if step.confirm is Confirm.ALWAYS:
        return True
    # To ask "did you say yes?" costs more than it saves.
    closed = isinstance(step, Ask) and step.answer is AnswerKind.YES_NO
    return not closed and confidence < step.confirm_below


def asks_for(flow: Flow, slot: str) -> Ask | None:
    """The first step that asks for a slot."""
    asks = (step for step in flow.steps.values() if isinstance(step, Ask))
    return next((ask for ask in asks if ask.slot == slot), None)


def also_of(step: Waiting) -> tuple[str, ...]:
    """Slots of other steps that are taken when they come along."""
    return step.also if isinstance(step, Ask | Menu) else ()


def keep_ahead(turn: Turn, slot: str, ahead: Ahead) -> None:
    """Remember an answer until its question would be asked."""
    turn.change(ahead={**turn.state.ahead, slot: ahead})


def taken_ahead(turn: Turn, slot: str) -> Ahead | None:
    """The answer that came along for a slot, once."""
    found = turn.state.ahead.get(slot)
    forget_ahead(turn, (slot,))
    return found


def forget_ahead(turn: Turn, slots: Iterable[str]) -> None:
    """Forget what came along for these slots."""
    gone = set(slots)
    kept = {slot: ahead for slot, ahead in turn.state.ahead.items() if slot not in gone}
    turn.change(ahead=kept)
