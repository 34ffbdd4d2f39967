"""Comments in the database. The caller commits."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from crm.calls.entries import plain
from crm.comments.models import CallComment
from voxdesk.kernel.errors import NotYours


def of_call(session: Session, call_id: str) -> Sequence[CallComment]:
    """The comments of a call: those on all of it first, then in order of their moments."""
    query = select(CallComment).where(CallComment.call_id == call_id)
    found = session.scalars(query.order_by(CallComment.id)).all()
    return sorted(found, key=lambda one: -1 if one.at_ms is None else one.at_ms)


def find(session: Session, call_id: str, number: int) -> CallComment | None:
    """A comment of this call."""
    found = session.get(CallComment, number)
    return found if found is not None and found.call_id == call_id else None


def add(
    session: Session, call_id: str, *, author: str, text: str, at_ms: int | None, now: datetime
) -> CallComment:
    """Write a comment."""
    comment = CallComment(
        call_id=call_id, author=author, text=plain(text), at_ms=at_ms, written_at=now
    )
    session.add(comment)
    session.flush()
    return comment


def change(
    comment: CallComment, *, author: str, text: str, at_ms: int | None, now: datetime
) -> None:
    """Change one's own comment.

    Raises:
        NotYours: it is somebody else's.
    """
    _own(comment, author)
    comment.text, comment.at_ms, comment.changed_at = plain(text), at_ms, now


def remove(session: Session, comment: CallComment, *, author: str) -> None:
    """Delete one's own comment.

    Raises:
        NotYours: it is somebody else's.
    """
    _own(comment, author)
    session.delete(comment)


def _own(comment: CallComment, author: str) -> None:
    if comment.author != author:
        raise NotYours(
            f"This comment is {comment.author}'s; only they may change it.",
            case="comment_of_another",
            owner=comment.author,
        )
