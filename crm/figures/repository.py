"""Figures in the database. The caller commits."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from typing import Final

from sqlalchemy import delete, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from crm.calls.models import Call
from crm.calls.repository import events_of
from crm.figures.models import CallFigures, DayFigures
from crm.figures.tally import DaySum, EndedCall, Menus, Outcome, Tally, added, outcome_of, tally_of
from voxdesk.kernel.call import Direction

RECKONING: Final = 1
"""Calls that were counted in another way are counted again."""
AGAIN_WITHIN: Final = timedelta(hours=24)
"""A caller who calls again within this time wasn't served by the call before."""

MenusOf = Callable[[str, str], Menus]
"""The menus of a flow's version, by the flow's name and the version's hash."""
Key = tuple[date, str, str, str]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which figures: all that are given must hold. Both days count."""

    first: date
    last: date
    flow: str = ""
    version: str = ""
    language: str = ""


@dataclass(frozen=True, slots=True)
class _Change:
    """What the sums of a day get, or lose."""

    key: Key
    tally: Tally


def count(
    session: Session, call_ids: Iterable[str], *, zone: tzinfo, menus_of: MenusOf, now: datetime
) -> int:
    """Count calls that are over; those that were counted before are counted anew. How many.

    Args:
        session: of the transaction.
        call_ids: of calls; what isn't there or isn't over is passed over.
        zone: where the call centre is.
        menus_of: menus of a flow's version.
        now: when.
    """
    changes: list[_Change] = []
    counted = 0
    for call_id in call_ids:
        call = session.get(Call, call_id)
        if call is None or call.ended_at is None:
            continue
        if _stays_as_counted(session, call):
            counted += 1
            continue
        changes += _counted(session, call, zone, menus_of)
        changes += _called_again(session, call)
        counted += 1
    _add(session, changes, now)
    return counted


def _stays_as_counted(session: Session, call: Call) -> bool:
    """Whether words that figures come from were removed since they were counted."""
    if call.words_removed_at is None and call.keys_removed_at is None:
        return False
    row = session.get(CallFigures, call.id)
    if row is None:
        return False
    row.reckoning = RECKONING
    session.flush()
    return True


def _counted(session: Session, call: Call, zone: tzinfo, menus_of: MenusOf) -> Iterable[_Change]:
    assert call.ended_at is not None  # noqa: S101  only calls that are over come here
    events = [logged.event for logged in events_of(session, call.id)]
    local = call.started_at.astimezone(zone)
    ended = EndedCall(call.direction, call.started_at, call.answered_at, call.ended_at, call.cause)
    menus = menus_of(call.flow_name, call.flow_version)
    tally = tally_of(ended, events, menus, local.hour)
    key = (local.date(), call.flow_name, call.flow_version, call.language)
    if outcome_of(ended, events) is Outcome.SERVED and _calls_again(session, call):
        tally["again"] = 1
    row = session.get(CallFigures, call.id)
    if row is None:
        row = CallFigures(call_id=call.id)
        session.add(row)
    else:
        yield _Change(_key(row), {name: -count for name, count in row.tally.items()})
    row.reckoning = RECKONING
    row.day, row.flow, row.version, row.language = key
    row.outcome = outcome_of(ended, events).value
    row.tally = dict(tally)
    session.flush()
    yield _Change(key, tally)


def _calls_again(session: Session, call: Call) -> bool:
    """Whether a call of the same caller is there that began soon after it."""
    if not call.caller or call.direction != Direction.INBOUND:
        return False
    later = select(Call.id).where(
        Call.caller == call.caller,
        Call.direction == call.direction,
        Call.started_at > call.started_at,
        Call.started_at <= call.started_at + AGAIN_WITHIN,
    )
    return session.scalar(later.limit(1)) is not None


def _called_again(session: Session, call: Call) -> Iterable[_Change]:
    """The call before it of the same caller wasn't served after all."""
    if not call.caller or call.direction != Direction.INBOUND:
        return
    before = session.scalar(
        select(CallFigures)
        .join(Call, Call.id == CallFigures.call_id)
        .where(
            Call.caller == call.caller,
            Call.direction == call.direction,
            Call.id != call.id,
            Call.started_at < call.started_at,
            Call.started_at >= call.started_at - AGAIN_WITHIN,
        )
        .order_by(Call.started_at.desc())
        .limit(1)
    )
    if before is None or before.outcome != Outcome.SERVED or before.tally.get("again"):
        return
    before.tally = {**before.tally, "again": 1}
    session.flush()
    yield _Change(_key(before), {"again": 1})


