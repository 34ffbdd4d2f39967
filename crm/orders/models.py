"""The table of orders."""

import enum
from datetime import date, datetime

from sqlalchemy import CheckConstraint, Date, ForeignKey, Integer, Text
from sqlalchemy.orm import Mapped, mapped_column

from voxdesk.db import Base, UtcDateTime


class OrderStatus(enum.StrEnum):
    """Where an order is."""

    PROCESSING = "processing"
    SHIPPED = "shipped"
    DELIVERED = "delivered"
    CANCELLED = "cancelled"
    RETURNED = "returned"


OPEN_STATUSES = (OrderStatus.PROCESSING, OrderStatus.SHIPPED)
_STATUSES = ", ".join(f"'{status}'" for status in OrderStatus)


class Order(Base):
    """One order.

    Attributes:
        number: as printed on the customer's paper.
        number_key: what remains of it when said aloud, see `crm.orders.number`; not unique,
            "0042" and "42" may both exist.
        total_cents: in the hundredth of the currency.
        currency: ISO 4217.
        eta: the day on which it should arrive.
    """

    __tablename__ = "orders"
    __table_args__ = (CheckConstraint(f"status IN ({_STATUSES})", name="status"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    number: Mapped[str] = mapped_column(Text, unique=True)
    number_key: Mapped[str] = mapped_column(Text, index=True)
    customer_id: Mapped[int | None] = mapped_column(
        ForeignKey("customers.id", ondelete="SET NULL"), index=True
    )
    status: Mapped[str] = mapped_column(Text)
    item: Mapped[str] = mapped_column(Text, default="")
    total_cents: Mapped[int] = mapped_column(Integer, default=0)
    currency: Mapped[str] = mapped_column(Text, default="USD")
    placed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    eta: Mapped[date | None] = mapped_column(Date)
    delivered_on: Mapped[date | None] = mapped_column(Date)
    carrier: Mapped[str] = mapped_column(Text, default="")
    tracking_code: Mapped[str] = mapped_column(Text, default="")
