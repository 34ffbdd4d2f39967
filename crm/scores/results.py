"""What finished scorings come to: by agent, flow, version, step, question, scorer, over time."""

import enum
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta, tzinfo
from typing import Any, Final, TypeVarTuple

from sqlalchemy import ColumnElement, Select, case, func, literal, select
from sqlalchemy.orm import InstrumentedAttribute, Session
from sqlalchemy.sql.elements import SQLCoreOperations

from crm.calls.models import Call
from crm.scores.models import ScorecardVersion, Scoring, ScoringAnswer, State
from crm.scores.scoring import FULL

MOST_GROUPS: Final = 2000
MOST_NAMES: Final = 50
_Columns = TypeVarTuple("_Columns")


class By(enum.StrEnum):
    """What is told apart."""

    SCORECARD = "scorecard"
    SCORECARD_VERSION = "scorecard_version"
    AGENT = "agent"
    SCORER = "scorer"
    FLOW = "flow"
    FLOW_VERSION = "flow_version"
    QUESTION = "question"
    STEP = "step"
    AGENT_QUESTION = "agent_question"
    FLOW_QUESTION = "flow_question"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"


TIMES: Final = (By.DAY, By.WEEK, By.MONTH)
PARTS: Final = (By.QUESTION, By.STEP, By.AGENT_QUESTION, By.FLOW_QUESTION)
"""These tell answers apart, the others whole scorings."""


class Over(enum.StrEnum):
    """Periods by which each group's way can be followed."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which scorings count: all that are given must hold.

    Attributes:
        since: calls that began at or after this moment.
        until: and before this one.
        version: hash of the flow's version.
    """

    since: datetime
    until: datetime
    scorecard: str = ""
    agent: str = ""
    flow: str = ""
    version: str = ""
    scorer: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """What one group came to.

    Attributes:
        name: of the agent, scorer, flow, scorecard or first day of the period, ISO; may be empty.
        part: the version, step, question or period within it; or empty.
        count: scorings; for questions and steps: answers that count.
        mean: of their totals, or of the answers' shares: 0..100.
        failed: scorings with a fatal answer; for questions and steps: worst answers.
        passed: scorings that were good enough.
        judged: scorings of which their scorecard says what good enough is.
        not_applicable: for questions: how often it didn't apply.
    """

    name: str
    part: str
    count: int
    mean: float | None
    failed: int = 0
    passed: int = 0
    judged: int = 0
    not_applicable: int = 0


def results(session: Session, wanted: Wanted, by: By, zone: tzinfo) -> Sequence[Group]:
    """The groups, by name. `zone` is that of days."""
    if by in TIMES:
        periods = _periods(session, wanted, literal(""), Over(by.value), zone)
        return [replace(one, name=one.part, part="") for one in periods]
    if by in PARTS:
        names_of_parts: dict[By, tuple[Any, Any]] = {
            By.QUESTION: (Scoring.scorecard, ScoringAnswer.question),
            By.STEP: (ScoringAnswer.flow, ScoringAnswer.step),
            By.AGENT_QUESTION: (Call.agent, ScoringAnswer.question),
            By.FLOW_QUESTION: (Call.flow_name, ScoringAnswer.question),
        }
        return _answers(session, wanted, *names_of_parts[by])
    names: dict[By, tuple[Any, Any]] = {
        By.SCORECARD: (Scoring.scorecard, None),
        By.SCORECARD_VERSION: (Scoring.scorecard, ScorecardVersion.hash),
        By.AGENT: (Call.agent, None),
        By.SCORER: (Scoring.scorer, None),
        By.FLOW: (Call.flow_name, None),
        By.FLOW_VERSION: (Call.flow_name, Call.flow_version),
    }
    name, part = names[by]
    keys = [name] if part is None else [name, part]
    query = _of(wanted, select(*keys, *_SUMS)).group_by(*keys).order_by(*keys)
    rows = session.execute(query.limit(MOST_GROUPS))
    width = len(keys)
    return [
        Group(row[0], row[1] if part is not None else "", *_counted(row[width:])) for row in rows
    ]


_SUMS: Final[tuple[ColumnElement[Any], ...]] = (
    func.count(Scoring.id),
    func.avg(Scoring.total),
    func.sum(case((Scoring.failed, 1), else_=0)),
    func.sum(case((Scoring.passed.is_(True), 1), else_=0)),
    func.count(Scoring.passed),
)


def _counted(row: Sequence[Any]) -> tuple[int, float | None, int, int, int]:
    count, mean, failed, passed, judged = row
    return int(count), None if mean is None else float(mean), int(failed), int(passed), int(judged)


