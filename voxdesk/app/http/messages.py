"""Messages over HTTP: what callers left in mailboxes, in words and as sound."""

from datetime import datetime
from typing import Annotated, Final

from fastapi import APIRouter, Path, Query
from fastapi.responses import Response
from pydantic import BaseModel, Field
from sqlalchemy.orm import Session

from crm.audit.models import Act
from crm.messages import repository
from crm.messages.models import TextState
from crm.messages.repository import LeftMessage
from recordings.sound import mono_wav
from voxdesk.app.calls.hidden import toned
from voxdesk.app.http.audit import looked, noted
from voxdesk.app.http.errors import NotThere
from voxdesk.app.http.guard import Listener, Scorer
from voxdesk.app.http.house import AHouse
from voxdesk.app.http.lists import BIGGEST_ID, Limit, Offset
from voxdesk.app.http.shown import shown
from voxdesk.app.recordings_kept import library_of
from voxdesk.app.transcripts.listening import read_part
from voxdesk.kernel.audio import SAMPLE_RATE_HZ
from voxdesk.kernel.errors import RecordingMissing

router = APIRouter(tags=["messages"])
WAV: Final = "audio/wav"
MessageId = Annotated[int, Path(ge=1, le=BIGGEST_ID)]


class MessageOut(BaseModel):
    """What a caller left."""

    id: int
    mailbox: str
    left_at: datetime
    seconds: float
    heard_at: datetime | None = Field(description="When somebody listened to it.")
    call_id: str
    caller: str = Field(description="Their number; empty when it was withheld.")
    caller_name: str
    language: str = Field(description="Empty: its words are not written down.")
    text_state: TextState | None = Field(
        description="How far its words are; null: they are not to be written down."
    )
    text: str = Field(description="Its words, once they are there.")
    has_sound: bool

    @classmethod
    def of(cls, left: LeftMessage) -> "MessageOut":
        """From its rows."""
        text = left.text
        return cls(
            id=left.message.id,
            mailbox=left.message.mailbox,
            left_at=left.message.left_at,
            seconds=left.message.seconds,
            heard_at=left.message.heard_at,
            call_id=left.call.id,
            caller=left.call.caller,
            caller_name=left.call.caller_name or "",
            language=text.language if text else "",
            text_state=TextState(text.state) if text else None,
            text=shown(text.text, text.language) if text else "",
            has_sound=bool(left.recording_path),
        )


class MessageChange(BaseModel):
    """Whether somebody has dealt with it."""

    heard: bool


@router.get("/messages")
def list_messages(
    house: AHouse,
    staff: Listener,
    *,
    mailbox: Annotated[str, Query(max_length=200)] = "",
    unheard: Annotated[bool, Query(description="Only those that nobody heard.")] = False,
    limit: Limit = 50,
    offset: Offset = 0,
) -> list[MessageOut]:
    """The newest messages."""
    with house.database.transaction() as session:
        looked(session, staff, Act.READ, of="messages", now=house.clock.now())
        found = repository.list_left(
            session, mailbox=mailbox, unheard=unheard, limit=limit, offset=offset
        )
        return [MessageOut.of(left) for left in found]


@router.get("/messages/{message_id}")
def get_message(message_id: MessageId, house: AHouse, staff: Listener) -> MessageOut:
    """One message. It isn't heard by that: say so with PATCH."""
    with house.database.transaction() as session:
        left = _found(session, message_id)
        looked(session, staff, Act.READ, of=f"message {message_id}", now=house.clock.now())
        return MessageOut.of(left)


@router.patch("/messages/{message_id}")
def change_message(
    message_id: MessageId, change: MessageChange, house: AHouse, staff: Scorer
) -> MessageOut:
    """Somebody has listened to it, or it is new again."""
    now = house.clock.now()
    with house.database.transaction() as session:
        left = _found(session, message_id)
        if change.heard == (left.message.heard_at is None):
            if change.heard:
                repository.heard(session, left.message, now=now)
            else:
                repository.unhear(session, left.message)
            noted(session, staff, Act.CHANGED, of=f"message {message_id}", now=now)
            session.refresh(left.message)
        return MessageOut.of(left)


@router.get(
    "/messages/{message_id}/sound",
    response_class=Response,
    responses={200: {"content": {WAV: {}}, "description": "The caller's side, mono."}},
)
def get_sound(message_id: MessageId, house: AHouse, staff: Listener) -> Response:
    """The message alone, cut out of its call's recording, as a WAV file."""
    with house.database.reading() as session:
        left = _found(session, message_id)
        name = left.recording_path
        start_ms, seconds = left.message.start_ms, left.message.seconds
        hidden = house.hidden.of(session, left.call)
    if not name:
        raise NotThere(f"Message {message_id} has no sound: the call was not recorded.")
    try:
        with library_of(house.settings).open(name) as file:
            part = read_part(toned(file, hidden), start_ms=start_ms, seconds=seconds)
    except RecordingMissing:  # its own words name a folder
        raise NotThere(f"The sound of message {message_id} was deleted or moved.") from None
    sound = mono_wav(part, SAMPLE_RATE_HZ)
    with house.database.transaction() as session:
        looked(
            session, staff, Act.HEARD_RECORDING, of=f"message {message_id}", now=house.clock.now()
        )
    return Response(sound, media_type=WAV, headers={"Cache-Control": "no-store"})


def _found(session: Session, message_id: int) -> LeftMessage:
    left = repository.find_left(session, message_id)
    if left is None:
        raise NotThere(f"There is no message {message_id}.")
    return left
