"""The table of recordings from elsewhere."""

import enum
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, CheckConstraint, ForeignKey, Index, Integer, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from voxdesk.db import Base, UtcDateTime


class ImportState(enum.StrEnum):
    """How far an import is."""

    WAITING = "waiting"
    WORKING = "working"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


_STATES = ", ".join(f"'{state}'" for state in ImportState)


class Import(Base):
    """One recording; the same content is the same import, however often it is sent.

    Attributes:
        id: letters and digits; names its file while it waits.
        sha256: of the content.
        name: of the file, as whoever sent it calls it.
        source: "upload" or "folder".
        asked_by: name of the account that sent it; or of the folder's machine.
        first: who speaks first in it, "agent" or "caller".
        percent: how much of the work is done.
        error: why it failed; never anything that was said.
        trouble: what that text is made of, see `kernel.troubles`; or None.
        node: machine that has the file.
        call_id: the call that it became; None before, and when that call was erased.
        speakers: how many were told apart.
        way: by what they were told apart.
        started_at: when the call was, as whoever sent it says.
    """

    __tablename__ = "imports"
    __table_args__ = (
        CheckConstraint(f"state IN ({_STATES})", name="state"),
        Index("ix_imports_created_at", "created_at"),
        Index("uq_imports_sha256", "sha256", unique=True),
    )

    id: Mapped[str] = mapped_column(Text, primary_key=True)
    sha256: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text)
    size_bytes: Mapped[int] = mapped_column(BigInteger)
    source: Mapped[str] = mapped_column(Text)
    asked_by: Mapped[str] = mapped_column(Text)
    language: Mapped[str] = mapped_column(Text)
    first: Mapped[str] = mapped_column(Text)
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    state: Mapped[str] = mapped_column(Text, default=ImportState.WAITING.value, index=True)
    percent: Mapped[int] = mapped_column(Integer, default=0)
    error: Mapped[str] = mapped_column(Text, default="")
    trouble: Mapped[dict[str, Any] | None] = mapped_column(
        JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")
    )
    node: Mapped[str] = mapped_column(Text, default="")
    tries: Mapped[int] = mapped_column(Integer, default=0)
    speakers: Mapped[int] = mapped_column(Integer, default=0)
    way: Mapped[str] = mapped_column(Text, default="")
    call_id: Mapped[str | None] = mapped_column(
        ForeignKey("calls.id", ondelete="SET NULL"), index=True
    )
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
