"""Sessions of staff in browsers: begun, recognized, ended. The caller commits."""

import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from crm.staff.models import Account, StaffSession
from crm.staff.secret import LONGEST, digest_of, new_secret

USED_EVERY: Final = timedelta(minutes=1)
KEPT: Final = timedelta(days=7)
"""Rows of sessions that are over; the audit log says more, and for longer."""


@dataclass(frozen=True, slots=True)
class Lengths:
    """How long a session lasts.

    Attributes:
        idle: without a request.
        whole: in all, whatever is done in it.
    """

    idle: timedelta
    whole: timedelta


def begin(session: Session, account: Account, *, address: str, now: datetime) -> tuple[int, str]:
    """Sign somebody in; the session's id, and its secret, which can't be seen again."""
    session.execute(delete(StaffSession).where(StaffSession.used_at < now - KEPT))
    secret = new_secret()
    begun = StaffSession(
        account_id=account.id, digest=digest_of(secret), began_at=now, used_at=now, address=address
    )
    session.add(begun)
    account.signed_in_at = now
    session.flush()
    return begun.id, secret


def recognize(
    session: Session, secret: str, lengths: Lengths, *, now: datetime
) -> StaffSession | None:
    """The session of a secret, with its account; None when it is over. Reads only."""
    if len(secret) > LONGEST:
        return None
    found = session.scalar(select(StaffSession).where(StaffSession.digest == digest_of(secret)))
    return found if found is not None and holds(found, lengths, now) else None


def holds(found: StaffSession, lengths: Lengths, now: datetime) -> bool:
    """Whether a session is worth anything."""
    return (
        found.ended_at is None
        and found.account.disabled_at is None
        and now - found.used_at < lengths.idle
        and now - found.began_at < lengths.whole
    )


def is_use_news(found: StaffSession, now: datetime) -> bool:
    """Whether its use is worth writing down, which isn't done for every request."""
    return now - found.used_at >= USED_EVERY


def note_use(session: Session, number: int, *, now: datetime) -> None:
    """Write down that the session of this id was used."""
    session.execute(update(StaffSession).where(StaffSession.id == number).values(used_at=now))


def end(session: Session, number: int, *, now: datetime) -> None:
    """Sign out one."""
    session.execute(
        update(StaffSession)
        .where(StaffSession.id == number, StaffSession.ended_at.is_(None))
        .values(ended_at=now)
    )


def end_all(session: Session, account: int, *, now: datetime, but: int | None = None) -> None:
    """Sign somebody out everywhere, or everywhere else."""
    others = update(StaffSession).where(
        StaffSession.account_id == account, StaffSession.ended_at.is_(None)
    )
    if but is not None:
        others = others.where(StaffSession.id != but)
    session.execute(others.values(ended_at=now))


def of_account(
    session: Session, account: int, lengths: Lengths, *, now: datetime
) -> Sequence[StaffSession]:
    """Where somebody is signed in, the newest first."""
    found = session.scalars(
        select(StaffSession)
        .where(StaffSession.account_id == account, StaffSession.ended_at.is_(None))
        .order_by(StaffSession.id.desc())
    ).all()
    return [one for one in found if holds(one, lengths, now)]


def csrf_of(secret: str) -> str:
    """What a page sends with each change: it follows from the session, and not the other way."""
    return hmac.new(secret.encode(), b"csrf", hashlib.sha256).hexdigest()


def is_csrf(secret: str, offered: str) -> bool:
    """Whether it is that of this session; takes equally long for each."""
    return hmac.compare_digest(csrf_of(secret).encode(), offered.encode(errors="replace"))
