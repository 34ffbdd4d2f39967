"""Figures of calls in the database. The caller commits."""

from dataclasses import asdict, fields
from datetime import UTC, datetime, timedelta

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from crm.calls.models import Call
from crm.calls.repository import events_of
from crm.facts.facts import VERSION, Facts, Figures, facts_of
from crm.facts.models import CallFacts, CallStep
from crm.privacy.consent import told_of

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def facts_id(started_at: datetime) -> int:
    """Microseconds since 1970."""
    return (started_at - EPOCH) // timedelta(microseconds=1)


def reckon(session: Session, call_id: str) -> CallFacts | None:
    """Have the figures of a call, which is over, stored as its log says now; None: no such call."""
    call = session.get(Call, call_id)
    if call is None or call.ended_at is None:
        return None
    return keep(session, call, facts_of(events_of(session, call_id)))


def keep(session: Session, call: Call, facts: Facts) -> CallFacts:
    """Store the figures of a call; what was stored before is replaced."""
    values = asdict(facts)
    steps: tuple[str, ...] = values.pop("steps")
    row = session.scalar(select(CallFacts).where(CallFacts.call_id == call.id))
    if row is None:
        row = CallFacts(id=_free_id(session, call.started_at), call_id=call.id)
        session.add(row)
    row.version, row.started_at = VERSION, call.started_at
    for name, value in values.items():
        setattr(row, name, value)
    session.flush()
    session.execute(delete(CallStep).where(CallStep.facts_id == row.id))
    rows = [
        {"facts_id": row.id, "step": step, "number": number} for number, step in enumerate(steps)
    ]
    if rows:
        session.execute(insert(CallStep), rows)
    return row


def keep_as_is(session: Session, row: CallFacts) -> CallFacts:
    """Say that nothing newer can be reckoned: the words that it would be made of are gone.

    What the caller was told of the recording stays in the log without its words.
    """
    row.version = VERSION
    row.consent = told_of([logged.event for logged in events_of(session, row.call_id)])
    session.flush()
    return row


def figures_of(row: CallFacts) -> Figures:
    """The figures of a stored row."""
    return Figures(**{field.name: getattr(row, field.name) for field in fields(Figures)})


def _free_id(session: Session, started_at: datetime) -> int:
    wanted = facts_id(started_at)
    while session.get(CallFacts, wanted) is not None:
        wanted += 1
    return wanted


def facts_for(session: Session, call_id: str) -> tuple[CallFacts, tuple[str, ...]] | None:
    """The stored figures of a call and the steps that it came to; None when there are none yet."""
    row = session.scalar(select(CallFacts).where(CallFacts.call_id == call_id))
    if row is None:
        return None
    steps = select(CallStep.step).where(CallStep.facts_id == row.id).order_by(CallStep.number)
    return row, tuple(session.scalars(steps))


def without_facts(session: Session, *, limit: int) -> list[str]:
    """Calls that are over and have no figures of this version, the newest first."""
    query = (
        select(Call.id)
        .outerjoin(CallFacts, CallFacts.call_id == Call.id)
        .where(Call.ended_at.is_not(None))
        .where(CallFacts.id.is_(None) | (CallFacts.version != VERSION))
        .order_by(Call.started_at.desc())
        .limit(limit)
    )
    return list(session.scalars(query))
