"""The call log on both databases: complete, in order, once; away or back."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, make_url, text

from crm.calls.call_log import CallLog
from crm.calls.entries import LoggedEvent, NewCall
from crm.calls.follow import FollowedCall, FollowedCalls
from crm.calls.models import Call
from crm.calls.recovery import end_abandoned
from crm.calls.repository import CallFilter, events_of, list_calls, list_messages, transfers_of
from voxdesk.db import Database
from voxdesk.kernel.call import CallEvent, CallId, Direction, EventKind

pytestmark = pytest.mark.contract
STARTED = datetime(2025, 3, 1, 12, tzinfo=UTC)
CALL = CallId("call1")
OpenLog = Callable[[], CallLog]
Outage = Callable[[], AbstractContextManager[None]]


@pytest.fixture
def open_log(database: Database, tmp_path: Path) -> Iterator[OpenLog]:
    logs: list[CallLog] = []

    def open_() -> CallLog:
        logs.append(CallLog(database, tmp_path / "spool"))
        return logs[-1]

    yield open_
    for log in logs:
        log.close()


@pytest.fixture
def outage(database_url: str, request: pytest.FixtureRequest) -> Outage:
    """Makes the database refuse everybody, for real."""
    url = make_url(database_url)

    @contextmanager
    def sqlite_moved_away() -> Iterator[None]:
        engine = create_engine(database_url)
        with engine.begin() as connection:
            connection.execute(text("ALTER TABLE call_events RENAME TO elsewhere"))
        try:
            yield
        finally:
            with engine.begin() as connection:
                connection.execute(text("ALTER TABLE elsewhere RENAME TO call_events"))
            engine.dispose()

    @contextmanager
    def postgresql_closed() -> Iterator[None]:
        server = request.getfixturevalue("postgres_server")
        server.execute(f"ALTER DATABASE {url.database} WITH ALLOW_CONNECTIONS false")
        server.disconnect_all(database_url)
        try:
            yield
        finally:
            server.execute(f"ALTER DATABASE {url.database} WITH ALLOW_CONNECTIONS true")

    return sqlite_moved_away if url.get_backend_name() == "sqlite" else postgresql_closed


def call(call_id: CallId = CALL, **columns: Any) -> NewCall:
    return NewCall(call_id, Direction.INBOUND, STARTED, **columns)


def event(
    kind: EventKind = EventKind.KEY, at_ms: int = 0, call_id: CallId = CALL, **data: Any
) -> CallEvent:
    return CallEvent(call_id, kind, STARTED + timedelta(milliseconds=at_ms), at_ms, data)


def logged(database: Database, call_id: CallId = CALL) -> list[LoggedEvent]:
    with database.reading() as session:
        return events_of(session, call_id)


def offsets(database: Database, call_id: CallId = CALL) -> list[int]:
    return [one.event.audio_ms for one in logged(database, call_id)]


def the_call(database: Database) -> Call:
    with database.reading() as session:
        (found,) = list_calls(session, CallFilter())
        return found


def eventually(condition: Callable[[], bool], timeout_s: float = 20.0) -> None:
    deadline = time.monotonic() + timeout_s
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_events_are_stored_as_they_were_in_the_order_they_came(
    database: Database, open_log: OpenLog
) -> None:
    log = open_log()
    log.open_call(call())
    sent = [event(EventKind.HEARD, n, text="我的订单", n_best=[{"text": "x"}]) for n in range(300)]
    for one in sent:
        log.record(one)
    assert log.flush()
    found = logged(database)
    assert [one.event for one in found] == sent
    assert [one.seq for one in found] == list(range(300))


def test_the_row_of_a_call_follows_its_log(database: Database, open_log: OpenLog) -> None:
    log = open_log()
    log.open_call(call(caller="+15550100", flow_name="shop", flow_version="3"))
    log.record(event(EventKind.ANSWERED, 0, codec="PCMU/8000"))
    log.record(event(EventKind.RECORDING, 0, state="started", path="2025/03/01/call1.wav"))
    log.record(event(EventKind.RECORDING, 10, state="stopped", seconds=9.0))
    log.record(event(EventKind.BRIDGED, 4000, agent="eve"))
    log.record(event(EventKind.ENDED, 9000, cause="caller_hung_up"))
    log.close_call(CALL, language="en")
    assert log.flush()
    row = the_call(database)
    assert (row.caller, row.flow_name, row.flow_version) == ("+15550100", "shop", "3")
    assert row.answered_at == STARTED
    assert row.ended_at == STARTED + timedelta(seconds=9)
    assert (row.cause, row.agent, row.disposition) == ("caller_hung_up", "eve", "transferred")
    assert (row.recording_path, row.language) == ("2025/03/01/call1.wav", "en")


def test_transfers_and_messages_become_rows(database: Database, open_log: OpenLog) -> None:
    log = open_log()
    log.open_call(call())
    log.record(event(EventKind.TRANSFER, 1000, number=1, mode="bridged", target="sip:a"))
    log.record(event(EventKind.TRANSFER, 2000, number=1, mode="bridged", outcome="busy"))
    log.record(event(EventKind.TRANSFER, 3000, number=2, mode="queue", target="service"))
    log.record(event(EventKind.TRANSFER, 5000, number=2, agent="eve", connected_ms=4500))
    log.record(event(EventKind.TRANSFER, 9000, number=2, outcome="connected"))
    log.record(event(EventKind.MESSAGE_LEFT, 9500, mailbox="sales", start_ms=9000, seconds=0.5))
    assert log.flush()
    with database.reading() as session:
        first, second = transfers_of(session, CALL)
        ((message, of_call),) = list_messages(session, mailbox="sales")
        assert list_messages(session, mailbox="service") == []
    assert (first.target, first.outcome, first.connected_at) == ("sip:a", "busy", None)
    assert first.ended_at == STARTED + timedelta(seconds=2)
    assert (second.mode, second.target, second.agent) == ("queue", "service", "eve")
    assert second.started_at == STARTED + timedelta(seconds=3)
    assert second.connected_at == STARTED + timedelta(seconds=4.5)
    assert second.outcome == "connected"
    assert (message.start_ms, message.seconds, of_call.id) == (9000, 0.5, CALL)
    assert the_call(database).disposition == "message_left"


def test_nothing_is_lost_or_doubled_while_the_database_is_away(
    database: Database, open_log: OpenLog, outage: Outage
) -> None:
    log = open_log()
    log.open_call(call())
    log.record(event(at_ms=0))
    assert log.flush()
    with outage():
        for at_ms in range(1, 700):
            log.record(event(at_ms=at_ms))
        assert log.flush(20)
        assert log.status.spooling
        assert log.status.pending == 0
    log.record(event(at_ms=700))
    eventually(lambda: not log.status.spooling)
    log.record(event(at_ms=701))
    assert log.flush()
    assert offsets(database) == list(range(702))
    assert log.status.lost == log.status.rejected == 0


def test_what_waited_on_disk_is_stored_by_the_next_process(
    database: Database, open_log: OpenLog, outage: Outage
) -> None:
    with outage():
        first = open_log()
        first.open_call(call(caller="anna"))
        for at_ms in range(10):
            first.record(event(at_ms=at_ms))
        first.close()
    second = open_log()
    second.record(event(at_ms=10))
    eventually(lambda: not second.status.spooling)
    assert second.flush()
    assert offsets(database) == list(range(11))
    assert the_call(database).caller == "anna"


def test_a_call_goes_on_in_a_restarted_engine(
    database: Database, open_log: OpenLog, outage: Outage
) -> None:
    first = open_log()
    first.open_call(call())
    first.record(event(at_ms=0))
    first.close()
    second = open_log()
    second.record(event(at_ms=1))
    second.close()
    with outage():
        third = open_log()
        third.record(event(at_ms=2))
        third.record(event(at_ms=3))
        third.close()
    fourth = open_log()
    fourth.record(event(at_ms=4))
    eventually(lambda: not fourth.status.spooling)
    assert fourth.flush()
    assert offsets(database) == [0, 1, 2, 3, 4]


def test_values_that_a_database_cannot_take_do_not_stop_the_log(
    database: Database, open_log: OpenLog
) -> None:
    log = open_log()
    log.open_call(call(caller="nul\0and\ud800"))
    log.record(event(at_ms=0, text="nul\0and\ud800", value=float("nan")))
    log.record(event(at_ms=2**40))  # no column holds this offset on PostgreSQL
    log.record(event(at_ms=3))
    assert log.flush()
    assert offsets(database)[0] == 0
    assert offsets(database)[-1] == 3
    assert log.status.rejected == (1 if len(offsets(database)) == 2 else 0)
    assert not log.status.spooling


def test_a_call_of_a_customer_who_was_deleted_meanwhile_is_still_logged(
    database: Database, open_log: OpenLog
) -> None:
    log = open_log()
    log.open_call(call(customer_id=424242))
    log.record(event(EventKind.INCOMING))
    assert log.flush()
    assert offsets(database) == [0]


def test_live_views_get_every_event_at_once_even_without_a_database(
    open_log: OpenLog, outage: Outage
) -> None:
    log = open_log()
    seen: list[LoggedEvent] = []
    arrived = threading.Event()

    def view(one: LoggedEvent) -> None:
        seen.append(one)
        arrived.set()

    def broken(_one: LoggedEvent) -> None:
        raise RuntimeError

    log.subscribe(broken)
    unsubscribe = log.subscribe(view)
    with outage():
        log.record(event(at_ms=7))
        assert arrived.wait(5)
    unsubscribe()
    log.record(event(at_ms=8))
    assert log.flush(20)
    assert [(one.seq, one.event.audio_ms) for one in seen][:1] == [(seen[0].seq, 7)]
    assert len(seen) == 1


def test_another_process_can_follow(database: Database, open_log: OpenLog) -> None:
    log = open_log()
    log.open_call(call())
    log.record(event(at_ms=0))
    assert log.flush()
    everything, one_call = FollowedCalls(database), FollowedCall(database, CALL)
    assert everything.poll() == []
    assert [one.event.audio_ms for one in one_call.poll()] == [0]
    for number in range(1, 4):
        log.record(event(at_ms=number))
        log.record(event(at_ms=number, call_id=CallId("other")))
        assert log.flush()
        assert [(one.call_id, one.event.audio_ms) for one in everything.poll()] == [
            (CALL, number),
            ("other", number),
        ]
        assert [one.event.audio_ms for one in one_call.poll()] == [number]
    assert everything.poll() == one_call.poll() == []


def test_calls_of_a_dead_engine_are_ended_where_their_log_stops(
    database: Database, open_log: OpenLog
) -> None:
    log = open_log()
    for call_id, node in ((CALL, "a"), (CallId("other"), "b")):
        log.open_call(NewCall(call_id, Direction.INBOUND, STARTED, node=node))
        log.record(event(at_ms=0, call_id=call_id))
        log.record(event(at_ms=5000, call_id=call_id))
    assert log.flush()
    assert end_abandoned(database, log, node="a") == 1
    assert log.flush()
    with database.reading() as session:
        live = list_calls(session, CallFilter(live=True))
    assert [one.id for one in live] == ["other"]
    assert logged(database)[-1].event.kind is EventKind.ENDED
    assert offsets(database)[-1] == 5000


def test_many_threads_may_log_at_once(database: Database, open_log: OpenLog) -> None:
    log = open_log()

    def talk(name: str) -> None:
        call_id = CallId(name)
        log.open_call(call(call_id))
        for at_ms in range(100):
            log.record(event(at_ms=at_ms, call_id=call_id))

    threads = [threading.Thread(target=talk, args=(f"call-{n}",)) for n in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert log.flush(20)
    for number in range(5):
        assert offsets(database, CallId(f"call-{number}")) == list(range(100))


def test_closing_writes_what_is_left_and_later_entries_are_counted_as_lost(
    database: Database, open_log: OpenLog
) -> None:
    log = open_log()
    log.open_call(call())
    for at_ms in range(500):
        log.record(event(at_ms=at_ms))
    log.close()
    log.close()
    assert offsets(database) == list(range(500))
    log.record(event(at_ms=501))
    assert log.status.lost == 1
