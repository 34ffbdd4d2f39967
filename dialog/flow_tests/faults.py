"""What must never happen to a caller in any flow: silence, being stuck, going in circles."""

import enum
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from dialog.events import (
    Act,
    ActDone,
    Action,
    DigitsTimedOut,
    Enqueue,
    HangUp,
    Heard,
    Listen,
    Lookup,
    LookupDone,
    LookupFailed,
    NoInput,
    Note,
    Pressed,
    RecordMessage,
    Say,
    Search,
    SearchDone,
    SearchFailed,
    StillWaiting,
    Transfer,
)
from dialog.state import Phase
from dialog.text_call import Pending, Reaction
from voxdesk.kernel.call import EventKind
from voxdesk.kernel.worded import Worded, worded


class FaultKind(enum.StrEnum):
    """What went wrong."""

    CRASH = "crash"
    SILENCE = "silence"
    STUCK = "stuck"
    CIRCLES = "circles"
    BROKEN = "broken"


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that must not happen. `step` is where; `text` says what, in a sentence."""

    kind: FaultKind
    step: str
    text: Worded


_WAIT_OF: dict[Phase, type[Pending] | tuple[type[Pending], ...]] = {
    Phase.LISTENING: Listen,
    Phase.CONFIRMING: Listen,
    Phase.LOOKING_UP: Lookup,
    Phase.SEARCHING: Search,
    Phase.ACTING: Act,
    Phase.HANDED_OVER: (Transfer, Enqueue),
    Phase.RECORDING: RecordMessage,
    Phase.ENDED: HangUp,
}
_LISTENS = (Phase.LISTENING, Phase.CONFIRMING)
_OUTSIDE = (LookupDone, LookupFailed, SearchDone, SearchFailed, ActDone, StillWaiting)
_CALLER = (Heard, Pressed, NoInput, DigitsTimedOut)
_DOES = (Transfer, Enqueue, RecordMessage, HangUp)


def fault_in(history: Sequence[Reaction], pending: Pending | None) -> Fault | None:
    """The first fault of these reactions.

    Args:
        history: of one or more events of the caller, with the CRM's answers.
        pending: what the call waits for after them.
    """
    for together in _by_event(history):
        for reaction in together:
            if fault := _broken(reaction):
                return fault
        if fault := _silence(together):
            return fault
    if history and not _waits(history[-1], pending):
        after = history[-1].after
        return Fault(
            FaultKind.STUCK, after.step, worded("The call waits for nothing and hasn't ended.")
        )
    return None


def crash(error: Exception, step: str) -> Fault:
    """An error that nobody caught."""
    return Fault(
        FaultKind.CRASH,
        step,
        worded(
            "The dialogue crashes: {kind}: {error}", kind=type(error).__name__, error=str(error)
        ),
    )


def endless(step: str, times: int) -> Fault:
    """The caller does nothing, and the call doesn't end."""
    text = worded("The caller does nothing {times} times, and the call doesn't end.", times=times)
    return Fault(FaultKind.CIRCLES, step, text)


def _by_event(history: Iterable[Reaction]) -> list[list[Reaction]]:
    """Answers of the CRM and the knowledge base belong to the event that led to the question."""
    groups: list[list[Reaction]] = []
    for reaction in history:
        if groups and isinstance(reaction.event, _OUTSIDE):
            groups[-1].append(reaction)
        else:
            groups.append([reaction])
    return groups


def _broken(reaction: Reaction) -> Fault | None:
    """What the dialogue itself wrote down as an error."""
    notes = (action for action in reaction.actions if isinstance(action, Note))
    for note in notes:
        if note.kind != EventKind.ERROR:
            continue
        step = str(note.data.get("step", reaction.after.step))
        if "variable" in note.data:
            name = note.data["variable"]
            text = worded(
                'A value doesn\'t fit the variable "{name}": {error}.',
                name=name,
                error=str(note.data.get("error")),
            )
            return Fault(FaultKind.BROKEN, step, text)
        if "template" in note.data or "condition" in note.data:
            text = worded(
                "A template can't work with its values: {error}.", error=str(note.data.get("error"))
            )
            return Fault(FaultKind.BROKEN, step, text)
        return Fault(
            FaultKind.CIRCLES, step, worded("The call goes from step to step and never waits.")
        )
    return None


def _silence(together: Sequence[Reaction]) -> Fault | None:
    """An event that is answered by neither words nor another action."""
    first, last = together[0], together[-1]
    if _means_nothing(first):
        return None
    done = [action for reaction in together for action in reaction.actions]
    if any(map(_is_noticed, done)):
        return None
    return Fault(FaultKind.SILENCE, last.after.step, worded("The caller hears nothing."))


def _is_noticed(action: Action) -> bool:
    return isinstance(action, _DOES) or (isinstance(action, Say) and bool(action.text.strip()))


def _means_nothing(reaction: Reaction) -> bool:
    """A key that only adds to a number; the pound key, which ends one; what a queue hears."""
    event = reaction.event
    if isinstance(event, _CALLER) and reaction.before.phase not in _LISTENS:
        return True
    if not isinstance(event, Pressed):
        return False
    return event.digit == "#" or reaction.before.keys != reaction.after.keys


def _waits(reaction: Reaction, pending: Pending | None) -> bool:
    kind = _WAIT_OF.get(reaction.after.phase)
    return kind is not None and isinstance(pending, kind)
