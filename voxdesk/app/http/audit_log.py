"""Who did what: the audit log, for administrators and auditors."""

from collections.abc import Iterator
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Query
from fastapi.responses import Response, StreamingResponse
from pydantic import AwareDatetime, BaseModel, Field

from crm.audit import repository
from crm.audit.models import Act, AuditEntry
from crm.audit.repository import Wanted
from voxdesk.app.http.audit import noted
from voxdesk.app.http.guard import Overseer
from voxdesk.app.http.house import AHouse, House
from voxdesk.app.http.sheets import Cell, Format, Sheet, as_stream

router = APIRouter(tags=["audit"])
MOST: Final = 200
BATCH: Final = 1000
COLUMNS: Final = ("id", "at", "who", "role", "act", "of", "why")
LARGEST_ID: Final = 2**53 - 1


class EntryOut(BaseModel):
    """One look or change."""

    id: int
    at: AwareDatetime
    who: str
    role: str
    act: str
    of: str = Field(description="What it was done to: a kind and an id.")
    why: str

    @classmethod
    def shown(cls, entry: AuditEntry) -> "EntryOut":
        """As it was written down."""
        return cls(
            id=entry.id,
            at=entry.at,
            who=entry.who,
            role=entry.role,
            act=entry.act,
            of=entry.of,
            why=entry.why,
        )


class EntriesOut(BaseModel):
    """A page of the log, the newest first."""

    entries: list[EntryOut]
    next: int | None = Field(description="`before` of the next page; none: this is the last.")


def _wanted(
    who: Annotated[str, Query(max_length=200, description="Whole name.")] = "",
    act: Act | None = None,
    of: Annotated[
        str, Query(max_length=200, description="Its beginning: call, or flow shop.")
    ] = "",
    since: AwareDatetime | None = None,
    until: AwareDatetime | None = None,
) -> Wanted:
    return Wanted(who.strip(), act, of.strip(), since, until)


AsWanted = Annotated[Wanted, Depends(_wanted)]


@router.get("/audit")
def read_audit_log(
    house: AHouse,
    _: Overseer,
    wanted: AsWanted,
    before: Annotated[int | None, Query(ge=1, le=LARGEST_ID)] = None,
    limit: Annotated[int, Query(ge=1, le=MOST)] = 50,
) -> EntriesOut:
    """What staff looked at and changed."""
    with house.database.reading() as session:
        found = repository.newest(session, wanted, before_id=before, limit=limit + 1)
    more = len(found) > limit
    entries = [EntryOut.shown(entry) for entry in found[:limit]]
    return EntriesOut(entries=entries, next=entries[-1].id if more else None)


@router.get("/audit.csv", response_class=StreamingResponse)
def export_audit_log(house: AHouse, staff: Overseer, wanted: AsWanted) -> Response:
    """The same as a file, whole; that it was taken is in the log too."""
    now = house.clock.now()
    with house.database.transaction() as session:
        noted(session, staff, Act.EXPORTED, of="audit log", now=now)
    sheet = Sheet(f"audit-{now:%Y-%m-%d}", COLUMNS, _rows(house, wanted))
    return as_stream(sheet, Format.CSV)


def _rows(house: House, wanted: Wanted) -> Iterator[tuple[Cell, ...]]:
    before: int | None = None
    while True:
        with house.database.reading() as session:
            found = repository.newest(session, wanted, before_id=before, limit=BATCH)
        if not found:
            return
        for entry in found:
            yield (entry.id, entry.at, entry.who, entry.role, entry.act, entry.of, entry.why)
        before = found[-1].id
