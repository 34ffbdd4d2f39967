"""A bank's customers, and their payments, from CSV files; the columns tell which of both it is."""

import csv
import io
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from crm.accounts import pins
from crm.accounts.models import BankAccount, BankCard, BankClient, BankPayment
from crm.accounts.repository import add_payment, client_of
from crm.customers import repository as customers
from crm.customers.phone import DiallingPlan, normalize_phone
from voxdesk.kernel.errors import VoxdeskError

CLIENT_COLUMNS = (
    "number", "pin", "phone", "customer", "first_name", "language", "country", "account",
    "balance", "currency", "card",
)  # fmt: skip
PAYMENT_COLUMNS = (
    "reference", "number", "card", "made_at", "amount", "currency", "merchant", "country",
)  # fmt: skip
_CLIENT_NEEDS = ("number", "pin", "phone")
_PAYMENT_NEEDS = ("reference", "number", "card", "made_at", "amount")
ERRORS_SHOWN = 10
_LARGEST_CENTS = 2**53


class AccountsRefused(VoxdeskError):
    """A file that can't be imported: names each line and what is wrong with it, never a PIN."""

    code = "import"


@dataclass(frozen=True, slots=True)
class AccountsFile:
    """Lines of one file; one of both is empty."""

    clients: tuple[Mapping[str, Any], ...] = ()
    payments: tuple[Mapping[str, Any], ...] = ()


