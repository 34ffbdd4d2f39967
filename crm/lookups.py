"""What a flow may ask the CRM, in plain JSON types.

Every method is one short read; they block, so calls run them in a worker thread.
"""

from collections.abc import Callable, Mapping
from typing import Any, TypedDict

from sqlalchemy.orm import Session

from crm.accounts.lookups import find_account, find_card, find_payment
from crm.customers.models import Customer
from crm.customers.phone import normalize_phone, plan_of
from crm.customers.repository import by_phone
from crm.orders.models import Order
from crm.orders.repository import by_number, is_open, of_customer
from crm.questions.frequent import PopularQuestions
from voxdesk.db import Database
from voxdesk.kernel.errors import FlowError


class OrderRecord(TypedDict):
    """An order for a flow. Dates are ISO; empty texts stand for what isn't known.

    Attributes:
        total: in the currency's unit, for prompts that say money.
        customer: display name of who ordered it.
        customer_id: None when it belongs to nobody that we know.
    """

    number: str
    status: str
    open: bool
    item: str
    total: float
    total_cents: int
    currency: str
    placed_on: str
    eta: str
    delivered_on: str
    carrier: str
    tracking_code: str
    customer: str
    customer_id: int | None


class CustomerRecord(TypedDict):
    """A customer for a flow."""

    id: int
    display_name: str
    first_name: str
    phone: str
    language: str


class CallerFacts(TypedDict):
    """What the CRM knows of a caller, for `dialog.events.Started`.

    Attributes:
        known: False leaves everything else empty but `phone`.
        phone: canonical, or empty when withheld or no number.
        last_order: the newest, or None.
        open_orders: those still on their way, the newest first.
        frequent: questions that this caller asks often, then those that everybody does:
            "shop/returns".
    """

    known: bool
    phone: str
    customer_id: int | None
    display_name: str
    first_name: str
    language: str
    last_order: OrderRecord | None
    open_orders: list[OrderRecord]
    frequent: list[str]


class Lookups:
    """The CRM's questions and answers. Thread-safe."""

    def __init__(self, database: Database, *, default_country: str = "US") -> None:
        """`default_country`: whose national numbers callers and staff use, "DE" or "+49".

        Raises:
            SettingsError: no such country is known.
        """
        self._database = database
        self._plan = plan_of(default_country)
        self._popular = PopularQuestions()
        self._finders: dict[tuple[str, str], Callable[[Session, str], Mapping[str, Any] | None]] = {
            ("order", "number"): _find_order,
            ("customer", "phone"): self._find_customer,
            ("bank.account", "client"): find_account,
            ("bank.card", "client"): find_card,
            ("bank.payment", "client"): find_payment,
        }

    @property
    def known(self) -> tuple[tuple[str, str], ...]:
        """Every (what, by) that can be asked."""
        return tuple(self._finders)

    def find(self, what: str, by: Mapping[str, str]) -> Mapping[str, Any] | None:
        """One record, an `OrderRecord` or `CustomerRecord`; None when there is none.

        Raises:
            FlowError: nothing of that kind can be looked up.
            DatabaseError: the database is away.
        """
        key = next(iter(by), "") if len(by) == 1 else ",".join(by)
        finder = self._finders.get((what, key))
        if finder is None:
            choices = ", ".join(f"{thing} by {name}" for thing, name in self._finders)
            raise FlowError(f'can\'t look up "{what}" by "{key}"; known are: {choices}')
        with self._database.reading() as session:
            return finder(session, by[key])

    def caller_facts(self, phone: str) -> CallerFacts:
        """Who calls from this number, as the network gave it.

        Raises:
            DatabaseError: the database is away.
        """
        canonical = normalize_phone(phone, self._plan)
        facts = CallerFacts(
            known=False,
            phone=canonical or "",
            customer_id=None,
            display_name="",
            first_name="",
            language="",
            last_order=None,
            open_orders=[],
            frequent=[],
        )
        with self._database.reading() as session:
            customer = by_phone(session, canonical) if canonical else None
            numbers = {number for number in (phone, canonical) if canonical and number}
            facts["frequent"] = self._popular.of(
                session, customer_id=customer.id if customer else None, callers=sorted(numbers)
            )
            if customer is None:
                return facts
            orders = [
                (order, order_record(order, customer))
                for order in of_customer(session, customer.id)
            ]
        facts |= {
            "known": True,
            "customer_id": customer.id,
            "display_name": customer.display_name,
            "first_name": customer.first_name,
            "language": customer.language,
            "last_order": orders[0][1] if orders else None,
            "open_orders": [record for order, record in orders if is_open(order)],
        }
        return facts

    def _find_customer(self, session: Session, phone: str) -> Mapping[str, Any] | None:
        canonical = normalize_phone(phone, self._plan)
        customer = by_phone(session, canonical) if canonical else None
        if customer is None:
            return None
        return CustomerRecord(
            id=customer.id,
            display_name=customer.display_name,
            first_name=customer.first_name,
            phone=customer.phone or "",
            language=customer.language,
        )


def _find_order(session: Session, number: str) -> Mapping[str, Any] | None:
    order = by_number(session, number)
    if order is None:
        return None
    customer = session.get(Customer, order.customer_id) if order.customer_id else None
    return order_record(order, customer)


def order_record(order: Order, customer: Customer | None) -> OrderRecord:
    """The order in plain JSON types."""
    return OrderRecord(
        number=order.number,
        status=order.status,
        open=is_open(order),
        item=order.item,
        total=order.total_cents / 100,
        total_cents=order.total_cents,
        currency=order.currency,
        placed_on=order.placed_at.date().isoformat(),
        eta=order.eta.isoformat() if order.eta else "",
        delivered_on=order.delivered_on.isoformat() if order.delivered_on else "",
        carrier=order.carrier,
        tracking_code=order.tracking_code,
        customer=customer.display_name if customer else "",
        customer_id=order.customer_id,
    )
