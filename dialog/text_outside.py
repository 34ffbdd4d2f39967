"""What systems outside answer in a call in text: from records that are written down beforehand."""

from collections.abc import Mapping
from typing import Any

from dialog.catalogue import CRM
from dialog.events import Act, ActDone, Event, Lookup, LookupDone, LookupFailed, StillWaiting
from dialog.outside import words_during

Records = Mapping[tuple[str, str], Mapping[str, Any] | None]
"""(what, its values) to the record that is found, or that comes of it; None: there is none.

Something that is done may have the field "refused", with the reason; then it isn't done. What isn't
here at all is not found, and is done.
"""
Conditions = Mapping[str, float | None]
"""What, to the seconds that its answer takes; None: it can't be reached."""
REFUSED = "refused"
ANY = "*"
"""Stands for all values that no record is written down for."""


def answers(
    asked: Lookup | Act, records: Records, conditions: Conditions, *, crm_away: bool = False
) -> list[Event]:
    """Everything that happens until there is an answer, the answer last."""
    takes_s = conditions.get(asked.what, 0.0)
    if takes_s is None or (crm_away and _is_crm(asked.what)):
        return [_failed(asked, "away")]
    waits_s = min(takes_s, asked.timeout_s)
    events: list[Event] = [
        StillWaiting(asked.token, count) for count in range(words_during(waits_s))
    ]
    late = takes_s > asked.timeout_s
    return [*events, _failed(asked, "timeout") if late else _answer(asked, records)]


def key_of(values: Mapping[str, str]) -> str:
    """How a record is found by several values: "A1, main"."""
    return ", ".join(values.values())


def _is_crm(what: str) -> bool:
    return what in CRM.lookups or what in CRM.acts


def _failed(asked: Lookup | Act, reason: str) -> Event:
    if isinstance(asked, Lookup):
        return LookupFailed(asked.token, reason)
    return ActDone(asked.token, "failed", reason=reason)


def _answer(asked: Lookup | Act, records: Records) -> Event:
    values = asked.by if isinstance(asked, Lookup) else asked.given
    keys = (key_of(values), next(iter(values.values()), ""), ANY)
    written = [records[asked.what, key] for key in keys if (asked.what, key) in records]
    if isinstance(asked, Lookup):
        record = written[0] if written else None
        return LookupDone(asked.token, record is not None, record or {})
    answer = written[0] if written else {}
    if answer is None or REFUSED in answer:
        reason = str((answer or {}).get(REFUSED, "unknown"))
        rest = {name: value for name, value in (answer or {}).items() if name != REFUSED}
        return ActDone(asked.token, "refused", rest, reason)
    return ActDone(asked.token, "done", {**asked.given, **answer})
