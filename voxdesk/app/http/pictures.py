"""Figures over HTTP: over time, by reason, by step, by weekday and hour; each as a file, too."""

import enum
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Query, Response
from pydantic import BaseModel, Field, model_validator

from crm.figures import repository
from crm.figures.pictures import Pictures, Unit, choices, pictures
from crm.figures.repository import Wanted
from crm.figures.tally import Outcome
from voxdesk.app.http.guard import Watcher
from voxdesk.app.http.house import AHouse
from voxdesk.app.http.sheets import AS_FILE, Cell, Format, Sheet, as_file
from voxdesk.app.time_zone import zone_of
from voxdesk.kernel.worded import worded

router = APIRouter(tags=["pictures"])
USUAL: Final = timedelta(days=29)
MOST_DAYS: Final = 366 * 2
RECENT: Final = timedelta(days=2)
"""Calls before that aren't looked at for whether they wait to be counted."""
Name = Annotated[str, Field(max_length=200)]


class Which(enum.StrEnum):
    """A picture."""

    VOLUME = "volume"
    OUTCOMES = "outcomes"
    CONTAINMENT = "containment"
    LATENCY = "latency"
    REASONS = "reasons"
    CONTENTMENT = "contentment"
    UNDERSTANDING = "understanding"
    HEAT = "heat"


class Asked(BaseModel):
    """Which calls, and how long periods are. Days are those of the call centre."""

    since: date | None = Field(None, description="First day; 29 days before the last one.")
    until: date | None = Field(None, description="Last day; today.")
    by: Unit = Unit.DAY
    flow: Name = ""
    version: Name = Field("", description="Hash of the flow's version.")
    language: Name = ""

    @model_validator(mode="after")
    def _is_bounded(self) -> "Asked":
        for day in (self.since, self.until):
            if day is not None and not date(1970, 1, 1) <= day <= date(2999, 12, 31):
                raise ValueError(worded("a day is between 1970 and 2999"))
        if self.since and self.until:
            if self.since > self.until:
                raise ValueError(worded("since is after until"))
            if (self.until - self.since).days >= MOST_DAYS:
                raise ValueError(worded("at most {days} days at a time", days=MOST_DAYS))
        return self


class FiguresOut(BaseModel):
    """Figures of some calls. Shares are 0 to 1; null where there is nothing to divide by."""

    calls: int = Field(description="Inbound.")
    outbound: int
    answered: int
    outcomes: dict[Outcome, int]
    again: int = Field(description="Served, and the caller called again within 24 hours.")
    containment: float | None = Field(
        description="Share of those answered: served, and not called again within 24 hours."
    )
    duration_s: float | None = Field(description="Mean, answer to end.")
    turns: int
    latency_p50_ms: float | None = Field(
        description="Caller's last sound to the answer's first, over all turns; to 2.5 %."
    )
    latency_p95_ms: float | None
    no_match: float | None = Field(description="Share of turns in which nothing was understood.")
    csat: float | None = Field(description="Share of answers that are 4 or 5.")
    csat_answers: int
    csat_offered: int


class PeriodOut(BaseModel):
    """A day, week or month."""

    first: date
    last: date
    partial: bool = Field(description="Days of it aren't shown, or aren't over.")
    figures: FiguresOut


class ReasonOut(BaseModel):
    """What callers wanted."""

    name: str = Field(description="menu/option, anywhere/name, or question/file/name.")
    calls: int
    before: int = Field(description="The same in the time before.")


class StepOut(BaseModel):
    """How callers are understood at a step."""

    step: str
    turns: int
    no_match: int
    no_input: int
    share: float = Field(description="Of the turns in which nothing was understood.")


class HeatOut(BaseModel):
    """Calls by weekday, Monday first, and hour."""

    calls: list[list[int]]
    days: list[int] = Field(description="How many such weekdays there are.")


class VersionName(BaseModel):
    """A version of a flow that has figures."""

    flow: str
    version: str


class PicturesOut(BaseModel):
    """All pictures of a time."""

    zone: str
    first: date
    last: date
    before_first: date = Field(description="First day of the time before, of the same length.")
    before_last: date
    first_ever: date | None = Field(description="The first day with any figures.")
    waiting: bool = Field(description="Calls have ended that aren't counted yet.")
    periods: list[PeriodOut]
    total: FiguresOut
    before: FiguresOut | None = Field(
        description="Of the time before; null where figures don't reach back to its beginning."
    )
    reasons: list[ReasonOut]
    steps: list[StepOut]
    heat: HeatOut
    flows: list[str]
    versions: list[VersionName]
    languages: list[str]