def _key(row: CallFigures) -> Key:
    return row.day, row.flow, row.version, row.language


def _add(session: Session, changes: Sequence[_Change], now: datetime) -> None:
    """Change the sums of days; always in the same order, so that nobody waits in a circle."""
    for key in sorted({change.key for change in changes}):
        day, flow, version, language = key
        values = {
            "day": day, "flow": flow, "version": version, "language": language,
            "tally": {}, "counted_at": now,
        }  # fmt: skip
        insert = postgresql.insert if _is_postgresql(session) else sqlite.insert
        session.execute(insert(DayFigures).values(values).on_conflict_do_nothing())
        row = session.scalars(
            select(DayFigures)
            .filter_by(day=day, flow=flow, version=version, language=language)
            .with_for_update()
            .execution_options(populate_existing=True)
        ).one()
        mine = [change.tally for change in changes if change.key == key]
        row.tally = dict(added([row.tally, *mine]))
        row.counted_at = now
    session.flush()


def _is_postgresql(session: Session) -> bool:
    return session.get_bind().dialect.name == "postgresql"


def uncounted(session: Session, *, limit: int, since: datetime | None = None) -> Sequence[str]:
    """Calls that are over and aren't counted as they are now, the oldest first.

    `since`: only those that began at or after this moment; looking through all takes time.
    """
    query = (
        select(Call.id)
        .outerjoin(CallFigures, CallFigures.call_id == Call.id)
        .where(
            Call.ended_at.is_not(None),
            CallFigures.call_id.is_(None) | (CallFigures.reckoning != RECKONING),
        )
        .order_by(Call.started_at, Call.id)
    )
    if since is not None:
        query = query.where(Call.started_at >= since)
    return session.scalars(query.limit(limit)).all()


def forget(session: Session, *, since: date) -> None:
    """Take the figures of these days back, so that their calls are counted again.

    Only for days of which every call is still there.
    """
    session.execute(delete(DayFigures).where(DayFigures.day >= since))
    session.execute(delete(CallFigures).where(CallFigures.day >= since))


def sums(session: Session, wanted: Wanted) -> Sequence[DaySum]:
    """The rows of these days, by day."""
    columns = (DayFigures.day, DayFigures.flow, DayFigures.version, DayFigures.language)
    query = select(*columns, DayFigures.tally).where(
        DayFigures.day >= wanted.first, DayFigures.day <= wanted.last
    )
    for column, value in (
        (DayFigures.flow, wanted.flow),
        (DayFigures.version, wanted.version),
        (DayFigures.language, wanted.language),
    ):
        if value:
            query = query.where(column == value)
    rows = session.execute(query.order_by(DayFigures.day))
    return [DaySum(day, flow, version, tag, tally) for day, flow, version, tag, tally in rows]


def first_day(session: Session) -> date | None:
    """The first day that has figures."""
    return session.scalar(select(func.min(DayFigures.day)))


def keys(session: Session, first: date, last: date) -> Sequence[DaySum]:
    """What there are figures of in these days, without them."""
    columns = (DayFigures.flow, DayFigures.version, DayFigures.language)
    rows = session.execute(
        select(*columns).where(DayFigures.day >= first, DayFigures.day <= last).distinct()
    )
    return [DaySum(first, *row, {}) for row in rows]
