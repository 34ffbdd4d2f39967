"""Calls in progress, rows for numbers, and alarms in the database. The caller commits."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from crm.calls.entries import LoggedEvent
from crm.calls.models import Call, CallEventRow, CallTransfer
from crm.calls.repository import logged_event
from crm.live.alarms import Off
from crm.live.models import Alarm
from crm.live.numbers import Answer, CallRow, HandOverRow, Rows
from crm.surveys.models import SurveyAnswer

AT_ONCE: Final = 400
"""Ids of one statement; SQLite and PostgreSQL take many more."""


def events_of_calls(session: Session, call_ids: Sequence[str]) -> list[LoggedEvent]:
    """The logs of several calls, each in order."""
    found: list[LoggedEvent] = []
    for some in _pieces(call_ids):
        query = (
            select(CallEventRow)
            .where(CallEventRow.call_id.in_(some))
            .order_by(CallEventRow.call_id, CallEventRow.seq)
        )
        found += [logged_event(row) for row in session.scalars(query)]
    return found


def nodes_of(session: Session, call_ids: Sequence[str]) -> dict[str, str]:
    """Which machine serves which call."""
    nodes: dict[str, str] = {}
    for some in _pieces(call_ids):
        rows = session.execute(select(Call.id, Call.node).where(Call.id.in_(some)))
        nodes |= {call_id: node for call_id, node in rows}  # noqa: C416  rows aren't pairs to mypy
    return nodes


def rows_between(session: Session, start: datetime, end: datetime) -> Rows:
    """What numbers of the calls are made of that began from `start` to before `end`."""
    within = (Call.started_at >= start, Call.started_at < end)
    calls = session.execute(
        select(
            Call.id, Call.direction, Call.started_at, Call.answered_at, Call.ended_at, Call.cause
        ).where(*within)
    )
    hand_overs = session.execute(
        select(
            CallTransfer.call_id,
            CallTransfer.mode,
            CallTransfer.target,
            CallTransfer.outcome,
            CallTransfer.started_at,
            CallTransfer.connected_at,
            CallTransfer.ended_at,
        )
        .join(Call, Call.id == CallTransfer.call_id)
        .where(*within)
    )
    answers = session.execute(
        select(SurveyAnswer.call_id, SurveyAnswer.event_seq, SurveyAnswer.value)
        .join(Call, Call.id == SurveyAnswer.call_id)
        .where(
            *within,
            SurveyAnswer.survey == "csat",
            SurveyAnswer.question == "satisfaction",
            SurveyAnswer.value.is_not(None),
        )
    )
    return Rows(
        [CallRow(*row) for row in calls],
        [HandOverRow(*row) for row in hand_overs],
        [Answer(call_id, seq, value) for call_id, seq, value in answers if value is not None],
    )


def ringing(session: Session) -> list[Alarm]:
    """Alarms that are on, the newest first."""
    query = select(Alarm).where(Alarm.cleared_at.is_(None)).order_by(Alarm.raised_at.desc())
    return list(session.scalars(query))


def newest_alarms(session: Session, limit: int) -> list[Alarm]:
    """Alarms of any time, the newest first."""
    query = select(Alarm).order_by(Alarm.raised_at.desc(), Alarm.id.desc()).limit(limit)
    return list(session.scalars(query))


def raise_alarm(session: Session, off: Off, now: datetime) -> bool:
    """An alarm begins; False when another process was first."""
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    values = {
        "name": off.name,
        "value": off.value,
        "goal": off.goal,
        "raised_at": now,
        "acknowledged_by": "",
        "note": "",
    }
    made = insert(Alarm).values(values).on_conflict_do_nothing().returning(Alarm.id)
    return session.scalar(made) is not None


def clear_alarm(session: Session, name: str, now: datetime) -> bool:
    """It ends; False when it had ended."""
    ended = (
        update(Alarm)
        .where(Alarm.name == name, Alarm.cleared_at.is_(None))
        .values(cleared_at=now)
        .returning(Alarm.id)
    )
    return session.scalar(ended) is not None


def acknowledge(
    session: Session, alarm_id: int, *, who: str, note: str, now: datetime
) -> Alarm | None:
    """Somebody has seen it; whoever was first stays. None: there is no such alarm."""
    session.execute(
        update(Alarm)
        .where(Alarm.id == alarm_id, Alarm.acknowledged_at.is_(None))
        .values(acknowledged_at=now, acknowledged_by=who, note=note)
        .execution_options(synchronize_session=False)
    )
    return session.get(Alarm, alarm_id, populate_existing=True)


def _pieces(ids: Sequence[str]) -> Iterable[Sequence[str]]:
    return (ids[start : start + AT_ONCE] for start in range(0, len(ids), AT_ONCE))
