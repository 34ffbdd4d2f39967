"""Appointments with an adviser: half an hour each, Monday to Friday, one at a time."""

import enum
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from crm.accounts.models import BankAppointment

LENGTH = timedelta(minutes=30)
OPENS_HOUR, CLOSES_HOUR = 9, 17
WORKDAYS = range(5)
AHEAD = timedelta(days=60)
_SOON = timedelta(hours=1)


class NoAppointment(enum.StrEnum):
    """Why there is none at that time."""

    PAST = "past"  # or within the hour
    CLOSED = "closed"
    TOO_FAR = "too_far"
    TAKEN = "taken"


@dataclass(frozen=True, slots=True)
class Offer:
    """What a wish comes to.

    Attributes:
        refusal: None: it is theirs.
        nearest: the next time that is free, where the wish isn't; None: none within the next days.
    """

    refusal: NoAppointment | None
    nearest: datetime | None = None


def refusal_of(wish: datetime, now: datetime) -> NoAppointment | None:
    """Why nobody could have an appointment then; both times are where the bank is."""
    if wish < now + _SOON:
        return NoAppointment.PAST
    if wish > now + AHEAD:
        return NoAppointment.TOO_FAR
    opens = wish.replace(hour=OPENS_HOUR, minute=0, second=0, microsecond=0)
    closes = wish.replace(hour=CLOSES_HOUR, minute=0, second=0, microsecond=0)
    is_open = wish.weekday() in WORKDAYS and opens <= wish <= closes - LENGTH
    return None if is_open else NoAppointment.CLOSED


def book(session: Session, client_id: int, wish: datetime, *, topic: str, now: datetime) -> Offer:
    """Book the half hour that the wish falls into; or say which one is the nearest that is free.

    Asking twice for one's own appointment is no mistake.
    """
    slot = _half_hour(wish)
    refusal = refusal_of(slot, now)
    if refusal is None:
        there = session.scalar(select(BankAppointment).where(BankAppointment.starts_at == slot))
        if there is None:
            session.add(BankAppointment(client_id=client_id, starts_at=slot, topic=topic))
            session.flush()
            return Offer(None)
        if there.client_id == client_id:
            return Offer(None)
        refusal = NoAppointment.TAKEN
    return Offer(refusal, _nearest(session, slot, now))


def _nearest(session: Session, wish: datetime, now: datetime) -> datetime | None:
    """The first free half hour from the wish on; from now on where the wish is past."""
    slot = max(wish, _half_hour(now + _SOON) + LENGTH)
    last = now + AHEAD
    taken = set(
        session.scalars(
            select(BankAppointment.starts_at).where(
                BankAppointment.starts_at >= slot, BankAppointment.starts_at <= last
            )
        )
    )
    while slot <= last:
        if refusal_of(slot, now) is None and slot not in taken:
            return slot
        slot += LENGTH
    return None


def _half_hour(moment: datetime) -> datetime:
    minutes = LENGTH.seconds // 60
    return moment.replace(minute=moment.minute // minutes * minutes, second=0, microsecond=0)
