"""Comments beside a call over HTTP."""

from datetime import datetime
from typing import Annotated, Final

from fastapi import APIRouter, Path
from pydantic import BaseModel, Field
from sqlalchemy.orm import Session

from crm.audit.models import Act
from crm.comments import repository
from crm.comments.models import CallComment
from voxdesk.app.http.audit import noted
from voxdesk.app.http.call import looked_at, the_call
from voxdesk.app.http.errors import NotThere
from voxdesk.app.http.guard import Listener, Scorer, Staff
from voxdesk.app.http.house import AHouse
from voxdesk.app.http.shown import shown

router = APIRouter(tags=["calls"])
LONGEST: Final = 4000
LONGEST_CALL_MS: Final = 24 * 3600 * 1000
Number = Annotated[int, Path(ge=1, le=2**53)]


class CommentIn(BaseModel):
    """What to write."""

    text: str = Field(min_length=1, max_length=LONGEST, pattern=r"\S")
    at_ms: int | None = Field(
        None, ge=0, le=LONGEST_CALL_MS, description="The moment; None: about the whole call."
    )


class CommentOut(BaseModel):
    """A comment."""

    id: int
    author: str
    mine: bool
    text: str
    at_ms: int | None
    written_at: datetime
    changed_at: datetime | None

    @classmethod
    def of(cls, comment: CallComment, staff: Staff) -> "CommentOut":
        """As somebody may see it."""
        return cls(
            id=comment.id,
            author=comment.author,
            mine=comment.author == staff.name,
            text=shown(comment.text, ""),
            at_ms=comment.at_ms,
            written_at=comment.written_at,
            changed_at=comment.changed_at,
        )


@router.get("/calls/{call_id}/comments")
def listed(call_id: str, house: AHouse, staff: Listener) -> list[CommentOut]:
    """What was written beside the call: on all of it first, then moment by moment."""
    call = looked_at(house, staff, call_id)
    with house.database.reading() as session:
        return [CommentOut.of(one, staff) for one in repository.of_call(session, call.id)]


@router.post("/calls/{call_id}/comments", status_code=201)
def write(call_id: str, wanted: CommentIn, house: AHouse, staff: Scorer) -> CommentOut:
    """Write a comment."""
    now = house.clock.now()
    with house.database.transaction() as session:
        call = the_call(session, call_id)
        made = repository.add(
            session, call.id, author=staff.name, text=wanted.text, at_ms=wanted.at_ms, now=now
        )
        noted(session, staff, Act.CHANGED, of=f"comment {made.id} of call {call.id}", now=now)
        return CommentOut.of(made, staff)


@router.put("/calls/{call_id}/comments/{number}")
def change(
    call_id: str, number: Number, wanted: CommentIn, house: AHouse, staff: Scorer
) -> CommentOut:
    """Change one's own comment."""
    now = house.clock.now()
    with house.database.transaction() as session:
        found = _found(session, call_id, number)
        repository.change(found, author=staff.name, text=wanted.text, at_ms=wanted.at_ms, now=now)
        noted(session, staff, Act.CHANGED, of=f"comment {number} of call {call_id}", now=now)
        return CommentOut.of(found, staff)


@router.delete("/calls/{call_id}/comments/{number}", status_code=204)
def delete(call_id: str, number: Number, house: AHouse, staff: Scorer) -> None:
    """Delete one's own comment."""
    with house.database.transaction() as session:
        found = _found(session, call_id, number)
        repository.remove(session, found, author=staff.name)
        now = house.clock.now()
        noted(session, staff, Act.ERASED, of=f"comment {number} of call {call_id}", now=now)


def _found(session: Session, call_id: str, number: int) -> CallComment:
    found = repository.find(session, call_id, number)
    if found is None:
        raise NotThere("There is no such comment; it may have been deleted.", case="no_comment")
    return found
