"""Callbacks over HTTP: whom we promised to call, and what came of it."""

from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel, Field
from sqlalchemy.orm import Session

from crm.audit.models import Act
from crm.callbacks import repository
from crm.callbacks.models import Callback, CallbackState
from voxdesk.app.http.audit import looked, noted
from voxdesk.app.http.errors import NotNow, NotThere
from voxdesk.app.http.guard import Listener, Scorer
from voxdesk.app.http.house import AHouse
from voxdesk.app.http.lists import BIGGEST_ID, Limit, Offset
from voxdesk.app.http.shown import shown

router = APIRouter(tags=["callbacks"])
CallbackId = Annotated[int, Path(ge=1, le=BIGGEST_ID)]


class AttemptOut(BaseModel):
    """One call that was made."""

    call_id: str = Field(description="Empty when no call could be made.")
    outcome: str = Field(description="talked, declined, busy, no_answer …; empty while it rings.")
    begun_at: datetime
    ended_at: datetime | None


class CallbackOut(BaseModel):
    """Somebody who is to be called, or was."""

    id: int
    phone: str
    queue: str = Field(description="Whose people talk with them.")
    skills: list[str]
    priority: int
    language: str
    note: str = Field(description="What the person hears who talks with them.")
    state: CallbackState
    asked_at: datetime
    wished_at: datetime = Field(description="When they want to be called, or as soon as then.")
    next_at: datetime = Field(description="Not called before this.")
    ended_at: datetime | None
    call_id: str = Field(description="The call in which they asked for it.")
    attempts: list[AttemptOut]

    @classmethod
    def of(cls, session: Session, callback: Callback) -> "CallbackOut":
        """From its row, with its calls."""
        attempts = repository.attempts_of(session, callback.id)
        return cls(
            id=callback.id,
            phone=callback.phone,
            queue=callback.queue,
            skills=list(callback.skills),
            priority=callback.priority,
            language=callback.language,
            note=shown(callback.note, callback.language),
            state=CallbackState(callback.state),
            asked_at=callback.asked_at,
            wished_at=callback.wished_at,
            next_at=callback.next_at,
            ended_at=callback.ended_at,
            call_id=callback.call_id,
            attempts=[
                AttemptOut(
                    call_id=one.call_id,
                    outcome=one.outcome,
                    begun_at=one.begun_at,
                    ended_at=one.ended_at,
                )
                for one in attempts
            ],
        )


class CallbackChange(BaseModel):
    """What is to become of it."""

    state: Literal["cancelled"] = Field(description="Don't call.")


@router.get("/callbacks")
def list_callbacks(
    house: AHouse,
    staff: Listener,
    *,
    over: Annotated[bool, Query(description="Those that are over, too.")] = False,
    limit: Limit = 50,
    offset: Offset = 0,
) -> list[CallbackOut]:
    """Who is to be called, the next first."""
    with house.database.transaction() as session:
        looked(session, staff, Act.READ, of="callbacks", now=house.clock.now())
        found = repository.list_callbacks(session, all_=over, limit=limit, offset=offset)
        return [CallbackOut.of(session, callback) for callback in found]


@router.get("/callbacks/{callback_id}")
def get_callback(callback_id: CallbackId, house: AHouse, staff: Listener) -> CallbackOut:
    """One of them."""
    with house.database.transaction() as session:
        callback = _found(session, callback_id)
        looked(session, staff, Act.READ, of=f"callback {callback.id}", now=house.clock.now())
        return CallbackOut.of(session, callback)


@router.patch("/callbacks/{callback_id}")
def change_callback(
    callback_id: CallbackId,
    change: CallbackChange,  # noqa: ARG001  says the only thing there is to say
    house: AHouse,
    staff: Scorer,
) -> CallbackOut:
    """Cancel it; 409 when they are being called just now, or it is over."""
    now = house.clock.now()
    with house.database.transaction() as session:
        callback = _found(session, callback_id)
        if callback.state != CallbackState.CANCELLED:
            if not repository.cancel(session, callback_id, now=now):
                session.refresh(callback)
                calling = callback.state == CallbackState.CALLING
                why = "is being called just now" if calling else f"is over: {callback.state}"
                raise NotNow(f"Callback {callback_id} {why}.")
            noted(session, staff, Act.CHANGED, of=f"callback {callback_id}", now=now)
            session.refresh(callback)
        return CallbackOut.of(session, callback)


def _found(session: Session, callback_id: int) -> Callback:
    callback = session.get(Callback, callback_id)
    if callback is None:
        raise NotThere(f"There is no callback {callback_id}.")
    return callback
