"""The tables of callbacks."""

import enum
from datetime import datetime

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, Integer, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from voxdesk.db import Base, UtcDateTime


class CallbackState(enum.StrEnum):
    """How far it is."""

    WAITING = "waiting"
    CALLING = "calling"
    DONE = "done"  # they talked with somebody, or don't want to any more
    FAILED = "failed"  # tried often enough
    CANCELLED = "cancelled"


_STATES = ", ".join(f"'{state}'" for state in CallbackState)


class Callback(Base):
    """Somebody to be called back.

    Attributes:
        phone: canonical, see `crm.customers.phone`.
        queue: whose people talk with them; the same for skills and priority.
        wished_at: when they want to be called; then or as soon after that as somebody is free.
        waiting_since: from when on they wait, for their place in the queue: of one who left the
            queue, when they joined it.
        greeting: what they hear first, in their language.
        note: what the person hears who talks with them.
        call_id: in which they asked for it. That call may be erased before this.
        next_at: not called before this; of one that is being called, until then somebody is at it.
        node: the machine that calls.
        attempts: calls begun so far.
        outcome: of the last attempt.
    """

    __tablename__ = "callbacks"
    __table_args__ = (
        CheckConstraint(f"state IN ({_STATES})", name="state"),
        Index("ix_callbacks_state_next_at", "state", "next_at"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    phone: Mapped[str] = mapped_column(Text, index=True)
    queue: Mapped[str] = mapped_column(Text)
    skills: Mapped[list[str]] = mapped_column(
        JSON().with_variant(JSONB(), "postgresql"), default=list
    )
    priority: Mapped[int] = mapped_column(Integer, default=0)
    language: Mapped[str] = mapped_column(Text, default="")
    wished_at: Mapped[datetime] = mapped_column(UtcDateTime)
    waiting_since: Mapped[datetime] = mapped_column(UtcDateTime)
    greeting: Mapped[str] = mapped_column(Text, default="")
    note: Mapped[str] = mapped_column(Text, default="")
    call_id: Mapped[str] = mapped_column(Text, default="")
    customer_id: Mapped[int | None] = mapped_column(
        ForeignKey("customers.id", ondelete="SET NULL"), index=True
    )
    state: Mapped[str] = mapped_column(Text, default=CallbackState.WAITING.value)
    next_at: Mapped[datetime] = mapped_column(UtcDateTime)
    node: Mapped[str] = mapped_column(Text, default="")
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    outcome: Mapped[str] = mapped_column(Text, default="")
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class CallbackAttempt(Base):
    """One call that was made for it.

    Attributes:
        number: the how-manieth, from 1.
        call_id: of the call; empty when none could be made.
        outcome: empty while it lasts; see `crm.callbacks.policy.Outcome`.
    """

    __tablename__ = "callback_attempts"

    callback_id: Mapped[int] = mapped_column(
        ForeignKey("callbacks.id", ondelete="CASCADE"), primary_key=True
    )
    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    call_id: Mapped[str] = mapped_column(Text, default="")
    outcome: Mapped[str] = mapped_column(Text, default="")
    begun_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
