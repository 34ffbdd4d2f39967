"""What callers have done with orders, each once, the same on both databases."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from crm.acts.models import DoneAct
from crm.acts.once import Outcome, Wanted, begin, finish
from crm.acts.service import ACTS, Acts
from crm.callbacks.asking import REQUEST
from crm.customers.phone import plan_of
from crm.customers.repository import by_phone
from crm.orders.models import OrderStatus
from crm.orders.repository import by_number, save
from crm.sample_data import load_sample_data
from crm.tickets import repository as tickets
from crm.tickets.models import Ticket, TicketKind
from dialog.catalogue import CRM
from voxdesk.db import Database
from voxdesk.kernel.errors import FlowError

pytestmark = pytest.mark.contract
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
ANNA, JAMES, SOFIA = "+15550100", "+15550101", "+15550103"
PROCESSING, SHIPPED, DELIVERED = "4720", "4711", "2290"  # of James, Anna and Sofia


@pytest.fixture
def shop(database: Database) -> Database:
    with database.transaction() as session:
        load_sample_data(session, NOW, plan_of("US"))
    return database


def customer(shop: Database, phone: str) -> int:
    with shop.reading() as session:
        found = by_phone(session, phone)
        assert found is not None
        return found.id


def do(
    shop: Database, what: str, phone: str = "", *, call: str = "call1", now: datetime = NOW,
    **given: Any,
) -> Outcome:  # fmt: skip
    owner = customer(shop, phone) if phone else None
    return Acts(shop).do(Wanted(what, given, call, "step", owner), now=now)


def status(shop: Database, number: str) -> str:
    with shop.reading() as session:
        order = by_number(session, number)
        assert order is not None
        return order.status


def opened(shop: Database) -> list[Ticket]:
    with shop.reading() as session:
        found = list(tickets.list_tickets(session))
        session.expunge_all()
        return found


def test_an_order_that_is_not_on_its_way_is_cancelled(shop: Database) -> None:
    outcome = do(shop, "order.cancel", JAMES, number="47-20")

    assert (outcome.outcome, outcome.record["status"]) == ("done", "cancelled")
    assert outcome.record["number"] == PROCESSING
    assert status(shop, PROCESSING) == "cancelled"


@pytest.mark.parametrize(
    ("number", "phone", "reason"),
    [
        (SHIPPED, ANNA, "shipped"),
        (DELIVERED, SOFIA, "delivered"),
        ("4702", SOFIA, "cancelled"),
        ("4655", JAMES, "returned"),
        ("999999", JAMES, "unknown"),
        (PROCESSING, ANNA, "not_theirs"),
        (PROCESSING, "", "not_theirs"),
    ],
)
def test_an_order_that_cannot_be_cancelled_says_why(
    shop: Database, number: str, phone: str, reason: str
) -> None:
    outcome = do(shop, "order.cancel", phone, number=number)

    assert (outcome.outcome, outcome.reason) == ("refused", reason)
    assert status(shop, PROCESSING) == "processing"


@pytest.mark.parametrize(
    ("verified", "outcome"), [("yes", "done"), ("No", "refused"), ("", "refused")]
)
def test_who_was_verified_otherwise_may_call_from_another_phone(
    shop: Database, verified: str, outcome: str
) -> None:
    assert do(shop, "order.cancel", number=PROCESSING, verified=verified).outcome == outcome


def test_the_same_again_in_the_same_call_is_not_done_twice(shop: Database) -> None:
    first = do(shop, "order.return", SOFIA, number=DELIVERED)
    again = do(shop, "order.return", SOFIA, number=DELIVERED)
    with shop.reading() as session:
        notes = list(session.scalars(select(DoneAct)))

    assert again == first
    assert first.outcome == "done"
    assert len(opened(shop)) == 1
    assert [note.outcome for note in notes] == ["done"]
    assert DELIVERED not in notes[0].key


def test_another_call_is_told_that_it_was_asked_for_already(shop: Database) -> None:
    do(shop, "order.return", SOFIA, number=DELIVERED)
    again = do(shop, "order.return", SOFIA, number=DELIVERED, call="call2")

    assert (again.outcome, again.reason) == ("refused", "already")


def test_a_return_is_authorised_by_the_number_of_its_ticket(shop: Database) -> None:
    outcome = do(shop, "order.return", SOFIA, number=DELIVERED, note="too small")
    [ticket] = opened(shop)

    assert outcome.record == {"ticket": ticket.number, "number": DELIVERED, "item": "hiking boots"}
    assert ticket.number.isdecimal()
    assert (ticket.kind, ticket.note, ticket.call_id) == ("return", "too small", "call1")
    assert ticket.customer_id == customer(shop, SOFIA)


def test_a_return_has_its_time(shop: Database) -> None:
    number, placed = "5000", NOW - timedelta(days=60)
    with shop.transaction() as session:
        columns = {
            "status": OrderStatus.DELIVERED.value,
            "delivered_on": date(2026, 1, 25),
            "customer_id": customer(shop, SOFIA),
        }
        save(session, number, columns, now=placed)

    late = do(shop, "order.return", SOFIA, number=number)
    assert (late.outcome, late.reason) == ("refused", "too_late")
    kind = do(shop, "order.return", SOFIA, number=number, within_days="60", call="call2")
    assert kind.outcome == "done"
    early = do(shop, "order.return", ANNA, number=SHIPPED)
    assert early.reason == "not_delivered"


def test_a_change_says_what_is_wanted(shop: Database) -> None:
    nothing = do(shop, "order.change", ANNA, number=SHIPPED)
    outcome = do(shop, "order.change", ANNA, number=SHIPPED, date="2026-03-09", quantity="2")
    [ticket] = opened(shop)

    assert nothing.reason == "nothing"
    assert outcome.outcome == "done"
    assert ticket.details == {"date": "2026-03-09", "quantity": "2"}
    assert (
        do(shop, "order.change", SOFIA, number=DELIVERED, date="2026-03-09").reason == "delivered"
    )


def test_a_refund_and_anything_else_become_tickets(shop: Database) -> None:
    do(shop, "order.refund", SOFIA, number=DELIVERED, amount="149 USD")
    do(shop, "ticket.open", ANNA, subject="The box was wet")

    assert {ticket.kind for ticket in opened(shop)} == {"refund", "other"}
    assert do(shop, "ticket.open", subject="x", number="999999").reason == "unknown"


def test_a_closed_ticket_makes_room_for_another(shop: Database) -> None:
    do(shop, "order.return", SOFIA, number=DELIVERED)
    with shop.transaction() as session:
        ticket = tickets.by_number(session, opened(shop)[0].number)
        assert ticket is not None
        assert tickets.close(ticket, resolution="came back", now=NOW)
        assert not tickets.close(ticket, resolution="again", now=NOW)
    assert opened(shop) == []

    assert do(shop, "order.return", SOFIA, number=DELIVERED, call="call2").outcome == "done"
    with shop.reading() as session:
        assert len(tickets.list_tickets(session, kind=TicketKind.RETURN, all_=True)) == 2


def test_something_outside_of_the_database_is_begun_once(shop: Database) -> None:
    wanted = Wanted("warehouse.reserve", {"sku": "A1"}, "call1", "hold")

    assert begin(shop, wanted, now=NOW) is None
    unfinished = begin(shop, wanted, now=NOW)
    assert unfinished is not None
    assert unfinished.outcome == "failed"
    finish(shop, wanted, Outcome("done", {"number": "7"}), now=NOW)
    told = begin(shop, wanted, now=NOW)

    assert told == Outcome("done", {"number": "7"})
    finish(shop, wanted, None, now=NOW)
    assert begin(shop, wanted, now=NOW) is None


def test_what_there_is_to_do_is_what_flows_are_checked_against(shop: Database) -> None:
    assert {*ACTS, REQUEST} == set(CRM.acts)
    with pytest.raises(FlowError, match=r"order\.cancel"):
        do(shop, "order.destroy", number="1")


@pytest.mark.parametrize("what", ACTS)
def test_every_answer_has_the_fields_and_reasons_that_flows_may_read(
    shop: Database, what: str
) -> None:
    kind = CRM.acts[what]
    for number in (PROCESSING, SHIPPED, DELIVERED, "4702", "4655", "999999"):
        for phone in (ANNA, JAMES, SOFIA, ""):
            given = dict.fromkeys(kind.keys, "2026-03-09") | {"number": number, "quantity": "1"}
            outcome = do(shop, what, phone, call=f"{number}{phone}", **given)
            assert set(outcome.record) <= set(kind.fields)
            assert outcome.outcome != "done" or set(outcome.record) == set(kind.fields)
            assert outcome.reason in {"", *kind.reasons}
