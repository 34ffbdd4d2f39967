"""Lists and searches of calls on both databases."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from crm.calls.models import Call
from crm.customers.models import Customer
from crm.facts.facts import Facts
from crm.facts.repository import keep
from crm.finding import index
from crm.finding.bounded import bounded
from crm.finding.cursors import Cursor
from crm.finding.document import VERSION, document_of
from crm.finding.query import SearchRefused, parse
from crm.finding.repository import count, page
from crm.finding.wanted import Sort, State, Wanted
from crm.transcripts.model import Segment, Side
from tests.fixtures.told_calls import ANSWERED_AT
from voxdesk.db import Database

pytestmark = pytest.mark.contract

NOTHING = {
    "duration_ms": 60_000, "turns": 1, "no_matches": 0, "no_inputs": 0, "longest_silence_ms": 0,
    "overlaps": 0, "barge_ins": 0, "slow_turns": 0, "keys": 0, "errors": 0,
    "latency_p50_ms": None, "latency_max_ms": None, "transferred": False, "feeling": "",
    "consent": "not_told",
    "steps": ("menu",),
}  # fmt: skip


class Desk:
    """Calls, a minute apart; each is called by its caller's number."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self._made = 0

    def call(
        self, caller: str, said: str = "", told: str = "Hello", *, over: bool = True, **more: Any
    ) -> str:
        self._made += 1
        started = ANSWERED_AT + timedelta(minutes=self._made)
        figures = {name: more.pop(name) for name in list(more) if name in NOTHING}
        call_id = f"{self._made:012x}"
        with self.database.transaction() as session:
            call = Call(
                id=call_id, direction="inbound", caller=caller, started_at=started,
                answered_at=started, ended_at=started + timedelta(minutes=1) if over else None,
                **{"flow_name": "shop", **more},
            )  # fmt: skip
            session.add(call)
            session.flush()
            if over:
                facts = keep(session, call, Facts(**{**NOTHING, **figures}))
                segments = [
                    Segment(0, Side.VOXDESK, 0, 900, told),
                    Segment(1, Side.CALLER, 1000, 1900, said),
                ]
                document = document_of(segments, index.about(session, call))
                index.put(session, facts.id, document, version=VERSION)
        return call_id

    def find(self, words: str = "", **more: Any) -> list[str]:
        wanted = Wanted(text=parse(words), **more)
        with self.database.reading() as session, bounded(session):
            found = page(session, wanted, after=None, limit=50)
            assert count(session, wanted) == len(found.calls)
        return [one.call.caller for one in found.calls]

    def pages(self, wanted: Wanted, limit: int) -> list[list[str]]:
        found: list[list[str]] = []
        after: Cursor | None = None
        while after is not None or not found:
            with self.database.reading() as session:
                one = page(session, wanted, after=after, limit=limit)
            found.append([line.call.caller for line in one.calls])
            after = one.next
        return found


@pytest.fixture
def desk(database: Database) -> Desk:
    return Desk(database)


def test_words_phrases_and_neighbours(desk: Desk) -> None:
    desk.call("1", "my order is far too late")
    desk.call("2", "late is my only order")
    desk.call("3", "I want a refund")

    assert desk.find("order") == ["2", "1"]
    assert desk.find('"my order"') == ["1"]
    assert desk.find("order NEAR/3 late") == ["2", "1"]
    assert desk.find("order NEAR/1 late") == []
    assert desk.find("refund OR far") == ["3", "1"]
    assert desk.find("order -far") == ["2"]
    assert desk.find("-order") == ["3"]


def test_who_said_it(desk: Desk) -> None:
    desk.call("1", "billing please", told="One for billing, two for orders")
    desk.call("2", "the other", told="One for billing, two for orders")

    assert desk.find("billing") == ["2", "1"]
    assert desk.find("by-caller:billing") == ["1"]
    assert desk.find("by-voxdesk:billing") == ["2", "1"]
    assert desk.find("by-agent:billing") == []
    assert desk.find('"billing please"') == ["1"]
    assert desk.find("by-caller:orders NEAR billing") == []


def test_chinese_words_are_found_alone_and_in_phrases(desk: Desk) -> None:
    desk.call("1", "我要退款，订单还没到")  # noqa: RUF001
    desk.call("2", "我要查订单")

    assert desk.find("退款") == ["1"]
    assert desk.find("订单") == ["2", "1"]
    assert desk.find('"我要退款"') == ["1"]
    assert desk.find("退款 NEAR/3 订单") == ["1"]


