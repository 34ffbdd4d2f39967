"""Tables of what must be kept, and of what was erased."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Integer, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from voxdesk.db import Base, UtcDateTime


class LegalHold(Base):
    """A call, or all of a customer's, that nothing may delete until somebody lifts the hold.

    Attributes:
        call_id: the call; empty when it is about a customer.
        customer_id: the customer, or None.
        reason: why, as whoever placed it said; no personal data.
        attempts: how often something would have deleted what it holds.
        lifted_at: it holds until then; None: it still does.
    """

    __tablename__ = "legal_holds"

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    call_id: Mapped[str] = mapped_column(Text, default="", index=True)
    customer_id: Mapped[int | None] = mapped_column(Integer, index=True)
    reason: Mapped[str] = mapped_column(Text)
    placed_by: Mapped[str] = mapped_column(Text)
    placed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    lifted_by: Mapped[str] = mapped_column(Text, default="")
    lifted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    attempted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Erasure(Base):
    """A receipt: that somebody was erased, and how much; not who.

    Attributes:
        id: random; whoever was erased may be given it.
        by: who did it.
        counts: rows by table, and "recordings".
    """

    __tablename__ = "erasures"

    id: Mapped[str] = mapped_column(Text, primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    by: Mapped[str] = mapped_column(Text)
    counts: Mapped[dict[str, Any]] = mapped_column(
        JSON().with_variant(JSONB(), "postgresql"), default=dict
    )


class Deletion(Base):
    """What a run of the retention rules deleted; only runs that deleted something.

    Attributes:
        by: "jobs", or who gave the command.
        ended_at: None: it goes on, or was cut off; the next run does the rest.
        counts: for each rule that deleted: its words (keep, days, flow, outcome, direction) and
            "count".
        held: what a legal hold kept.
    """

    __tablename__ = "deletions"

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    begun_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    by: Mapped[str] = mapped_column(Text)
    counts: Mapped[list[Any]] = mapped_column(
        JSON().with_variant(JSONB(), "postgresql"), default=list
    )
    held: Mapped[int] = mapped_column(Integer, default=0)
