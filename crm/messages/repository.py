"""Messages and their words in the database."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, CursorResult, Select, and_, func, or_, select, update
from sqlalchemy.orm import Session

from crm.calls.models import Call, Message
from crm.messages.models import MessageText, TextState

TRIES = 3
TAKEN_OVER_AFTER = timedelta(minutes=15)
"""Whoever has listened for so long is gone."""


@dataclass(frozen=True, slots=True)
class LeftMessage:
    """A message with its call, and its words where there are any.

    Attributes:
        message: as it was left.
        call: in which.
        text: None: its words were not to be written down.
    """

    message: Message
    call: Call
    text: MessageText | None

    @property
    def recording_path(self) -> str:
        """Where it is heard; empty when it wasn't recorded."""
        return self.message.recording_path or self.call.recording_path or ""


def list_left(
    session: Session,
    *,
    mailbox: str = "",
    unheard: bool = False,
    limit: int = 50,
    offset: int = 0,
) -> Sequence[LeftMessage]:
    """Messages, the newest first."""
    query = _left()
    if mailbox:
        query = query.where(Message.mailbox == mailbox)
    if unheard:
        query = query.where(Message.heard_at.is_(None))
    query = query.order_by(Message.left_at.desc(), Message.id.desc())
    query = query.limit(limit).offset(offset)
    return [_as_left(row) for row in session.execute(query)]


def find_left(session: Session, message_id: int) -> LeftMessage | None:
    """The message of this number."""
    row = session.execute(_left().where(Message.id == message_id)).one_or_none()
    return _as_left(row) if row is not None else None


def unheard(session: Session) -> Mapping[str, int]:
    """How many messages nobody has listened to, by mailbox."""
    counted = select(Message.mailbox, func.count()).where(Message.heard_at.is_(None))
    rows = session.execute(counted.group_by(Message.mailbox).order_by(Message.mailbox))
    return {str(mailbox): int(count) for mailbox, count in rows}


def claim(session: Session, *, node: str, now: datetime) -> LeftMessage | None:
    """Take the oldest message of a call that is over, whose words are still to be written down.

    Args:
        session: a transaction that is committed before anybody listens.
        node: the machine that has the recordings.
        now: the time.
    """
    query = _left().where(_to_do(now), Call.ended_at.is_not(None), Call.node == node)
    for row in session.execute(query.order_by(Message.left_at, Message.id).limit(20)):
        found = _as_left(row)
        text = found.text
        assert text is not None  # noqa: S101  the query says so
        # The number of tries stands for the version: of two who take it, one is too late.
        taken = session.execute(
            update(MessageText)
            .where(
                MessageText.call_id == text.call_id,
                MessageText.event_seq == text.event_seq,
                MessageText.tries == text.tries,
            )
            .values(state=TextState.WORKING.value, tries=text.tries + 1, claimed_at=now)
        )
        if _count(taken) == 1:
            session.refresh(text)
            return found
    return None


def finish(
    session: Session,
    text: MessageText,
    *,
    words: str,
    confidence: float,
    engine: str,
    now: datetime,
) -> None:
    """Write the words down."""
    _set(
        session,
        text,
        state=TextState.DONE.value,
        text=words,
        confidence=confidence,
        engine=engine,
        done_at=now,
    )


def give_back(session: Session, text: MessageText, *, now: datetime) -> None:
    """It couldn't be listened to; after some tries it is given up."""
    gone = text.tries >= TRIES
    state = TextState.FAILED if gone else TextState.WAITING
    _set(session, text, state=state.value, done_at=now if gone else None)


def unnoticed(
    session: Session, *, node: str, since: datetime, limit: int = 20
) -> Sequence[LeftMessage]:
    """Messages whose words are there, or given up, and of which nobody was told yet."""
    ready = MessageText.state.in_([TextState.DONE.value, TextState.FAILED.value])
    query = _left().where(
        ready, MessageText.noticed_at.is_(None), Message.left_at >= since, Call.node == node
    )
    return [_as_left(row) for row in session.execute(query.order_by(Message.id).limit(limit))]


def noticed(session: Session, text: MessageText, *, now: datetime) -> None:
    """Somebody was told."""
    _set(session, text, noticed_at=now)


def heard(session: Session, message: Message, *, now: datetime) -> None:
    """Somebody has listened to it, or read it."""
    session.execute(
        update(Message)
        .where(Message.id == message.id, Message.heard_at.is_(None))
        .values(heard_at=now)
    )


def unhear(session: Session, message: Message) -> None:
    """It counts as new again."""
    session.execute(update(Message).where(Message.id == message.id).values(heard_at=None))


def is_waiting(session: Session, *, node: str, now: datetime) -> bool:
    """Whether anything is to be written down on this machine."""
    query = select(MessageText.call_id).join(Call, Call.id == MessageText.call_id)
    query = query.where(_to_do(now), Call.ended_at.is_not(None), Call.node == node)
    return session.scalar(query.limit(1)) is not None


def _to_do(now: datetime) -> ColumnElement[bool]:
    """Nobody has begun, or whoever did is gone."""
    lost = and_(
        MessageText.state == TextState.WORKING.value,
        MessageText.claimed_at < now - TAKEN_OVER_AFTER,
    )
    waiting = or_(MessageText.state == TextState.WAITING.value, lost)
    return and_(MessageText.tries < TRIES, waiting)


def _left() -> Select[Message, Call, MessageText]:
    return (
        select(Message, Call, MessageText)
        .join(Call, Call.id == Message.call_id)
        .outerjoin(
            MessageText,
            and_(
                MessageText.call_id == Message.call_id, MessageText.event_seq == Message.event_seq
            ),
        )
    )


def _as_left(row: Sequence[Any]) -> LeftMessage:
    message, call, text = row
    return LeftMessage(message, call, text)


def _set(session: Session, of: MessageText, /, **values: Any) -> None:
    session.execute(
        update(MessageText)
        .where(MessageText.call_id == of.call_id, MessageText.event_seq == of.event_seq)
        .values(**values)
    )


def _count(result: object) -> int:
    assert isinstance(result, CursorResult)  # noqa: S101  for the type checker
    return int(result.rowcount)
