"""Who a caller is: customer number and PIN, with few tries over all calls together."""

import enum
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from crm.accounts import pins
from crm.accounts.models import BankClient

MAX_TRIES = 3
"""Wrong PINs in a row, over all calls, after which only staff can unlock."""


class Refusal(enum.StrEnum):
    """Why somebody is not taken for the customer."""

    WRONG = "wrong"  # no such customer, or not their PIN: a caller can't find out which
    LOCKED = "locked"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came of a try; `client` is None when refused."""

    client: BankClient | None
    refusal: Refusal | None = None


def verify(session: Session, number: str, pin: str, *, now: datetime) -> Verdict:
    """One try, which counts: also when two calls try at the same time."""
    client = session.scalar(select(BankClient).where(BankClient.number == number))
    if client is None:
        pins.fits(pin, pins.nobodys())
        return Verdict(None, Refusal.WRONG)
    if client.locked_at is not None:
        return Verdict(None, Refusal.LOCKED)
    if pins.fits(pin, client.pin):
        client.failed_tries = 0
        session.flush()
        return Verdict(client)
    failed = session.scalar(
        update(BankClient)
        .where(BankClient.id == client.id)
        .values(failed_tries=BankClient.failed_tries + 1)
        .returning(BankClient.failed_tries)
        .execution_options(synchronize_session=False)
    )
    session.expire(client)
    if failed is None or failed < MAX_TRIES:
        return Verdict(None, Refusal.WRONG)
    client.locked_at = now
    session.flush()
    return Verdict(None, Refusal.LOCKED)


def unlock(session: Session, number: str) -> bool:
    """Staff take the lock away; whether there is such a customer."""
    client = session.scalar(select(BankClient).where(BankClient.number == number))
    if client is None:
        return False
    client.failed_tries, client.locked_at = 0, None
    session.flush()
    return True
