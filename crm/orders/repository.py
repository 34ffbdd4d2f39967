"""Orders in the database."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from crm.orders.models import OPEN_STATUSES, Order, OrderStatus
from crm.orders.number import number_key


def by_number(session: Session, number: str) -> Order | None:
    """The order of this number, however it was said or written.

    An exact match wins; else leading zeros, spacing and case don't count, unless two orders
    would differ by nothing else: then it is neither.
    """
    exact = session.scalar(select(Order).where(Order.number == number.strip()))
    key = number_key(number)
    if exact is not None or not key:
        return exact
    found = list(session.scalars(select(Order).where(Order.number_key == key).limit(2)))
    return found[0] if len(found) == 1 else None


def of_customer(session: Session, customer_id: int, *, limit: int = 10) -> Sequence[Order]:
    """A customer's orders, the newest first."""
    query = select(Order).where(Order.customer_id == customer_id)
    return list(
        session.scalars(query.order_by(Order.placed_at.desc(), Order.id.desc()).limit(limit))
    )


def is_open(order: Order) -> bool:
    """Whether it is still on its way."""
    return order.status in OPEN_STATUSES


def save(session: Session, number: str, columns: Mapping[str, Any], *, now: datetime) -> Order:
    """Add an order, or set these columns of the one of exactly this number."""
    order = session.scalar(select(Order).where(Order.number == number))
    if order is None:
        order = Order(
            number=number,
            number_key=number_key(number),
            status=OrderStatus.PROCESSING.value,
            placed_at=now,
        )
        session.add(order)
    for name, value in columns.items():
        setattr(order, name, value)
    session.flush()
    return order


def list_orders(session: Session, *, limit: int = 50) -> Sequence[Order]:
    """Orders, the newest first."""
    return list(session.scalars(select(Order).order_by(Order.placed_at.desc()).limit(limit)))
