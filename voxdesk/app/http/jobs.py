"""Work after calls over HTTP: what waits, what failed and why, and another try."""

from datetime import datetime
from typing import Literal

from fastapi import APIRouter
from pydantic import BaseModel, Field

from crm.audit.models import Act
from crm.jobs import repository
from voxdesk.app.http.audit import noted
from voxdesk.app.http.guard import Editor, Watcher
from voxdesk.app.http.house import AHouse
from voxdesk.app.http.worded import TroubleKept

router = APIRouter(prefix="/jobs", tags=["jobs"])


class KindOut(BaseModel):
    """How much of one kind of work there is."""

    kind: str
    waiting: int
    working: int
    done: int
    set_aside: int


class PeriodicOut(BaseModel):
    """Work that comes again, on one machine. `error` is empty where it went well."""

    name: str
    node: str
    due_at: datetime
    began_at: datetime | None
    ended_at: datetime | None
    error: str
    trouble: TroubleKept | None


class TroubleOut(BaseModel):
    """A call's work that failed. `due_at`: when it is tried again, if it is waiting."""

    call_id: str
    kind: str
    state: Literal["waiting", "set_aside"]
    tries: int
    error: str
    trouble: TroubleKept | None
    due_at: datetime
    changed_at: datetime


class JobsOut(BaseModel):
    """All work, and at most 50 troubles."""

    kinds: list[KindOut]
    periodic: list[PeriodicOut]
    troubles: list[TroubleOut]


class RetryIn(BaseModel):
    """What to try again; empty means all that was set aside."""

    call_id: str = Field("", max_length=64)
    kind: str = Field("", max_length=64)


class RetriedOut(BaseModel):
    """How many pieces of work wait for another try."""

    count: int


@router.get("")
def read_jobs(house: AHouse, _: Watcher) -> JobsOut:
    """What is done for calls when they are over: what waits, what failed and why."""
    with house.database.reading() as session:
        return JobsOut.model_validate(
            {
                "kinds": repository.counts(session),
                "periodic": repository.periodic(session),
                "troubles": repository.in_trouble(session),
            },
            from_attributes=True,
        )


@router.post("/retry")
def retry(wanted: RetryIn, house: AHouse, staff: Editor) -> RetriedOut:
    """Have what was set aside tried again."""
    now = house.clock.now()
    with house.database.transaction() as session:
        count = repository.again(session, now=now, call_id=wanted.call_id, kind=wanted.kind)
        what = " ".join(part for part in ("jobs", wanted.kind, wanted.call_id) if part)
        noted(session, staff, Act.CHANGED, of=what, now=now)
    return RetriedOut(count=count)
