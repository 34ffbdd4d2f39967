"""The table of alarms."""

from datetime import datetime

from sqlalchemy import BigInteger, Float, Index, Integer, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from voxdesk.db import Base, UtcDateTime


class Alarm(Base):
    """A number that was off its goal, from when to when. One at a time for each number.

    Attributes:
        name: of the number, as in `crm.live.numbers.Numbers`.
        value: that it had when the alarm began.
        goal: that it missed.
        acknowledged_by: name of the account or token that has seen it; or empty.
        note: what they said to it.
    """

    __tablename__ = "alarms"
    __table_args__ = (
        Index(
            "uq_alarms_ringing",
            "name",
            unique=True,
            sqlite_where=text("cleared_at IS NULL"),
            postgresql_where=text("cleared_at IS NULL"),
        ),
        Index("ix_alarms_raised_at", "raised_at"),
    )

    id: Mapped[int] = mapped_column(
        BigInteger().with_variant(Integer(), "sqlite"), primary_key=True, autoincrement=True
    )
    name: Mapped[str] = mapped_column(Text)
    value: Mapped[float] = mapped_column(Float)
    goal: Mapped[float] = mapped_column(Float)
    raised_at: Mapped[datetime] = mapped_column(UtcDateTime)
    cleared_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    acknowledged_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    acknowledged_by: Mapped[str] = mapped_column(Text, default="")
    note: Mapped[str] = mapped_column(Text, default="")
