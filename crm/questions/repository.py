"""Questions to the knowledge base, counted."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from crm.calls.models import Call
from crm.questions.models import AskedQuestion


@dataclass(frozen=True, slots=True)
class Unanswered:
    """Words that no answer was found for.

    Attributes:
        text: as they were heard.
        language: primary tag.
        flow: that they were said to.
        call_id: of the call.
        asked_at: when.
    """

    text: str
    language: str
    flow: str
    call_id: str
    asked_at: datetime


def unanswered(
    session: Session, *, since: datetime, language: str = "", flow: str = "", limit: int = 2000
) -> Sequence[Unanswered]:
    """Questions without an answer, the newest first."""
    asked = AskedQuestion
    query = select(asked.text, asked.language, asked.flow, asked.call_id, asked.asked_at).where(
        asked.question == "", asked.asked_at >= since
    )
    if language:
        query = query.where(asked.language == language)
    if flow:
        query = query.where(asked.flow == flow)
    rows = session.execute(query.order_by(asked.asked_at.desc(), asked.id.desc()).limit(limit))
    return [Unanswered(*row) for row in rows]


def frequent(
    session: Session,
    *,
    since: datetime,
    customer_id: int | None = None,
    callers: Sequence[str] = (),
    limit: int = 5,
) -> Sequence[str]:
    """The questions that were answered most often, the most frequent first.

    Args:
        session: to read with.
        since: asked at or after this moment.
        customer_id: only this customer's, and those from these numbers.
        callers: spellings of the caller's number; with no customer and no number: of everybody.
        limit: at most so many.
    """
    count = func.count(AskedQuestion.call_id.distinct())
    query = select(AskedQuestion.question).where(
        AskedQuestion.question != "", AskedQuestion.asked_at >= since
    )
    own: list[ColumnElement[bool]] = []
    if customer_id is not None:
        own.append(Call.customer_id == customer_id)
    if callers:
        own.append(Call.caller.in_(callers))
    if own:
        query = query.join(Call, Call.id == AskedQuestion.call_id).where(or_(*own))
    query = query.group_by(AskedQuestion.question).order_by(
        count.desc(), func.max(AskedQuestion.asked_at).desc(), AskedQuestion.question
    )
    return list(session.scalars(query.limit(limit)))


def counts(session: Session, *, since: datetime) -> dict[str, int]:
    """How often each question was answered; "" is how often there was no answer."""
    query = (
        select(AskedQuestion.question, func.count())
        .where(AskedQuestion.asked_at >= since)
        .group_by(AskedQuestion.question)
    )
    return {row[0]: row[1] for row in session.execute(query)}
