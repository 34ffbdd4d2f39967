"""The table of what callers answered."""

from datetime import datetime

from sqlalchemy import BigInteger, Float, ForeignKey, Index, Integer, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from voxdesk.db import Base, UtcDateTime


class SurveyAnswer(Base):
    """One line of a survey in a call, a projection of a SURVEY event.

    Attributes:
        event_seq: the event that it comes from. A later one of the same question counts.
        survey: "csat", "nps", "servqual" or "acsi".
        step: of the flow, so that two surveys of one flow keep apart.
        state: "offered", "answered", "declined" or "complete".
        question: that was answered; empty for the other states.
        value: the number that was said; None for a comment and for the other states.
        comment: what was said in free words.
    """

    __tablename__ = "survey_answers"
    __table_args__ = (
        UniqueConstraint("call_id", "event_seq", name="uq_survey_answers_call_id_event_seq"),
        Index("ix_survey_answers_at", "at"),
    )

    id: Mapped[int] = mapped_column(
        BigInteger().with_variant(Integer(), "sqlite"), primary_key=True, autoincrement=True
    )
    call_id: Mapped[str] = mapped_column(ForeignKey("calls.id", ondelete="CASCADE"))
    event_seq: Mapped[int] = mapped_column(Integer)
    survey: Mapped[str] = mapped_column(Text)
    step: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Text)
    question: Mapped[str] = mapped_column(Text, default="")
    value: Mapped[float | None] = mapped_column(Float)
    comment: Mapped[str] = mapped_column(Text, default="")
    at: Mapped[datetime] = mapped_column(UtcDateTime)
