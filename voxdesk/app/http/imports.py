"""Recordings from elsewhere over HTTP: sent, followed, cancelled."""

import socket
from collections.abc import AsyncIterator
from datetime import datetime
from http import HTTPStatus
from typing import Annotated, Final, Literal

from fastapi import APIRouter, HTTPException, Query, Request, Response
from fastapi.concurrency import run_in_threadpool
from pydantic import AwareDatetime, BaseModel, Field
from starlette.requests import ClientDisconnect

from crm.audit.models import Act
from crm.imports import repository
from crm.imports.models import Import
from crm.jobs import repository as jobs
from voxdesk.app.http.audit import looked, noted
from voxdesk.app.http.errors import NotNow, NotThere
from voxdesk.app.http.guard import Listener, Scorer, Staff
from voxdesk.app.http.house import AHouse, House
from voxdesk.app.http.worded import TroubleKept
from voxdesk.app.imports.arriving import About, Waiting, path_of, take

router = APIRouter(prefix="/imports", tags=["imports"])
MOST: Final = 200
MOST_DIGITS: Final = 16
BODY: Final = {
    "requestBody": {
        "required": True,
        "description": "The file itself: WAV, FLAC, Ogg or MP3, whatever it is called.",
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    }
}


class ImportOut(BaseModel):
    """A recording from elsewhere. `call_id`: the call that it has become; `percent`: of the work.

    `way`: by what speakers were told apart: "d-vector" (voices by a network), "mfcc" (the simpler
    way), "channels" (the file had each on a channel of its own).
    """

    id: str
    name: str
    size_bytes: int
    source: Literal["upload", "folder"]
    asked_by: str
    language: str
    started_at: datetime
    state: Literal["waiting", "working", "done", "failed", "cancelled"]
    percent: int
    error: str
    trouble: TroubleKept | None = None
    speakers: int
    way: str
    call_id: str | None
    created_at: datetime
    changed_at: datetime
    may_retry: bool = Field(default=False, description="It failed, and its file is still here.")


class SentOut(ImportOut):
    """`known`: this content was sent before, and is not done again."""

    known: bool = False


class LookOut(BaseModel):
    """A machine looks into the folder. `error`: why it can't take what lies there; or empty."""

    node: str
    looked_at: datetime | None
    error: str
    trouble: TroubleKept | None = None


class ImportsOut(BaseModel):
    """Imports, the newest first, and what a file may be. `folder`: its path, or empty."""

    imports: list[ImportOut]
    most_bytes: int
    longest_minutes: int
    folder: str
    looks: list[LookOut]


class SentAbout(BaseModel):
    """What whoever sends a file says of it."""

    name: str = Field("recording", max_length=500, description="Of the file, for people.")
    language: str = Field("", max_length=35, description="Spoken in it, BCP 47; empty: the usual.")
    first: Literal["agent", "caller"] = Field("agent", description="Who speaks first in it.")
    started_at: AwareDatetime | None = Field(None, description="When the call was; else now.")


@router.get("")
def read_imports(
    house: AHouse, staff: Listener, limit: Annotated[int, Query(ge=1, le=MOST)] = 100
) -> ImportsOut:
    """Recordings from elsewhere: how far each is, and which call it has become."""
    with house.database.transaction() as session:
        looked(session, staff, Act.READ, of="imports", now=house.clock.now())
        found = [_out(house, one) for one in repository.newest(session, limit=limit)]
        looks = [
            LookOut.model_validate(
                {
                    "node": one.node,
                    "looked_at": one.ended_at or one.began_at,
                    "error": one.error,
                    "trouble": one.trouble,
                }
            )
            for one in jobs.periodic(session)
            if one.name == "imports_folder"
        ]
    own = house.settings.imports
    return ImportsOut(
        imports=found,
        most_bytes=own.most_mb * 1_000_000,
        longest_minutes=own.longest_min,
        folder=own.folder,
        looks=looks if own.folder else [],
    )


@router.get("/{import_id}")
def read_import(import_id: str, house: AHouse, staff: Listener) -> ImportOut:
    """One of them."""
    with house.database.transaction() as session:
        found = _found(repository.find(session, import_id))
        looked(session, staff, Act.READ, of=f"import {found.id}", now=house.clock.now())
        return _out(house, found)


