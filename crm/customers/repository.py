"""Customers in the database."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import ScalarSelect, select, update
from sqlalchemy.orm import Session

from crm.customers.models import Customer


def by_phone(session: Session, phone: str) -> Customer | None:
    """The customer of this canonical number. The only place that compares the column."""
    return session.scalar(select(Customer).where(Customer.phone == phone))


def save(
    session: Session,
    *,
    display_name: str,
    phone: str | None,
    now: datetime,
    first_name: str = "",
    language: str = "",
) -> Customer:
    """Add a customer, or bring the one with this number up to date; empty texts change nothing."""
    customer = by_phone(session, phone) if phone else None
    if customer is None:
        customer = Customer(phone=phone, created_at=now, display_name=phone or "")
        session.add(customer)
    customer.display_name = display_name or customer.display_name
    customer.first_name = first_name or customer.first_name or ""
    customer.language = language or customer.language or ""
    session.flush()
    return customer


def prefer_language(
    session: Session, customer_id: int | ScalarSelect[int | None], language: str
) -> None:
    """Remember what a customer wants to be spoken to in; nothing where there is none.

    `customer_id`: or a query that finds it.
    """
    statement = update(Customer).where(Customer.id == customer_id).values(language=language)
    session.execute(statement.execution_options(synchronize_session=False))


def list_customers(session: Session, *, limit: int = 50) -> Iterable[Customer]:
    """Customers by name."""
    return session.scalars(select(Customer).order_by(Customer.display_name).limit(limit))