def _drawn(asked: Annotated[Asked, Query()], house: AHouse, _: Watcher) -> PicturesOut:
    zone = zone_of(house.settings)
    now = house.clock.now()
    today = now.astimezone(zone).date()
    last = asked.until or (today if asked.since is None else max(today, asked.since))
    first = asked.since or last - USUAL
    first = max(first, last - timedelta(days=MOST_DAYS - 1))
    length = last - first + timedelta(days=1)
    narrow = {"flow": asked.flow, "version": asked.version, "language": asked.language}
    with house.database.reading() as session:
        first_ever = repository.first_day(session)
        found = repository.sums(session, Wanted(first, last, **narrow))
        before = repository.sums(
            session, Wanted(first - length, first - timedelta(days=1), **narrow)
        )
        everything = repository.keys(session, first, last)
        waiting = bool(repository.uncounted(session, limit=1, since=now - RECENT))
    reaches_back = first_ever is not None and first_ever <= first - length
    drawn: Pictures = pictures(
        found,
        before if reaches_back else None,
        first=first,
        last=last,
        unit=asked.by,
        today=today,
        first_ever=first_ever,
    )
    flows, versions, languages = choices(everything)
    return PicturesOut.model_validate(
        {
            "zone": str(zone),
            "first": first,
            "last": last,
            "before_first": first - length,
            "before_last": first - timedelta(days=1),
            "first_ever": first_ever,
            "waiting": waiting,
            "periods": drawn.periods,
            "total": drawn.total,
            "before": drawn.before,
            "reasons": drawn.reasons,
            "steps": drawn.steps,
            "heat": drawn.heat,
            "flows": flows,
            "versions": [{"flow": flow, "version": version} for flow, version in versions],
            "languages": languages,
        },
        from_attributes=True,
    )


Drawn = Annotated[PicturesOut, Depends(_drawn)]


@router.get("/pictures")
def drawn(_: Watcher, found: Drawn) -> PicturesOut:
    """Every picture of these days, and the figures of as many days before."""
    return found


@router.get("/pictures/file", response_class=Response, responses=AS_FILE)
def drawn_file(
    _: Watcher, found: Drawn, picture: Which, format_: Annotated[Format, Query(alias="format")]
) -> Response:
    """The table of one picture as a file."""
    columns, rows = _table(found, picture)
    return as_file(Sheet(f"{picture}-{found.first}-{found.last}", columns, rows), format_)


def _table(found: PicturesOut, picture: Which) -> tuple[Sequence[str], Iterable[Sequence[Cell]]]:
    if picture is Which.REASONS:
        rows = [(one.name, one.calls, one.before) for one in found.reasons]
        return ("reason", "calls", "calls_before"), rows
    if picture is Which.UNDERSTANDING:
        return ("step", "turns", "no_match", "no_input", "share"), [
            (one.step, one.turns, one.no_match, one.no_input, round(one.share, 4))
            for one in found.steps
        ]
    if picture is Which.HEAT:
        return ("weekday", "days", *(f"{hour:02}:00" for hour in range(24))), [
            (number + 1, found.heat.days[number], *calls)
            for number, calls in enumerate(found.heat.calls)
        ]
    columns = _COLUMNS[picture]
    return ("first", "last", "partial", *columns), [
        (one.first.isoformat(), one.last.isoformat(), one.partial, *_cells(one.figures, columns))
        for one in found.periods
    ]


_COLUMNS: Final[dict[Which, tuple[str, ...]]] = {
    Which.VOLUME: ("calls", "answered", "outbound", "duration_s"),
    Which.OUTCOMES: ("calls", *(outcome.value for outcome in Outcome)),
    Which.CONTAINMENT: ("answered", "served", "again", "containment"),
    Which.LATENCY: ("turns", "latency_p50_ms", "latency_p95_ms"),
    Which.CONTENTMENT: ("csat_offered", "csat_answers", "csat"),
}


def _cells(figures: FiguresOut, columns: Sequence[str]) -> Iterable[Cell]:
    values: dict[str, Cell] = {
        **figures.model_dump(exclude={"outcomes"}),
        **{outcome.value: count for outcome, count in figures.outcomes.items()},
    }
    for column in columns:
        value = values[column]
        yield round(value, 4) if isinstance(value, float) else value