@router.post("", status_code=HTTPStatus.ACCEPTED, openapi_extra=BODY)
async def send(
    request: Request,
    response: Response,
    about: Annotated[SentAbout, Query()],
    house: AHouse,
    staff: Scorer,
) -> SentOut:
    """Send a recording. It becomes a call in a while; the same content is taken once (200)."""
    said = request.headers.get("content-length", "")
    promised = int(said) if said.isdecimal() and len(said) < MOST_DIGITS else 0
    waiting = await run_in_threadpool(Waiting, house.settings, promised_bytes=promised)
    try:
        await _received(request.stream(), waiting)
        sent = await run_in_threadpool(_take, house, staff, waiting, about)
    except ClientDisconnect:
        waiting.forget()
        raise HTTPException(HTTPStatus.BAD_REQUEST, "The file broke off; send it again.") from None
    except BaseException:
        waiting.forget()
        raise
    if sent.known:
        response.status_code = HTTPStatus.OK
    return sent


@router.post("/{import_id}/cancel")
def cancel(import_id: str, house: AHouse, staff: Scorer) -> ImportOut:
    """Let it be, whether it waits or is worked on."""
    now = house.clock.now()
    with house.database.transaction() as session:
        _found(repository.find(session, import_id))
        if not repository.cancel(session, import_id, now=now):
            raise HTTPException(HTTPStatus.CONFLICT, "It is over already.")
        noted(session, staff, Act.CHANGED, of=f"import {import_id}", now=now)
        found = _out(house, _found(repository.find(session, import_id)))
    path_of(house.settings, import_id).unlink(missing_ok=True)
    return found


@router.post("/{import_id}/retry")
def retry(import_id: str, house: AHouse, staff: Scorer) -> ImportOut:
    """Have one that failed tried again: its file was kept."""
    now = house.clock.now()
    with house.database.transaction() as session:
        before = _out(house, _found(repository.find(session, import_id)))
        if before.state == "failed" and not before.may_retry:
            raise NotNow("Its file is no longer here; send it again.", case="import_gone")
        if not repository.retry(session, import_id, now=now):
            raise NotNow("Only what failed can be tried again.", case="import_not_failed")
        noted(session, staff, Act.CHANGED, of=f"import {import_id}", now=now)
        return _out(house, _found(repository.find(session, import_id)))


@router.delete("/{import_id}", status_code=HTTPStatus.NO_CONTENT)
def throw_away(import_id: str, house: AHouse, staff: Scorer) -> None:
    """Throw away one that failed or was cancelled, with its file."""
    with house.database.transaction() as session:
        _found(repository.find(session, import_id))
        if not repository.throw_away(session, import_id):
            raise NotNow(
                "It is under way, or a call of its own: cancel it, or erase the call.",
                case="import_busy",
            )
        noted(session, staff, Act.ERASED, of=f"import {import_id}", now=house.clock.now())
    path_of(house.settings, import_id).unlink(missing_ok=True)


async def _received(chunks: AsyncIterator[bytes], waiting: Waiting) -> None:
    gathered = bytearray()
    async for chunk in chunks:
        gathered += chunk
        if len(gathered) >= 1 << 20:
            await run_in_threadpool(waiting.write, bytes(gathered))
            gathered.clear()
    await run_in_threadpool(waiting.write, bytes(gathered))


def _take(house: House, staff: Staff, waiting: Waiting, said: SentAbout) -> SentOut:
    now = house.clock.now()
    about = About(
        name=said.name,
        source="upload",
        asked_by=staff.name,
        language=said.language or house.settings.calls.language,
        first=said.first,
        started_at=said.started_at or now,
    )
    found, is_new = take(house.database, waiting, about, node=socket.gethostname(), now=now)
    with house.database.transaction() as session:
        noted(session, staff, Act.CHANGED, of=f"import {found.id}", now=now)
    return SentOut(**_out(house, found).model_dump(), known=not is_new)


def _out(house: House, found: Import) -> ImportOut:
    out = ImportOut.model_validate(found, from_attributes=True)
    if out.state == "failed":
        # Another machine's files can't be seen from here: it says so itself when it is tried.
        elsewhere = found.node != socket.gethostname()
        is_alone = house.database.url.get_backend_name() == "sqlite"
        is_here = path_of(house.settings, found.id).is_file()
        out.may_retry = is_here or (elsewhere and not is_alone)
    return out


def _found(one: Import | None) -> Import:
    if one is None:
        raise NotThere("There is no such import.", case="no_import")
    return one
