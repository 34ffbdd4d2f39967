"""Results of scoring over HTTP: grouped, listed, as a file."""

import enum
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Query, Response
from pydantic import BaseModel, Field
from sqlalchemy.orm import Session

from crm.audit.models import Act
from crm.scores import results as stored
from crm.scores.results import FOLLOWED, By, Group, Listed, Over, Wanted
from crm.scores.scorecard import of_data
from voxdesk.app.http.audit import looked, noted
from voxdesk.app.http.guard import Listener
from voxdesk.app.http.house import AHouse
from voxdesk.app.http.sheets import AS_FILE, Cell, Format, Sheet, as_file
from voxdesk.app.http.shown import shown
from voxdesk.app.time_zone import zone_of
from voxdesk.kernel.errors import ScoreRefused

router = APIRouter(tags=["scores"])
MOST_ROWS: Final = 100_000
USUAL: Final = timedelta(days=30)
Name = Annotated[str, Field(max_length=200)]
AFormat = Annotated[Format, Query(alias="format")]


class What(enum.StrEnum):
    """What a row of the file is."""

    SCORINGS = "scorings"
    ANSWERS = "answers"


class Asked(BaseModel):
    """Which scorings: of calls of these days, in the call centre's time zone."""

    since: date | None = Field(None, description="First day; 30 days before the last one.")
    until: date | None = Field(None, description="Last day; today.")
    scorecard: Name = ""
    agent: Name = ""
    flow: Name = ""
    version: Name = Field("", description="Hash of the flow's version.")
    scorer: Name = ""


def _wanted(asked: Annotated[Asked, Query()], house: AHouse) -> Wanted:
    zone = zone_of(house.settings)
    today = house.clock.now().astimezone(zone).date()
    last = within(asked.until or today)
    return Wanted(
        since=datetime.combine(within(asked.since or last - USUAL), time(), zone),
        until=datetime.combine(last + timedelta(days=1), time(), zone),
        **asked.model_dump(exclude={"since", "until"}),
    )


def within(day: date) -> date:
    """A day that both databases and all zones know."""
    return min(max(day, date(1970, 1, 2)), date(2999, 12, 30))


AWanted = Annotated[Wanted, Depends(_wanted)]


class GroupOut(BaseModel):
    """What one group came to."""

    name: str
    part: str = Field(description="The version, step, question or period within it; or empty.")
    count: int = Field(description="Scorings; for questions and steps: answers that count.")
    mean: float | None = Field(description="0 to 100.")
    failed: int = Field(description="With a fatal answer; for questions and steps: worst answers.")
    passed: int
    judged: int = Field(description="Of which the scorecard says what good enough is.")
    not_applicable: int

    @classmethod
    def of(cls, group: Group) -> "GroupOut":
        """As it was counted."""
        return cls.model_validate(group, from_attributes=True)


class ScoreOut(BaseModel):
    """A finished scoring in the list."""

    id: int
    call_id: str
    started_at: datetime
    agent: str
    flow: str
    flow_version: str
    scorecard: str
    title: dict[str, str]
    number: int
    scorer: str
    total: float | None
    failed: bool
    passed: bool | None
    done_at: datetime | None

    @classmethod
    def of(cls, one: Listed) -> "ScoreOut":
        """As it is kept."""
        scoring = one.scoring
        return cls(
            id=scoring.id,
            call_id=scoring.call_id,
            started_at=one.call.started_at,
            agent=one.call.agent,
            flow=one.call.flow_name,
            flow_version=one.call.flow_version,
            scorecard=scoring.scorecard,
            title=dict(of_data(one.version.data).title),
            number=one.version.number,
            scorer=scoring.scorer,
            total=scoring.total,
            failed=scoring.failed,
            passed=scoring.passed,
            done_at=scoring.done_at,
        )


class ScoresOut(BaseModel):
    """Finished scorings, the last begun first."""

    scores: list[ScoreOut]
    next: int | None = Field(description="`before` of the next page; null at the end.")


