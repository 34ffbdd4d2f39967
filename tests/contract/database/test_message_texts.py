"""Messages and their words, the same on both databases."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from crm.calls.call_log import CallLog
from crm.calls.entries import NewCall
from crm.messages import repository
from crm.messages.models import TextState
from crm.messages.repository import TAKEN_OVER_AFTER, TRIES, LeftMessage
from voxdesk.db import Database
from voxdesk.kernel.call import CallEvent, CallId, Direction, EventKind

pytestmark = pytest.mark.contract
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def leave(
    database: Database,
    folder: Path,
    call: str = "call1",
    *,
    over: bool = True,
    node: str = "n1",
    **data: object,
) -> None:
    """A call in which a message is left, as its log has it."""
    call_id = CallId(call)
    log = CallLog(database, folder / "spool")
    log.open_call(NewCall(call_id, Direction.INBOUND, NOW, caller="+15550100", node=node))
    fields = {
        "mailbox": "support",
        "recording_path": "2026/03/01/x.wav",
        "start_ms": 5000,
        "seconds": 4.0,
        "language": "en",
        "transcribe": True,
    }
    log.record(CallEvent(call_id, EventKind.MESSAGE_LEFT, NOW, 9000, {**fields, **data}))
    if over:
        log.record(CallEvent(call_id, EventKind.ENDED, NOW, 9500, {"cause": "hung_up"}))
    assert log.flush()
    log.close()


def claim(database: Database, *, node: str = "n1", now: datetime = NOW) -> LeftMessage | None:
    with database.transaction() as session:
        return repository.claim(session, node=node, now=now)


def listed(database: Database, **wanted: object) -> list[LeftMessage]:
    with database.reading() as session:
        return list(repository.list_left(session, **wanted))  # type: ignore[arg-type]


def test_a_message_is_written_down_once(database: Database, tmp_path: Path) -> None:
    leave(database, tmp_path)
    left = claim(database)
    assert left is not None
    assert left.text is not None
    assert (left.message.start_ms, left.text.language) == (5000, "en")
    assert claim(database) is None

    with database.transaction() as session:
        repository.finish(
            session, left.text, words="Call me.", confidence=0.8, engine="ear", now=NOW
        )

    [done] = listed(database)
    assert done.text is not None
    assert (done.text.text, done.text.state, done.text.engine) == ("Call me.", "done", "ear")
    assert claim(database, now=NOW + timedelta(days=1)) is None


def test_the_log_told_twice_is_one_message(database: Database, tmp_path: Path) -> None:
    leave(database, tmp_path)
    leave(database, tmp_path / "again")

    assert len(listed(database)) == 1
    assert claim(database) is not None
    assert claim(database) is None


def test_only_what_is_over_and_here_and_wanted_is_written_down(
    database: Database, tmp_path: Path
) -> None:
    leave(database, tmp_path / "1", "running", over=False)
    leave(database, tmp_path / "2", "elsewhere", node="n2")
    leave(database, tmp_path / "3", "secret", transcribe=False)

    assert claim(database) is None
    with database.reading() as session:
        assert not repository.is_waiting(session, node="n1", now=NOW)
        assert repository.is_waiting(session, node="n2", now=NOW)
    [secret] = [left for left in listed(database) if left.call.id == "secret"]
    assert secret.text is None


def test_whoever_vanishes_is_taken_over_from_and_after_some_tries_it_is_given_up(
    database: Database, tmp_path: Path
) -> None:
    leave(database, tmp_path)
    now = NOW
    for _ in range(TRIES):
        left = claim(database, now=now)
        assert left is not None
        assert claim(database, now=now + timedelta(minutes=1)) is None
        now += TAKEN_OVER_AFTER + timedelta(seconds=1)
    assert claim(database, now=now) is None

    assert left is not None
    assert left.text is not None
    with database.transaction() as session:
        repository.give_back(session, left.text, now=now)
    [given_up] = listed(database)
    assert given_up.text is not None
    assert given_up.text.state == TextState.FAILED


def test_what_could_not_be_heard_is_tried_again(database: Database, tmp_path: Path) -> None:
    leave(database, tmp_path)
    left = claim(database)
    assert left is not None
    assert left.text is not None
    with database.transaction() as session:
        repository.give_back(session, left.text, now=NOW)

    assert claim(database) is not None


def test_messages_are_counted_until_somebody_hears_them(database: Database, tmp_path: Path) -> None:
    leave(database, tmp_path / "1", "a")
    leave(database, tmp_path / "2", "b", mailbox="sales")
    with database.reading() as session:
        assert repository.unheard(session) == {"sales": 1, "support": 1}
    [sales] = listed(database, mailbox="sales")
    with database.transaction() as session:
        found = repository.find_left(session, sales.message.id)
        assert found is not None
        repository.heard(session, found.message, now=NOW)

    assert [left.call.id for left in listed(database, unheard=True)] == ["a"]
    with database.reading() as session:
        assert repository.unheard(session) == {"support": 1}
        assert repository.find_left(session, 999) is None


def test_somebody_is_told_once_of_a_message_that_is_news(
    database: Database, tmp_path: Path
) -> None:
    leave(database, tmp_path)
    left = claim(database)
    assert left is not None
    assert left.text is not None

    def news(since: datetime) -> int:
        with database.reading() as session:
            return len(repository.unnoticed(session, node="n1", since=since))

    assert news(NOW - timedelta(days=1)) == 0
    with database.transaction() as session:
        repository.finish(session, left.text, words="x", confidence=1, engine="e", now=NOW)
    assert news(NOW - timedelta(days=1)) == 1
    assert news(NOW + timedelta(days=1)) == 0
    with database.transaction() as session:
        repository.noticed(session, left.text, now=NOW)
    assert news(NOW - timedelta(days=1)) == 0
