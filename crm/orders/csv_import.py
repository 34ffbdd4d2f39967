"""Orders from a CSV file, as shops export them."""

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from crm.customers import repository as customers
from crm.customers.phone import DiallingPlan, normalize_phone
from crm.orders import repository as orders
from crm.orders.models import OrderStatus
from voxdesk.kernel.errors import VoxdeskError

CUSTOMER_COLUMNS = ("phone", "customer", "first_name", "language")
COLUMNS = (
    "number",
    "status",
    "item",
    "total",
    "currency",
    "placed_on",
    "eta",
    "delivered_on",
    "carrier",
    "tracking_code",
    *CUSTOMER_COLUMNS,
)
ERRORS_SHOWN = 10
_LARGEST_CENTS = 2**31 - 1


class ImportRefused(VoxdeskError):
    """A file that can't be imported: names each line and what is wrong with it."""

    code = "import"


@dataclass(frozen=True, slots=True)
class OrderRow:
    """One line: an order, and its customer when there is a phone number.

    Attributes:
        columns: of `crm.orders.models.Order`, only those that the file has.
        placed_on: or None for today.
        customer: columns of `crm.customers.models.Customer`; empty for none.
    """

    number: str
    columns: Mapping[str, Any]
    placed_on: date | None = None
    customer: Mapping[str, str] = field(default_factory=dict)


def read_orders(path: Path, plan: DiallingPlan) -> list[OrderRow]:
    """Every line of a file: UTF-8, a line of column names first, "," or ";" or tab between.

    Raises:
        ImportRefused: the file can't be read, or some lines are wrong.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise ImportRefused(f"can't read {path} as UTF-8 text: {error}") from error
    return parse_orders(text, plan, name=str(path))


def parse_orders(text: str, plan: DiallingPlan, *, name: str) -> list[OrderRow]:
    """The same of a text; `name` stands in messages.

    Raises:
        ImportRefused: some lines are wrong.
    """
    first = text.partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    reader = csv.DictReader(io.StringIO(text), delimiter=delimiter, skipinitialspace=True)
    _demand_columns([column or "" for column in reader.fieldnames or ()], name)
    rows: list[OrderRow] = []
    wrong: list[str] = []
    seen: dict[str, int] = {}
    for line in reader:
        at = reader.line_num
        try:
            row = _row(line, seen, plan)
        except ValueError as error:
            wrong.append(f"{name}:{at}  {error}")
        else:
            seen[row.number] = at
            rows.append(row)
    if wrong:
        more = len(wrong) - ERRORS_SHOWN
        rest = f"\n… and {more} more lines" if more > 0 else ""
        raise ImportRefused("\n".join(wrong[:ERRORS_SHOWN]) + rest + "\nNothing was imported.")
    return rows


def save_orders(session: Session, rows: Sequence[OrderRow], now: datetime) -> None:
    """Add these orders and customers, or bring them up to date."""
    for row in rows:
        columns = dict(row.columns)
        if row.placed_on is not None:
            columns["placed_at"] = datetime(
                row.placed_on.year, row.placed_on.month, row.placed_on.day, 12, tzinfo=UTC
            )
        if row.customer:
            columns["customer_id"] = customers.save(session, **row.customer, now=now).id
        orders.save(session, row.number, columns, now=now)


def _demand_columns(found: Sequence[str], name: str) -> None:
    known = ", ".join(COLUMNS)
    if "number" not in found:
        raise ImportRefused(
            f'{name}:1  there is no column "number"; the first line names the columns: {known}'
        )
    unknown = [column for column in found if column not in COLUMNS]
    if unknown:
        raise ImportRefused(f'{name}:1  unknown column "{unknown[0]}"; known are: {known}')


def _row(line: Mapping[str, str], seen: Mapping[str, int], plan: DiallingPlan) -> OrderRow:
    fields = {key: (value or "").strip() for key, value in line.items() if key}
    number = fields["number"]
    if not number:
        raise ValueError("number is empty")
    if number in seen:
        raise ValueError(f"order {number} is on line {seen[number]} already")
    if len(fields) < len(line):  # csv gathers the rest under the key None
        raise ValueError("more fields than the first line has columns")
    columns = {
        column: convert(fields[name], name)
        for name, (column, convert) in _CONVERTERS.items()
        if fields.get(name)
    }
    placed_on = _day(fields["placed_on"], "placed_on") if fields.get("placed_on") else None
    customer: dict[str, str] = {}
    if raw := fields.get("phone"):
        phone = normalize_phone(raw, plan)
        if phone is None:
            raise ValueError("phone is no phone number; write it like +4930123456")
        customer = {
            "phone": phone,
            "display_name": fields.get("customer", ""),
            "first_name": fields.get("first_name", ""),
            "language": fields.get("language", ""),
        }
    return OrderRow(number, columns, placed_on, customer)


def _text(value: str, _name: str) -> str:
    return value


def _status(value: str, name: str) -> str:
    if value.lower() not in set(OrderStatus):
        raise ValueError(f'{name} is "{value}"; right are: {", ".join(OrderStatus)}')
    return value.lower()


def _cents(value: str, name: str) -> int:
    """Accepts a decimal comma; thousands separators would be guesswork."""
    text = value.replace(",", ".") if value.count(",") == 1 and "." not in value else value
    try:
        cents = Decimal(text) * 100
        whole = int(cents)
    except (InvalidOperation, OverflowError, ValueError):
        whole, cents = -1, Decimal(0)
    if whole != cents or not 0 <= whole <= _LARGEST_CENTS:
        raise ValueError(f'{name} is "{value}"; write it like 129.90')
    return whole


def _day(value: str, name: str) -> date:
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise ValueError(f'{name} is "{value}"; write days like 2025-12-31') from None


def _currency(value: str, name: str) -> str:
    if len(value) != 3 or not (value.isascii() and value.isalpha()):  # noqa: PLR2004  ISO 4217
        raise ValueError(f'{name} is "{value}"; write it like USD or EUR')
    return value.upper()


_CONVERTERS: dict[str, tuple[str, Callable[[str, str], Any]]] = {
    "status": ("status", _status),
    "item": ("item", _text),
    "total": ("total_cents", _cents),
    "currency": ("currency", _currency),
    "eta": ("eta", _day),
    "delivered_on": ("delivered_on", _day),
    "carrier": ("carrier", _text),
    "tracking_code": ("tracking_code", _text),
}
