"""Which ways calls went through a flow, counted from their logs."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session
from sqlalchemy.sql import Subquery

from crm.calls.models import Call, CallEventRow
from voxdesk.kernel.call import EventKind


@dataclass(frozen=True, slots=True)
class StepTraffic:
    """What calls did in a flow.

    Attributes:
        calls: how many there were.
        reached: by step, how many calls came to it.
        moves: (from, to): how often a call entered one step right after the other.
        ended: by step, how many calls that are over were at it when they ended.
    """

    calls: int
    reached: Mapping[str, int]
    moves: Mapping[tuple[str, str], int]
    ended: Mapping[str, int]


def step_traffic(
    session: Session,
    flow: str,
    *,
    since: datetime,
    until: datetime | None = None,
    version: str = "",
) -> StepTraffic:
    """The traffic of a flow; steps of different versions are told apart by their names.

    Args:
        session: to read with. Everything is counted by the database.
        flow: its name.
        since: calls that began at or after this moment count.
        until: and before this one.
        version: only calls that ran on the version of this hash; empty: on any.
    """
    visits = _visits(flow, since, until, version)
    place, following, call = visits.c.step, visits.c.following, visits.c.call_id
    calls = session.scalar(select(func.count(call.distinct()))) or 0
    reached = select(place, func.count(call.distinct())).group_by(place)
    moves = (
        select(place, following, func.count())
        .where(following.is_not(None))
        .group_by(place, following)
    )
    ended = (
        select(place, func.count())
        .join(Call, Call.id == call)
        .where(following.is_(None), Call.ended_at.is_not(None))
        .group_by(place)
    )
    return StepTraffic(
        calls=calls,
        reached={row[0]: row[1] for row in session.execute(reached)},
        moves={(source, target): count for source, target, count in session.execute(moves)},
        ended={row[0]: row[1] for row in session.execute(ended)},
    )


def _visits(flow: str, since: datetime, until: datetime | None, version: str) -> Subquery:
    """Each step that a call entered, with the one that it entered next."""
    step = CallEventRow.data["step"].as_string()
    following = func.lead(step).over(partition_by=CallEventRow.call_id, order_by=CallEventRow.seq)
    query = (
        select(CallEventRow.call_id, step.label("step"), following.label("following"))
        .join(Call, Call.id == CallEventRow.call_id)
        .where(
            CallEventRow.kind == EventKind.STEP.value,
            CallEventRow.data["flow"].as_string() == flow,
            step.is_not(None),
            Call.started_at >= since,
        )
    )
    if until is not None:
        query = query.where(Call.started_at < until)
    if version:
        query = query.where(Call.flow_version == version)
    return query.subquery("visits")