def test_a_call_is_found_by_its_names_too(desk: Desk) -> None:
    with desk.database.transaction() as session:
        session.add(Customer(id=7, display_name="Åsa Öberg", created_at=ANSWERED_AT))
    desk.call("1", "hello", customer_id=7, agent="anna")
    desk.call("2", "hello", steps=("menu", "pay_bill"))

    assert desk.find("asa oberg") == ["1"]
    assert desk.find("anna") == ["1"]
    assert desk.find(step="pay_bill") == ["2"]
    assert desk.find(customer="SA Ö") == ["1"]
    assert desk.find(customer_id=7) == ["1"]


def test_filters_hold_together(desk: Desk) -> None:
    desk.call("1", no_matches=3, longest_silence_ms=12_000, disposition="solved")
    desk.call("2", no_matches=3, slow_turns=1, cause="caller_hung_up", recording_path="a.wav")
    desk.call("3", latency_max_ms=2500, feeling="angry", consent="heard", disposition="transferred")
    desk.call("4", over=False, flow_name="bank", language="zh")

    assert desk.find() == ["4", "3", "2", "1"]
    assert desk.find(no_matches=2) == ["2", "1"]
    assert desk.find(no_matches=2, silence_ms=10_000) == ["1"]
    assert desk.find(slow_turns=1) == ["2"]
    assert desk.find(latency_ms=2000) == ["3"]
    assert desk.find(feeling="angry") == ["3"]
    assert desk.find(consent="heard") == ["3"]
    assert desk.find(consent="not_told", recorded=True) == ["2"]
    assert desk.find(outcome="solved") == ["1"]
    assert desk.find(outcome="caller_hung_up") == ["2"]
    assert desk.find(transferred=True) == ["3"]
    assert desk.find(recorded=True) == ["2"]
    assert desk.find(state=State.LIVE) == ["4"]
    assert desk.find(flow="bank") == ["4"]
    assert desk.find(language="zh") == ["4"]
    assert desk.find(since=ANSWERED_AT + timedelta(minutes=3)) == ["4", "3"]
    assert desk.find(until=ANSWERED_AT + timedelta(minutes=2)) == ["1"]
    assert desk.find("hello", since=ANSWERED_AT + timedelta(minutes=2)) == ["3", "2"]


@pytest.mark.parametrize("signs", ["%", "_", "'", '"', "\\", "%%", "; DROP TABLE calls"])
def test_signs_of_sql_are_only_signs(desk: Desk, signs: str) -> None:
    desk.call("1", "hello")

    assert desk.find(caller=signs) == []
    assert desk.find(customer=signs) == []
    assert desk.find(versions=(signs,)) == []
    assert desk.find(step=signs) == []
    assert desk.find() == ["1"]


@pytest.mark.parametrize("sort", Sort)
@pytest.mark.parametrize("ascending", [False, True])
def test_pages_have_every_call_once(desk: Desk, sort: Sort, *, ascending: bool) -> None:
    for number in range(7):
        desk.call(str(number), "hello", duration_ms=1000 * (number % 3), no_matches=number % 2)

    for words in ("", "hello"):
        wanted = Wanted(sort=sort, ascending=ascending, text=parse(words))
        found = desk.pages(wanted, limit=3)
        assert [len(one) for one in found] == [3, 3, 1]
        assert {caller for one in found for caller in one} == set("0123456")
        if sort is Sort.STARTED:
            flat = [caller for one in found for caller in one]
            assert flat == sorted(flat, reverse=not ascending)


def test_words_go_with_their_call(desk: Desk) -> None:
    erased, kept = desk.call("1", "secret order"), desk.call("2", "secret order")
    with desk.database.transaction() as session:
        session.delete(session.get_one(Call, erased))
    assert desk.find("secret") == ["2"]
    with desk.database.transaction() as session:
        index.forget(session, kept)
    assert desk.find("secret") == []


def test_words_are_put_again_in_place_of_the_old(desk: Desk) -> None:
    call_id = desk.call("1", "first words")
    with desk.database.transaction() as session:
        assert index.without_words(session, version=VERSION, limit=9) == []
        assert index.without_words(session, version=VERSION + 1, limit=9) == [call_id]
        facts = page(session, Wanted(text=parse("first")), after=None, limit=1).calls[0].facts
        assert facts is not None
        again = document_of([Segment(0, Side.CALLER, 0, 1, "second words")])
        index.put(session, facts.id, again, version=VERSION + 1)

    assert desk.find("first") == []
    assert desk.find("second") == ["1"]


def test_a_search_that_takes_too_long_is_stopped_with_a_hint(desk: Desk) -> None:
    endless = (
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100000000) "
        "SELECT count(*) FROM n"
    )
    with (
        pytest.raises(SearchRefused, match="shorter time"),
        desk.database.reading() as session,
        bounded(session, within_s=0.05),
    ):
        session.execute(text(endless)).all()
