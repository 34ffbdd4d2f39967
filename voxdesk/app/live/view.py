"""A live call as staff are shown it. Pure.

There are two views: of those who may see what callers say, and of those who may only see how
things go (no words, no names).
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from crm.live.call import Line, LiveCall
from crm.transcripts.model import Side

WORDS: Final = frozenset({"customer", "line", "partial", "feeling"})
"""What the view without words lacks."""
SHOWN_DIGITS: Final = 4
_HIDDEN: Final = "•"
_FEWEST_HIDDEN: Final = 3
BEFORE: Final = 5
"""Lines before one that say what it answers."""
Shown = Callable[[tuple[tuple[str, str], ...], str], str]
"""(lines with their sides, language) → the text of the last one without what is redacted."""


def row_of(call: LiveCall, *, shown: Shown, here: str) -> dict[str, Any]:
    """All that lists show of a call.

    Args:
        call: as it is now.
        shown: redacts what was said.
        here: the node whose calls can be listened to and ended.
    """
    lines = call.lines[-BEFORE - 1 :]
    return {
        "id": call.id,
        "direction": call.direction,
        "caller": masked(call.caller if call.direction == "inbound" else call.callee),
        "customer": call.customer,
        "flow": call.flow,
        "step": call.step,
        "language": call.language,
        "node": call.node,
        "is_here": bool(here) and call.node == here,
        "started_at": _iso(call.started_at),
        "answered_at": _iso(call.answered_at),
        "stage": call.stage.value,
        "since": _iso(call.since),
        "queue": call.queue,
        "position": call.position,
        "agent": call.agent,
        "latencies_ms": [took_ms for _, took_ms in call.latencies],
        "line": line_of(lines, call.language, shown) if lines else None,
        "partial": partial_of(call, shown),
        "stumbles": call.stumbles,
        "errors": call.errors,
        "feeling": call.feeling,
        "held": call.held,
        "secret": call.secret,
        "cause": call.cause,
    }


def line_of(lines: Sequence[Line], language: str, shown: Shown) -> dict[str, Any]:
    """The last of these; `text` is None where nothing of it is kept."""
    line = lines[-1]
    text = None if line.text is None else shown(_said(lines), language)
    return {"seq": line.seq, "side": line.side.value, "at_ms": line.at_ms, "text": text}


def lines_of(
    lines: Sequence[Line], language: str, shown: Shown, *, after: int
) -> list[dict[str, Any]]:
    """What was said in a call behind the event `after`."""
    return [
        line_of(lines[max(0, place - BEFORE) : place + 1], language, shown)
        for place, line in enumerate(lines)
        if line.seq > after
    ]


def partial_of(call: LiveCall, shown: Shown) -> str:
    """The caller's words that are still being recognized."""
    if not call.partial:
        return ""
    said = (*_said(call.lines[-BEFORE:]), (Side.CALLER.value, call.partial))
    return shown(said, call.language)


def _said(lines: Sequence[Line]) -> tuple[tuple[str, str], ...]:
    return tuple((line.side.value, line.text or "") for line in lines)


def masked(number: str) -> str:
    """A number's last digits; a name or an address keeps nothing that could be dialled."""
    digits = [place for place, char in enumerate(number) if char.isdigit()]
    if len(digits) <= SHOWN_DIGITS + _FEWEST_HIDDEN - 1:
        return number
    hidden = set(digits[:-SHOWN_DIGITS])
    return "".join(_HIDDEN if place in hidden else char for place, char in enumerate(number))


def without_words(row: Mapping[str, Any]) -> dict[str, Any]:
    """The row, or a part of it, for who may not see words."""
    return {key: value for key, value in row.items() if key not in WORDS}


def changes(before: Mapping[str, Any] | None, after: Mapping[str, Any]) -> dict[str, Any]:
    """What is new in a row; all of it when there was none. Empty when nothing is."""
    if before is None:
        return dict(after)
    new = {key: value for key, value in after.items() if before.get(key) != value}
    return {"id": after["id"], **new} if new else {}


def _iso(at: Any) -> str | None:
    return at.isoformat() if at is not None else None