@router.get("/scores")
def scores(
    house: AHouse,
    staff: Listener,
    wanted: AWanted,
    before: Annotated[int | None, Query(ge=1, le=2**53)] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> ScoresOut:
    """Finished scorings of calls of these days."""
    with house.database.transaction() as session:
        looked(session, staff, Act.READ, of="scores", now=house.clock.now())
        found = stored.listed(session, wanted, before_id=before, limit=limit + 1)
        scores_ = [ScoreOut.of(one) for one in found[:limit]]
    return ScoresOut(scores=scores_, next=scores_[-1].id if len(found) > limit else None)


@dataclass(frozen=True, slots=True)
class Grouped:
    """What is told apart, and followed over which periods."""

    by: By
    over: Over | None


_OVER: Final = (
    "Each one's way over time, the period's first day as `part`; only by scorecard, agent, scorer "
    "or flow, the 50 with the most scorings."
)


def _grouped(
    by: By = By.SCORECARD, over: Annotated[Over | None, Query(description=_OVER)] = None
) -> Grouped:
    if over is not None and by not in FOLLOWED:
        known = ", ".join(FOLLOWED)
        raise ScoreRefused(f"Nothing is followed over time by {by}; it is by {known}.")
    return Grouped(by, over)


AGrouped = Annotated[Grouped, Depends(_grouped)]


def _found(session: Session, wanted: Wanted, asked: Grouped, zone: tzinfo) -> Sequence[Group]:
    if asked.over is None:
        return stored.results(session, wanted, asked.by, zone)
    return stored.trend(session, wanted, asked.by, asked.over, zone)


@router.get("/scores/results")
def results(house: AHouse, _: Listener, wanted: AWanted, grouped: AGrouped) -> list[GroupOut]:
    """What finished scorings of calls of these days come to."""
    with house.database.reading() as session:
        found = _found(session, wanted, grouped, zone_of(house.settings))
    return [GroupOut.of(group) for group in found]


@router.get("/scores/results/file", response_class=Response, responses=AS_FILE)
def results_file(
    house: AHouse, staff: Listener, wanted: AWanted, grouped: AGrouped, format_: AFormat
) -> Response:
    """The same as a file."""
    by, over = grouped.by, grouped.over
    with house.database.transaction() as session:
        found = _found(session, wanted, grouped, zone_of(house.settings))
        noted(session, staff, Act.EXPORTED, of=f"scores by {by}", now=house.clock.now())
    columns = (
        str(by),
        str(over or "part"),
        "count",
        "mean",
        "failed",
        "passed",
        "judged",
        "not_applicable",
    )
    rows = [
        (
            group.name, group.part, group.count, _rounded(group.mean), group.failed,
            group.passed, group.judged, group.not_applicable,
        )
        for group in found
    ]  # fmt: skip
    name = f"scores-by-{by}-over-{over}s" if over else f"scores-by-{by}"
    return as_file(Sheet(name, columns, rows), format_)


@router.get("/scores/file", response_class=Response, responses=AS_FILE)
def scores_file(
    house: AHouse,
    staff: Listener,
    wanted: AWanted,
    what: What = What.SCORINGS,
    *,
    format_: AFormat,
) -> Response:
    """Every scoring, or every answer, of calls of these days; at most 100,000 rows."""
    zone = zone_of(house.settings)
    with house.database.transaction() as session:
        if what is What.SCORINGS:
            listed = stored.listed(session, wanted, limit=MOST_ROWS)
            rows: list[tuple[Cell, ...]] = [
                (*_scoring_cells(one, zone), shown(one.scoring.comment, "")) for one in listed
            ]
            columns: tuple[str, ...] = (*_COLUMNS, "comment")
        else:
            rows = [
                (
                    *_scoring_cells(one, zone), answer.section, answer.question, answer.value,
                    answer.not_applicable, _rounded(answer.share, 100), answer.moment_ms,
                    answer.flow, answer.step, shown(answer.comment, ""),
                )
                for one, answer in stored.listed_answers(session, wanted, limit=MOST_ROWS)
            ]  # fmt: skip
            columns = (*_COLUMNS, *_ANSWER_COLUMNS)
        noted(session, staff, Act.EXPORTED, of=f"scores: {what}", now=house.clock.now())
    return as_file(Sheet(f"scores-{what}", columns, rows), format_)


def _scoring_cells(one: Listed, zone: tzinfo) -> tuple[Cell, ...]:
    scoring, call = one.scoring, one.call
    return (
        scoring.id, call.id, call.started_at.astimezone(zone), call.agent, call.flow_name,
        call.flow_version, scoring.scorecard, one.version.number, scoring.scorer,
        _rounded(scoring.total), scoring.failed, scoring.passed,
        None if scoring.done_at is None else scoring.done_at.astimezone(zone),
    )  # fmt: skip


def _rounded(value: float | None, times: float = 1) -> float | None:
    return None if value is None else round(value * times, 2)


_COLUMNS: Final = (
    "scoring", "call", "call_started_at", "agent", "flow", "flow_version", "scorecard",
    "scorecard_version", "scorer", "total", "failed", "passed", "done_at",
)  # fmt: skip
_ANSWER_COLUMNS: Final = (
    "section", "question", "value", "not_applicable", "share", "moment_ms", "moment_flow",
    "moment_step", "comment",
)  # fmt: skip
