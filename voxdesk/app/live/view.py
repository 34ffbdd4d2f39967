"""A live call as staff are shown it. Pure.

There are two views: of those who may see what callers say, and of those who may only see how
things go (no words, no names).
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

from crm.live.call import LiveCall

WORDS: Final = frozenset({"customer", "line", "partial", "feeling"})
"""What the view without words lacks."""
SHOWN_DIGITS: Final = 4
_HIDDEN: Final = "•"
_FEWEST_HIDDEN: Final = 3
Shown = Callable[[str, str], str]
"""(text, language) → the text without what is redacted."""


def row_of(call: LiveCall, *, shown: Shown, here: str) -> dict[str, Any]:
    """All that lists show of a call.

    Args:
        call: as it is now.
        shown: redacts what was said.
        here: the node whose calls can be listened to and ended.
    """
    line = call.lines[-1] if call.lines else None
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
        "line": None if line is None else line_of(line, call.language, shown),
        "partial": shown(call.partial, call.language) if call.partial else "",
        "stumbles": call.stumbles,
        "errors": call.errors,
        "feeling": call.feeling,
        "held": call.held,
        "cause": call.cause,
    }


def line_of(line: Any, language: str, shown: Shown) -> dict[str, Any]:
    """One thing that was said; `text` is None where nothing of it is kept."""
    text = None if line.text is None else shown(line.text, language)
    return {"seq": line.seq, "side": line.side.value, "at_ms": line.at_ms, "text": text}


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
