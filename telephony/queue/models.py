"""The queue's two tables."""

from datetime import datetime

from sqlalchemy import JSON, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from voxdesk.db import Base, UtcDateTime


class QueueAgent(Base):
    """One agent; columns as in `telephony.queue.state.Agent`, and how the agent signs in.

    `code` is what the agent keys in to sign in by phone, `pin_hash` what proves it (see
    `telephony.queue.pin`). `version` grows with every change: a row is taken by
    `UPDATE … WHERE version = …`, so two engines never take the same one.
    """

    __tablename__ = "queue_agents"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    name: Mapped[str] = mapped_column(String(128))
    sip_address: Mapped[str] = mapped_column(String(255))
    skills: Mapped[list[str]] = mapped_column(JSON)
    code: Mapped[str | None] = mapped_column(String(16), unique=True)
    pin_hash: Mapped[str | None] = mapped_column(String(128))
    status: Mapped[str] = mapped_column(String(16))
    status_since: Mapped[datetime] = mapped_column(UtcDateTime)
    idle_since: Mapped[datetime] = mapped_column(UtcDateTime)
    call_id: Mapped[str | None] = mapped_column(String(32))
    leaves: Mapped[bool] = mapped_column(default=False)
    wrap_up_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(Integer, default=0)


class QueueEntry(Base):
    """One caller who waits or talks; columns as in `telephony.queue.state.Caller`."""

    __tablename__ = "queue_entries"

    call_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    queue: Mapped[str] = mapped_column(String(64))
    skills: Mapped[list[str]] = mapped_column(JSON)
    priority: Mapped[int] = mapped_column(Integer)
    enqueued_at: Mapped[datetime] = mapped_column(UtcDateTime)
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    node: Mapped[str] = mapped_column(String(64))
    state: Mapped[str] = mapped_column(String(16))
    offered_to: Mapped[str | None] = mapped_column(String(64))
    version: Mapped[int] = mapped_column(Integer, default=0)
