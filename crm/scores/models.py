"""The tables of scorings."""

import enum
from datetime import datetime
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    CheckConstraint,
    Float,
    ForeignKey,
    Index,
    Integer,
    Text,
    UniqueConstraint,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from voxdesk.db import Base, Counter, UtcDateTime

_Json = JSON().with_variant(JSONB(), "postgresql")


class State(enum.StrEnum):
    """How far a scoring is."""

    DRAFT = "draft"
    DONE = "done"


class IfTaken(enum.StrEnum):
    """What to do when somebody else has begun to score the same call by the same scorecard."""

    REFUSE = "refuse"
    BESIDE = "beside"
    TAKE_OVER = "take_over"


class ScorecardVersion(Base):
    """A scorecard as some scoring used it; kept for good, whatever becomes of the file.

    Attributes:
        number: the how-manieth of its name, from 1.
        hash: of the file's text.
        text: of the file, to the letter.
        data: the same as `crm.scores.scorecard.as_data` has it.
        used_at: when the first scoring began with it.
    """

    __tablename__ = "scorecard_versions"
    __table_args__ = (
        UniqueConstraint("name", "hash", name="uq_scorecard_versions_name_hash"),
        UniqueConstraint("name", "number", name="uq_scorecard_versions_name_number"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    name: Mapped[str] = mapped_column(Text)
    number: Mapped[int] = mapped_column(Integer)
    hash: Mapped[str] = mapped_column(Text)
    text: Mapped[str] = mapped_column(Text)
    data: Mapped[dict[str, Any]] = mapped_column(_Json)
    used_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Scoring(Base):
    """One person's judgement of one call by one scorecard.

    Attributes:
        scorecard: its name; the version beside it says which text.
        scorer: who judges; each of several has their own.
        state: a `State`.
        total: 0..100; None while nothing is answered that counts.
        failed: a fatal question failed, so the total is 0.
        passed: whether the total was good enough; None where the scorecard doesn't say.
        comment: on the whole call.
        revision: counts the changes; whoever saves says which one they saw.
        saved_at: when it was last changed.
    """

    __tablename__ = "scorings"
    __table_args__ = (
        UniqueConstraint("call_id", "scorecard", "scorer", name="uq_scorings_call_card_scorer"),
        CheckConstraint("state IN ('draft', 'done')", name="state"),
        Index("ix_scorings_done_at", "done_at"),
        Index("ix_scorings_version_id", "version_id"),
    )

    id: Mapped[int] = mapped_column(Counter, primary_key=True, autoincrement=True)
    call_id: Mapped[str] = mapped_column(ForeignKey("calls.id", ondelete="CASCADE"))
    version_id: Mapped[int] = mapped_column(ForeignKey("scorecard_versions.id"))
    scorecard: Mapped[str] = mapped_column(Text)
    scorer: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Text, default=State.DRAFT.value)
    total: Mapped[float | None] = mapped_column(Float)
    failed: Mapped[bool] = mapped_column(Boolean, default=False)
    passed: Mapped[bool | None] = mapped_column(Boolean)
    comment: Mapped[str] = mapped_column(Text, default="")
    revision: Mapped[int] = mapped_column(Integer, default=1)
    began_at: Mapped[datetime] = mapped_column(UtcDateTime)
    saved_at: Mapped[datetime] = mapped_column(UtcDateTime)
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class ScoringAnswer(Base):
    """One answer of a scoring.

    Attributes:
        section: that the question is in.
        value: on the question's scale.
        share: how much of what can be had that is, 0..1; None where nothing counts.
        moment_ms: where in the recording it shows, milliseconds since answer.
        flow: that ran at this moment, and the step that it was at; empty where no moment is held.
    """

    __tablename__ = "scoring_answers"

    scoring_id: Mapped[int] = mapped_column(
        ForeignKey("scorings.id", ondelete="CASCADE"), primary_key=True
    )
    question: Mapped[str] = mapped_column(Text, primary_key=True)
    section: Mapped[str] = mapped_column(Text)
    value: Mapped[float | None] = mapped_column(Float)
    not_applicable: Mapped[bool] = mapped_column(Boolean, default=False)
    share: Mapped[float | None] = mapped_column(Float)
    comment: Mapped[str] = mapped_column(Text, default="")
    moment_ms: Mapped[int | None] = mapped_column(Integer)
    flow: Mapped[str] = mapped_column(Text, default="")
    step: Mapped[str] = mapped_column(Text, default="")
