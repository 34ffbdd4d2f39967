"""The tables of figures: of each finished call, and the sums of each day."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Date, ForeignKey, Integer, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from voxdesk.db import Base, UtcDateTime

_Json = JSON().with_variant(JSONB(), "postgresql")


class CallFigures(Base):
    """What a call has added to its day; so it can be taken off again when it is counted anew.

    Attributes:
        reckoning: version of the way in which it was counted.
        day: of its start where the call centre is; with flow, version and language the row of
            `DayFigures` that it counts in.
        tally: see `crm.figures.tally`.
    """

    __tablename__ = "call_figures"

    call_id: Mapped[str] = mapped_column(
        ForeignKey("calls.id", ondelete="CASCADE"), primary_key=True
    )
    reckoning: Mapped[int] = mapped_column(Integer)
    day: Mapped[date] = mapped_column(Date)
    flow: Mapped[str] = mapped_column(Text)
    version: Mapped[str] = mapped_column(Text)
    language: Mapped[str] = mapped_column(Text)
    outcome: Mapped[str] = mapped_column(Text)
    tally: Mapped[dict[str, Any]] = mapped_column(_Json)


class DayFigures(Base):
    """The sum of the calls of a day, a flow's version and a language.

    It stays when calls are erased: it has nothing of anybody.
    """

    __tablename__ = "day_figures"

    day: Mapped[date] = mapped_column(Date, primary_key=True)
    flow: Mapped[str] = mapped_column(Text, primary_key=True)
    version: Mapped[str] = mapped_column(Text, primary_key=True)
    language: Mapped[str] = mapped_column(Text, primary_key=True)
    tally: Mapped[dict[str, Any]] = mapped_column(_Json)
    counted_at: Mapped[datetime] = mapped_column(UtcDateTime)
