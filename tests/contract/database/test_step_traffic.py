from datetime import UTC, datetime, timedelta

import pytest

from crm.calls.entries import LoggedEvent
from crm.calls.repository import store
from crm.calls.step_traffic import StepTraffic, step_traffic
from voxdesk.db import Database
from voxdesk.kernel.call import CallEvent, CallId, EventKind

pytestmark = pytest.mark.contract
NOW = datetime(2026, 3, 29, 12, tzinfo=UTC)


def call(
    database: Database,
    name: str,
    steps: str,
    *,
    flow: str = "shop",
    at: datetime = NOW,
    ended: bool = True,
) -> None:
    """A call that goes through these steps, a letter each, and says something in between."""
    events = [CallEvent(CallId(name), EventKind.INCOMING, at)]
    for step in steps:
        data = {"step": step, "flow": flow}
        events.append(CallEvent(CallId(name), EventKind.STEP, at, data=data))
        events.append(CallEvent(CallId(name), EventKind.HEARD, at, data={"text": "well"}))
    if ended:
        events.append(CallEvent(CallId(name), EventKind.ENDED, at, data={"cause": "hung_up"}))
    with database.transaction() as session:
        store(session, [LoggedEvent(seq, event) for seq, event in enumerate(events)])


def traffic(database: Database, since: datetime = NOW - timedelta(days=30)) -> StepTraffic:
    with database.reading() as session:
        return step_traffic(session, "shop", since=since)


def test_ways_are_counted_over_all_calls_and_a_call_may_go_a_way_twice(database: Database) -> None:
    call(database, "one", "abcabd")
    call(database, "two", "abd")

    found = traffic(database)

    assert found.calls == 2
    assert found.moves == {("a", "b"): 3, ("b", "c"): 1, ("c", "a"): 1, ("b", "d"): 2}
    assert found.reached == {"a": 2, "b": 2, "c": 1, "d": 2}
    assert found.ended == {"d": 2}


def test_a_call_that_goes_on_has_ended_nowhere(database: Database) -> None:
    call(database, "one", "ab", ended=False)

    found = traffic(database)

    assert (found.calls, found.ended) == (1, {})


def test_calls_of_other_flows_and_of_other_days_do_not_count(database: Database) -> None:
    call(database, "bank", "ab", flow="bank")
    call(database, "old", "ab", at=NOW - timedelta(days=31))
    call(database, "new", "ac", at=NOW + timedelta(seconds=1))

    with database.reading() as session:
        found = step_traffic(session, "shop", since=NOW - timedelta(days=30), until=NOW)

    assert found == StepTraffic(0, {}, {}, {})


def test_names_of_steps_may_be_anything_that_a_file_can_hold(database: Database) -> None:
    call(database, "one", "菜'\"")

    assert traffic(database).moves == {("菜", "'"): 1, ("'", '"'): 1}
