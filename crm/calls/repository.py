"""Calls and their logs in the database."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Table, func, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session
from sqlalchemy.sql.schema import ScalarElementColumnDefault

from crm.calls.entries import Change, Entry, LoggedEvent, Opening, plain
from crm.calls.models import Call, CallEventRow, CallTransfer, Message
from crm.calls.projections import (
    MessageRow,
    PreferredLanguage,
    QuestionRow,
    SurveyRow,
    TextRow,
    TransferRow,
    project,
)
from crm.customers.repository import prefer_language
from crm.messages.models import MessageText
from crm.questions.models import AskedQuestion
from crm.surveys.models import SurveyAnswer
from voxdesk.db import Base
from voxdesk.kernel.call import CallEvent, CallId, Direction, EventKind


def store(session: Session, entries: Sequence[Entry]) -> None:
    """Write entries in order. Storing the same ones again, in the same order, changes nothing."""
    # Rows first, then all events in one statement, then what they mean: an event needs its call,
    # and nothing else depends on the order between different kinds of rows.
    _insert_missing(session, Call, list(_call_rows(entries)))
    events = [entry for entry in entries if isinstance(entry, LoggedEvent)]
    _insert_missing(session, CallEventRow, [_event_row(entry) for entry in events])
    for entry in entries:
        if isinstance(entry, Change):
            _change(session, entry)
        elif isinstance(entry, LoggedEvent):
            _store_projections(session, entry)


def _store_projections(session: Session, logged: LoggedEvent) -> None:
    for row in project(logged):
        match row:
            case Change():
                _change(session, row)
            case MessageRow(call_id=call_id, event_seq=seq, columns=columns):
                values = {"call_id": call_id, "event_seq": seq, **columns}
                _insert_missing(session, Message, [values])
            case SurveyRow(call_id=call_id, event_seq=seq, columns=columns):
                values = {"call_id": call_id, "event_seq": seq, **columns}
                _insert_missing(session, SurveyAnswer, [values])
            case QuestionRow(call_id=call_id, event_seq=seq, columns=columns):
                values = {"call_id": call_id, "event_seq": seq, **columns}
                _insert_missing(session, AskedQuestion, [values])
            case TextRow(call_id=call_id, event_seq=seq, language=language):
                values = {"call_id": call_id, "event_seq": seq, "language": language}
                _insert_missing(session, MessageText, [values])
            case TransferRow(call_id=call_id, number=number, columns=columns, updates=updates):
                key = {"call_id": call_id, "number": number}
                _insert_missing(session, CallTransfer, [key | columns])
                if updates:
                    session.execute(update(CallTransfer).filter_by(**key).values(**updates))
            case PreferredLanguage(call_id=call_id, language=language):
                customer = select(Call.customer_id).where(Call.id == call_id).scalar_subquery()
                prefer_language(session, customer, language)


def _change(session: Session, change: Change) -> None:
    if change.columns:
        statement = update(Call).where(Call.id == change.call_id).values(**change.columns)
        session.execute(statement.execution_options(synchronize_session=False))


def _call_rows(entries: Iterable[Entry]) -> Iterable[dict[str, Any]]:
    """A row for each call that these entries speak of, even when its opening was lost."""
    seen = set()
    for entry in entries:
        if entry.call_id in seen or isinstance(entry, Change):
            continue
        seen.add(entry.call_id)
        if isinstance(entry, Opening):
            yield {"id": entry.call_id, **entry.columns}
        else:
            outbound = entry.event.kind is EventKind.DIALLED
            direction = Direction.OUTBOUND if outbound else Direction.INBOUND
            yield {
                "id": entry.call_id,
                "direction": direction.value,
                "started_at": entry.event.at,
            }


def _event_row(logged: LoggedEvent) -> dict[str, Any]:
    event = logged.event
    return {
        "call_id": event.call_id,
        "seq": logged.seq,
        "kind": event.kind.value,
        "at": event.at,
        "audio_ms": event.audio_ms,
        "data": plain(event.data),
    }


def _insert_missing(session: Session, model: type[Base], rows: list[dict[str, Any]]) -> None:
    """Insert those rows whose key isn't there yet."""
    if not rows:
        return
    table = model.__table__
    assert isinstance(table, Table)  # noqa: S101  for the type checker; mapped classes have one
    # Rows of one statement must have the same keys.
    defaults: dict[str, Any] = {column.key: None for column in table.columns if column.nullable} | {
        column.key: column.default.arg
        for column in table.columns
        if isinstance(column.default, ScalarElementColumnDefault)
    }
    complete = [defaults | row for row in rows]
    if session.get_bind().dialect.name == "postgresql":
        session.execute(postgresql.insert(table).on_conflict_do_nothing(), complete)
    else:
        session.execute(sqlite.insert(table).on_conflict_do_nothing(), complete)


