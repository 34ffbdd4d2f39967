"""Published versions of flows over HTTP: history, difference, publish, take back."""

import dataclasses
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from crm.flows.models import FlowVersion
from dialog.flow_diff_shown import as_data
from voxdesk.app import publishing
from voxdesk.app.drafts import note_base, path_of, read_draft, take_draft
from voxdesk.app.flow_trial import run_trial
from voxdesk.app.http.errors import NotThere
from voxdesk.app.http.flow_answers import VersionDiff
from voxdesk.app.http.flow_live import tell_engine
from voxdesk.app.http.guard import Editor, Reader
from voxdesk.app.http.house import AHouse
from voxdesk.kernel.errors import PublishRefused
from voxdesk.kernel.worded import worded

router = APIRouter(tags=["versions"])
MAX_NUMBER = 999_999_999


class VersionOut(BaseModel):
    """A version without its text."""

    flow: str
    number: int
    base: int
    restores: int = Field(description="The version that it brought back; 0: it was new.")
    hash: str
    author: str
    reason: str
    tests: str
    changes: str
    published_at: datetime

    @classmethod
    def of(cls, version: FlowVersion) -> "VersionOut":
        """As it is kept."""
        return cls.model_validate(version, from_attributes=True)


class VersionWithText(VersionOut):
    """A version with its text, to the letter."""

    text: str


class PublishIn(BaseModel):
    """What to publish, and why."""

    reason: str = Field(min_length=1, max_length=500)
    hash: str = Field(
        max_length=64, description="Of the draft as it was looked at; another isn't published."
    )
    base: int | None = Field(
        None,
        ge=0,
        le=MAX_NUMBER,
        description="The version that the draft has all of, where that isn't the one it was made "
        "from; noted beside it.",
    )


class RollBackIn(BaseModel):
    """What to bring back, and why."""

    reason: str = Field(min_length=1, max_length=500)
    version: int | None = Field(
        None, ge=1, le=MAX_NUMBER, description="By default the one before the live one."
    )


class TakeIn(BaseModel):
    """The version that the draft shall be."""

    version: int = Field(ge=1, le=MAX_NUMBER)
    replaces: str = Field("", max_length=64, description="Hash of the draft that is there.")


@router.get("/flows/{flow}/versions")
def history(
    flow: str, house: AHouse, _: Reader, limit: Annotated[int, Query(ge=1, le=500)] = 50
) -> list[VersionOut]:
    """Who published what, when and why; the first is live."""
    if publishing.live_version(house.database, flow) is None:
        return []
    found = publishing.history(house.database, flow, limit=limit)
    return [VersionOut.of(version) for version in found]


@router.get("/flows/{flow}/versions/{number}")
def version(flow: str, number: int, house: AHouse, _: Reader) -> VersionWithText:
    """One version, with its text."""
    if not 1 <= number <= MAX_NUMBER:
        raise NotThere("A version's number is 1 or more.")
    try:
        found = publishing.find(house.database, flow, number)
    except PublishRefused as error:
        raise NotThere(str(error)) from error
    return VersionWithText.model_validate(found, from_attributes=True)


@router.get("/flows/{flow}/diff", response_model=VersionDiff)
def diff(
    flow: str,
    house: AHouse,
    _: Reader,
    before: Annotated[str, Query(max_length=20)] = publishing.LIVE,
    after: Annotated[str, Query(max_length=20)] = publishing.DRAFT,
) -> Any:
    """What is different between two versions, by step.

    Each side is a number, "live", "draft" or "nothing".
    """
    sides = [publishing.side(house.database, house.flows, flow, which) for which in (before, after)]
    if sides[1] is None:
        raise PublishRefused(worded('Compare with a version, "live" or "draft".'))
    return as_data(publishing.difference(sides[0], sides[1]))


@router.post("/flows/{flow}/publish")
def publish(flow: str, wanted: PublishIn, house: AHouse, editor: Editor) -> VersionOut:
    """Check and test the draft, and make it what the next call runs.

    409 when somebody else has published or changed the draft meanwhile; 422 when it has mistakes
    or a test fails.
    """
    draft = read_draft(house.flows, flow)
    if draft.hash != wanted.hash:
        raise PublishRefused(
            f"The draft of {flow} was changed meanwhile; look at it again before it is published.",
            case="draft_changed",
            flow=flow,
        )
    if wanted.base is not None and wanted.base != draft.base:
        note_base(draft.path, wanted.base)
        draft = dataclasses.replace(draft, base=wanted.base)
    proposal = publishing.examine(
        house.database, draft, trial=lambda flow, path: run_trial(flow, path, house.settings)
    )
    published = publishing.publish(
        house.database,
        proposal,
        author=editor.name,
        reason=wanted.reason,
        now=house.clock.now(),
    )
    note_base(draft.path, published.number)
    tell_engine(house)
    return VersionOut.of(published)


@router.post("/flows/{flow}/rollback")
def rollback(flow: str, wanted: RollBackIn, house: AHouse, editor: Editor) -> VersionOut:
    """Bring an earlier version back, at once, as a new one of the same text."""
    back = publishing.roll_back(
        house.database,
        flow,
        wanted.version,
        author=editor.name,
        reason=wanted.reason,
        now=house.clock.now(),
    )
    tell_engine(house)
    return VersionOut.of(back)


@router.post("/flows/{flow}/draft/take")
def take(flow: str, wanted: TakeIn, house: AHouse, _: Editor) -> VersionOut:
    """Make a published version the draft, to go on from there; the draft before is kept aside."""
    found = publishing.find(house.database, flow, wanted.version)
    path = path_of(house.flows, flow)
    present = read_draft(house.flows, flow).hash if path.exists() else ""
    if present != wanted.replaces:
        raise PublishRefused(
            f"The draft of {flow} was changed meanwhile; look at it again.",
            case="draft_changed",
            flow=flow,
        )
    take_draft(house.flows, flow, found.text.encode(), found.number)
    return VersionOut.of(found)
