"""Replays over HTTP: which calls would have gone differently through a draft."""

from datetime import datetime
from typing import Any, Final

from fastapi import APIRouter
from pydantic import AwareDatetime, BaseModel, Field

from crm.calls.of_flow import FlowCallsFilter
from crm.lookups import Lookups
from voxdesk.app.drafts import path_of
from voxdesk.app.http.errors import NotThere
from voxdesk.app.http.flows import testing
from voxdesk.app.http.guard import Reader
from voxdesk.app.http.house import AHouse
from voxdesk.app.replaying.calls import stored_calls
from voxdesk.app.replaying.report import Report, as_data
from voxdesk.app.replaying.running import Source, by_log, read_versions

router = APIRouter(tags=["replays"])
MOST: Final = 500
"""Calls of one request; the command takes more."""


class ReplayIn(BaseModel):
    """Which calls to run again. What callers said is never in the answer."""

    last: int = Field(100, ge=1, le=MOST, description="At most so many calls, the newest.")
    since: AwareDatetime | None = None
    until: AwareDatetime | None = None
    crm: bool = Field(default=False, description="Ask the CRM what the calls didn't look up.")


@router.post("/flows/{flow}/replay")
def replay(flow: str, wanted: ReplayIn, house: AHouse, _: Reader) -> dict[str, Any]:
    """Run recorded calls again through the draft, from their logs: where they part, and how."""
    if not path_of(house.flows, flow).exists():
        raise NotThere(f"There is no draft of {flow}.", case="no_draft", flow=flow)
    versions, path = read_versions(house.settings, house.database, flow, None)
    filter_ = FlowCallsFilter(flow, wanted.since, wanted.until, (), wanted.last)
    calls = stored_calls(house.database, filter_)
    if not calls:
        raise NotThere(
            f"There are no finished calls of {flow} like that.", case="no_calls_of", flow=flow
        )
    country = house.settings.calls.country
    lookups = Lookups(house.database, default_country=country) if wanted.crm else None
    with testing:
        source = Source(house.settings, house.database, versions, lookups)
        outcome = by_log(source, calls, lambda: None)
    first: datetime = calls[-1].started_at
    return as_data(
        Report(
            draft=versions.flow,
            shown=path.name,
            first=first,
            last=calls[0].started_at,
            comparisons=outcome.comparisons,
            recognizer=outcome.recognizer,
            heard=outcome.heard,
            words=False,
        )
    )
