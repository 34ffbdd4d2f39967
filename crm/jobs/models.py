"""The tables of work after calls and of work that comes again."""

import enum
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, Integer, Text
from sqlalchemy import UniqueConstraint as Unique
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from voxdesk.db import Base, Counter, UtcDateTime


class JobState(enum.StrEnum):
    """How far a piece of work is."""

    WAITING = "waiting"
    WORKING = "working"
    DONE = "done"
    SET_ASIDE = "set_aside"  # given up until somebody asks for another try


_STATES = ", ".join(f"'{state}'" for state in JobState)


class CallJob(Base):
    """One kind of work for one call.

    Attributes:
        kind: which work.
        version: of the work; a newer one is done again.
        tries: how often somebody began, since it was last asked for.
        node: machine that served the call, and so has its recording; or empty.
        ended_at: when the call ended; the newest calls come first.
        due_at: not before.
        worker: machine that works on it.
        lease_until: then whoever works on it counts as gone.
        error: why the last try failed; never anything that a caller said.
        trouble: what that text is made of, see `kernel.troubles`; or None.
    """

    __tablename__ = "call_jobs"
    __table_args__ = (
        CheckConstraint(f"state IN ({_STATES})", name="state"),
        Unique("call_id", "kind", name="uq_call_jobs_call_id_kind"),
        Index("ix_call_jobs_state_ended_at", "state", "ended_at"),
        Index("ix_call_jobs_kind_state", "kind", "state"),
    )

    id: Mapped[int] = mapped_column(Counter, primary_key=True, autoincrement=True)
    call_id: Mapped[str] = mapped_column(ForeignKey("calls.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(Text)
    version: Mapped[int] = mapped_column(Integer)
    state: Mapped[str] = mapped_column(Text, default=JobState.WAITING.value)
    tries: Mapped[int] = mapped_column(Integer, default=0)
    node: Mapped[str] = mapped_column(Text, default="")
    ended_at: Mapped[datetime] = mapped_column(UtcDateTime)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    worker: Mapped[str] = mapped_column(Text, default="")
    lease_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    error: Mapped[str] = mapped_column(Text, default="")
    trouble: Mapped[dict[str, Any] | None] = mapped_column(
        JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")
    )
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)


class PeriodicJob(Base):
    """Work that comes again, on one machine.

    Attributes:
        due_at: when it begins next.
        began_at: when it last began; the same for ended_at, which is None while it runs.
        error: why it failed, or empty.
        trouble: as of `CallJob`.
    """

    __tablename__ = "periodic_jobs"

    name: Mapped[str] = mapped_column(Text, primary_key=True)
    node: Mapped[str] = mapped_column(Text, primary_key=True)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    began_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    error: Mapped[str] = mapped_column(Text, default="")
    trouble: Mapped[dict[str, Any] | None] = mapped_column(
        JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")
    )
