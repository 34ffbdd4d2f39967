"""The log of a call can't be rewritten, by whatever program, on either database."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import delete, func, select, update

from crm.calls.models import Call, CallEventRow
from voxdesk.db import Database
from voxdesk.kernel.errors import DatabaseError

pytestmark = pytest.mark.contract
NOW = datetime(2025, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def logged(database: Database) -> Database:
    with database.transaction() as session:
        session.add(Call(id="c1", direction="inbound", started_at=NOW))
        session.flush()
        session.add(CallEventRow(call_id="c1", seq=0, kind="incoming", at=NOW, data={"a": "你好"}))
    return database


def _count(database: Database) -> int:
    with database.transaction() as session:
        return session.scalar(select(func.count()).select_from(CallEventRow)) or 0


def test_a_line_of_the_log_cannot_be_changed(logged: Database) -> None:
    with pytest.raises(DatabaseError, match="append-only"), logged.transaction() as session:
        session.execute(update(CallEventRow).values(kind="ended"))


def test_a_line_of_the_log_cannot_be_deleted_alone(logged: Database) -> None:
    with pytest.raises(DatabaseError, match="append-only"), logged.transaction() as session:
        session.execute(delete(CallEventRow))
    assert _count(logged) == 1


def test_erasing_a_call_erases_its_log(logged: Database) -> None:
    with logged.transaction() as session:
        session.execute(delete(Call).where(Call.id == "c1"))
    assert _count(logged) == 0
