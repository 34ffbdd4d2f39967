"""The CRM's answer; when there is no such record, another reading of the words is tried."""

from collections.abc import Mapping
from typing import Any

from dialog import answering
from dialog.entering import enter, look_up
from dialog.events import Event, Heard, LookupDone, LookupFailed, StillWaiting
from dialog.flow import Ask, Lookup
from dialog.outside import apologize, still_waiting
from dialog.read_back import read_back
from dialog.scopes import scope_of
from dialog.state import Guess
from dialog.template import TemplateProblem, names_in
from dialog.turn import Turn
from dialog.understanding import Command
from voxdesk.kernel.call import EventKind


def looked_up(turn: Turn, event: Event) -> None:
    """Something happened while the CRM is asked. Answers to older questions are stale."""
    step = turn.step
    if not isinstance(step, Lookup):
        return
    if isinstance(event, Heard):
        asked = answering.command_in(turn, event.transcript, free=False)
        if asked is Command.PERSON and turn.flow.person:
            turn.change(moves=0)
            enter(turn, turn.flow.person)
    elif isinstance(event, StillWaiting):
        still_waiting(turn, event)
    elif isinstance(event, LookupDone) and event.token == turn.state.token:
        outcome = "found" if event.found else "missing"
        turn.note(EventKind.LOOKUP, what=step.what, outcome=outcome)
        if event.found:
            _found(turn, step, event.record)
        else:
            _missing(turn, step)
    elif isinstance(event, LookupFailed) and event.token == turn.state.token:
        turn.note(EventKind.LOOKUP, what=step.what, outcome="failed", reason=event.reason)
        apologize(turn, step.failed)
        enter(turn, step.failed)


def _found(turn: Turn, step: Lookup, record: Mapping[str, Any]) -> None:
    guess = turn.state.guess
    ask = _ask_of(turn, guess.slot) if guess else None
    if guess and ask:
        # Another person's order may have that number: the caller decides.
        turn.change(step=ask.name, candidate=None)
        read_back(turn, ask, guess.value, record=record)
        return
    turn.change(variables={**turn.state.variables, step.into: dict(record)})
    enter(turn, step.found)


def guess_confirmed(turn: Turn, record: Mapping[str, Any]) -> None:
    """The caller said yes to the reading that the CRM knows."""
    guess = turn.state.guess
    step = turn.flow.steps.get(guess.lookup) if guess else None
    if guess is None or not isinstance(step, Lookup):
        return
    turn.note(EventKind.SLOT, slot=guess.slot, value=guess.value)
    turn.change(
        variables={**turn.state.variables, guess.slot: guess.value, step.into: dict(record)},
        others={**turn.state.others, guess.slot: ()},
    )
    enter(turn, step.found)


def _missing(turn: Turn, step: Lookup) -> None:
    guess = turn.state.guess or _first_guess(turn, step)
    if turn.state.guess and guess:
        guess = Guess(guess.lookup, guess.slot, *_split(guess.rest)) if guess.rest else None
    if guess is None or look_up(turn, step, guess) is not None:
        enter(turn, step.missing)


def _split(values: tuple[str, ...]) -> tuple[str, tuple[str, ...]]:
    return values[0], values[1:]


def _first_guess(turn: Turn, step: Lookup) -> Guess | None:
    """The first other reading of a slot that this lookup asks with."""
    try:
        scope = scope_of(step.name)
        read = {f"{scope}{name}" for template in step.by.values() for name in names_in(template)}
    except TemplateProblem:
        return None
    for slot in sorted(read):
        others = turn.state.others.get(slot, ())
        if others:
            return Guess(step.name, slot, *_split(others))
    return None


def _ask_of(turn: Turn, slot: str) -> Ask | None:
    """The step that last asked for this slot."""
    asks = {
        step.name: step
        for step in turn.flow.steps.values()
        if isinstance(step, Ask) and step.slot == slot
    }
    answered = (asks[name] for name in reversed(turn.state.path) if name in asks)
    return next(answered, next(iter(asks.values()), None))
