"""One call over HTTP: how it went, what was said, its moments, the shape of its sound."""

import re
from datetime import datetime
from enum import StrEnum
from http import HTTPStatus
from typing import Annotated, Final

from fastapi import APIRouter, HTTPException, Query
from pydantic import BaseModel, Field
from sqlalchemy.orm import Session

from crm.audit.models import Act
from crm.calls.models import Call
from crm.calls.repository import transfers_of
from crm.customers.models import Customer
from crm.facts.markers import MarkerKind, markers_of
from crm.facts.repository import facts_for
from crm.finding.passages import Found, found_in
from crm.finding.query import MOST_CHARACTERS, SearchRefused, parse
from crm.finding.query import Query as Search
from crm.finding.repository import FoundCall
from crm.staff.models import Role
from crm.transcripts.model import Side
from crm.transcripts.repository import roles_of, transcript_of
from crm.transcripts.speakers import Speaker, speakers_of
from recordings.library import Wholeness
from recordings.redaction import Kind
from voxdesk.app.calls.hidden import Shown, shown_segments
from voxdesk.app.calls.transcript import log_of, said_in
from voxdesk.app.calls.waveform import waveform_of
from voxdesk.app.http.audit import looked
from voxdesk.app.http.call_lines import CallLine, version_numbers
from voxdesk.app.http.errors import NotThere
from voxdesk.app.http.guard import Listener, Staff
from voxdesk.app.http.house import AHouse, House
from voxdesk.app.http.shown import shown
from voxdesk.app.recordings_kept import library_of
from voxdesk.kernel.errors import RecordingLocked, RecordingMissing, VoxdeskError

router = APIRouter(tags=["calls"])
SHORTEST_REASON: Final = 5
_CALL_ID: Final = re.compile(r"[A-Za-z0-9_-]{1,64}")
_SEES_ORIGINALS: Final = frozenset({Role.ADMINISTRATOR, Role.AUDITOR})


class TransferOut(BaseModel):
    """An attempt to give the call to somebody."""

    number: int
    mode: str
    target: str
    agent: str
    outcome: str
    started_at: datetime
    connected_at: datetime | None
    ended_at: datetime | None


class SoundState(StrEnum):
    """Whether a call can be heard; "cut": what there is of it can."""

    READY = "ready"
    CUT = "cut"
    NONE = "none"
    EMPTY = "empty"
    MISSING = "missing"
    LOCKED = "locked"
    DAMAGED = "damaged"


_TROUBLES: Final = {
    SoundState.READY: "",
    SoundState.CUT: "The recording was cut: it ends before the call does.",
    SoundState.NONE: "This call was not recorded.",
    SoundState.EMPTY: "The recording is empty: the call was over before a sound was kept.",
    SoundState.MISSING: "The recording is gone: it was deleted, or moved. What was said is still "
    "here.",
    SoundState.LOCKED: "The key of the recording is not here, or another one, so that it can't be "
    "played. Have it put back: voxdesk doctor says where. What was said is still here.",
    SoundState.DAMAGED: "The recording is damaged and can't be played. What was said is still "
    "here.",
}


class SoundOut(BaseModel):
    """Whether the call can be heard."""

    state: SoundState
    seconds: float | None
    message: str = Field(description="What is wrong with it; empty when it is ready.")


class CallOut(CallLine):
    """A call, in full."""

    diverted_from: str
    node: str
    steps: list[str] = Field(description="That the call came to, in order.")
    transfers: list[TransferOut]
    sound: SoundOut
    words_removed_at: datetime | None = Field(description="Their time was over, by a rule.")
    keys_removed_at: datetime | None = Field(description="The same of what was keyed in.")


class LabelOut(BaseModel):
    """A word that isn't what was said, but says what is hidden there."""

    word: int = Field(description="Its place among the words, from 0.")
    kind: Kind


