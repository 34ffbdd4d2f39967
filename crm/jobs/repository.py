"""Work after calls in the database: made, claimed, finished, given back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import CursorResult, Table, func, insert, literal, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from crm.calls.models import Call
from crm.jobs.models import CallJob, JobState, PeriodicJob
from voxdesk.kernel.errors import VoxdeskError
from voxdesk.kernel.troubles import kept
from voxdesk.kernel.worded import worded

TRIES: Final = 5
"""Then it is set aside."""
FIRST_WAIT_S: Final = 30.0
"""Before the second try; four times as long before each further one."""
BATCH: Final = 500
"""Calls at a time for which work is made."""


@dataclass(frozen=True, slots=True)
class Claimed:
    """Work that is ours until the lease ends.

    Attributes:
        tries: this one included; also says whose claim it is.
    """

    id: int
    call_id: str
    kind: str
    tries: int


# ------------------------------------------------------------------ making


def make_missing(
    session: Session,
    kinds: Mapping[str, int],
    *,
    ended_before: datetime,
    now: datetime,
    started_since: datetime | None = None,
    limit: int = BATCH,
) -> int:
    """Make the work of calls that ended and don't have it, the newest first; how many rows.

    Args:
        session: a transaction.
        kinds: name and version of each.
        ended_before: calls that ended later are left for the next time.
        now: the time.
        started_since: look no further back.
        limit: calls of each kind.
    """
    made = 0
    for kind, version in kinds.items():
        has = select(CallJob.id).where(CallJob.call_id == Call.id, CallJob.kind == kind)
        missing = select(
            Call.id,
            literal(kind),
            literal(version),
            literal(JobState.WAITING.value),
            literal(0),
            Call.node,
            Call.ended_at,
            literal(now, CallJob.due_at.type),
            literal(""),
            literal(""),
            literal(now, CallJob.changed_at.type),
        ).where(Call.ended_at <= ended_before, ~has.exists())
        if started_since is not None:
            missing = missing.where(Call.started_at >= started_since)
        missing = missing.order_by(Call.started_at.desc()).limit(limit)
        columns = [
            "call_id", "kind", "version", "state", "tries", "node", "ended_at", "due_at",
            "worker", "error", "changed_at",
        ]  # fmt: skip
        made += len(session.execute(_insert_new(session, columns, missing)).all())
    return made


def renew(session: Session, kinds: Mapping[str, int], *, now: datetime) -> int:
    """What an older version did is to be done again; how many rows."""
    renewed = 0
    for kind, version in kinds.items():
        old = update(CallJob).where(CallJob.kind == kind, CallJob.version < version)
        renewed += _count(session.execute(old.values(version=version, **_fresh(now))))
    return renewed


def again(
    session: Session, *, now: datetime, call_id: str = "", kind: str = "", done_too: bool = False
) -> int:
    """Have what was set aside tried again; how many rows.

    Args:
        session: a transaction.
        now: the time.
        call_id: only this call's; empty: every call's.
        kind: only this one; empty: every one.
        done_too: also what was done.
    """
    states = [JobState.SET_ASIDE.value] + ([JobState.DONE.value] if done_too else [])
    which = update(CallJob).where(CallJob.state.in_(states))
    if call_id:
        which = which.where(CallJob.call_id == call_id)
    if kind:
        which = which.where(CallJob.kind == kind)
    return _count(session.execute(which.values(**_fresh(now))))


def _fresh(now: datetime) -> Mapping[str, Any]:
    return {
        "state": JobState.WAITING.value,
        "tries": 0,
        "due_at": now,
        "lease_until": None,
        "worker": "",
        **kept(""),
        "changed_at": now,
    }


# ------------------------------------------------------------------ claiming


def claim(
    session: Session,
    kinds: Sequence[str],
    *,
    worker: str,
    now: datetime,
    lease: timedelta,
    node: str | None = None,
) -> Claimed | None:
    """Take the work of the newest call that is due.

    Args:
        session: a transaction that is committed before the work begins.
        kinds: those that this program knows.
        worker: who takes it.
        now: the time.
        lease: after that it may be taken over.
        node: only calls of this machine; None: of any.
    """
    due = (
        CallJob.state == JobState.WAITING.value,
        CallJob.due_at <= now,
        CallJob.kind.in_(kinds),
    )
    first = select(CallJob.id).where(*due)
    if node is not None:
        first = first.where(CallJob.node.in_(("", node)))
    # Two who look at the same time see the same row: PostgreSQL's second one passes over it, and
    # `due` holds no longer where it doesn't. SQLite has one writer at a time.
    first = first.order_by(CallJob.ended_at.desc(), CallJob.id).limit(1)
    first = first.with_for_update(skip_locked=True)
    taken = session.execute(
        update(CallJob)
        .where(CallJob.id == first.scalar_subquery(), *due)
        .values(
            state=JobState.WORKING.value,
            tries=CallJob.tries + 1,
            worker=worker,
            lease_until=now + lease,
            changed_at=now,
        )
        .returning(CallJob.id, CallJob.call_id, CallJob.kind, CallJob.tries)
        .execution_options(synchronize_session=False)
    ).one_or_none()
    return Claimed(*taken) if taken is not None else None


def finish(session: Session, claimed: Claimed, *, now: datetime) -> bool:
    """It is done; whether the claim still held."""
    return _end(session, claimed, now, state=JobState.DONE.value, **kept(""))


def fail(
    session: Session,
    claimed: Claimed,
    why: VoxdeskError | str,
    *,
    now: datetime,
    hopeless: bool = False,
) -> bool:
    """It failed: tried again later, or set aside; whether the claim still held.

    Args:
        session: a transaction.
        claimed: the work.
        why: for people; nothing that a caller said.
        now: the time.
        hopeless: another try would fail the same way.
    """
    if hopeless or claimed.tries >= TRIES:
        return _end(session, claimed, now, state=JobState.SET_ASIDE.value, **kept(why))
    wait = timedelta(seconds=FIRST_WAIT_S * 4 ** (claimed.tries - 1))
    waiting = JobState.WAITING.value
    return _end(session, claimed, now, state=waiting, due_at=now + wait, **kept(why))


def give_back(session: Session, claimed: Claimed, *, now: datetime) -> bool:
    """We stop in the middle of it, and that is not its fault."""
    waiting, tries = JobState.WAITING.value, claimed.tries - 1
    return _end(session, claimed, now, state=waiting, tries=tries, due_at=now)


def release(session: Session, *, worker: str, now: datetime) -> int:
    """What this worker had in its hands when it died can be taken again; how many rows."""
    return _take_away(session, now, CallJob.worker == worker)


def expire(session: Session, *, now: datetime) -> int:
    """What somebody has had for too long can be taken again; how many rows."""
    return _take_away(session, now, CallJob.lease_until < now)


def _take_away(session: Session, now: datetime, whose: Any) -> int:
    lost = update(CallJob).where(CallJob.state == JobState.WORKING.value, whose)
    common: dict[str, Any] = {"lease_until": None, "worker": "", "changed_at": now}
    aside = lost.where(CallJob.tries >= TRIES).values(
        state=JobState.SET_ASIDE.value,
        **kept(worded("the program ended {tries} times while it worked on this", tries=TRIES)),
        **common,
    )
    back = lost.where(CallJob.tries < TRIES).values(
        state=JobState.WAITING.value,
        **kept(worded("the program ended while it worked on this")),
        due_at=now,
        **common,
    )
    return sum(_count(session.execute(each)) for each in (aside, back))


def _end(session: Session, claimed: Claimed, now: datetime, **values: Any) -> bool:
    ours = update(CallJob).where(
        CallJob.id == claimed.id,
        CallJob.state == JobState.WORKING.value,
        CallJob.tries == claimed.tries,
    )
    ended = ours.values(lease_until=None, worker="", changed_at=now, **values)
    return _count(session.execute(ended)) == 1


# ------------------------------------------------------------------ looking


@dataclass(frozen=True, slots=True)
class KindCount:
    """How much of one kind there is, by state."""

    kind: str
    waiting: int = 0
    working: int = 0
    done: int = 0
    set_aside: int = 0


def counts(session: Session) -> list[KindCount]:
    """All kinds of which there is work."""
    rows = session.execute(
        select(CallJob.kind, CallJob.state, func.count()).group_by(CallJob.kind, CallJob.state)
    )
    found: dict[str, dict[str, int]] = {}
    for kind, state, number in rows:
        found.setdefault(kind, {})[state] = number
    return [KindCount(kind, **states) for kind, states in sorted(found.items())]


def in_trouble(session: Session, *, limit: int = 50) -> list[CallJob]:
    """What was set aside, and what failed and waits for another try; the newest first."""
    waiting = (CallJob.state == JobState.WAITING.value) & (CallJob.error != "")
    query = select(CallJob).where(or_(CallJob.state == JobState.SET_ASIDE.value, waiting))
    query = query.order_by(CallJob.state, CallJob.changed_at.desc(), CallJob.id)
    return list(session.scalars(query.limit(limit)))


# ------------------------------------------------------------------ what comes again


def make_periodic(session: Session, names: Sequence[str], *, node: str, now: datetime) -> None:
    """See to it that this machine has a row for each."""
    known = select(PeriodicJob.name).where(PeriodicJob.node == node)
    for name in set(names) - set(session.scalars(known)):
        session.execute(insert(PeriodicJob).values(name=name, node=node, due_at=now, error=""))


def begin_periodic(
    session: Session, name: str, *, node: str, period: timedelta, now: datetime
) -> bool:
    """Whether it is due; then it is ours, and due again after its period."""
    due = update(PeriodicJob).where(
        PeriodicJob.name == name, PeriodicJob.node == node, PeriodicJob.due_at <= now
    )
    begun = due.values(due_at=now + period, began_at=now, ended_at=None)
    return _count(session.execute(begun)) == 1


def end_periodic(
    session: Session, name: str, *, node: str, why: VoxdeskError | str, now: datetime
) -> None:
    """It is over; `why` it failed is empty where it went well."""
    row = update(PeriodicJob).where(PeriodicJob.name == name, PeriodicJob.node == node)
    session.execute(row.values(ended_at=now, **kept(why)))


def periodic(session: Session) -> list[PeriodicJob]:
    """All of it, on every machine."""
    return list(session.scalars(select(PeriodicJob).order_by(PeriodicJob.name, PeriodicJob.node)))


def _insert_new(session: Session, columns: list[str], rows: Any) -> Any:
    table = CallJob.__table__
    assert isinstance(table, Table)  # noqa: S101  for the type checker; mapped classes have one
    # How many there were isn't known of such a statement but by what it returns.
    if session.get_bind().dialect.name == "postgresql":
        new = postgresql.insert(table).from_select(columns, rows).on_conflict_do_nothing()
        return new.returning(table.c.id)
    old = sqlite.insert(table).from_select(columns, rows).on_conflict_do_nothing()
    return old.returning(table.c.id)


def _count(result: object) -> int:
    assert isinstance(result, CursorResult)  # noqa: S101  for the type checker
    return int(result.rowcount)