# ------------------------------------------------------------------ reading


@dataclass(frozen=True, slots=True)
class CallFilter:
    """Which calls to list: all that are given must hold.

    Attributes:
        callers: spellings of the number that they may come from.
        live: only those that haven't ended.
    """

    callers: frozenset[str] = frozenset()
    since: datetime | None = None
    until: datetime | None = None
    live: bool = False
    node: str = ""
    limit: int = 20


def list_calls(session: Session, wanted: CallFilter) -> list[Call]:
    """Calls, the newest first."""
    query = select(Call).order_by(Call.started_at.desc(), Call.id).limit(wanted.limit)
    if wanted.callers:
        query = query.where(Call.caller.in_(wanted.callers))
    if wanted.since:
        query = query.where(Call.started_at >= wanted.since)
    if wanted.until:
        query = query.where(Call.started_at < wanted.until)
    if wanted.live:
        query = query.where(Call.ended_at.is_(None))
    if wanted.node:
        query = query.where(Call.node == wanted.node)
    return list(session.scalars(query))


def find_call(session: Session, prefix: str) -> Call | None:
    """The call of this id, of which the beginning is enough where no other call has it; or None.

    "last" is the newest call.
    """
    if prefix == "last":
        return session.scalar(select(Call).order_by(Call.started_at.desc()).limit(1))
    exact = session.get(Call, prefix)
    if exact is not None or not prefix:
        return exact
    query = select(Call).where(Call.id.startswith(prefix, autoescape=True)).limit(2)
    found = list(session.scalars(query))
    return found[0] if len(found) == 1 else None


def events_of(session: Session, call_id: str, *, after_seq: int = -1) -> list[LoggedEvent]:
    """A call's log, in order."""
    query = (
        select(CallEventRow)
        .where(CallEventRow.call_id == call_id, CallEventRow.seq > after_seq)
        .order_by(CallEventRow.seq)
    )
    return [logged_event(row) for row in session.scalars(query)]


def events_after(session: Session, row_id: int, *, limit: int = 1000) -> list[CallEventRow]:
    """Lines of all calls' logs in order of arrival."""
    query = select(CallEventRow).where(CallEventRow.id > row_id).order_by(CallEventRow.id)
    return list(session.scalars(query.limit(limit)))


def newest_event_id(session: Session) -> int:
    """The id of the line that arrived last, 0 when there is none."""
    return session.scalar(select(func.max(CallEventRow.id))) or 0


def last_event(session: Session, call_id: str) -> LoggedEvent | None:
    """The newest line of a call's log."""
    query = select(CallEventRow).where(CallEventRow.call_id == call_id)
    row = session.scalar(query.order_by(CallEventRow.seq.desc()).limit(1))
    return None if row is None else logged_event(row)


def next_seq(session: Session, call_id: str) -> int:
    """Where a call's log goes on."""
    query = select(func.max(CallEventRow.seq)).where(CallEventRow.call_id == call_id)
    newest = session.scalar(query)
    return 0 if newest is None else newest + 1


def transfers_of(session: Session, call_id: str) -> list[CallTransfer]:
    """The attempts to give this call to somebody."""
    query = select(CallTransfer).where(CallTransfer.call_id == call_id)
    return list(session.scalars(query.order_by(CallTransfer.number)))


def list_messages(
    session: Session, *, mailbox: str = "", limit: int = 50
) -> list[tuple[Message, Call]]:
    """Messages with the calls that they were left in, the newest first."""
    query = select(Message, Call).join(Call, Call.id == Message.call_id)
    if mailbox:
        query = query.where(Message.mailbox == mailbox)
    rows = session.execute(query.order_by(Message.left_at.desc()).limit(limit))
    return [(message, call) for message, call in rows]


def logged_event(row: CallEventRow) -> LoggedEvent:
    """A row as the event that it was written from."""
    return LoggedEvent(
        row.seq,
        CallEvent(
            call_id=CallId(row.call_id),
            kind=EventKind(row.kind),
            at=row.at,
            audio_ms=row.audio_ms,
            data=row.data,
        ),
    )
