"""Who the speakers of a recording are, and what was said as a table, over HTTP."""

from typing import Annotated, Final, Literal

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, Field

from crm.audit.models import Act
from crm.transcripts.model import Side
from crm.transcripts.repository import replace_roles, roles_of
from crm.transcripts.speakers import Role, Speaker, speakers_of
from voxdesk.app.calls.after import put_facts
from voxdesk.app.calls.transcript import said_in, visible
from voxdesk.app.http.audit import noted
from voxdesk.app.http.call import SpeakerOut, the_call
from voxdesk.app.http.errors import NotThere
from voxdesk.app.http.guard import Listener, Scorer
from voxdesk.app.http.house import AHouse
from voxdesk.app.http.sheets import AS_FILE, Format, Sheet, as_file
from voxdesk.app.http.shown import shown

router = APIRouter(tags=["calls"])
LONGEST_NAME: Final = 80


class SpeakerIn(BaseModel):
    """Who one of them is."""

    number: int = Field(ge=1, le=32)
    side: Literal["caller", "agent"]
    name: str = Field("", max_length=LONGEST_NAME)


class SpeakersIn(BaseModel):
    """Who they are; of whoever isn't named here, what was said before is forgotten."""

    speakers: list[SpeakerIn] = Field(max_length=32)


@router.put("/calls/{call_id}/speakers")
def name_speakers(
    call_id: str, wanted: SpeakersIn, house: AHouse, staff: Scorer
) -> list[SpeakerOut]:
    """Say who the speakers are; transcript, search and figures follow, the sound stays as it is."""
    now = house.clock.now()
    with house.database.transaction() as session:
        call = the_call(session, call_id)
        there = {one.number for one in speakers_of(said_in(session, call), {})}
        roles: dict[int, Role] = {}
        for one in wanted.speakers:
            if one.number - 1 not in there:
                known = ", ".join(str(number + 1) for number in sorted(there)) or "none"
                raise NotThere(
                    f"There is no speaker {one.number} in this call; there are: {known}.",
                    case="no_speaker",
                    number=one.number,
                    known=known,
                )
            roles[one.number - 1] = Role(Side(one.side), " ".join(one.name.split()))
        replace_roles(session, call.id, roles, by=staff.name, now=now)
        noted(session, staff, Act.CHANGED, of=f"speakers of call {call.id}", now=now)
        if call.ended_at is not None:
            put_facts(session, call)
        found = speakers_of(said_in(session, call), roles)
    return [SpeakerOut.of(one) for one in found]


@router.get("/calls/{call_id}/transcript/export", responses=AS_FILE)
def export_transcript(
    call_id: str,
    house: AHouse,
    staff: Listener,
    format_: Annotated[Format, Query(alias="format")] = Format.CSV,
) -> Response:
    """What was said as a table, as it may be shown: when, on which side, who, and the words."""
    with house.database.transaction() as session:
        call = the_call(session, call_id)
        noted(session, staff, Act.EXPORTED, of=f"call {call.id}", now=house.clock.now())
        said = said_in(session, call)
        who = {one.number: one for one in speakers_of(said, roles_of(session, call.id))}
        language = call.language
    rows = [
        [
            one.start_ms / 1000,
            one.end_ms / 1000,
            one.side.value,
            _called(who.get(-1 if one.speaker is None else one.speaker)),
            one.text,
        ]
        for one in visible(said, language)
    ]
    columns = ("start_s", "end_s", "side", "speaker", "text")
    return as_file(Sheet(f"transcript-{call_id}", columns, rows), format_)


def _called(speaker: Speaker | None) -> str:
    if speaker is None:
        return ""
    return shown(speaker.name, "") or f"{speaker.number + 1}"
