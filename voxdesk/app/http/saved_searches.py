"""Searches that people keep, over HTTP."""

from datetime import datetime
from typing import Annotated, Final

from fastapi import APIRouter, Path
from pydantic import BaseModel, Field

from crm.audit.models import Act
from crm.finding import saved
from crm.finding.models import SavedSearch
from voxdesk.app.http.audit import noted
from voxdesk.app.http.errors import NotThere
from voxdesk.app.http.guard import Listener, Staff
from voxdesk.app.http.house import AHouse

router = APIRouter(tags=["calls"])
LONGEST_QUERY: Final = 2000


class SearchIn(BaseModel):
    """A search to keep; one's own of the same name is replaced."""

    name: str = Field(min_length=1, max_length=100, pattern=r"\S")
    query: str = Field(max_length=LONGEST_QUERY, description="Of the page's address, without ?.")
    shared: bool = Field(default=False, description="Others see it as well.")


class SearchOut(BaseModel):
    """A search that was kept."""

    id: int
    name: str
    query: str
    shared: bool
    owner: str
    mine: bool
    saved_at: datetime

    @classmethod
    def of(cls, search: SavedSearch, staff: Staff) -> "SearchOut":
        """As it is stored, for somebody."""
        return cls(
            id=search.id,
            name=search.name,
            query=search.query,
            shared=search.shared,
            owner=search.owner,
            mine=search.owner == staff.name,
            saved_at=search.saved_at,
        )


@router.get("/saved-searches")
def listed(house: AHouse, staff: Listener) -> list[SearchOut]:
    """One's own, and what others share."""
    with house.database.reading() as session:
        return [SearchOut.of(one, staff) for one in saved.for_owner(session, staff.name)]


@router.post("/saved-searches", status_code=201)
def keep(wanted: SearchIn, house: AHouse, staff: Listener) -> SearchOut:
    """Keep a search."""
    now = house.clock.now()
    with house.database.transaction() as session:
        found = saved.keep(
            session,
            owner=staff.name,
            name=wanted.name.strip(),
            query=wanted.query,
            shared=wanted.shared,
            now=now,
        )
        noted(session, staff, Act.CHANGED, of=f"saved search {found.id}", now=now)
        return SearchOut.of(found, staff)


@router.delete("/saved-searches/{number}", status_code=204)
def delete(number: Annotated[int, Path(ge=1, le=2**53)], house: AHouse, staff: Listener) -> None:
    """Delete one's own."""
    with house.database.transaction() as session:
        if not saved.remove(session, number, owner=staff.name):
            raise NotThere("There is no such search; it may have been deleted.", case="no_search")
        now = house.clock.now()
        noted(session, staff, Act.ERASED, of=f"saved search {number}", now=now)