class SegmentOut(BaseModel):
    """What one side said in one go; milliseconds on the recording's clock."""

    seq: int
    side: Side
    start_ms: int
    end_ms: int
    text: str
    sensitive: bool = Field(description="It was not kept: there is neither text nor sound.")
    words: list[tuple[str, int, int]] = Field(description="Each with its start and end.")
    labels: list[LabelOut] = Field(description="Words that stand for something hidden.")
    found: list[int] = Field(description="Which words `q` means, by their places from 0.")
    speaker: int | None = Field(
        description="Who of the speakers that were told apart, from 1; null where nobody had to be."
    )

    @classmethod
    def of(cls, seen: Shown, found: Found | None) -> "SegmentOut":
        """From a segment as it may be seen, and what is looked for in it."""
        one = seen.segment
        return cls(
            seq=one.seq,
            side=one.side,
            start_ms=one.start_ms,
            end_ms=one.end_ms,
            text=one.text,
            sensitive=one.sensitive,
            words=[(word.text, word.start_ms, word.end_ms) for word in one.words],
            found=[] if found is None else found.words,
            labels=[LabelOut(word=word, kind=kind) for word, kind in seen.labels],
            speaker=None if one.speaker is None else one.speaker + 1,
        )


class SpeakerOut(BaseModel):
    """Somebody who was told apart. `number`: from 1, as they are first heard."""

    number: int
    side: Side
    name: str = Field(description="As somebody named them; or empty.")
    spoken_ms: int
    first_ms: int

    @classmethod
    def of(cls, one: Speaker) -> "SpeakerOut":
        """As they may be seen."""
        return cls(
            number=one.number + 1,
            side=one.side,
            name=shown(one.name, ""),
            spoken_ms=one.spoken_ms,
            first_ms=one.first_ms,
        )


class TranscriptOut(BaseModel):
    """What was said."""

    language: str
    original: bool = Field(description="Nothing is hidden in it.")
    segments: list[SegmentOut]
    speakers: list[SpeakerOut] = Field(
        description="Who was told apart in a recording of one channel; else empty."
    )


class MarkerOut(BaseModel):
    """A moment of the call, or a stretch of it; milliseconds on the recording's clock."""

    kind: MarkerKind
    start_ms: int
    end_ms: int
    label: str
    seq: int
    flow: str


class DamageOut(BaseModel):
    """A stretch that can't be read, in milliseconds of the recording; a low tone stands there."""

    start_ms: int
    end_ms: int


class WaveformOut(BaseModel):
    """The shape of the sound: the loudest sample of each stretch, all of one length."""

    seconds: float
    caller: list[int] = Field(description="0 to 255.")
    answer: list[int] = Field(description="0 to 255: Voxdesk, then the agent.")
    damaged: list[DamageOut] = Field(description="In order; nearly always none.")


def the_call(session: Session, call_id: str) -> Call:
    """The call of this id.

    Raises:
        NotThere: there is none.
    """
    call = session.get(Call, call_id) if _CALL_ID.fullmatch(call_id) else None
    if call is None:
        raise NotThere("There is no such call; it may have been erased.", case="no_call")
    return call


def looked_at(house: House, staff: Staff, call_id: str) -> Call:
    """The call of this id, at which `staff` looks.

    The look is written down in a transaction of its own: what is read behind it may take long, and
    must not hold up who writes.

    Raises:
        NotThere: there is none.
    """
    with house.database.transaction() as session:
        call = the_call(session, call_id)
        looked(session, staff, Act.READ_CALL, of=f"call {call.id}", now=house.clock.now())
    return call


@router.get("/calls/{call_id}")
def read(call_id: str, house: AHouse, staff: Listener) -> CallOut:
    """A call: who, when, how it went, to whom it was given."""
    with house.database.transaction() as session:
        call = the_call(session, call_id)
        looked(session, staff, Act.READ_CALL, of=f"call {call.id}", now=house.clock.now())
        facts = facts_for(session, call.id)
        customer = session.get(Customer, call.customer_id) if call.customer_id else None
        found = FoundCall(
            call, facts[0] if facts else None, customer.display_name if customer else ""
        )
        line = CallLine.of(found, version_numbers(session, [call]))
        transfers = [
            TransferOut.model_validate(one, from_attributes=True)
            for one in transfers_of(session, call.id)
        ]
        steps = list(facts[1]) if facts else _steps_so_far(session, call)
    return CallOut(
        **line.model_dump(),
        diverted_from=call.diverted_from,
        node=call.node,
        steps=steps,
        transfers=transfers,
        sound=_sound(house, call),
        words_removed_at=call.words_removed_at,
        keys_removed_at=call.keys_removed_at,
    )


