"""Which of the things that a caller said and did still answers what a draft asks."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time

from dialog.events import DigitsTimedOut, Heard, NoInput, Pressed
from dialog.flow import Ask, Flow, Menu
from dialog.listening import KEYED, answer_of, options_of
from dialog.replay.course import Given, Question
from dialog.state import State
from dialog.understanding import understand
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
    state: State,
    old: Flow,
    new: Flow,
) -> Fit | None:
    """What of the caller's side answers this question; None: nothing does.

    Args:
        asked: the question, of the new flow.
        left: the caller's side that wasn't used yet; questions by the new flow's names.
        before: key of the question that was answered last.
        state: of the dialogue in the new flow.
        old: the flow that the call ran on.
        new: the flow that it runs on now.
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
    return Fit(0, borrowed=True) if _makes_sense(asked, first, state, old, new) else None


def _makes_sense(asked: Question, given: Given, state: State, old: Flow, new: Flow) -> bool:
    """Whether an answer to another question can be taken for one to this."""
    if given.question is None or asked.reading_back or given.question.reading_back:
        return False
    if isinstance(given.event, NoInput | DigitsTimedOut):
        return False
    kind = asked.expectation.kind
    if kind in _ANYTHING:
        # Only where the one has taken the other's place, as a step that was renamed and reworded.
        alike = given.question.expectation.kind is kind
        if not alike or asked.step in old.steps or given.question.step in new.steps:
            return False
    if isinstance(given.event, Pressed):
        return _is_key(given.event.digit, asked, new)
    if isinstance(given.event, Heard):
        found = understand(
            given.event.transcript, asked.expectation, today=_day(state), now=_time(state)
        )
        return found is not None
    return False


def _is_key(digit: str, asked: Question, flow: Flow) -> bool:
    step = flow.steps.get(asked.step)
    if not isinstance(step, Ask | Menu):
        return False
    options = options_of(step)
    if options:
        return any(option.key == digit for option in options)
    return answer_of(step) in KEYED or answer_of(step) is AnswerKind.YES_NO


def _day(state: State) -> date | None:
    try:
        return date.fromisoformat(state.today)
    except ValueError:
        return None


def _time(state: State) -> time | None:
    try:
        return time.fromisoformat(state.now)
    except ValueError:
        return None
