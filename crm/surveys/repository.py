"""What callers answered, read from the database."""

import enum
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from crm.calls.models import Call
from crm.surveys.models import SurveyAnswer
from crm.surveys.scores import Line, Score, score


class By(enum.StrEnum):
    """What is told apart besides flow, step and survey."""

    FLOW = "flow"
    VERSION = "version"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"


@dataclass(frozen=True, slots=True)
class Result:
    """One survey of one flow.

    Attributes:
        group: the version's hash, or the first day of the period, ISO; empty: all of it.
        began: when the first of its calls began.
    """

    flow: str
    step: str
    survey: str
    group: str
    began: datetime
    score: Score


@dataclass(frozen=True, slots=True)
class Comment:
    """What a caller said in free words. `step` is the survey's."""

    call_id: str
    flow: str
    step: str
    at: datetime
    text: str


def results(
    session: Session,
    *,
    flow: str = "",
    since: datetime,
    until: datetime | None = None,
    by: By = By.FLOW,
) -> list[Result]:
    """The scores of every survey, the oldest group of each first.

    Args:
        session: to read with.
        flow: only of this one; all when empty.
        since: calls that began at or after this moment count; its time zone is that of days.
        until: and before this one.
        by: what is told apart.
    """
    query = (
        select(SurveyAnswer, Call.flow_name, Call.flow_version, Call.started_at)
        .join(Call, Call.id == SurveyAnswer.call_id)
        .where(Call.started_at >= since)
        .order_by(Call.started_at, SurveyAnswer.event_seq)
    )
    if until is not None:
        query = query.where(Call.started_at < until)
    if flow:
        query = query.where(Call.flow_name == flow)
    lines: dict[tuple[str, str, str, str], list[Line]] = {}
    began: dict[tuple[str, str, str, str], datetime] = {}
    for answer, name, version, started_at in session.execute(query):
        group = _group(by, version, started_at.astimezone(since.tzinfo))
        key = (name, answer.step, answer.survey, group)
        began.setdefault(key, started_at)
        line = Line(answer.call_id, answer.event_seq, answer.state, answer.question, answer.value)
        lines.setdefault(key, []).append(line)
    found = [Result(*key, began[key], score(key[2], some)) for key, some in lines.items()]
    return sorted(found, key=lambda one: (one.flow, one.step, one.survey, one.began))


def comments(
    session: Session, *, flow: str = "", since: datetime, until: datetime | None = None, limit: int
) -> Sequence[Comment]:
    """What callers said in free words, the newest first."""
    query = (
        select(SurveyAnswer, Call.flow_name)
        .join(Call, Call.id == SurveyAnswer.call_id)
        .where(SurveyAnswer.comment != "", Call.started_at >= since)
        .order_by(SurveyAnswer.at.desc())
        .limit(limit)
    )
    if until is not None:
        query = query.where(Call.started_at < until)
    if flow:
        query = query.where(Call.flow_name == flow)
    return [
        Comment(answer.call_id, name, answer.step, answer.at, answer.comment)
        for answer, name in session.execute(query)
    ]


def _group(by: By, version: str, started_at: datetime) -> str:
    day = started_at.date()
    match by:
        case By.VERSION:
            return version
        case By.DAY:
            return day.isoformat()
        case By.WEEK:
            return (day - timedelta(days=day.weekday())).isoformat()
        case By.MONTH:
            return day.replace(day=1).isoformat()
    return ""
