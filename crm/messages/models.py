"""The table of what was said in messages."""

import enum
from datetime import datetime

from sqlalchemy import CheckConstraint, Float, ForeignKey, Integer, Text
from sqlalchemy.orm import Mapped, mapped_column

from voxdesk.db import Base, UtcDateTime


class TextState(enum.StrEnum):
    """How far a message's words are."""

    WAITING = "waiting"
    WORKING = "working"  # somebody listens; may be taken over when that takes too long
    DONE = "done"
    FAILED = "failed"


_STATES = ", ".join(f"'{state}'" for state in TextState)


class MessageText(Base):
    """The words of one message, by the event that it comes from, as its row in `messages`.

    Attributes:
        language: that it was spoken in.
        text: empty while it isn't done, and where no words were found.
        confidence: of the recognizer, 0..1.
        engine: which recognizer.
        tries: how often somebody began to listen.
        claimed_at: when somebody did last.
        noticed_at: when somebody was told of the message.
    """

    __tablename__ = "message_texts"
    __table_args__ = (CheckConstraint(f"state IN ({_STATES})", name="state"),)

    call_id: Mapped[str] = mapped_column(
        ForeignKey("calls.id", ondelete="CASCADE"), primary_key=True
    )
    event_seq: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    state: Mapped[str] = mapped_column(Text, default=TextState.WAITING.value, index=True)
    language: Mapped[str] = mapped_column(Text, default="")
    text: Mapped[str] = mapped_column(Text, default="")
    confidence: Mapped[float] = mapped_column(Float, default=0.0)
    engine: Mapped[str] = mapped_column(Text, default="")
    tries: Mapped[int] = mapped_column(Integer, default=0)
    claimed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    noticed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
