"""Whom somebody may mean: by number, name, customer's number, account, order or call."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from crm.accounts.models import BankClient
from crm.calls.models import Call
from crm.customers.models import Customer
from crm.orders.models import Order
from crm.orders.number import number_key
from crm.tickets.models import Ticket

MOST: Final = 30
_MOST_DIGITS: Final = 9
"""Of a customer's id."""
_SHORTEST_NAME: Final = 2


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody who may be meant.

    Attributes:
        customer: their id; None: a caller whom the CRM doesn't know.
        phone: their number; of a caller, as the network gave it.
        calls: from and to them.
        by: what they were found by: "phone", "name", "customer", "account", "order", "ticket",
            "call".
    """

    customer: int | None
    name: str
    phone: str
    calls: int
    by: str


def candidates(session: Session, said: str, numbers: frozenset[str]) -> list[Candidate]:
    """Everybody whom these words may mean, at most `MOST`; exact matches first.

    Args:
        session: of the database.
        said: as somebody typed it: a number, a name or a part of one, "#17".
        numbers: the same as a telephone number, in every spelling.
    """
    found: dict[tuple[int | None, str], Candidate] = {}
    plain = said.replace("\0", "").strip()  # PostgreSQL has no such sign in texts
    for customer, caller, name, by in _matches(session, plain, numbers):
        key = (customer, "" if customer is not None else caller)
        if key not in found:
            found[key] = _candidate(session, customer, caller, name, by)
        if len(found) == MOST:
            break
    return list(found.values())


_Match = tuple[int | None, str, str, str]


def _matches(session: Session, said: str, numbers: frozenset[str]) -> Iterator[_Match]:
    bare = said.removeprefix("#").strip()
    if not bare:
        return
    exact = (
        (select(Customer.id).where(Customer.phone.in_(numbers)), "phone"),
        (select(Customer.id).where(Customer.id == _number(bare)), "customer"),
        (select(BankClient.customer_id).where(BankClient.number == bare), "account"),
        (
            select(Order.customer_id).where(
                or_(Order.number == bare, Order.number_key == number_key(bare))
            ),
            "order",
        ),
        (select(Ticket.customer_id).where(Ticket.number == bare), "ticket"),
        (select(Call.customer_id).where(Call.id == bare), "call"),
    )
    for query, by in exact:
        for customer in session.scalars(query.limit(MOST)):
            if customer is not None:
                yield customer, "", "", by
    unknown = select(Call.caller, func.max(Call.caller_name)).where(
        Call.customer_id.is_(None), Call.caller != ""
    )
    for condition, by in ((Call.caller.in_(numbers), "phone"), (Call.id == bare, "call")):
        callers = unknown.where(condition).group_by(Call.caller).limit(MOST)
        for caller, name in session.execute(callers):
            yield None, caller, name, by
    if len(said) < _SHORTEST_NAME:
        return
    named = select(Customer.id).where(Customer.display_name.icontains(said, autoescape=True))
    for customer in session.scalars(named.order_by(Customer.display_name).limit(MOST)):
        yield customer, "", "", "name"
    calling = unknown.where(Call.caller_name.icontains(said, autoescape=True))
    for caller, name in session.execute(calling.group_by(Call.caller).limit(MOST)):
        yield None, caller, name, "name"


def _candidate(
    session: Session, customer: int | None, caller: str, name: str, by: str
) -> Candidate:
    known = session.get(Customer, customer) if customer is not None else None
    phone = (known.phone or "") if known else caller
    theirs = or_(
        Call.customer_id == customer if customer is not None else Call.caller == caller,
        *((column == phone for column in (Call.caller, Call.callee)) if phone else ()),
    )
    calls = session.scalar(select(func.count()).select_from(Call).where(theirs)) or 0
    return Candidate(customer, known.display_name if known else name, phone, calls, by)


def _number(said: str) -> int:
    """A customer's id; 0 for what can't be one."""
    return int(said) if said.isascii() and said.isdigit() and len(said) <= _MOST_DIGITS else 0
