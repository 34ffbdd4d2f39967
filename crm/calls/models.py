"""The tables of a call's record.

Text columns have no length: what a caller's phone sends must never be refused for being long.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    DDL,
    JSON,
    CheckConstraint,
    Float,
    ForeignKey,
    Index,
    Integer,
    Text,
    UniqueConstraint,
    event,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from voxdesk.db import Base, Counter, UtcDateTime

_Json = JSON().with_variant(JSONB(), "postgresql")


class Call(Base):
    """One call, a projection of its log that lists can be made of.

    Attributes:
        id: its `CallId`.
        caller: as the network gave it: a number, a name, or empty when withheld.
        flow_version: the version that this call started with and keeps.
        cause: an `EndCause`, once it ended.
        disposition: what came of it: "transferred" and "message_left" come from the log by
            themselves, anything else from the flow; empty when nobody said.
        agent: the person who took it, or empty.
        recording_path: below the recordings folder, with "/" on every system; or empty.
        node: the machine that served it.
        words_removed_at: when all words were taken out of its log, because their time was over;
            the same for `keys_removed_at` and what was keyed in.
    """

    __tablename__ = "calls"
    __table_args__ = (
        CheckConstraint("direction IN ('inbound', 'outbound', 'imported')", name="direction"),
        Index("ix_calls_started_at", "started_at"),
        Index("ix_calls_caller", "caller"),
    )

    id: Mapped[str] = mapped_column(Text, primary_key=True)
    direction: Mapped[str] = mapped_column(Text)
    caller: Mapped[str] = mapped_column(Text, default="")
    caller_name: Mapped[str] = mapped_column(Text, default="")
    callee: Mapped[str] = mapped_column(Text, default="")
    diverted_from: Mapped[str] = mapped_column(Text, default="")
    customer_id: Mapped[int | None] = mapped_column(
        ForeignKey("customers.id", ondelete="SET NULL"), index=True
    )
    flow_name: Mapped[str] = mapped_column(Text, default="")
    flow_version: Mapped[str] = mapped_column(Text, default="")
    language: Mapped[str] = mapped_column(Text, default="")
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    cause: Mapped[str] = mapped_column(Text, default="")
    disposition: Mapped[str] = mapped_column(Text, default="")
    agent: Mapped[str] = mapped_column(Text, default="")
    recording_path: Mapped[str] = mapped_column(Text, default="")
    node: Mapped[str] = mapped_column(Text, default="")
    words_removed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    keys_removed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class CallEventRow(Base):
    """One line of a call's log. Deleted only together with its call; never changed.

    One thing may be done to it: once the call says that its words or keys were removed, `data` may
    be replaced by something that isn't longer.

    Attributes:
        id: order of arrival over all calls; several writers may commit out of it.
        seq: order within the call, from 0, given by the writer.
        audio_ms: where in the recording, milliseconds since answer.
        data: see `crm.calls.event_data`.
    """

    __tablename__ = "call_events"
    __table_args__ = (UniqueConstraint("call_id", "seq", name="uq_call_events_call_id_seq"),)

    id: Mapped[int] = mapped_column(Counter, primary_key=True, autoincrement=True)
    call_id: Mapped[str] = mapped_column(ForeignKey("calls.id", ondelete="CASCADE"))
    seq: Mapped[int] = mapped_column(Integer)
    kind: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    audio_ms: Mapped[int] = mapped_column(Integer, default=0)
    data: Mapped[dict[str, Any]] = mapped_column(_Json, default=dict)


class CallTransfer(Base):
    """One attempt to give a call to somebody, a projection of its TRANSFER events.

    Attributes:
        number: the how-manieth of its call, from 1.
        mode: "blind", "bridged" or "queue".
        outcome: empty while it lasts, then as `dialog.events.TransferDone` has it.
    """

    __tablename__ = "call_transfers"
    __table_args__ = (UniqueConstraint("call_id", "number", name="uq_call_transfers_call_number"),)

    id: Mapped[int] = mapped_column(Counter, primary_key=True, autoincrement=True)
    call_id: Mapped[str] = mapped_column(ForeignKey("calls.id", ondelete="CASCADE"))
    number: Mapped[int] = mapped_column(Integer)
    mode: Mapped[str] = mapped_column(Text)
    target: Mapped[str] = mapped_column(Text)
    outcome: Mapped[str] = mapped_column(Text, default="")
    agent: Mapped[str] = mapped_column(Text, default="")
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    connected_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Message(Base):
    """What a caller left in a mailbox, a projection of a MESSAGE_LEFT event.

    Attributes:
        event_seq: the event that it comes from.
        recording_path: of the message; empty when it is part of the call's own recording.
        start_ms: where in that recording it starts.
        heard_at: when somebody listened to it.
    """

    __tablename__ = "messages"
    __table_args__ = (
        UniqueConstraint("call_id", "event_seq", name="uq_messages_call_id_event_seq"),
    )

    id: Mapped[int] = mapped_column(Counter, primary_key=True, autoincrement=True)
    call_id: Mapped[str] = mapped_column(ForeignKey("calls.id", ondelete="CASCADE"))
    event_seq: Mapped[int] = mapped_column(Integer)
    mailbox: Mapped[str] = mapped_column(Text, index=True)
    recording_path: Mapped[str] = mapped_column(Text, default="")
    start_ms: Mapped[int] = mapped_column(Integer, default=0)
    seconds: Mapped[float] = mapped_column(Float, default=0.0)
    left_at: Mapped[datetime] = mapped_column(UtcDateTime)
    heard_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


# The log is append-only for every program that reaches the database, not only for ours. A call
# may be erased as a whole: its row goes first, so its events no longer find it. Words may be taken
# out of a call that says so: data gets shorter, nothing else changes.
NO_UPDATE_SQLITE = """CREATE TRIGGER call_events_no_update BEFORE UPDATE ON call_events
WHEN NOT (
  EXISTS (
    SELECT 1 FROM calls WHERE id = OLD.call_id
    AND (words_removed_at IS NOT NULL OR keys_removed_at IS NOT NULL)
  )
  AND NEW.id = OLD.id AND NEW.call_id = OLD.call_id AND NEW.seq = OLD.seq
  AND NEW.kind = OLD.kind AND NEW.at = OLD.at AND NEW.audio_ms = OLD.audio_ms
  AND length(NEW.data) <= length(OLD.data)
)
BEGIN SELECT RAISE(ABORT, 'call_events is append-only'); END"""
APPEND_ONLY_SQLITE = (
    NO_UPDATE_SQLITE,
    """CREATE TRIGGER call_events_no_delete BEFORE DELETE ON call_events
