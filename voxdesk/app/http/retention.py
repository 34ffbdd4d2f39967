"""How long things are kept, over HTTP: rules, what they would delete, what was deleted."""

from dataclasses import asdict
from datetime import datetime
from typing import Final

from fastapi import APIRouter
from pydantic import BaseModel, Field

from crm.privacy import receipts
from crm.privacy.models import Deletion, Erasure
from crm.privacy.retention import Keep
from voxdesk.app.http.guard import Overseer
from voxdesk.app.http.house import AHouse
from voxdesk.app.recordings_kept import library_of
from voxdesk.app.retaining import Retaining

router = APIRouter(tags=["privacy"])
MOST_DUE: Final = 100


class RuleOut(BaseModel):
    """A rule of privacy.retention, and what it would delete now."""

    keep: Keep
    days: int
    flow: str
    outcome: str
    direction: str
    due: int = Field(description="Calls, callbacks, tickets or entries that would go now.")
    held: int = Field(description="That a legal hold keeps, beside them.")
    oldest: datetime | None = Field(description="Of what is due.")


class DueOut(BaseModel):
    """Something whose time is over."""

    id: str = Field(description="Of a call; or the number of a callback, ticket or entry.")
    keep: Keep
    rule: int
    ended_at: datetime
    held: bool


class DeletedOut(BaseModel):
    """How much one rule deleted in one run."""

    keep: Keep
    days: int
    flow: str
    outcome: str
    direction: str
    count: int


class DeletionOut(BaseModel):
    """What a run of the rules deleted, or an erasure."""

    at: datetime
    by: str
    ended: bool
    held: int
    deleted: list[DeletedOut]
    receipt: str = Field("", description="Of an erasure of a person.")
    counts: dict[str, int] = Field({}, description="Of an erasure, by kind of record.")


class RetentionOut(BaseModel):
    """Rules, what they would delete now, and what was deleted."""

    rules: list[RuleOut]
    due: list[DueOut] = Field(description="The oldest hundred of each rule.")
    runs: list[DeletionOut] = Field(description="The newest first; the last hundred of each kind.")


@router.get("/privacy/retention")
def show_retention(house: AHouse, _: Overseer) -> RetentionOut:
    """The rules, what they would delete now, and what was deleted when; nothing is deleted."""
    retaining = Retaining(house.settings, house.database, library_of(house.settings))
    now = house.clock.now()
    rules = [
        RuleOut(**asdict(rule), **asdict(much))
        for rule, much in zip(retaining.rules, retaining.how_much(now=now), strict=True)
    ]
    due = [
        DueOut.model_validate(one, from_attributes=True)
        for one in retaining.due(now=now, limit=MOST_DUE)
    ]
    with house.database.reading() as session:
        runs = [*map(_run, receipts.deletions(session)), *map(_erasure, receipts.erasures(session))]
    return RetentionOut(
        rules=rules, due=due, runs=sorted(runs, key=lambda one: one.at, reverse=True)
    )


def _run(row: Deletion) -> DeletionOut:
    return DeletionOut(
        at=row.begun_at,
        by=row.by,
        ended=row.ended_at is not None,
        held=row.held,
        deleted=row.counts,
    )


def _erasure(row: Erasure) -> DeletionOut:
    return DeletionOut(
        at=row.at, by=row.by, ended=True, held=0, deleted=[], receipt=row.id, counts=row.counts
    )
