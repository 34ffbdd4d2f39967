from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text as sql

from crm.calls.entries import Change, LoggedEvent
from crm.calls.repository import store
from crm.surveys.repository import By, Result, comments, results
from voxdesk.db import Database
from voxdesk.kernel.call import CallEvent, CallId, EventKind

pytestmark = pytest.mark.contract
NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)  # a Monday


def call(
    database: Database,
    name: str,
    value: int,
    *,
    flow: str = "shop",
    version: str = "v1",
    at: datetime = NOW,
    text: str = "",
) -> None:
    """A call in which the survey was answered, told twice as after a lost connection."""
    said = {"survey": "csat", "step": "rating"}
    events = [
        CallEvent(CallId(name), EventKind.INCOMING, at),
        CallEvent(CallId(name), EventKind.SURVEY, at, data={**said, "state": "offered"}),
        CallEvent(
            CallId(name),
            EventKind.SURVEY,
            at,
            data={**said, "state": "answered", "question": "satisfaction", "value": value},
        ),
    ]
    if text:
        answer = {**said, "state": "answered", "question": "comment", "text": text}
        events.append(CallEvent(CallId(name), EventKind.SURVEY, at, data=answer))
    entries = [
        *(LoggedEvent(seq, event) for seq, event in enumerate(events)),
        Change(name, {"flow_name": flow, "flow_version": version}),
    ]
    with database.transaction() as session:
        store(session, entries)
    with database.transaction() as session:
        store(session, entries)


def found(database: Database, by: By = By.FLOW, **options: object) -> list[Result]:
    with database.reading() as session:
        since = NOW - timedelta(days=30)
        return results(session, since=since, by=by, **options)  # type: ignore[arg-type]


def test_answers_become_scores_by_flow(database: Database) -> None:
    call(database, "a", 5)
    call(database, "b", 2)
    call(database, "c", 4, flow="bank")
    call(database, "old", 1, at=NOW - timedelta(days=31))

    shown = [(one.flow, one.score.score, one.score.answered) for one in found(database)]

    assert shown == [("bank", 100.0, 1), ("shop", 50.0, 2)]
    assert [one.flow for one in found(database, flow="bank")] == ["bank"]
    assert found(database, until=NOW - timedelta(days=1)) == []


def test_versions_and_periods_are_told_apart(database: Database) -> None:
    call(database, "a", 5, version="v2")
    call(database, "b", 1, at=NOW - timedelta(days=8))
    call(database, "c", 5, at=NOW - timedelta(days=1))

    assert [(one.group, one.score.score) for one in found(database, By.VERSION)] == [
        ("v1", 50.0),
        ("v2", 100.0),
    ]
    assert [one.group for one in found(database, By.DAY)] == [
        "2026-02-22", "2026-03-01", "2026-03-02",
    ]  # fmt: skip
    assert [one.group for one in found(database, By.WEEK)] == [
        "2026-02-16", "2026-02-23", "2026-03-02",
    ]  # fmt: skip
    assert [one.group for one in found(database, By.MONTH)] == ["2026-02-01", "2026-03-01"]


def test_comments_are_listed_the_newest_first(database: Database) -> None:
    call(database, "a", 5, text="很好")
    call(database, "b", 1, at=NOW + timedelta(hours=1), text="too slow")

    with database.reading() as session:
        said = comments(session, since=NOW - timedelta(days=1), limit=10)

    assert [(one.call_id, one.text) for one in said] == [("b", "too slow"), ("a", "很好")]


def test_a_call_that_is_erased_takes_its_answers_along(database: Database) -> None:
    call(database, "a", 5)
    with database.transaction() as session:
        session.execute(sql("DELETE FROM calls WHERE id = 'a'"))

    assert found(database) == []