def _steps_so_far(session: Session, call: Call) -> list[str]:
    moments = markers_of(log_of(session, call))
    return list(dict.fromkeys(one.label for one in moments if one.kind is MarkerKind.STEP))


def _sound(house: AHouse, call: Call) -> SoundOut:
    state, seconds = _state_of_sound(house, call)
    return SoundOut(state=state, seconds=seconds, message=_TROUBLES[state])


def _state_of_sound(house: House, call: Call) -> tuple[SoundState, float | None]:
    if not call.recording_path:
        return SoundState.NONE, None
    try:
        info = library_of(house.settings).info(call.recording_path)
    except RecordingMissing:
        return SoundState.MISSING, None
    except RecordingLocked:
        return SoundState.LOCKED, None
    except VoxdeskError:
        return SoundState.DAMAGED, None
    if not info.seconds:
        return SoundState.EMPTY, 0
    is_cut = call.ended_at is not None and info.wholeness is Wholeness.UNFINISHED
    return (SoundState.CUT if is_cut else SoundState.READY), info.seconds


@router.get("/calls/{call_id}/transcript")
def transcript(
    call_id: str,
    house: AHouse,
    staff: Listener,
    *,
    original: Annotated[bool, Query(description="With what is hidden; needs a reason.")] = False,
    reason: Annotated[str, Query(max_length=500, description="Why, for the audit log.")] = "",
    q: Annotated[
        str, Query(max_length=MOST_CHARACTERS, description="A search, to see what it means here.")
    ] = "",
) -> TranscriptOut:
    """What both sides said, with the time of each word."""
    query = _search(q)
    why = may_see_original(staff, reason) if original else ""
    act = Act.SAW_ORIGINAL if original else Act.READ_CALL
    with house.database.transaction() as session:
        call = the_call(session, call_id)
        now = house.clock.now()
        looked(session, staff, act, of=f"call {call.id}", now=now, why=why)
        said = said_in(session, call)
        speakers = speakers_of(said, roles_of(session, call.id))
    segments = [Shown(one) for one in said] if original else shown_segments(said, call.language)
    found = {id(one.segment): one for one in found_in(query, (one.segment for one in segments))}
    return TranscriptOut(
        language=call.language,
        original=original,
        segments=[SegmentOut.of(one, found.get(id(one.segment))) for one in segments],
        speakers=[SpeakerOut.of(one) for one in speakers],
    )


def _search(q: str) -> Search:
    """What is to be marked: nothing, where a link has a search that can't be read."""
    try:
        return parse(q)
    except SearchRefused:
        return Search()


def may_see_original(staff: Staff, reason: str) -> str:
    """The reason, for the audit log; 403 or 422 where they may not, or gave none."""
    if staff.role not in _SEES_ORIGINALS:
        roles = " or ".join(sorted(_SEES_ORIGINALS))
        raise HTTPException(
            HTTPStatus.FORBIDDEN, f"{staff.name} is {staff.role} here; originals take {roles}."
        )
    if len(reason.strip()) < SHORTEST_REASON:
        raise HTTPException(
            HTTPStatus.UNPROCESSABLE_ENTITY,
            "Say in `reason` why you need the original; it is kept in the audit log.",
        )
    return reason.strip()


@router.get("/calls/{call_id}/markers")
def markers(call_id: str, house: AHouse, staff: Listener) -> list[MarkerOut]:
    """Steps, barge-ins, silences, overlaps, keys, transfers, no-matches, slow turns and so on."""
    call = looked_at(house, staff, call_id)
    with house.database.reading() as session:
        log = log_of(session, call)
        found = markers_of(log, transcript_of(session, call.id, log))
    return [MarkerOut.model_validate(one, from_attributes=True) for one in found]


@router.get("/calls/{call_id}/waveform")
def waveform(call_id: str, house: AHouse, staff: Listener) -> WaveformOut:
    """The shape of both channels, for drawing them without the sound."""
    call = looked_at(house, staff, call_id)
    shape = waveform_of(house.database, library_of(house.settings), call)
    return WaveformOut(
        seconds=shape.seconds,
        caller=list(shape.left),
        answer=list(shape.right),
        damaged=[DamageOut(start_ms=start, end_ms=end) for start, end in shape.damaged],
    )
