"""Measured word times, the same on both databases."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import insert

from crm.calls.models import Call
from crm.transcripts import repository
from voxdesk.db import Database

pytestmark = pytest.mark.contract
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def test_newer_times_take_the_place_of_older_ones_and_go_with_the_call(database: Database) -> None:
    with database.transaction() as session:
        session.execute(insert(Call).values(id="c", direction="inbound", started_at=NOW))
    for times in ({3: [(0, 10)], 5: [(20, 30)]}, {5: [(21, 30), (30, 40)]}):
        with database.transaction() as session:
            repository.replace_times(session, "c", times, engine="whisper-tiny.en")
    with database.reading() as session:
        assert repository.times_of(session, "c") == {5: [[21, 30], [30, 40]]}

    with database.transaction() as session:
        session.delete(session.get(Call, "c"))
    with database.transaction() as session:
        repository.replace_times(session, "c", {3: [(0, 10)]}, engine="whisper-tiny.en")
        assert repository.times_of(session, "c") == {}