def _of(wanted: Wanted, query: Select[*_Columns]) -> Select[*_Columns]:
    """The query over finished scorings that are wanted, with their calls and versions."""
    query = (
        query.select_from(Scoring)
        .join(Call, Call.id == Scoring.call_id)
        .join(ScorecardVersion, ScorecardVersion.id == Scoring.version_id)
        .where(
            Scoring.state == State.DONE.value,
            Call.started_at >= wanted.since,
            Call.started_at < wanted.until,
        )
    )
    given: tuple[tuple[InstrumentedAttribute[str], str], ...] = (
        (Scoring.scorecard, wanted.scorecard),
        (Scoring.scorer, wanted.scorer),
        (Call.agent, wanted.agent),
        (Call.flow_name, wanted.flow),
        (Call.flow_version, wanted.version),
    )
    for column, value in given:
        if value:
            query = query.where(column == value)
    return query


def _answers(
    session: Session,
    wanted: Wanted,
    name: InstrumentedAttribute[str],
    part: InstrumentedAttribute[str],
) -> Sequence[Group]:
    share = ScoringAnswer.share
    query = _of(
        wanted,
        select(
            name,
            part,
            func.count(share),
            func.avg(share),
            func.sum(case((share == 0.0, 1), else_=0)),
            func.sum(case((ScoringAnswer.not_applicable, 1), else_=0)),
        ),
    ).join(ScoringAnswer, ScoringAnswer.scoring_id == Scoring.id)
    if part is ScoringAnswer.step:
        query = query.where(ScoringAnswer.step != "")
    rows = session.execute(query.group_by(name, part).order_by(name, part).limit(MOST_GROUPS))
    return [
        Group(
            one,
            other,
            int(count),
            None if mean is None else float(mean) * FULL,
            failed=int(failed),
            not_applicable=int(left_out),
        )
        for one, other, count, mean, failed, left_out in rows
    ]


FOLLOWED: Final[dict[By, InstrumentedAttribute[str]]] = {
    By.SCORECARD: Scoring.scorecard,
    By.AGENT: Call.agent,
    By.SCORER: Scoring.scorer,
    By.FLOW: Call.flow_name,
}
"""What can be followed over time."""


def trend(session: Session, wanted: Wanted, by: By, over: Over, zone: tzinfo) -> Sequence[Group]:
    """How each group went over time: by name and first day of the period, as `part`.

    Of the `MOST_NAMES` that have the most scorings. `by` is one of `FOLLOWED`.
    """
    groups = _periods(session, wanted, FOLLOWED[by], over, zone)
    counts: Counter[str] = Counter()
    for group in groups:
        counts[group.name] += group.count
    names = {name for name, _ in counts.most_common(MOST_NAMES)}
    return [group for group in groups if group.name in names]


def _periods(
    session: Session, wanted: Wanted, name: SQLCoreOperations[str], over: Over, zone: tzinfo
) -> Sequence[Group]:
    query = _of(
        wanted, select(name, Call.started_at, Scoring.total, Scoring.failed, Scoring.passed)
    )
    periods: dict[tuple[str, date], list[tuple[float, bool, bool | None]]] = {}
    for of, started_at, total, failed, passed in session.execute(query):
        first = first_day(started_at.astimezone(zone).date(), over)
        periods.setdefault((of, first), []).append((total or 0.0, failed, passed))
    return [
        Group(
            of,
            first.isoformat(),
            len(rows),
            sum(total for total, _, _ in rows) / len(rows),
            failed=sum(failed for _, failed, _ in rows),
            passed=sum(passed is True for _, _, passed in rows),
            judged=sum(passed is not None for _, _, passed in rows),
        )
        for (of, first), rows in sorted(periods.items())
    ]


def first_day(day: date, over: Over) -> date:
    """Of the period that a day is in; weeks begin on Monday."""
    if over is Over.WEEK:
        return day - timedelta(days=day.weekday())
    return day.replace(day=1) if over is Over.MONTH else day


@dataclass(frozen=True, slots=True)
class Listed:
    """A finished scoring in a list."""

    scoring: Scoring
    version: ScorecardVersion
    call: Call


def listed(
    session: Session, wanted: Wanted, *, before_id: int | None = None, limit: int
) -> Sequence[Listed]:
    """Finished scorings, the last begun first, older than `before_id`."""
    query = _of(wanted, select(Scoring, ScorecardVersion, Call)).order_by(Scoring.id.desc())
    if before_id is not None:
        query = query.where(Scoring.id < before_id)
    rows = session.execute(query.limit(limit))
    return [Listed(scoring, version, call) for scoring, version, call in rows]


def listed_answers(
    session: Session, wanted: Wanted, *, limit: int
) -> Sequence[tuple[Listed, ScoringAnswer]]:
    """Every answer of finished scorings, the last begun first."""
    query = (
        _of(wanted, select(Scoring, ScorecardVersion, Call, ScoringAnswer))
        .join(ScoringAnswer, ScoringAnswer.scoring_id == Scoring.id)
        .order_by(Scoring.id.desc(), ScoringAnswer.question)
    )
    rows = session.execute(query.limit(limit))
    return [(Listed(scoring, version, call), answer) for scoring, version, call, answer in rows]
