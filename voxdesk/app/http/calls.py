"""The list of calls over HTTP: found, a page at a time, and as a file."""

from collections.abc import Iterator
from typing import Annotated, Final, Literal

from fastapi import APIRouter, Depends, Query, Response
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field
from sqlalchemy import select
from sqlalchemy.orm import InstrumentedAttribute

from crm.audit.models import Act
from crm.calls.models import Call
from crm.facts.models import CallFacts, CallStep
from crm.finding.bounded import bounded
from crm.finding.cursors import Cursor, decode, encode
from crm.finding.query import FIELDS, MOST_CHARACTERS, SIDES
from crm.finding.repository import MOST_COUNTED, count, page
from crm.finding.wanted import Sort, State, Wanted
from crm.privacy.consent import Told
from voxdesk.app.calls.asking import LARGEST, with_search, with_version
from voxdesk.app.http.audit import noted
from voxdesk.app.http.call_lines import CallLine, version_numbers
from voxdesk.app.http.guard import Listener
from voxdesk.app.http.house import AHouse, House
from voxdesk.app.http.sheets import AS_FILE, Cell, Format, Sheet, as_stream
from voxdesk.app.time_zone import zone_of

router = APIRouter(tags=["calls"])
MOST_LINES: Final = 200
MOST_EXPORTED: Final = 100_000
EXPORTED_AT_ONCE: Final = 500
MOST_CHOICES: Final = 200
Text = Annotated[str, Field(max_length=200)]
Least = Annotated[int | None, Field(ge=0, le=LARGEST)]


class CallsAsked(BaseModel):
    """Which calls, in which order: all that is given must hold."""

    model_config = ConfigDict(extra="forbid")

    q: str = Field("", max_length=MOST_CHARACTERS, description="Words, phrases, fields: see help.")
    since: AwareDatetime | None = None
    until: AwareDatetime | None = None
    state: State = State.ANY
    caller: Text = Field("", description="Part of the number or name.")
    customer: Text = Field("", description="Part of the name.")
    customer_id: Least = None
    flow: Text = ""
    version: Text = Field("", description="Its number, or the beginning of its hash.")
    step: Text = Field("", description="That the call came to.")
    outcome: Text = Field("", description="Disposition, or cause where there is none.")
    cause: Text = ""
    agent: Text = ""
    language: Text = ""
    feeling: Text = ""
    consent: Told | Literal[""] = Field(
        "", description="How far the caller heard of the recording."
    )
    transferred: bool | None = None
    recorded: bool | None = None
    silence_ms: Least = Field(None, description="A silence at least so long.")
    no_matches: Least = Field(None, description="At least so many.")
    no_inputs: Least = Field(None, description="At least so many.")
    slow_turns: Least = Field(None, description="At least so many answers after 2 s or more.")
    latency_ms: Least = Field(None, description="The slowest answer took at least so long.")
    sort: Sort = Sort.STARTED
    ascending: bool = False


class PageAsked(CallsAsked):
    """The same, and which page."""

    after: str = Field("", max_length=300, description="`next` of the page before.")
    limit: int = Field(50, ge=1, le=MOST_LINES)


class FileAsked(CallsAsked):
    """The same, as a file."""

    format: Format = Format.CSV


class CallsOut(BaseModel):
    """A page of calls."""

    calls: list[CallLine]
    next: str | None = Field(description="Ask with it as `after` for the next page.")
    total: int | None = Field(description="Only with the first page.")
    more: bool = Field(description="There are more than `total`: counting stopped there.")


class ChoicesOut(BaseModel):
    """What calls can be narrowed by, as they are."""

    flows: list[str]
    steps: list[str]
    outcomes: list[str]
    agents: list[str]
    languages: list[str]
    feelings: list[str]
    fields: list[str] = Field(description="Of the search box: field:value.")


def wanted_of(house: House, asked: CallsAsked) -> Wanted:
    """What is asked for.

    Raises:
        SearchRefused: the search can't be understood.
    """
    own = {"q", "version", "after", "limit", "format"}
    wanted = Wanted(**asked.model_dump(exclude=own))
    with house.database.reading() as session:
        if asked.version:
            wanted = with_version(session, wanted, asked.version)
        return with_search(session, wanted, asked.q, zone_of(house.settings)) if asked.q else wanted


def _page_wanted(asked: Annotated[PageAsked, Query()], house: AHouse) -> tuple[PageAsked, Wanted]:
    return asked, wanted_of(house, asked)


