"""The table of customers."""

from datetime import datetime

from sqlalchemy import Integer, Text
from sqlalchemy.orm import Mapped, mapped_column

from voxdesk.db import Base, UtcDateTime


class Customer(Base):
    """A person or firm that we know.

    Attributes:
        phone: canonical, see `crm.customers.phone`; the only key that callers are found by, and
            only through `crm.customers.repository`, so that the column may become a keyed hash.
        language: BCP 47, or empty for the flow's own.
    """

    __tablename__ = "customers"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    display_name: Mapped[str] = mapped_column(Text)
    first_name: Mapped[str] = mapped_column(Text, default="")
    phone: Mapped[str | None] = mapped_column(Text, unique=True, index=True)
    language: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
