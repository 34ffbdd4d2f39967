"""A person's data and legal holds over HTTP."""

import tempfile
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime
from http import HTTPStatus
from typing import IO, Annotated, Final

from fastapi import APIRouter, Path, Query
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, Field

from crm.audit.models import Act
from crm.calls.repository import events_of
from crm.privacy import holds, people
from crm.privacy.consent import consent_of
from crm.privacy.models import LegalHold
from crm.privacy.person import NOBODY, Person
from voxdesk.app import traces
from voxdesk.app.http.audit import looked, noted
from voxdesk.app.http.errors import NotNow, NotThere
from voxdesk.app.http.guard import Administrator, Listener, Overseer
from voxdesk.app.http.house import AHouse, House
from voxdesk.app.http.lists import BIGGEST_ID
from voxdesk.app.http.shown import shown
from voxdesk.app.privacy import PrivacyHouse
from voxdesk.app.recordings_kept import library_of
from voxdesk.app.traces import Traces

router = APIRouter(tags=["privacy"])
COPY_BYTES: Final = 1 << 18

Phone = Annotated[str, Query(max_length=40, description="Their telephone number.")]
Customer = Annotated[int | None, Query(ge=1, le=BIGGEST_ID, description="Or a customer's id.")]


class PersonOut(BaseModel):
    """How much there is of a person; not what."""

    customers: list[int]
    calls: int
    rows: dict[str, int] = Field(description="By kind of record.")
    recordings: int
    on_the_phone: bool = Field(description="A call goes on; nothing can be erased before its end.")
    holds: list[int] = Field(description="Legal holds; nothing is erased while there are any.")


class CandidateOut(BaseModel):
    """Somebody who may be meant."""

    customer: int | None = Field(description="None: a caller whom the CRM doesn't know.")
    name: str
    phone: str
    calls: int
    by: str = Field(description="Found by: phone, name, customer, account, order, ticket or call.")


class MentionOut(BaseModel, from_attributes=True):
    """Rows that mention a person and aren't theirs: an erasure leaves them."""

    kind: str
    rows: int
    calls: list[str] = Field(description="Of which calls they are; at most 20.")


class TracesOut(BaseModel):
    """What there is of a person beside their own."""

    mentions: list[MentionOut]
    files: list[str] = Field(description="Names below the folder of the state.")
    looked_at: int = Field(description="Files that were looked at, beside all tables.")

    @classmethod
    def of(cls, found: Traces) -> "TracesOut":
        """From what was found."""
        return cls.model_validate(found, from_attributes=True)


class WhoIn(BaseModel):
    """Whom to erase."""

    phone: str = Field("", max_length=40)
    customer: int | None = Field(None, ge=1, le=BIGGEST_ID)
    confirm: str = Field(max_length=10, description='"ERASE", typed by somebody.')


class ErasedOut(BaseModel):
    """A receipt. It doesn't say who it was."""

    receipt: str
    at: datetime
    counts: dict[str, int]
    left: TracesOut = Field(description="What a search found afterwards; it names what stays.")


class HoldIn(BaseModel):
    """What to hold: one of both."""

    call_id: str = Field("", max_length=64)
    customer_id: int | None = Field(None, ge=1, le=BIGGEST_ID)
    reason: str = Field(min_length=3, max_length=300, description="No personal data.")


class HoldOut(BaseModel):
    """A legal hold."""

    id: int
    call_id: str
    customer_id: int | None
    reason: str
    placed_by: str
    placed_at: datetime
    lifted_by: str
    lifted_at: datetime | None
    attempts: int = Field(description="How often something would have deleted what it holds.")

    @classmethod
    def of(cls, hold: LegalHold) -> "HoldOut":
        """From its row."""
        return cls.model_validate(hold, from_attributes=True)


class ConsentOut(BaseModel):
    """What the caller was told about recording."""

    text: str
    at: datetime
    audio_ms: int
    heard_out: bool
    recording_since: datetime | None


def _privacy(house: House) -> PrivacyHouse:
    return PrivacyHouse(house.settings, house.database, library_of(house.settings))


def _whom(house: House, phone: str, customer: int | None) -> Person:
    if bool(phone.strip()) == (customer is not None):
        raise NotNow("Say who: a telephone number, or a customer's id.", case="who_is_missing")
    with house.database.reading() as session:
        whom = _privacy(house).find(session, phone=phone, customer=customer)
    if not whom.known:
        raise NotThere("There is nothing of such a person here.", case="no_person")
    return whom


@router.get("/privacy/people")
def find_people(
    house: AHouse,
    staff: Overseer,
    said: Annotated[
        str,
        Query(
            min_length=1,
            max_length=100,
            description="Telephone number, name or part of it, a customer's, account's, order's or "
            "ticket's number, id of a call.",
        ),
    ],
) -> list[CandidateOut]:
    """Everybody who may be meant, at most thirty."""
    with house.database.transaction() as session:
        noted(session, staff, Act.SEARCHED, of="people", now=house.clock.now())
        found = people.candidates(session, said, _privacy(house).numbers(said))
    return [CandidateOut.model_validate(one, from_attributes=True) for one in found]


