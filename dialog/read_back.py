"""Reading an answer back: "I heard 4 7 1 1. Is that right?", and what callers say to that."""

from collections.abc import Mapping
from typing import Any

from dialog.flow import Answer, Ask, Waiting
from dialog.knowledge.model import named
from dialog.listening import answer_of, label, listen_for_yes, options_of
from dialog.state import Candidate
from dialog.template import render
from dialog.turn import Turn
from voxdesk.kernel.call import EventKind
from voxdesk.kernel.speech import AnswerKind


def read_back(
    turn: Turn,
    step: Waiting,
    value: str,
    others: tuple[str, ...] = (),
    record: Mapping[str, Any] | None = None,
) -> None:
    """Ask whether this is the answer.

    Args:
        turn: being worked on.
        step: that was answered.
        value: what was understood.
        others: further readings of the same words.
        record: what a lookup found for it already.
    """
    before = turn.state.candidate
    rounds = before.rounds + 1 if before else 1
    turn.note(EventKind.CONFIRM, step=step.name, value=value)
    turn.change(candidate=Candidate(value, others, rounds, record=record), said=())
    said = spoken(turn, step, value)
    if isinstance(step, Answer):
        key = "did_you_mean" if rounds == 1 else "did_you_mean_again"
        turn.say(turn.wording(key, question=said), keep=True)
    else:
        key = "confirm" if rounds == 1 else "confirm_again"
        turn.say(turn.wording(key, value=said), keep=True)
    listen_for_yes(turn, step)


def spoken(  # noqa: PLR0911  a table of cases
    turn: Turn, step: Waiting, value: str
) -> str:
    """An answer as it is said to the caller."""
    kind = answer_of(step)
    if isinstance(step, Answer):
        question = named(turn.flow.knowledge, value)
        return question.question.template(turn.language, turn.flow.language) if question else value
    if kind is AnswerKind.YES_NO:
        return turn.wording(value)
    if kind is AnswerKind.CHOICES:
        return _listed(turn, step, value.split(",") if value else [])
    if kind is AnswerKind.DATETIME:
        day, clock = _filtered(turn, value, "day"), _filtered(turn, value, "clock")
        return turn.wording("moment", day=day, clock=clock)
    if kind is AnswerKind.PHONE and isinstance(step, Ask):
        return _filtered(turn, value, "phone(country)", country=step.country)
    if kind in _FILTERS:
        return _filtered(turn, value, _FILTERS[kind])
    for option in options_of(step):
        if option.value == value:
            return label(turn, option)
    return value


_FILTERS = {
    AnswerKind.DIGITS: "spell",
    AnswerKind.ORDER_NUMBER: "spell",
    AnswerKind.CODE: "spell",
    AnswerKind.DATE: "day",
    AnswerKind.TIME: "clock",
    AnswerKind.MONEY: "money",
}


def _filtered(turn: Turn, value: str, name: str, **more: str) -> str:
    values = {"value": value, "today": turn.state.today, **more}
    return render("{{ value | " + name + " }}", values, turn.language)


def _listed(turn: Turn, step: Waiting, values: list[str]) -> str:
    """Several options as they are said: "red, blue and green"."""
    labels = [label(turn, option) for option in options_of(step) if option.value in values]
    if not labels:
        return turn.wording("no_option")
    if len(labels) == 1:
        return labels[0]
    comma, space = ("、", "") if turn.language == "zh" else (", ", " ")
    and_ = turn.wording("option_and")
    return f"{comma.join(labels[:-1])}{space}{and_}{space}{labels[-1]}"
