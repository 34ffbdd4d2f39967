"""The table of questions to the knowledge base."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from voxdesk.db import Base, UtcDateTime


class AskedQuestion(Base):
    """One question of a caller, a projection of a QUESTION event. It goes when its call goes.

    Attributes:
        event_seq: the event that it comes from.
        question: which one of the knowledge base, "shop/returns"; empty: it had no answer.
        text: the caller's words where there was no answer; nothing is kept of the others.
        language: primary tag of what was spoken.
        flow: that was run, and `step` in it.
    """

    __tablename__ = "asked_questions"
    __table_args__ = (
        UniqueConstraint("call_id", "event_seq", name="uq_asked_questions_call_id_event_seq"),
        Index("ix_asked_questions_question_asked_at", "question", "asked_at"),
    )

    id: Mapped[int] = mapped_column(
        BigInteger().with_variant(Integer(), "sqlite"), primary_key=True, autoincrement=True
    )
    call_id: Mapped[str] = mapped_column(ForeignKey("calls.id", ondelete="CASCADE"))
    event_seq: Mapped[int] = mapped_column(Integer)
    question: Mapped[str] = mapped_column(Text, default="")
    text: Mapped[str] = mapped_column(Text, default="")
    language: Mapped[str] = mapped_column(Text, default="")
    flow: Mapped[str] = mapped_column(Text, default="")
    step: Mapped[str] = mapped_column(Text, default="")
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
