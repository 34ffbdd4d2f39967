"""Reading an answer back: "I heard 4 7 1 1. Is that right?", and what callers say to that."""

from collections.abc import Mapping
from typing import Any

from dialog.flow import Waiting
from dialog.ladder import label
from dialog.listening import NUMBERS, answer_of, listen_for_yes, options_of
from dialog.speaking import spell
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
    key = "confirm" if rounds == 1 else "confirm_again"
    turn.say(turn.wording(key, value=spoken(turn, step, value)), keep=True)
    listen_for_yes(turn, step)


def spoken(turn: Turn, step: Waiting, value: str) -> str:
    """An answer as it is said to the caller."""
    kind = answer_of(step)
    if kind in NUMBERS:
        return spell(value)
    if kind is AnswerKind.DATE:
        values = {"value": value, "today": turn.state.today}
        return render("{{ value | day }}", values, turn.language)
    if kind is AnswerKind.YES_NO:
        return turn.wording(value)
    for option in options_of(step):
        if option.value == value:
            return label(turn, option)
    return value
