"""What a flow learns from the CRM, the same on both databases."""

import json
from datetime import UTC, datetime

import pytest

from crm.customers.phone import plan_of
from crm.lookups import Lookups
from crm.orders.csv_import import parse_orders, save_orders
from crm.sample_data import load_sample_data
from voxdesk.db import Database
from voxdesk.kernel.errors import DatabaseError, FlowError, VoxdeskError

pytestmark = pytest.mark.contract
NOW = datetime(2025, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def shop(database: Database) -> Database:
    for _ in range(2):  # loading twice is loading once
        with database.transaction() as session:
            load_sample_data(session, NOW, plan_of("US"))
    return database


def test_an_order_is_found_however_its_number_was_said(shop: Database) -> None:
    spellings = ("4711", "4 7 1 1", "04711", "#4711", "４７１１")  # noqa: RUF001
    found = [Lookups(shop).find("order", {"number": spelling}) for spelling in spellings]
    order = found[0]
    assert order is not None
    assert all(one == order for one in found)
    assert (order["number"], order["status"], order["item"]) == ("4711", "shipped", "reading lamp")
    assert (order["total"], order["currency"], order["eta"]) == (59.9, "USD", "2025-03-03")
    assert (order["customer"], order["open"], order["carrier"]) == ("Anna Miller", True, "UPS")
    json.dumps(order)


def test_an_order_that_is_not_there(shop: Database) -> None:
    for number in ("9999", "", "#", "0"):
        assert Lookups(shop).find("order", {"number": number}) is None


def test_orders_that_differ_by_zeros_only_are_never_confused(database: Database) -> None:
    rows = parse_orders("number,item\n42,lamp\n0042,chair\n", plan_of("US"), name="x")
    with database.transaction() as session:
        save_orders(session, rows, NOW)
    lookups = Lookups(database)
    for number, item in (("42", "lamp"), ("0042", "chair")):
        found = lookups.find("order", {"number": number})
        assert found is not None
        assert found["item"] == item
    assert lookups.find("order", {"number": "00042"}) is None


@pytest.mark.parametrize("caller", ["+15550100", "15550100", "sip:+15550100@trunk.example"])
def test_a_caller_is_known_by_the_number(shop: Database, caller: str) -> None:
    facts = Lookups(shop).caller_facts(caller)
    assert facts["known"]
    assert (facts["first_name"], facts["display_name"]) == ("Anna", "Anna Miller")
    assert facts["language"] == "en"
    assert facts["last_order"] is not None
    assert facts["last_order"]["number"] == "4711"
    assert [order["number"] for order in facts["open_orders"]] == ["4711"]
    json.dumps(facts)


@pytest.mark.parametrize("caller", ["+15559999", "anonymous", "", "alice"])
def test_a_stranger_is_unknown_and_that_is_no_error(shop: Database, caller: str) -> None:
    facts = Lookups(shop).caller_facts(caller)
    assert not facts["known"]
    assert facts["last_order"] is None
    assert facts["open_orders"] == []


def test_a_customer_by_a_national_number(database: Database) -> None:
    plan = plan_of("DE")
    rows = parse_orders(
        "number,phone,customer,language\n1,030 123456,李娜,zh\n", plan, name="orders.csv"
    )
    with database.transaction() as session:
        save_orders(session, rows, NOW)
    lookups = Lookups(database, default_country="DE")
    for spelling in ("+49 30 123456", "0049 30 123456", "030123456"):
        customer = lookups.find("customer", {"phone": spelling})
        assert customer is not None
        assert (customer["display_name"], customer["language"]) == ("李娜", "zh")
    assert lookups.find("customer", {"phone": "no number"}) is None


def test_a_second_import_changes_only_what_it_says(shop: Database) -> None:
    rows = parse_orders(
        "number,status,phone\n4711,delivered,+15550100\n", plan_of("US"), name="orders.csv"
    )
    with shop.transaction() as session:
        save_orders(session, rows, NOW)
    order = Lookups(shop).find("order", {"number": "4711"})
    assert order is not None
    assert (order["status"], order["item"]) == ("delivered", "reading lamp")
    assert order["customer"] == "Anna Miller"


@pytest.mark.parametrize(
    ("what", "by"),
    [("ordr", {"number": "1"}), ("order", {"phone": "1"}), ("order", {}), ("customer", {"a": "b"})],
)
def test_a_flow_that_asks_wrongly_is_told_what_can_be_asked(
    shop: Database, what: str, by: dict[str, str]
) -> None:
    with pytest.raises(FlowError, match="order by number, customer by phone"):
        Lookups(shop).find(what, by)


def test_readers_do_not_wait_for_a_writer(shop: Database) -> None:
    with shop.transaction() as session:
        load_sample_data(session, NOW, plan_of("US"))
        assert Lookups(shop).find("order", {"number": "4711"}) is not None


def test_a_missing_table_is_the_databases_fault_and_shows_no_data(blank_database_url: str) -> None:
    database = Database(blank_database_url)
    with pytest.raises(VoxdeskError) as caught:
        Lookups(database).caller_facts("+15550100")
    database.close()
    assert isinstance(caught.value, DatabaseError)
    assert "15550100" not in str(caught.value)
