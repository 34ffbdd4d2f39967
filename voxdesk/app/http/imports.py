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
from voxdesk.app.http.audit import looked, noted
from voxdesk.app.http.errors import NotThere
from voxdesk.app.http.guard import Listener, Scorer, Staff
from voxdesk.app.http.house import AHouse, House
from voxdesk.app.imports.arriving import About, NotTaken, TooLarge, Waiting, path_of, take

router = APIRouter(prefix="/imports", tags=["imports"])
MOST: Final = 200
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
    speakers: int
    way: str
    call_id: str | None
    created_at: datetime
    changed_at: datetime


class SentOut(ImportOut):
    """`known`: this content was sent before, and is not done again."""

    known: bool = False


class ImportsOut(BaseModel):
    """Imports, the newest first, and what a file may be."""

    imports: list[ImportOut]
    most_bytes: int
    longest_minutes: int
    folder: bool


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
        found = [_out(one) for one in repository.newest(session, limit=limit)]
    own = house.settings.imports
    return ImportsOut(
        imports=found,
        most_bytes=own.most_mb * 1_000_000,
        longest_minutes=own.longest_min,
        folder=bool(own.folder),
    )


@router.get("/{import_id}")
def read_import(import_id: str, house: AHouse, staff: Listener) -> ImportOut:
    """One of them."""
    with house.database.transaction() as session:
        found = _found(repository.find(session, import_id))
        looked(session, staff, Act.READ, of=f"import {found.id}", now=house.clock.now())
        return _out(found)


@router.post("", status_code=HTTPStatus.ACCEPTED, openapi_extra=BODY)
async def send(
    request: Request,
    response: Response,
    about: Annotated[SentAbout, Query()],
    house: AHouse,
    staff: Scorer,
) -> SentOut:
    """Send a recording. It becomes a call in a while; the same content is taken once (200)."""
    most = house.settings.imports.most_mb * 1_000_000
    promised = request.headers.get("content-length", "")
    if promised.isdigit() and int(promised) > most:
        raise _refused(
            TooLarge(f"A recording has at most {most // 1_000_000} MB (setting imports.most_mb).")
        )
    try:
        waiting = await run_in_threadpool(Waiting, house.settings)
    except NotTaken as error:
        raise _refused(error) from error
    try:
        await _received(request.stream(), waiting)
        sent = await run_in_threadpool(_take, house, staff, waiting, about)
    except (TooLarge, NotTaken) as error:
        waiting.forget()
        raise _refused(error) from error
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
        found = _out(_found(repository.find(session, import_id)))
    path_of(house.settings, import_id).unlink(missing_ok=True)
    return found


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
    return SentOut(**_out(found).model_dump(), known=not is_new)


def _refused(error: TooLarge | NotTaken) -> HTTPException:
    large = isinstance(error, TooLarge)
    status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE if large else HTTPStatus.BAD_REQUEST
    return HTTPException(status, str(error), headers={"Connection": "close"})


def _out(found: Import) -> ImportOut:
    return ImportOut.model_validate(found, from_attributes=True)


def _found(one: Import | None) -> Import:
    if one is None:
        raise NotThere("There is no such import.")
    return one
