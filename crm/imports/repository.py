"""Recordings from elsewhere in the database."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, CursorResult, and_, delete, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from crm.imports.models import Import, ImportState
from voxdesk.kernel.errors import VoxdeskError
from voxdesk.kernel.troubles import kept
from voxdesk.kernel.worded import worded

TRIES: Final = 3


@dataclass(frozen=True, slots=True)
class NewImport:
    """What is known of a recording when it arrives."""

    id: str
    sha256: str
    name: str
    size_bytes: int
    source: str
    asked_by: str
    language: str
    first: str
    started_at: datetime
    node: str


def add(session: Session, new: NewImport, *, now: datetime) -> tuple[Import, bool]:
    """The import of this content, and whether it is to be worked on because of this.

    One that failed, was cancelled, or whose call was erased since begins anew, with the new file.
    """
    values = {name: getattr(new, name) for name in NewImport.__slots__}
    fresh: dict[str, Any] = {
        "state": ImportState.WAITING.value,
        "percent": 0,
        **kept(""),
        "tries": 0,
        "speakers": 0,
        "way": "",
        "call_id": None,
        "created_at": now,
        "changed_at": now,
    }
    is_postgresql = session.get_bind().dialect.name == "postgresql"
    insert: Any = (postgresql if is_postgresql else sqlite).insert(Import)
    session.execute(
        insert.values(**values, **fresh).on_conflict_do_update(
            index_elements=["sha256"], set_={**values, **fresh}, where=_over()
        )
    )
    found = session.scalars(
        select(Import).where(Import.sha256 == new.sha256).execution_options(populate_existing=True)
    ).one()
    return found, found.id == new.id


def claim(session: Session, *, node: str | None, now: datetime) -> Import | None:
    """Take the oldest that waits; None: nothing does.

    Args:
        session: a transaction that is committed before the work begins.
        node: only files of this machine; None: of any.
        now: the time.
    """
    waits = Import.state == ImportState.WAITING.value
    first = select(Import.id).where(waits)
    if node is not None:
        first = first.where(Import.node == node)
    first = first.order_by(Import.created_at, Import.id).limit(1).with_for_update(skip_locked=True)
    taken = session.scalar(
        update(Import)
        .where(Import.id == first.scalar_subquery(), waits)
        .values(state=ImportState.WORKING.value, tries=Import.tries + 1, changed_at=now)
        .returning(Import.id)
        .execution_options(synchronize_session=False)
    )
    return session.get(Import, taken, populate_existing=True) if taken else None


def release(session: Session, *, node: str | None, now: datetime) -> None:
    """What a process that died had in its hands waits again, or is given up."""
    lost = update(Import).where(Import.state == ImportState.WORKING.value)
    if node is not None:
        lost = lost.where(Import.node == node)
    why = worded("The program ended each time it worked on this recording; it may be damaged.")
    failed = {"state": ImportState.FAILED.value, "changed_at": now, **kept(why)}
    session.execute(lost.where(Import.tries >= TRIES).values(**failed))
    session.execute(lost.values(state=ImportState.WAITING.value, percent=0, changed_at=now))


def give_back(session: Session, import_id: str, *, now: datetime) -> None:
    """We stop in the middle of it."""
    back = {"state": ImportState.WAITING.value, "percent": 0, "tries": Import.tries - 1}
    _of_working(session, import_id, changed_at=now, **back)


def progress(session: Session, import_id: str, percent: int, *, now: datetime) -> bool:
    """Note how far it is; False: it was cancelled meanwhile."""
    return _of_working(session, import_id, percent=percent, changed_at=now)


def fail(session: Session, import_id: str, why: VoxdeskError | str, *, now: datetime) -> None:
    """It can't become a call."""
    _of_working(session, import_id, state=ImportState.FAILED.value, changed_at=now, **kept(why))


def finish(
    session: Session, import_id: str, *, call_id: str, speakers: int, way: str, now: datetime
) -> bool:
    """It has become this call; False: it was cancelled meanwhile."""
    state = ImportState.DONE.value
    done = {"percent": 100, "call_id": call_id, "speakers": speakers, "way": way, **kept("")}
    return _of_working(session, import_id, state=state, changed_at=now, **done)


def retry(session: Session, import_id: str, *, now: datetime) -> bool:
    """Have it tried again; False: it hasn't failed."""
    failed = Import.state == ImportState.FAILED.value
    fresh = {"state": ImportState.WAITING.value, "percent": 0, "tries": 0, **kept("")}
    statement = update(Import).where(Import.id == import_id, failed)
    return _changed(session, statement.values(changed_at=now, **fresh))


def refuse(session: Session, import_id: str, why: VoxdeskError | str, *, now: datetime) -> None:
    """It isn't worked on; whoever sent it sees why."""
    state = ImportState.FAILED.value
    statement = update(Import).where(Import.id == import_id)
    _changed(session, statement.values(state=state, changed_at=now, **kept(why)))


def throw_away(session: Session, import_id: str) -> bool:
    """Forget one that failed, was cancelled, or whose call is erased; False: none of these."""
    statement = delete(Import).where(Import.id == import_id, _over())
    return _changed(session, statement)


def id_of(session: Session, sha256: str) -> str | None:
    """The import of this content."""
    return session.scalar(select(Import.id).where(Import.sha256 == sha256))


def known(session: Session, ids: Sequence[str]) -> set[str]:
    """Which of these there are."""
    return set(session.scalars(select(Import.id).where(Import.id.in_(ids))))


def cancel(session: Session, import_id: str, *, now: datetime) -> bool:
    """Let it be; False: it is over already."""
    begun = [ImportState.WAITING.value, ImportState.WORKING.value]
    statement = update(Import).where(Import.id == import_id, Import.state.in_(begun))
    values = {"state": ImportState.CANCELLED.value, "changed_at": now}
    return _changed(session, statement.values(**values))


def find(session: Session, import_id: str) -> Import | None:
    """The import of this id."""
    return session.get(Import, import_id, populate_existing=True)


def newest(session: Session, *, limit: int = 100) -> Sequence[Import]:
    """Imports, the newest first."""
    query = select(Import).order_by(Import.created_at.desc(), Import.id).limit(limit)
    return list(session.scalars(query))


def _over() -> ColumnElement[bool]:
    """Nothing is to be done with it, and there is no call of it."""
    return or_(
        Import.state.in_([ImportState.FAILED.value, ImportState.CANCELLED.value]),
        and_(Import.state == ImportState.DONE.value, Import.call_id.is_(None)),
    )


def _of_working(session: Session, import_id: str, **values: Any) -> bool:
    working = Import.state == ImportState.WORKING.value
    return _changed(session, update(Import).where(Import.id == import_id, working).values(**values))


def _changed(session: Session, statement: Any) -> bool:
    result = session.execute(statement.execution_options(synchronize_session=False))
    assert isinstance(result, CursorResult)  # noqa: S101  for the type checker
    return bool(result.rowcount)
