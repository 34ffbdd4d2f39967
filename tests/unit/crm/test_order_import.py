"""A shop's own orders, from the file that it can export."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm.customers.phone import plan_of
from crm.orders.csv_import import ImportRefused, OrderRow, parse_orders
from crm.orders.number import number_key

pytestmark = pytest.mark.unit
PLAN = plan_of("DE")


def parse(text: str) -> list[OrderRow]:
    return parse_orders(text, PLAN, name="orders.csv")


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_whole_line(delimiter: str) -> None:
    text = (
        "number,status,item,total,currency,placed_on,eta,carrier,phone,customer\n"
        "A-1,Shipped,lamp,129.90,eur,2025-02-28,2025-03-04,DHL,030 123456,Li Na\n"
    ).replace(",", delimiter)
    (row,) = parse(text)
    assert row.number == "A-1"
    assert row.placed_on == date(2025, 2, 28)
    assert row.columns == {
        "status": "shipped",
        "item": "lamp",
        "total_cents": 12990,
        "currency": "EUR",
        "eta": date(2025, 3, 4),
        "carrier": "DHL",
    }
    assert row.customer["phone"] == "+4930123456"


def test_columns_that_are_not_there_stay_as_they_are() -> None:
    (row,) = parse("number,total\n7,\n")
    assert row == OrderRow("7", {})


def test_a_decimal_comma() -> None:
    (row,) = parse("number;total\n7;12,50\n")
    assert row.columns == {"total_cents": 1250}


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        (",shipped,,,", r"orders.csv:2  number is empty"),
        ("7,lost,,,", r'status is "lost"; right are: processing, shipped'),
        ("7,,1.234,,", r'total is "1.234"; write it like 129.90'),
        ("7,,-1,,", "total"),
        ("7,,NaN,,", "total"),
        ("7,,1e99,,", "total"),
        ("7,,,31.12.2025,", "eta is .* write days like 2025-12-31"),
        ("7,,,,Anna", "phone is no phone number"),
        ("7,,,,,,,", "more fields"),
    ],
)
def test_a_wrong_line_is_named_with_what_would_be_right(line: str, complaint: str) -> None:
    with pytest.raises(ImportRefused, match=complaint):
        parse(f"number,status,total,eta,phone\n{line}\n")


def test_every_wrong_line_is_named_at_once() -> None:
    with pytest.raises(ImportRefused) as caught:
        parse("number,total\n1,x\n2,3\n2,4\n")
    assert "orders.csv:2  total" in str(caught.value)
    assert "orders.csv:4  order 2 is on line 3 already" in str(caught.value)
    assert "Nothing was imported" in str(caught.value)


@pytest.mark.parametrize("head", ["", "nummer,total", "number,colour"])
def test_wrong_columns_show_the_right_ones(head: str) -> None:
    with pytest.raises(ImportRefused, match=r"orders.csv:1 .*number, status, item"):
        parse(f"{head}\n1,2\n")


@given(st.integers(1, 10**9), st.integers(0, 4))
def test_an_order_number_is_the_same_with_zeros_spaces_and_hyphens(number: int, zeros: int) -> None:
    spoken = " ".join("0" * zeros + str(number))
    assert number_key(spoken) == number_key(f"#{number}") == str(number)