@router.get("/calls")
def find(
    house: AHouse,
    staff: Listener,
    meant: Annotated[tuple[PageAsked, Wanted], Depends(_page_wanted)],
) -> CallsOut:
    """Calls, the newest first unless asked otherwise."""
    asked, wanted = meant
    after = decode(asked.after, wanted.sort, of_facts=wanted.needs_facts) if asked.after else None
    with house.database.reading() as session, bounded(session):
        found = page(session, wanted, after=after, limit=asked.limit)
        total = None if after else count(session, wanted)
        numbers = version_numbers(session, (line.call for line in found.calls))
    with house.database.transaction() as session:
        noted(session, staff, Act.SEARCHED, of="calls", now=house.clock.now())
    return CallsOut(
        calls=[CallLine.of(line, numbers) for line in found.calls],
        next=encode(found.next) if found.next else None,
        total=None if total is None else min(total, MOST_COUNTED),
        more=total is not None and total > MOST_COUNTED,
    )


@router.get("/calls/choices")
def choices(house: AHouse, _: Listener) -> ChoicesOut:
    """Which flows, steps, outcomes and so on calls have had."""
    with house.database.reading() as session, bounded(session):

        def of(column: InstrumentedAttribute[str]) -> list[str]:
            named = select(column).where(column != "").distinct().order_by(column)
            return list(session.scalars(named.limit(MOST_CHOICES)))

        return ChoicesOut(
            flows=of(Call.flow_name),
            steps=of(CallStep.step),
            outcomes=sorted({*of(Call.disposition), *of(Call.cause)}),
            agents=of(Call.agent),
            languages=of(Call.language),
            feelings=of(CallFacts.feeling),
            fields=[*FIELDS, *SIDES],
        )


def _file_wanted(asked: Annotated[FileAsked, Query()], house: AHouse) -> tuple[FileAsked, Wanted]:
    return asked, wanted_of(house, asked)


@router.get("/calls/export", response_class=Response, responses=AS_FILE)
def export(
    house: AHouse,
    staff: Listener,
    meant: Annotated[tuple[FileAsked, Wanted], Depends(_file_wanted)],
) -> Response:
    """The calls of a list as a file, at most 100,000 of them: CSV, or XLSX."""
    asked, wanted = meant
    lines = exported(house, wanted)
    first = next(lines, None)  # what is wrong is told before the file begins
    with house.database.transaction() as session:
        noted(session, staff, Act.EXPORTED, of="calls", now=house.clock.now())

    def rows() -> Iterator[list[Cell]]:
        if first is not None:
            yield first
        yield from lines

    return as_stream(Sheet("calls", COLUMNS, rows()), asked.format)


COLUMNS: Final = (
    "call", "started", "answered", "ended", "seconds", "direction", "caller", "caller name",
    "callee", "customer", "flow", "version", "language", "outcome", "cause", "agent", "recorded",
    "turns", "no-matches", "no-inputs", "longest silence ms", "overlaps", "barge-ins",
    "slow turns", "latency p50 ms", "latency max ms", "feeling", "consent",
)  # fmt: skip


def exported(house: House, wanted: Wanted) -> Iterator[list[Cell]]:
    """The rows of the file, read as they are taken.

    Raises:
        SearchRefused: the search takes too long.
    """
    after: Cursor | None = None
    for _ in range(0, MOST_EXPORTED, EXPORTED_AT_ONCE):
        with house.database.reading() as session, bounded(session):
            found = page(session, wanted, after=after, limit=EXPORTED_AT_ONCE)
            numbers = version_numbers(session, (line.call for line in found.calls))
        for line in found.calls:
            yield _row(CallLine.of(line, numbers))
        after = found.next
        if after is None:
            return


def _row(line: CallLine) -> list[Cell]:
    facts = line.facts
    figures: list[Cell] = [None] * 11
    if facts is not None:
        figures = [
            facts.turns,
            facts.no_matches,
            facts.no_inputs,
            facts.longest_silence_ms,
            facts.overlaps,
            facts.barge_ins,
            facts.slow_turns,
            facts.latency_p50_ms,
            facts.latency_max_ms,
            facts.feeling,
            facts.consent,
        ]
    return [
        line.id,
        line.started_at,
        line.answered_at,
        line.ended_at,
        line.duration_s,
        line.direction,
        line.caller,
        line.caller_name,
        line.callee,
        line.customer,
        line.flow,
        line.version_number if line.version_number is not None else line.version,
        line.language,
        line.outcome,
        line.cause,
        line.agent,
        line.recorded,
        *figures,
    ]
