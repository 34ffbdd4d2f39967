"""The figures of finished calls, beside them: all that lists, filters and pictures count."""

from datetime import datetime

from sqlalchemy import BigInteger, Boolean, ForeignKey, Index, Integer, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from voxdesk.db import Base, UtcDateTime


class CallFacts(Base):
    """What `crm.facts.facts.Facts` says of one call, which is over.

    Attributes:
        id: microseconds since 1970 at which the call started, or the next free number: whatever is
            ordered by it is ordered by time, and it names the call in the text index.
        version: of the reckoning that made the row.
        started_at: the call's own.
        consent: empty until the row is reckoned by a version that knows it.
    """

    __tablename__ = "call_facts"
    __table_args__ = (
        Index("ix_call_facts_call_id", "call_id", unique=True),
        Index("ix_call_facts_started_at", "started_at"),
    )

    id: Mapped[int] = mapped_column(
        BigInteger().with_variant(Integer(), "sqlite"), primary_key=True, autoincrement=False
    )
    call_id: Mapped[str] = mapped_column(ForeignKey("calls.id", ondelete="CASCADE"))
    version: Mapped[int] = mapped_column(Integer)
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    duration_ms: Mapped[int] = mapped_column(Integer)
    turns: Mapped[int] = mapped_column(Integer)
    no_matches: Mapped[int] = mapped_column(Integer)
    no_inputs: Mapped[int] = mapped_column(Integer)
    longest_silence_ms: Mapped[int] = mapped_column(Integer)
    overlaps: Mapped[int] = mapped_column(Integer)
    barge_ins: Mapped[int] = mapped_column(Integer)
    slow_turns: Mapped[int] = mapped_column(Integer)
    keys: Mapped[int] = mapped_column(Integer)
    errors: Mapped[int] = mapped_column(Integer)
    latency_p50_ms: Mapped[int | None] = mapped_column(Integer)
    latency_max_ms: Mapped[int | None] = mapped_column(Integer)
    transferred: Mapped[bool] = mapped_column(Boolean)
    feeling: Mapped[str] = mapped_column(Text)
    consent: Mapped[str] = mapped_column(Text, server_default=text("''"))


class CallStep(Base):
    """A step that a finished call came to.

    Attributes:
        number: the how-manieth new one of its call, from 0.
        facts_id: `CallFacts.id`, so that calls of one step come in order of time.
    """

    __tablename__ = "call_steps"
    __table_args__ = (Index("ix_call_steps_step", "step", "facts_id"),)

    facts_id: Mapped[int] = mapped_column(
        ForeignKey("call_facts.id", ondelete="CASCADE"), primary_key=True
    )
    step: Mapped[str] = mapped_column(Text, primary_key=True)
    number: Mapped[int] = mapped_column(Integer)
