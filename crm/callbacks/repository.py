"""Callbacks in the database."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, CursorResult, and_, func, select, update
from sqlalchemy.orm import Session

from crm.callbacks.models import Callback, CallbackAttempt, CallbackState
from crm.callbacks.policy import FINAL, LATEST_AFTER, Outcome, Rules, after_attempt

AT_IT_FOR = timedelta(minutes=10)
"""Whoever calls says so again and again; who hasn't for so long is gone."""
OPEN = (CallbackState.WAITING.value, CallbackState.CALLING.value)


@dataclass(frozen=True, slots=True)
class Wish:
    """What is asked for; fields as of `Callback`."""

    phone: str
    queue: str
    wished_at: datetime
    waiting_since: datetime
    skills: tuple[str, ...] = ()
    priority: int = 0
    language: str = ""
    greeting: str = ""
    note: str = ""
    call_id: str = ""
    customer_id: int | None = None


def ask(session: Session, wish: Wish, *, now: datetime) -> Callback:
    """Add one. Who waits for one already, at this number and of this queue, is asked for anew."""
    callback = session.scalar(
        select(Callback).where(
            Callback.phone == wish.phone,
            Callback.queue == wish.queue,
            Callback.state == CallbackState.WAITING.value,
        )
    )
    if callback is None:
        callback = Callback(
            phone=wish.phone,
            queue=wish.queue,
            state=CallbackState.WAITING.value,
            asked_at=now,
            waiting_since=wish.waiting_since,
        )
        session.add(callback)
    callback.skills, callback.priority = list(wish.skills), wish.priority
    callback.language, callback.greeting = wish.language, wish.greeting
    callback.note, callback.call_id = wish.note, wish.call_id
    callback.customer_id = wish.customer_id
    callback.wished_at = callback.next_at = wish.wished_at
    callback.waiting_since = min(callback.waiting_since, wish.waiting_since)
    callback.attempts, callback.node, callback.outcome = 0, "", ""
    session.flush()
    return callback


def list_callbacks(
    session: Session, *, all_: bool = False, limit: int = 50, offset: int = 0
) -> Sequence[Callback]:
    """Open ones, the next first; with `all_` the others too."""
    query = select(Callback)
    if not all_:
        query = query.where(Callback.state.in_(OPEN))
    query = query.order_by(Callback.state.in_(OPEN).desc(), Callback.next_at, Callback.id)
    return list(session.scalars(query.limit(limit).offset(offset)))


def attempts_of(session: Session, callback_id: int) -> Sequence[CallbackAttempt]:
    """The calls that were made for it, in order."""
    query = select(CallbackAttempt).where(CallbackAttempt.callback_id == callback_id)
    return list(session.scalars(query.order_by(CallbackAttempt.number)))


def waiting(session: Session) -> int:
    """How many there are to be called."""
    query = select(func.count()).select_from(Callback)
    return session.scalar(query.where(Callback.state.in_(OPEN))) or 0


def is_anything_due(session: Session, *, now: datetime) -> bool:
    """Whether there is anything that `due` would return, or put in order."""
    query = select(Callback.id).where(Callback.state.in_(OPEN), Callback.next_at <= now)
    return session.scalar(query.limit(1)) is not None


def cancel(session: Session, callback_id: int, *, now: datetime) -> bool:
    """Call nobody; False when there is nothing to cancel (any more, or just now)."""
    done = session.execute(
        update(Callback)
        .where(Callback.id == callback_id, Callback.state == CallbackState.WAITING.value)
        .values(state=CallbackState.CANCELLED.value, ended_at=now)
    )
    return _count(done) == 1


def due(session: Session, *, rules: Rules, now: datetime, limit: int = 20) -> Sequence[Callback]:
    """Those to be called now: who has waited longest first.

    Attempts whose engine is gone are over then, callbacks that nobody expects any more given up.
    """
    lost = select(Callback.id).where(
        Callback.state == CallbackState.CALLING.value, Callback.next_at <= now
    )
    for callback_id in list(session.scalars(lost.limit(limit))):
        ended(session, callback_id, Outcome.FAILED, rules=rules, now=now)
    session.execute(
        update(Callback)
        .where(
            Callback.state == CallbackState.WAITING.value,
            Callback.wished_at < now - LATEST_AFTER,
        )
        .values(state=CallbackState.FAILED.value, ended_at=now, outcome=Outcome.NO_AGENT.value)
    )
    query = select(Callback).where(_callable(now))
    query = query.order_by(Callback.priority.desc(), Callback.waiting_since, Callback.id)
    return list(session.scalars(query.limit(limit)))


def claim(session: Session, callback: Callback, *, node: str, now: datetime) -> bool:
    """Take it, to call them at once; False when somebody else has.

    The number of attempts stands for the version: of two who take it, one is too late.
    """
    taken = session.execute(
        update(Callback)
        .where(Callback.id == callback.id, Callback.attempts == callback.attempts, _callable(now))
        .values(
            state=CallbackState.CALLING.value,
            node=node,
            attempts=callback.attempts + 1,
            next_at=now + AT_IT_FOR,
        )
    )
    if _count(taken) != 1:
        return False
    session.add(
        CallbackAttempt(
            callback_id=callback.id, number=callback.attempts + 1, begun_at=now, outcome=""
        )
    )
    session.flush()
    return True


def still_calling(session: Session, callback_id: int, *, call_id: str, now: datetime) -> None:
    """The call lasts; which it is."""
    session.execute(
        update(Callback)
        .where(Callback.id == callback_id, Callback.state == CallbackState.CALLING.value)
        .values(next_at=now + AT_IT_FOR)
    )
    if call_id:
        session.execute(
            update(CallbackAttempt)
            .where(CallbackAttempt.callback_id == callback_id, CallbackAttempt.ended_at.is_(None))
            .values(call_id=call_id)
        )


def not_called(session: Session, callback_id: int, *, until: datetime) -> None:
    """Our own side couldn't call: that was no attempt."""
    callback = session.get(Callback, callback_id, with_for_update=True)
    if callback is None or callback.state != CallbackState.CALLING:
        return
    attempt = session.get(CallbackAttempt, (callback_id, callback.attempts))
    if attempt is not None:
        session.delete(attempt)
    callback.attempts -= 1
    callback.state, callback.next_at, callback.node = CallbackState.WAITING.value, until, ""


def ended(
    session: Session, callback_id: int, outcome: Outcome, *, rules: Rules, now: datetime
) -> None:
    """An attempt is over: done, tried again later, or given up."""
    callback = session.get(Callback, callback_id, with_for_update=True)
    if callback is None or callback.state != CallbackState.CALLING:
        return
    attempt = session.get(CallbackAttempt, (callback_id, callback.attempts))
    if attempt is not None:
        attempt.outcome, attempt.ended_at = outcome.value, now
    callback.outcome, callback.node = outcome.value, ""
    again = after_attempt(
        outcome, callback.attempts, wished_at=callback.wished_at, now=now, rules=rules
    )
    if again is not None:
        callback.state, callback.next_at = CallbackState.WAITING.value, again
        return
    done = outcome in FINAL
    callback.state = (CallbackState.DONE if done else CallbackState.FAILED).value
    callback.ended_at = now


def _callable(now: datetime) -> ColumnElement[bool]:
    return and_(Callback.state == CallbackState.WAITING.value, Callback.next_at <= now)


def _count(result: object) -> int:
    assert isinstance(result, CursorResult)  # noqa: S101  for the type checker
    return int(result.rowcount)
