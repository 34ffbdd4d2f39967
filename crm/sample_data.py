"""Customers and orders to try the product with; days are reckoned from today."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from crm.accounts.sample_data import CLIENTS, load_sample_accounts
from crm.customers import repository as customers
from crm.customers.phone import DiallingPlan, normalize_phone
from crm.orders import repository as orders
from crm.orders.models import OrderStatus


@dataclass(frozen=True, slots=True)
class SampleCustomer:
    """Numbers are of the range that is kept for fiction (NANP 555-0100 … 0199)."""

    phone: str
    display_name: str
    first_name: str
    language: str


@dataclass(frozen=True, slots=True)
class SampleOrder:
    """Days count from today; negative is past."""

    number: str
    phone: str
    status: OrderStatus
    item: str
    total_cents: int
    placed_days: int
    eta_days: int | None = None
    delivered_days: int | None = None
    carrier: str = ""


CUSTOMERS = (
    SampleCustomer("+15550100", "Anna Miller", "Anna", "en"),
    SampleCustomer("+15550101", "James Okafor", "James", "en"),
    SampleCustomer("+15550102", "王丽", "丽", "zh"),
    SampleCustomer("+15550103", "Sofia Marino", "Sofia", "en"),
)
_SHIPPED, _DELIVERED = OrderStatus.SHIPPED, OrderStatus.DELIVERED
ORDERS = (
    SampleOrder("4711", "+15550100", _SHIPPED, "reading lamp", 5990, -3, 2, None, "UPS"),
    SampleOrder("4698", "+15550100", _DELIVERED, "desk chair", 18900, -30, -22, -21, "DHL"),
    SampleOrder("4720", "+15550101", OrderStatus.PROCESSING, "coffee grinder", 7450, -1, 5),
    SampleOrder("4655", "+15550101", OrderStatus.RETURNED, "rain jacket", 8900, -45, -38, -37),
    SampleOrder("8080", "+15550102", _SHIPPED, "茶具", 12800, -2, 1, None, "DHL"),
    SampleOrder("4702", "+15550103", OrderStatus.CANCELLED, "wall clock", 3900, -9),
    SampleOrder("2290", "+15550103", _DELIVERED, "hiking boots", 14900, -12, -6, -6, "FedEx"),
    SampleOrder("3166", "+15550101", _SHIPPED, "bookshelf", 9900, -4, 3, None, "FedEx"),
)


@dataclass(frozen=True, slots=True)
class Loaded:
    """How many there are."""

    customers: int = len(CUSTOMERS)
    orders: int = len(ORDERS)
    clients: int = len(CLIENTS)


def load_sample_data(session: Session, now: datetime, plan: DiallingPlan) -> Loaded:
    """Add the samples, or bring them up to date."""
    ids = {}
    for customer in CUSTOMERS:
        saved = customers.save(
            session,
            display_name=customer.display_name,
            phone=normalize_phone(customer.phone, plan),
            first_name=customer.first_name,
            language=customer.language,
            now=now,
        )
        ids[customer.phone] = saved.id
    today = now.astimezone().date()
    for order in ORDERS:
        columns = {
            "customer_id": ids[order.phone],
            "status": order.status.value,
            "item": order.item,
            "total_cents": order.total_cents,
            "currency": "USD",
            "placed_at": now + timedelta(days=order.placed_days),
            "eta": _day(today, order.eta_days),
            "delivered_on": _day(today, order.delivered_days),
            "carrier": order.carrier,
        }
        orders.save(session, order.number, columns, now=now)
    load_sample_accounts(session, now, plan)
    return Loaded()


def _day(today: date, days: int | None) -> date | None:
    return None if days is None else today + timedelta(days=days)
