"""The tables of measured word times, and of who the speakers are."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Integer, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from voxdesk.db import Base, UtcDateTime

_Json = JSON().with_variant(JSONB(), "postgresql")


class WordTimes(Base):
    """When the words of one segment were said, measured on the recording after the call.

    The words themselves stand in the call's log and nowhere else.

    Attributes:
        seq: the segment's event in the call's log.
        engine: which model measured.
        times: [start_ms, end_ms] of each.
    """

    __tablename__ = "word_times"

    call_id: Mapped[str] = mapped_column(
        ForeignKey("calls.id", ondelete="CASCADE"), primary_key=True
    )
    seq: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    engine: Mapped[str] = mapped_column(Text)
    times: Mapped[list[Any]] = mapped_column(_Json)


class CallSpeaker(Base):
    """Who one of the speakers of a recording is, as somebody said who heard it.

    Attributes:
        speaker: from 0, as in the call's log.
        side: "caller" or "agent".
        name: for people; or empty.
        changed_by: name of the account.
    """

    __tablename__ = "call_speakers"
    __table_args__ = (CheckConstraint("side IN ('caller', 'agent')", name="side"),)

    call_id: Mapped[str] = mapped_column(
        ForeignKey("calls.id", ondelete="CASCADE"), primary_key=True
    )
    speaker: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    side: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text)
    changed_by: Mapped[str] = mapped_column(Text)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