@router.get("/privacy/mentions")
def find_mentions(
    house: AHouse, staff: Overseer, phone: Phone = "", customer: Customer = None
) -> TracesOut:
    """Where others mention a person: it stays when they are erased. Seconds, with many calls."""
    whom = _whom(house, phone, customer)
    wanted = traces.needles(house.database, whom)
    with house.database.transaction() as session:
        noted(session, staff, Act.SEARCHED, of="mentions of a person", now=house.clock.now())
    return TracesOut.of(traces.look(house.settings, house.database, wanted, beside=whom))


@router.get("/privacy/person")
def find_person(
    house: AHouse, staff: Overseer, phone: Phone = "", customer: Customer = None
) -> PersonOut:
    """How much there is of a person: what an export has and an erasure takes."""
    whom = _whom(house, phone, customer)
    found = _privacy(house).preview(whom)
    with house.database.transaction() as session:
        held = holds.holding(session, calls=whom.calls, customers=whom.customers)
        noted(session, staff, Act.SEARCHED, of="a person", now=house.clock.now())
        return PersonOut(
            customers=list(whom.customers),
            calls=len(whom.calls),
            rows=dict(found.rows),
            recordings=len(found.recordings),
            on_the_phone=bool(found.going_on),
            holds=[hold.id for hold in held],
        )


@router.get("/privacy/export", response_class=StreamingResponse)
def export_person(
    house: AHouse, staff: Administrator, phone: Phone = "", customer: Customer = None
) -> StreamingResponse:
    """Everything as a ZIP: data.json, readable.html, recordings."""
    whom = _whom(house, phone, customer)
    file = tempfile.TemporaryFile(dir=house.settings.state_dir)  # noqa: SIM115  the answer closes it
    try:
        _privacy(house).export(whom, file, now=house.clock.now())
        with house.database.transaction() as session:
            noted(session, staff, Act.EXPORTED, of="a person", now=house.clock.now())
        file.seek(0)
    except BaseException:
        file.close()
        raise
    headers = {
        "Content-Disposition": 'attachment; filename="person.zip"',
        "Cache-Control": "no-store",
    }
    return StreamingResponse(_parts(file), media_type="application/zip", headers=headers)


def _parts(file: IO[bytes]) -> Iterator[bytes]:
    with closing(file):
        while part := file.read(COPY_BYTES):
            yield part


@router.post("/privacy/erase")
def erase_person(house: AHouse, staff: Administrator, who: WhoIn) -> ErasedOut:
    """Erase everything of a person. It can't be undone."""
    if who.confirm != "ERASE":
        raise NotNow('Nothing was erased: "confirm" must be ERASE.', case="erase_unconfirmed")
    whom = _whom(house, who.phone, who.customer)
    wanted = traces.needles(house.database, whom)
    receipt = _privacy(house).erase(whom, by=staff.name, now=house.clock.now())
    with house.database.transaction() as session:
        noted(session, staff, Act.ERASED, of=f"erasure {receipt.id}", now=house.clock.now())
    left = traces.look(house.settings, house.database, wanted, beside=NOBODY)
    return ErasedOut(
        receipt=receipt.id, at=receipt.at, counts=receipt.counts, left=TracesOut.of(left)
    )


@router.get("/privacy/holds")
def list_holds(
    house: AHouse,
    staff: Overseer,
    *,
    lifted: Annotated[bool, Query(description="Also those.")] = False,
) -> list[HoldOut]:
    """Legal holds, the newest first."""
    with house.database.transaction() as session:
        looked(session, staff, Act.READ, of="holds", now=house.clock.now())
        return [HoldOut.of(hold) for hold in holds.listed(session, all_of_them=lifted)]


@router.post("/privacy/holds", status_code=HTTPStatus.CREATED)
def place_hold(house: AHouse, staff: Administrator, wanted: HoldIn) -> HoldOut:
    """Hold a call, or a customer with all calls."""
    with house.database.transaction() as session:
        hold = holds.place(
            session,
            by=staff.name,
            reason=wanted.reason,
            now=house.clock.now(),
            call_id=wanted.call_id,
            customer_id=wanted.customer_id,
        )
        noted(session, staff, Act.HELD, of=f"hold {hold.id}", now=house.clock.now())
        return HoldOut.of(hold)


@router.delete("/privacy/holds/{number}")
def lift_hold(
    house: AHouse, staff: Administrator, number: Annotated[int, Path(ge=1, le=BIGGEST_ID)]
) -> HoldOut:
    """Lift a hold."""
    with house.database.transaction() as session:
        hold = holds.lift(session, number, by=staff.name, now=house.clock.now())
        if hold is None:
            raise NotThere("There is no such hold, or it is lifted.", case="no_hold")
        noted(session, staff, Act.HELD, of=f"hold {hold.id} lifted", now=house.clock.now())
        return HoldOut.of(hold)


@router.get("/calls/{call_id}/consent")
def show_consent(
    house: AHouse, staff: Listener, call_id: Annotated[str, Path(max_length=64)]
) -> ConsentOut | None:
    """What the caller was told about recording, and whether they heard it to its end."""
    with house.database.transaction() as session:
        events = [logged.event for logged in events_of(session, call_id)]
        if not events:
            raise NotThere("There is no such call.", case="no_call")
        looked(session, staff, Act.READ_CALL, of=f"call {call_id}", now=house.clock.now())
    found = consent_of(events)
    if found is None:
        return None
    told = ConsentOut.model_validate(found, from_attributes=True)
    return told.model_copy(update={"text": shown(found.text, "")})
