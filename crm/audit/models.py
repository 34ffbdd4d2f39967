"""The table of what staff looked at and changed."""

import enum
from datetime import datetime

from sqlalchemy import DDL, Index, Text, event
from sqlalchemy.orm import Mapped, mapped_column

from voxdesk.db import Base, Counter, UtcDateTime


class Act(enum.StrEnum):
    """What was done."""

    SIGNED_IN = "signed_in"
    SIGNED_OUT = "signed_out"
    REFUSED = "refused"
    READ = "read"  # a ticket, a callback, a message, or a list of them
    READ_CALL = "read_call"
    HEARD_RECORDING = "heard_recording"
    SAW_ORIGINAL = "saw_original"
    LISTENED_LIVE = "listened_live"
    ENDED_CALL = "ended_call"
    SEARCHED = "searched"
    EXPORTED = "exported"
    SCORED = "scored"
    CHANGED = "changed"
    ERASED = "erased"
    HELD = "held"  # placed or lifted a legal hold


class AuditEntry(Base):
    """One look or change. Never changed; nothing of its content is repeated here.

    Attributes:
        who: name of the account or token.
        role: that it had then, a `Role`.
        act: an `Act`.
        of: what it was done to, such as "call 2f1c…" or "flow shop".
        why: where a reason had to be given; or empty.
    """

    __tablename__ = "audit_entries"
    __table_args__ = (
        Index("ix_audit_entries_at", "at"),
        Index("ix_audit_entries_who", "who"),
        Index("ix_audit_entries_of", "of"),
    )

    id: Mapped[int] = mapped_column(Counter, primary_key=True, autoincrement=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    who: Mapped[str] = mapped_column(Text)
    role: Mapped[str] = mapped_column(Text)
    act: Mapped[str] = mapped_column(Text)
    of: Mapped[str] = mapped_column(Text, default="")
    why: Mapped[str] = mapped_column(Text, default="")


# For every program that reaches the database, not only for ours.
APPEND_ONLY_SQLITE = """CREATE TRIGGER audit_entries_no_update BEFORE UPDATE ON audit_entries
BEGIN SELECT RAISE(ABORT, 'audit_entries is append-only'); END"""
APPEND_ONLY_POSTGRESQL = (
    """CREATE FUNCTION audit_entries_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'audit_entries is append-only';
END $$""",
    """CREATE TRIGGER audit_entries_append_only BEFORE UPDATE ON audit_entries
FOR EACH ROW EXECUTE FUNCTION audit_entries_append_only()""",
)

for _dialect, _statements in (
    ("sqlite", (APPEND_ONLY_SQLITE,)),
    ("postgresql", APPEND_ONLY_POSTGRESQL),
):
    for _statement in _statements:
        event.listen(
            AuditEntry.__table__,
            "after_create",
            DDL(_statement.replace("%", "%%")).execute_if(dialect=_dialect),  # type: ignore[no-untyped-call]
        )
