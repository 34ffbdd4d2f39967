"""Calls that we promised, the same on both databases."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from crm.acts.once import Outcome as Done
from crm.acts.once import Wanted
from crm.acts.service import Acts
from crm.callbacks import repository
from crm.callbacks.models import Callback
from crm.callbacks.policy import LATEST_AFTER, Outcome, Rules
from crm.callbacks.repository import AT_IT_FOR
from crm.customers.phone import plan_of
from crm.sample_data import load_sample_data
from dialog.catalogue import CRM
from voxdesk.db import Database

pytestmark = pytest.mark.contract
NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
RULES = Rules(retry_after=timedelta(minutes=15))
PHONE = "+14155552671"


def ask(database: Database, call: str = "call1", now: datetime = NOW, **given: Any) -> Done:
    values = {"number": PHONE, "queue": "support", **given}
    wanted = Wanted("callback.request", values, call, "later")
    return Acts(database, RULES).do(wanted, now=now)


def due(database: Database, now: datetime = NOW) -> list[Callback]:
    with database.transaction() as session:
        return list(repository.due(session, rules=RULES, now=now))


def claim(database: Database, callback: Callback, now: datetime = NOW) -> bool:
    with database.transaction() as session:
        return repository.claim(session, callback, node="n1", now=now)


def ended(database: Database, callback: Callback, outcome: Outcome, now: datetime = NOW) -> None:
    with database.transaction() as session:
        repository.ended(session, callback.id, outcome, rules=RULES, now=now)


def one(database: Database) -> Callback:
    with database.reading() as session:
        [found] = repository.list_callbacks(session, all_=True)
        return found


def attempts(database: Database) -> list[str]:
    with database.reading() as session:
        return [found.outcome for found in repository.attempts_of(session, one(database).id)]


def test_who_wants_to_be_called_soon_is_due_at_once(database: Database) -> None:
    done = ask(database, when="soon", skills="billing,returns", priority="2", note="About 4711.")

    assert done.outcome == "done"
    assert set(done.record) == set(CRM.acts["callback.request"].fields)
    [callback] = due(database)
    assert (callback.phone, callback.queue, callback.skills) == (
        PHONE, "support", ["billing", "returns"],
    )  # fmt: skip
    assert (callback.priority, callback.note, callback.waiting_since) == (2, "About 4711.", NOW)


def test_who_wants_to_be_called_later_is_due_then(database: Database) -> None:
    then = NOW + timedelta(hours=20)
    ask(database, when=then.isoformat())

    assert due(database) == []
    with database.reading() as session:
        assert not repository.is_anything_due(session, now=NOW)
        assert repository.waiting(session) == 1
    [callback] = due(database, then)
    assert callback.waiting_since == then, "they don't wait until then"


def test_who_left_a_queue_keeps_the_place(database: Database) -> None:
    since = NOW - timedelta(minutes=7)
    ask(database, when="soon", since=since.isoformat())
    ask(database, "call2", number="+14155552672", when="soon")
    ask(database, "call3", number="+14155552673", when="soon", priority="1")

    assert [callback.phone[-1] for callback in due(database)] == ["3", "1", "2"]
    assert due(database)[1].waiting_since == since


@pytest.mark.parametrize(
    "since", ["", "nonsense", "2026-03-02T11:00:00", (NOW + timedelta(days=9)).isoformat()]
)
def test_nobody_gets_a_place_by_a_time_that_makes_no_sense(database: Database, since: str) -> None:
    ask(database, since=since)

    assert one(database).waiting_since == NOW


def test_the_customer_is_known_by_the_number(database: Database) -> None:
    with database.transaction() as session:
        load_sample_data(session, NOW, plan_of("US"))
    ask(database, number="+15550100", own="+15550100")

    assert one(database).customer_id is not None


@pytest.mark.parametrize("number", ["", "anonymous", "+8821234567890", "+19005551234", "911", "12"])
def test_a_number_that_we_do_not_call_is_refused(database: Database, number: str) -> None:
    done = ask(database, number=number)

    assert (done.outcome, done.reason) == ("refused", "number")


@pytest.mark.parametrize("when", ["yesterday evening", "2031-01-01T10:00"])
def test_a_time_that_makes_no_sense_is_refused(database: Database, when: str) -> None:
    done = ask(database, when=when)

    assert (done.outcome, done.reason) == ("refused", "time")


def test_who_asks_again_is_called_once(database: Database) -> None:
    ask(database, when="soon", since=(NOW - timedelta(minutes=3)).isoformat())
    ask(database, "call2", when=(NOW + timedelta(hours=1)).isoformat(), note="new")

    callback = one(database)
    assert (callback.note, callback.wished_at) == ("new", NOW + timedelta(hours=1))


def test_two_engines_never_call_the_same_one(database: Database) -> None:
    ask(database)
    [callback] = due(database)
    [again] = due(database)

    assert claim(database, callback)
    assert not claim(database, again)
    assert due(database) == []


def test_attempts_are_spaced_and_bounded_and_recorded(database: Database) -> None:
    ask(database)
    now = NOW
    for number, outcome in enumerate([Outcome.BUSY, Outcome.NO_ANSWER, Outcome.NO_PERSON], 1):
        [callback] = due(database, now)
        assert claim(database, callback, now)
        ended(database, callback, outcome, now)
        assert due(database, now) == []
        assert due(database, now + timedelta(minutes=15 * number - 1)) == []
        now += timedelta(minutes=15 * number)

    assert due(database, now + timedelta(hours=1)) == []
    callback = one(database)
    assert (callback.state, callback.outcome) == ("failed", "no_person")
    assert callback.ended_at is not None
    assert attempts(database) == ["busy", "no_answer", "no_person"]


@pytest.mark.parametrize("outcome", [Outcome.TALKED, Outcome.DECLINED])
def test_who_was_served_or_does_not_want_to_is_not_called_again(
    database: Database, outcome: Outcome
) -> None:
    ask(database)
    [callback] = due(database)
    claim(database, callback)
    ended(database, callback, outcome)

    assert one(database).state == "done"
    assert due(database, NOW + timedelta(hours=5)) == []


def test_our_own_side_that_could_not_call_is_no_attempt(database: Database) -> None:
    ask(database)
    [callback] = due(database)
    claim(database, callback)
    with database.transaction() as session:
        repository.not_called(session, callback.id, until=NOW + timedelta(seconds=20))

    assert due(database) == []
    [callback] = due(database, NOW + timedelta(seconds=20))
    assert (callback.attempts, attempts(database)) == (0, [])


def test_an_engine_that_vanished_is_an_attempt_that_failed(database: Database) -> None:
    ask(database)
    [callback] = due(database)
    claim(database, callback)
    with database.transaction() as session:
        repository.still_calling(session, callback.id, call_id="c9", now=NOW + AT_IT_FOR / 2)

    assert due(database, NOW + AT_IT_FOR) == []
    assert one(database).state == "calling"
    assert due(database, NOW + AT_IT_FOR * 2) == []
    assert (one(database).state, attempts(database)) == ("waiting", ["failed"])
    ended(database, callback, Outcome.TALKED, NOW + AT_IT_FOR * 2)
    assert one(database).state == "waiting", "whoever was taken over from has no say"


def test_nobody_is_called_whom_nobody_expects_to_be_any_more(database: Database) -> None:
    ask(database)

    assert due(database, NOW + LATEST_AFTER + timedelta(seconds=1)) == []
    assert (one(database).state, one(database).outcome) == ("failed", "no_agent")


def test_a_cancelled_one_is_not_called(database: Database) -> None:
    ask(database)
    callback = one(database)
    with database.transaction() as session:
        assert repository.cancel(session, callback.id, now=NOW)
        assert not repository.cancel(session, callback.id, now=NOW)
        assert not repository.cancel(session, 999, now=NOW)

    assert due(database) == []
    with database.reading() as session:
        assert repository.list_callbacks(session) == []
