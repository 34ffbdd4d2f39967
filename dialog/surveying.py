"""A survey in a call: what its log says of it, and callers who want no more questions."""

from dialog.flow import Step
from dialog.flow_survey import COMMENT, Survey, SurveyEnd, SurveyQuestion
from dialog.slot_values import Value
from dialog.turn import Turn
from voxdesk.kernel.call import EventKind


def note_entered(turn: Turn, step: Step) -> None:
    """A survey begins, or is left."""
    if isinstance(step, Survey):
        turn.note(EventKind.SURVEY, step=step.name, survey=str(step.survey), state="offered")
    elif isinstance(step, SurveyEnd):
        state = "complete" if step.complete else "declined"
        turn.note(EventKind.SURVEY, step=step.of, survey=str(step.survey), state=state)


def note_answer(turn: Turn, step: Step, value: Value) -> None:
    """One question was answered."""
    if isinstance(step, SurveyQuestion):
        answer = {"text": value} if step.question == COMMENT else {"value": value}
        turn.note(
            EventKind.SURVEY,
            step=step.of,
            survey=str(step.survey),
            state="answered",
            question=step.question,
            **answer,
        )
