"""Which of the things that a caller said and did still answers what a draft asks."""

from collections.abc import Sequence
from dataclasses import dataclass

from dialog.dialogue import Dialogue
from dialog.events import DigitsTimedOut, NoInput, Note
from dialog.flow import Flow
from dialog.replay.course import Given, Question
from dialog.state import State
from voxdesk.kernel.call import EventKind
from voxdesk.kernel.speech import AnswerKind

# Nearly every sentence seems to answer these, so words for another question mean nothing here.
_ANYTHING = frozenset({AnswerKind.NONE, AnswerKind.FREE, AnswerKind.YES_NO})


@dataclass(frozen=True, slots=True)
class Fit:
    """What is given next.

    Attributes:
        place: in what is left.
        borrowed: it answered another question, and makes sense here.
    """

    place: int
    borrowed: bool = False


def fitting(
    asked: Question,
    left: Sequence[Given],
    *,
    before: tuple[str, str, bool] | None,
    dialogue: Dialogue,
    state: State,
    old: Flow,
) -> Fit | None:
    """What of the caller's side answers this question; None: nothing does.

    Args:
        asked: the question.
        left: the caller's side that wasn't used yet; questions by the names of this flow.
        before: key of the question that was answered last.
        dialogue: that asks.
        state: its state.
        old: the flow that the call ran on.
    """
    if not left:
        return None
    first = left[0]
    if first.question is not None and first.question.key == asked.key:
        return Fit(0)
    # Who is asked the same again wasn't understood, and would not go on to later questions.
    if asked.key != before:
        for place, given in enumerate(left):
            if given.last or given.question is None:
                break  # a person had the call; what was said after it is another matter
            if given.question.key == asked.key:
                return Fit(place)
    return Fit(0, borrowed=True) if _makes_sense(asked, first, dialogue, state, old) else None


def _makes_sense(
    asked: Question, given: Given, dialogue: Dialogue, state: State, old: Flow
) -> bool:
    """Whether an answer to another question can be taken for one to this."""
    if given.question is None or asked.reading_back or given.question.reading_back:
        return False
    if isinstance(given.event, NoInput | DigitsTimedOut):
        return False
    _, actions = dialogue.step(state, given.event, given.moment)  # pure: nothing comes of it
    notes = [action for action in actions if isinstance(action, Note)]
    if any("command" in note.data for note in notes):
        return True  # "agent" means the same everywhere
    if asked.expectation.kind in _ANYTHING:
        # Only where the one has taken the other's place, as a step that was renamed and reworded.
        alike = given.question.expectation.kind is asked.expectation.kind
        gone, new = given.question.step not in dialogue.flow.steps, asked.step not in old.steps
        return alike and gone and new
    return not any(note.kind == EventKind.NO_MATCH for note in notes)
