"""What an understood answer is as a variable of the flow: plain JSON, whatever the language."""

from dialog.flow import Ask
from voxdesk.kernel.speech import AnswerKind

Value = str | int | float | list[str]


def slot_value(kind: AnswerKind, value: str) -> Value:
    """A number counts, several choices are a list, everything else is text."""
    if kind is AnswerKind.NUMBER:
        return float(value) if "." in value else int(value)
    if kind is AnswerKind.CHOICES:
        return value.split(",") if value else []
    return value


def answer_value(step: Ask, value: object) -> str:
    """The answer that a slot's value was, for a comparison with a new one."""
    if step.answer is AnswerKind.CHOICES and isinstance(value, list | tuple):
        return ",".join(str(entry) for entry in value)
    return str(value)
