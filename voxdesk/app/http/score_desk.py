"""A scorer's desk over HTTP: calls to score next, what one has begun, and how far one is."""

from datetime import datetime, time, timedelta
from typing import Annotated, Final

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from crm.audit.models import Act
from crm.finding.bounded import bounded
from crm.scores import sample
from crm.scores.sample import Done, Spread
from voxdesk.app.http.audit import noted
from voxdesk.app.http.call_lines import CallLine, version_numbers
from voxdesk.app.http.guard import Scorer
from voxdesk.app.http.house import AHouse
from voxdesk.app.http.scores import AWanted, ScoreOut
from voxdesk.app.time_zone import zone_of

router = APIRouter(tags=["scores"])
MOST_DRAWN: Final = 100
LONGEST_S: Final = 24 * 3600


class DoneOut(BaseModel):
    """What one has finished."""

    count: int
    mean: float | None = Field(description="0 to 100.")

    @classmethod
    def of(cls, done: Done) -> "DoneOut":
        """As it was counted."""
        return cls.model_validate(done, from_attributes=True)


class DeskOut(BaseModel):
    """Where one stands."""

    drafts: list[ScoreOut] = Field(description="Begun and not finished, the last saved first.")
    today: DoneOut
    week: DoneOut = Field(description="Since Monday.")


@router.get("/scores/sample")
def draw(
    house: AHouse,
    staff: Scorer,
    wanted: AWanted,
    *,
    count: Annotated[int, Query(ge=1, le=MOST_DRAWN)] = 10,
    shortest_s: Annotated[int, Query(ge=0, le=LONGEST_S)] = 15,
    spread: Spread = Spread.ANY,
) -> list[CallLine]:
    """Calls by lot that nobody has scored by this scorecard or begun to: over, and to be heard.

    `spread` takes every agent (or flow) in turn, those of whom least was scored first;
    calls without one are left out.
    """
    with house.database.reading() as session, bounded(session):
        found = sample.drawn(
            session, wanted, shortest_ms=shortest_s * 1000, spread=spread, count=count
        )
        numbers = version_numbers(session, (one.call for one in found))
    with house.database.transaction() as session:
        noted(session, staff, Act.SEARCHED, of="calls to score", now=house.clock.now())
    return [CallLine.of(one, numbers) for one in found]


@router.get("/scores/desk")
def desk(house: AHouse, staff: Scorer) -> DeskOut:
    """One's own drafts, and what one finished today and this week."""
    zone = zone_of(house.settings)
    today = house.clock.now().astimezone(zone).date()
    with house.database.reading() as session:

        def since(days: int) -> DoneOut:
            first = datetime.combine(today - timedelta(days=days), time(), zone)
            return DoneOut.of(sample.done_since(session, staff.name, first))

        return DeskOut(
            drafts=[ScoreOut.of(one) for one in sample.drafts(session, staff.name)],
            today=since(0),
            week=since(today.weekday()),
        )
