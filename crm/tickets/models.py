"""The table of tickets."""

import enum
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, Integer, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from voxdesk.db import Base, UtcDateTime

FIRST_NUMBER = 10_001
"""What the number of the first ticket is; longer ones are said digit by digit without doubt."""


class TicketKind(enum.StrEnum):
    """What it is about."""

    RETURN = "return"  # its number is the authorisation that the customer writes on the parcel
    REFUND = "refund"
    CHANGE = "change"  # another day, another quantity
    OTHER = "other"


class TicketStatus(enum.StrEnum):
    """How far it is."""

    OPEN = "open"
    CLOSED = "closed"


_KINDS = ", ".join(f"'{kind}'" for kind in TicketKind)
_STATUSES = ", ".join(f"'{status}'" for status in TicketStatus)


class Ticket(Base):
    """One thing that somebody of the house has to do.

    Attributes:
        number: what callers are told; `FIRST_NUMBER` and up.
        call_id: the call that it comes from, or empty. The call may be erased before it.
        details: what was wanted, plain JSON: date, quantity, amount.
        note: in the caller's words, or the flow's.
        resolution: what was done about it; empty while it is open.
    """

    __tablename__ = "tickets"
    __table_args__ = (
        CheckConstraint(f"kind IN ({_KINDS})", name="kind"),
        CheckConstraint(f"status IN ({_STATUSES})", name="status"),
        Index("ix_tickets_status_opened_at", "status", "opened_at"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    number: Mapped[str] = mapped_column(Text, unique=True)
    kind: Mapped[str] = mapped_column(Text)
    status: Mapped[str] = mapped_column(Text, default=TicketStatus.OPEN.value)
    subject: Mapped[str] = mapped_column(Text, default="")
    note: Mapped[str] = mapped_column(Text, default="")
    details: Mapped[dict[str, Any]] = mapped_column(
        JSON().with_variant(JSONB(), "postgresql"), default=dict
    )
    order_id: Mapped[int | None] = mapped_column(
        ForeignKey("orders.id", ondelete="SET NULL"), index=True
    )
    customer_id: Mapped[int | None] = mapped_column(
        ForeignKey("customers.id", ondelete="SET NULL"), index=True
    )
    call_id: Mapped[str] = mapped_column(Text, default="")
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    resolution: Mapped[str] = mapped_column(Text, default="")