def read_accounts(path: Path, plan: DiallingPlan) -> AccountsFile:
    """A file in UTF-8, a line of column names first, "," or ";" or tab between.

    Raises:
        AccountsRefused: the file can't be read, or some lines are wrong.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise AccountsRefused(f"can't read {path} as UTF-8 text: {error}") from error
    return parse_accounts(text, plan, name=str(path))


def parse_accounts(text: str, plan: DiallingPlan, *, name: str) -> AccountsFile:
    """The same of a text; `name` stands in messages.

    Raises:
        AccountsRefused: some lines are wrong.
    """
    first = text.partition("\n")[0]
    reader = csv.DictReader(
        io.StringIO(text), delimiter=max(",;\t", key=first.count), skipinitialspace=True
    )
    found = tuple(column or "" for column in reader.fieldnames or ())
    is_payments = "reference" in found
    known, needed = (
        (PAYMENT_COLUMNS, _PAYMENT_NEEDS) if is_payments else (CLIENT_COLUMNS, _CLIENT_NEEDS)
    )
    _demand_columns(found, known, needed, name)
    rows: list[Mapping[str, Any]] = []
    wrong: list[str] = []
    for line in reader:
        try:
            rows.append(_row(line, needed, plan))
        except ValueError as error:
            wrong.append(f"{name}:{reader.line_num}  {error}")
    if wrong:
        more = len(wrong) - ERRORS_SHOWN
        rest = f"\n… and {more} more lines" if more > 0 else ""
        raise AccountsRefused("\n".join(wrong[:ERRORS_SHOWN]) + rest + "\nNothing was imported.")
    return AccountsFile(payments=tuple(rows)) if is_payments else AccountsFile(tuple(rows))


def save_accounts(session: Session, file: AccountsFile, *, now: datetime) -> None:
    """Add these customers or bring them up to date; add these payments, each with its risk.

    Raises:
        AccountsRefused: a payment is of a customer or a card that isn't there.
    """
    for row in file.clients:
        _save_client(session, row, now)
    for row in sorted(file.payments, key=lambda row: row["made_at"]):
        client = client_of(session, row["number"])
        card = client and session.scalar(
            select(BankCard).where(BankCard.client_id == client.id, BankCard.ending == row["card"])
        )
        if client is None or card is None:
            raise AccountsRefused(
                f"payment {row['reference']}: customer {row['number']} has no card "
                f"{row['card']} here; import the customers first. Nothing was imported."
            )
        columns = {key: row[key] for key in _PAYMENT_FIELDS if key in row}
        payment = BankPayment(reference=row["reference"], card_id=card.id, **columns)
        payment.currency = payment.currency or "USD"
        payment.country = payment.country or client.home_country
        add_payment(session, payment, client.home_country)


_PAYMENT_FIELDS = ("made_at", "amount_cents", "currency", "merchant", "country")


def _save_client(session: Session, row: Mapping[str, Any], now: datetime) -> None:
    customer = customers.save(
        session,
        display_name=row.get("customer", ""),
        phone=row["phone"],
        first_name=row.get("first_name", ""),
        language=row.get("language", ""),
        now=now,
    )
    client = client_of(session, row["number"])
    if client is None:
        client = BankClient(number=row["number"])
        session.add(client)
    client.customer_id = customer.id
    client.pin = pins.hashed(row["pin"])
    client.home_country = row.get("country") or client.home_country or "US"
    session.flush()
    if name := row.get("account"):
        account = session.scalar(
            select(BankAccount).where(BankAccount.client_id == client.id, BankAccount.name == name)
        ) or BankAccount(client_id=client.id, name=name)
        session.add(account)
        account.balance_cents = row.get("balance_cents", account.balance_cents or 0)
        account.currency = row.get("currency") or account.currency or "USD"
    if ending := row.get("card"):
        cards = select(BankCard).where(BankCard.client_id == client.id, BankCard.ending == ending)
        if session.scalar(cards) is None:
            session.add(BankCard(client_id=client.id, ending=ending))
    session.flush()


def _demand_columns(
    found: tuple[str, ...], known: tuple[str, ...], needed: tuple[str, ...], name: str
) -> None:
    missing = next((column for column in needed if column not in found), "")
    unknown = next((column for column in found if column not in known), "")
    if missing:
        raise AccountsRefused(
            f'{name}:1  there is no column "{missing}"; known are: {", ".join(known)}'
        )
    if unknown:
        raise AccountsRefused(
            f'{name}:1  unknown column "{unknown}"; known are: {", ".join(known)}'
        )


def _row(line: Mapping[str, str], needed: tuple[str, ...], plan: DiallingPlan) -> dict[str, Any]:
    if None in line:  # csv gathers what is too much under that key
        raise ValueError("more fields than the first line has columns")
    fields = {key: (value or "").strip() for key, value in line.items()}
    for key in needed:
        if not fields[key]:
            raise ValueError(f"{key} is empty")
    row: dict[str, Any] = {}
    for key, value in fields.items():
        if value:
            field, convert = _CONVERTERS.get(key, (key, _text))
            row[field] = convert(value, key)
    phone = normalize_phone(fields["phone"], plan) if "phone" in fields else None
    if "phone" in fields:
        if phone is None:
            raise ValueError("phone is no phone number; write it like +4930123456")
        row["phone"] = phone
    return row


def _text(value: str, _name: str) -> str:
    return value


def _pin(value: str, name: str) -> str:
    if not pins.is_pin(value):
        raise ValueError(f"{name} must be {pins.MIN_DIGITS} to {pins.MAX_DIGITS} digits")
    return value


def _ending(value: str, name: str) -> str:
    if not re.fullmatch("[0-9]{4}", value):
        raise ValueError(f"{name} must be the last four digits of the card, and no more")
    return value


def _cents(value: str, name: str) -> int:
    try:
        cents = Decimal(value) * 100
        whole = int(cents)
    except (InvalidOperation, OverflowError, ValueError):
        whole, cents = 0, Decimal(1)
    if whole != cents or abs(whole) > _LARGEST_CENTS:
        raise ValueError(f'{name} is "{value}"; write it like 129.90')
    return whole


def _moment(value: str, name: str) -> datetime:
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise ValueError(f'{name} is "{value}"; write it like 2026-11-24T15:30:00+00:00')
    return moment


def _letters(count: int, example: str) -> Callable[[str, str], str]:
    def convert(value: str, name: str) -> str:
        if not re.fullmatch(f"[A-Za-z]{{{count}}}", value):
            raise ValueError(f'{name} is "{value}"; write it like {example}')
        return value.upper()

    return convert


_CONVERTERS: Mapping[str, tuple[str, Callable[[str, str], Any]]] = {
    "pin": ("pin", _pin),
    "card": ("card", _ending),
    "balance": ("balance_cents", _cents),
    "amount": ("amount_cents", _cents),
    "made_at": ("made_at", _moment),
    "currency": ("currency", _letters(3, "USD")),
    "country": ("country", _letters(2, "US")),
}
