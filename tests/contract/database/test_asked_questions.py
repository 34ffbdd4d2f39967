"""What callers asked, on both databases: once each, gone with its call, and counted."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import delete, func, select

from crm.calls.entries import LoggedEvent, NewCall, opening
from crm.calls.models import Call
from crm.calls.repository import store
from crm.customers.phone import plan_of
from crm.lookups import Lookups
from crm.questions.models import AskedQuestion
from crm.questions.repository import counts, frequent, unanswered
from crm.sample_data import load_sample_data
from voxdesk.db import Database
from voxdesk.kernel.call import CallEvent, CallId, Direction, EventKind

pytestmark = pytest.mark.contract
NOW = datetime.now(UTC).replace(microsecond=0)
LONG_AGO = NOW - timedelta(days=4000)
ANNA = "+15550100"


def call(
    database: Database,
    name: str,
    *asked: dict[str, Any],
    caller: str = "",
    customer_id: int | None = None,
    at: datetime = NOW,
) -> None:
    """A call with these questions in its log, which is stored twice: a spool may be replayed."""
    new = NewCall(CallId(name), Direction.INBOUND, at, caller=caller, customer_id=customer_id)
    events = [
        LoggedEvent(seq, CallEvent(CallId(name), EventKind.QUESTION, at, data=data))
        for seq, data in enumerate(asked)
    ]
    for _ in range(2):
        with database.transaction() as session:
            store(session, [opening(new), *events])


def answered(question: str) -> dict[str, Any]:
    return {"outcome": "answered", "question": question, "language": "en", "flow": "shop"}


def unknown(text: str, language: str = "en", flow: str = "shop") -> dict[str, Any]:
    return {"outcome": "unknown", "text": text, "language": language, "flow": flow}


def rows(database: Database) -> int:
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(AskedQuestion)) or 0


def test_questions_without_an_answer_are_listed_the_newest_first(database: Database) -> None:
    call(database, "one", unknown("do you sell boats"), answered("shop/returns"))
    call(database, "two", unknown("有船吗", "zh"), at=NOW + timedelta(minutes=1))
    call(database, "old", unknown("old"), at=NOW - timedelta(days=40))
    call(database, "bank", unknown("interest", flow="bank"), at=NOW - timedelta(days=1))

    with database.reading() as session:
        since = NOW - timedelta(days=30)
        found = unanswered(session, since=since)
        chinese = unanswered(session, since=since, language="zh")
        bank = unanswered(session, since=since, flow="bank")
        one = unanswered(session, since=since, limit=1)

    assert [each.text for each in found] == ["有船吗", "do you sell boats", "interest"]
    assert (found[1].call_id, found[1].flow, found[1].asked_at) == ("one", "shop", NOW)
    assert [each.text for each in chinese] == [each.text for each in one] == ["有船吗"]
    assert [each.text for each in bank] == ["interest"]


def test_words_are_kept_only_where_there_was_no_answer(database: Database) -> None:
    call(database, "one", answered("shop/returns") | {"text": "can my wife Ann return it"})

    with database.reading() as session:
        (row,) = session.scalars(select(AskedQuestion))
        assert (row.question, row.text) == ("shop/returns", "")


def test_a_sensitive_question_leaves_nothing(database: Database) -> None:
    call(database, "one", {"outcome": "unknown", "language": "en"})

    assert rows(database) == 0


def test_erasing_a_call_erases_what_was_asked_in_it(database: Database) -> None:
    call(database, "one", unknown("boats"), answered("shop/returns"))
    call(database, "two", unknown("boats"))
    with database.transaction() as session:
        session.execute(delete(Call).where(Call.id == "one"))

    assert rows(database) == 1


def test_what_a_database_cannot_hold_does_no_harm(database: Database) -> None:
    call(database, "one", unknown("bo\0ats\ud800"), {"text": 7, "language": None})

    with database.reading() as session:
        texts = {row.text for row in unanswered(session, since=LONG_AGO)}
    assert texts == {"boats?", "7"}


def test_frequent_questions_are_counted_by_calls(database: Database) -> None:
    call(database, "one", answered("shop/a"), answered("shop/a"), answered("shop/b"))
    call(database, "two", answered("shop/b"), unknown("c"))
    call(database, "old", *[answered("shop/c")] * 5, at=LONG_AGO)

    with database.reading() as session:
        since = NOW - timedelta(days=30)
        assert frequent(session, since=since) == ["shop/b", "shop/a"]
        assert frequent(session, since=since, limit=1) == ["shop/b"]
        assert counts(session, since=since) == {"shop/a": 2, "shop/b": 2, "": 1}


def test_a_caller_is_offered_their_own_questions_before_everybodys(database: Database) -> None:
    with database.transaction() as session:
        load_sample_data(session, NOW, plan_of("US"))
    anna = Lookups(database).caller_facts(ANNA)["customer_id"]
    call(database, "x", answered("shop/x"))
    call(database, "y", answered("shop/x"))
    call(database, "hers", answered("shop/hers"), customer_id=anna, at=NOW - timedelta(days=60))
    call(database, "office", answered("shop/office"), caller=ANNA, at=NOW - timedelta(days=50))
    call(database, "other", answered("shop/other"), caller="+15550199")

    lookups = Lookups(database)

    assert lookups.caller_facts(ANNA)["frequent"] == [
        "shop/office", "shop/hers", "shop/x", "shop/other",
    ]  # fmt: skip
    assert lookups.caller_facts("+15550199")["frequent"] == ["shop/other", "shop/x"]
    assert lookups.caller_facts("anonymous")["frequent"] == ["shop/x", "shop/other"]


def test_what_everybody_asks_is_not_counted_for_each_call(database: Database) -> None:
    lookups = Lookups(database)
    assert lookups.caller_facts("")["frequent"] == []

    call(database, "one", answered("shop/a"))

    assert lookups.caller_facts("")["frequent"] == []
    assert Lookups(database).caller_facts("")["frequent"] == ["shop/a"]
