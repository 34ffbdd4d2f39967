"""Which calls to score next: drawn by lot, and what one has begun."""

import enum
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from crm.calls.models import Call
from crm.customers.models import Customer
from crm.facts.models import CallFacts
from crm.finding.repository import FoundCall
from crm.scores.models import ScorecardVersion, Scoring, State
from crm.scores.results import Listed, Wanted

MOST_DRAFTS: Final = 100


class Spread(enum.StrEnum):
    """Whose calls are drawn."""

    ANY = "any"
    AGENT = "agent"
    FLOW = "flow"


_EACH: Final[dict[Spread, InstrumentedAttribute[str]]] = {
    Spread.AGENT: Call.agent,
    Spread.FLOW: Call.flow_name,
}


@dataclass(frozen=True, slots=True)
class Done:
    """What somebody has finished since some moment."""

    count: int
    mean: float | None


def drawn(
    session: Session, wanted: Wanted, *, shortest_ms: int, spread: Spread, count: int
) -> Sequence[FoundCall]:
    """Calls by lot that nobody has scored or begun to score, over and with a sound to hear.

    Args:
        session: of the transaction.
        wanted: which calls; its scorecard is the one by which nobody has scored them, empty: any;
            its scorer is not looked at.
        shortest_ms: of a call, answer to end.
        spread: every agent or flow in turn, those of whom least was scored in this time first, and
            no calls without one; or just any calls.
        count: at most so many.
    """
    lot: ColumnElement[Any] = func.random()
    there = (*_of(wanted), *_unscored(wanted.scorecard))
    fits = (
        select(Call.id.label("id"))
        .join(CallFacts, CallFacts.call_id == Call.id)
        .where(*there, CallFacts.duration_ms >= shortest_ms)
    )
    if spread is Spread.ANY:
        ids = session.scalars(fits.order_by(lot).limit(count)).all()
    else:
        each = _EACH[spread]
        fits = fits.where(each != "")
        place = func.row_number().over(partition_by=each, order_by=lot)
        queue = fits.add_columns(each.label("each"), place.label("place")).subquery()
        scored = _scored(wanted, each)
        turn = queue.c.place + func.coalesce(scored.c.count, 0)
        ids = session.scalars(
            select(queue.c.id)
            .outerjoin(scored, scored.c.each == queue.c.each)
            .order_by(turn, lot)
            .limit(count)
        ).all()
    return _found(session, ids)


def _of(wanted: Wanted) -> Sequence[ColumnElement[bool]]:
    given: tuple[tuple[InstrumentedAttribute[str], str], ...] = (
        (Call.agent, wanted.agent),
        (Call.flow_name, wanted.flow),
        (Call.flow_version, wanted.version),
    )
    return [
        Call.started_at >= wanted.since,
        Call.started_at < wanted.until,
        *(column == value for column, value in given if value),
    ]


def _unscored(scorecard: str) -> Sequence[ColumnElement[bool]]:
    scorings = select(Scoring.id).where(Scoring.call_id == Call.id)
    if scorecard:
        scorings = scorings.where(Scoring.scorecard == scorecard)
    return [Call.ended_at.is_not(None), Call.recording_path != "", ~scorings.exists()]


def _scored(wanted: Wanted, each: InstrumentedAttribute[str]) -> Any:
    """How many calls of each were scored, drafts too."""
    query = (
        select(each.label("each"), func.count(Call.id.distinct()).label("count"))
        .join(Scoring, Scoring.call_id == Call.id)
        .where(*_of(wanted))
        .group_by(each)
    )
    if wanted.scorecard:
        query = query.where(Scoring.scorecard == wanted.scorecard)
    return query.subquery()


def _found(session: Session, ids: Sequence[str]) -> Sequence[FoundCall]:
    """These calls, in this order."""
    rows = session.execute(
        select(Call, CallFacts, Customer.display_name)
        .join(CallFacts, CallFacts.call_id == Call.id)
        .outerjoin(Customer, Customer.id == Call.customer_id)
        .where(Call.id.in_(ids))
    )
    found = {call.id: FoundCall(call, facts, customer or "") for call, facts, customer in rows}
    return [found[name] for name in ids if name in found]


def drafts(session: Session, scorer: str) -> Sequence[Listed]:
    """What somebody has begun and not finished, the last saved first."""
    rows = session.execute(
        select(Scoring, ScorecardVersion, Call)
        .join(Call, Call.id == Scoring.call_id)
        .join(ScorecardVersion, ScorecardVersion.id == Scoring.version_id)
        .where(Scoring.scorer == scorer, Scoring.state == State.DRAFT.value)
        .order_by(Scoring.saved_at.desc(), Scoring.id)
        .limit(MOST_DRAFTS)
    )
    return [Listed(scoring, version, call) for scoring, version, call in rows]


def done_since(session: Session, scorer: str, since: datetime) -> Done:
    """What somebody has finished since then."""
    count, mean = session.execute(
        select(func.count(Scoring.id), func.avg(Scoring.total)).where(
            Scoring.scorer == scorer,
            Scoring.state == State.DONE.value,
            Scoring.done_at >= since,
        )
    ).one()
    return Done(int(count), None if mean is None else float(mean))
