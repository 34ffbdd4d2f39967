from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import delete

from crm.calls.entries import Change, LoggedEvent
from crm.calls.models import Call
from crm.calls.repository import store
from crm.figures import repository
from crm.figures.repository import Wanted
from crm.figures.tally import DaySum
from voxdesk.db import Database
from voxdesk.kernel.call import CallEvent, CallId, EventKind

pytestmark = pytest.mark.contract

NOW = datetime(2026, 3, 2, 20, 30, tzinfo=UTC)
SHANGHAI = ZoneInfo("Asia/Shanghai")


def call(
    database: Database, name: str, *, at: datetime = NOW, caller: str = "", flow: str = "shop"
) -> None:
    """A call of a minute in which something was understood."""
    events = [
        CallEvent(CallId(name), EventKind.INCOMING, at),
        CallEvent(CallId(name), EventKind.ANSWERED, at),
        CallEvent(CallId(name), EventKind.UNDERSTOOD, at, data={"step": "menu", "value": "x"}),
        CallEvent(CallId(name), EventKind.ENDED, at + timedelta(seconds=60), 0,
                  {"cause": "hung_up"}),
    ]  # fmt: skip
    columns = {"flow_name": flow, "flow_version": "v1", "language": "en", "caller": caller}
    entries = [LoggedEvent(seq, event) for seq, event in enumerate(events)]
    with database.transaction() as session:
        store(session, [*entries, Change(name, columns)])


def count(database: Database, *names: str) -> int:
    with database.transaction() as session:
        return repository.count(
            session, names, zone=SHANGHAI, menus_of=lambda _flow, _version: {}, now=NOW
        )


def sums(database: Database, **narrow: str) -> list[DaySum]:
    with database.reading() as session:
        wanted = Wanted(date(2026, 1, 1), date(2026, 12, 31), **narrow)
        return list(repository.sums(session, wanted))


def calls_by_day(database: Database, **narrow: str) -> dict[str, int]:
    return {row.day.isoformat(): row.tally["calls"] for row in sums(database, **narrow)}


def test_a_call_counts_on_the_day_that_it_was_where_people_work(database: Database) -> None:
    call(database, "a")
    call(database, "b", at=NOW - timedelta(hours=6))
    call(database, "c", flow="bank")

    assert count(database, "a", "b", "c", "nobody") == 3

    assert calls_by_day(database, flow="shop") == {"2026-03-02": 1, "2026-03-03": 1}
    assert calls_by_day(database, flow="bank") == {"2026-03-03": 1}
    assert sums(database, language="zh") == []
    (row,) = sums(database, flow="bank")
    assert row.tally == {
        "calls": 1, "answered": 1, "seconds": 60, "hour/4": 1, "outcome/served": 1,
    }  # fmt: skip


def test_counting_again_changes_nothing(database: Database) -> None:
    call(database, "a", caller="+49301")
    call(database, "b", at=NOW + timedelta(hours=1), caller="+49301")
    count(database, "a", "b")
    before = sums(database)

    count(database, "b")
    count(database, "a", "b", "b")

    assert sums(database) == before
    with database.reading() as session:
        assert repository.uncounted(session, limit=9) == []


def test_a_call_that_turned_out_otherwise_is_moved(database: Database) -> None:
    call(database, "a")
    count(database, "a")
    with database.transaction() as session:
        store(session, [Change("a", {"language": "zh"})])

    count(database, "a")

    assert [(row.language, row.tally["calls"]) for row in sums(database) if row.tally] == [
        ("zh", 1)
    ]


@pytest.mark.parametrize("newest_first", [False, True])
def test_who_calls_again_within_a_day_was_not_served(
    database: Database, *, newest_first: bool
) -> None:
    for name, hours in (("a", 0), ("b", 23), ("c", 48), ("withheld", 1), ("too", 2)):
        caller = "+49301" if name in "abc" else ""
        call(database, name, at=NOW + timedelta(hours=hours), caller=caller)

    for name in sorted(["a", "b", "c", "withheld", "too"], reverse=newest_first):
        count(database, name)

    again = sum(row.tally.get("again", 0) for row in sums(database))
    assert again == 1
    assert next(row for row in sums(database) if "again" in row.tally).day == date(2026, 3, 3)


def test_figures_outlive_an_erased_call(database: Database) -> None:
    call(database, "a")
    call(database, "b")
    count(database, "a", "b")
    with database.transaction() as session:
        session.execute(delete(Call).where(Call.id == "a"))

    assert calls_by_day(database) == {"2026-03-03": 2}
    with database.transaction() as session:
        repository.forget(session, since=date(2026, 1, 1))
        assert list(repository.uncounted(session, limit=9)) == ["b"]


def test_calls_that_go_on_are_not_counted(database: Database) -> None:
    with database.transaction() as session:
        store(session, [LoggedEvent(0, CallEvent(CallId("a"), EventKind.INCOMING, NOW))])

    assert count(database, "a") == 0
    assert sums(database) == []
