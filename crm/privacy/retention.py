"""How long things are kept, by rules. Pure, but for finding what a rule may be about."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from crm.calls.models import Call
from crm.privacy import holds


@dataclass(frozen=True, slots=True)
class Rule:
    """The first rule that fits a call says how long it is kept.

    Attributes:
        keep: "recordings": the sound; "calls": all of a call.
        days: since the call's end.
        flow: only calls of this flow; the same for outcome and direction. Empty: any.
    """

    keep: str
    days: int
    flow: str = ""
    outcome: str = ""
    direction: str = ""

    def fits(self, call: Call) -> bool:
        """Whether it is about this call."""
        return (
            self.flow in {"", call.flow_name}
            and self.outcome in {"", call.disposition}
            and self.direction in {"", call.direction}
        )


@dataclass(frozen=True, slots=True)
class Due:
    """A call whose time is over.

    Attributes:
        rule: its number, from 1.
        held: a legal hold keeps it.
    """

    call_id: str
    keep: str
    rule: int
    recording: str
    ended_at: datetime
    held: bool


def due(session: Session, rules: Sequence[Rule], *, now: datetime) -> Iterator[Due]:
    """What is to go now, oldest first.

    Calls that haven't ended are never among them.
    """
    if not rules:
        return
    oldest = now - timedelta(days=min(rule.days for rule in rules))
    wanted = select(Call).where(Call.ended_at < oldest).order_by(Call.ended_at)
    for call in session.scalars(wanted.execution_options(yield_per=500)):
        for keep in ("calls", "recordings"):
            found = first_fit(rules, call, keep)
            if found is None or call.ended_at is None:
                continue
            if call.ended_at >= now - timedelta(days=rules[found].days):
                continue
            if keep == "recordings" and not call.recording_path:
                continue
            held = bool(holds.holding(session, calls=[call.id]))
            yield Due(call.id, keep, found + 1, call.recording_path, call.ended_at, held)
            break


def first_fit(rules: Sequence[Rule], call: Call, keep: str) -> int | None:
    """Which rule says it; None: no rule does, and it is kept."""
    for number, rule in enumerate(rules):
        if rule.keep == keep and rule.fits(call):
            return number
    return None
