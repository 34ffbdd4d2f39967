"""What a step that answers questions does on being entered: it suggests some, or looks for one."""

from datetime import date

from dialog import events
from dialog.flow import Answer
from dialog.knowledge.model import Question, named
from dialog.state import Phase
from dialog.turn import Turn

MAX_SUGGESTED = 2


def look_for(turn: Turn, step: Answer, readings: tuple[str, ...]) -> None:
    """Have these readings of a question looked for; `SearchDone` follows."""
    token = turn.state.token + 1
    turn.change(phase=Phase.SEARCHING, token=token, asked=readings)
    turn.actions.append(
        events.Search(token, readings, turn.language, step.knowledge, turn.state.today)
    )


def known_words(turn: Turn, step: Answer) -> str:
    """The question that was asked already, or nothing."""
    return (turn.value(step.words) or "").strip() if step.words else ""


def suggestion(turn: Turn, step: Answer) -> str:
    """Questions that this caller, or others, ask often, in a sentence; or nothing."""
    said = [question.question.template(turn.language) for question in _frequent(turn, step)]
    if not said:
        return ""
    first, second = [*said, ""][:MAX_SUGGESTED]
    return turn.wording("frequent", first=first, second=second)


def _frequent(turn: Turn, step: Answer) -> list[Question]:
    """Those that this step can answer today, the most frequent first."""
    caller = turn.state.variables.get("caller") or {}
    references = caller.get("frequent") if step.offer_frequent else None
    today = _day(turn.state.today)
    found = []
    for reference in references if isinstance(references, list | tuple) else ():
        question = named(turn.flow.knowledge, str(reference))
        own = str(reference).partition("/")[0] in step.knowledge
        if question and own and question.holds_on(today) and question.wordings(turn.language):
            found.append(question)
    return found


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
