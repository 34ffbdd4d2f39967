"""Finished calls that ran on a flow."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from crm.calls.models import Call


@dataclass(frozen=True, slots=True)
class FlowCallsFilter:
    """Which calls: all that are given must hold.

    Attributes:
        flow: its name.
        since: began at or after this moment.
        until: and before this one.
        ids: beginnings of ids; any of them.
        limit: at most so many, the newest.
    """

    flow: str
    since: datetime | None = None
    until: datetime | None = None
    ids: tuple[str, ...] = ()
    limit: int = 1000


def finished_calls(session: Session, wanted: FlowCallsFilter) -> Sequence[Call]:
    """Calls that were answered and are over, the newest first."""
    query = (
        select(Call)
        .where(
            Call.flow_name == wanted.flow,
            Call.answered_at.is_not(None),
            Call.ended_at.is_not(None),
        )
        .order_by(Call.started_at.desc(), Call.id)
        .limit(wanted.limit)
    )
    if wanted.since:
        query = query.where(Call.started_at >= wanted.since)
    if wanted.until:
        query = query.where(Call.started_at < wanted.until)
    if wanted.ids:
        beginnings = [Call.id.startswith(one, autoescape=True) for one in wanted.ids]
        query = query.where(or_(*beginnings))
    return list(session.scalars(query))