WHEN EXISTS (SELECT 1 FROM calls WHERE id = OLD.call_id)
BEGIN SELECT RAISE(ABORT, 'call_events is append-only; delete the call'); END""",
)
APPEND_ONLY_FUNCTION_POSTGRESQL = """CREATE OR REPLACE FUNCTION call_events_append_only()
RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' AND NOT EXISTS (SELECT 1 FROM calls WHERE id = OLD.call_id) THEN
    RETURN OLD;
  END IF;
  IF TG_OP = 'UPDATE' AND EXISTS (
    SELECT 1 FROM calls WHERE id = OLD.call_id
    AND (words_removed_at IS NOT NULL OR keys_removed_at IS NOT NULL)
  ) AND (NEW.id, NEW.call_id, NEW.seq, NEW.kind, NEW.at, NEW.audio_ms)
      = (OLD.id, OLD.call_id, OLD.seq, OLD.kind, OLD.at, OLD.audio_ms)
    AND length(NEW.data::text) <= length(OLD.data::text) THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'call_events is append-only';
END $$"""
APPEND_ONLY_POSTGRESQL = (
    APPEND_ONLY_FUNCTION_POSTGRESQL,
    """CREATE TRIGGER call_events_append_only BEFORE UPDATE OR DELETE ON call_events
FOR EACH ROW EXECUTE FUNCTION call_events_append_only()""",
)

for _dialect, _statements in (
    ("sqlite", APPEND_ONLY_SQLITE),
    ("postgresql", APPEND_ONLY_POSTGRESQL),
):
    for _statement in _statements:
        event.listen(
            CallEventRow.__table__,
            "after_create",
            DDL(_statement.replace("%", "%%")).execute_if(dialect=_dialect),  # type: ignore[no-untyped-call]
        )
