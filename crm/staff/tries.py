"""How often somebody may try to sign in. Kept in the database: a restart forgives nothing.

Each try is counted before the password is compared, and taken back when it was right: so many who
try at the same time don't get more tries than one after the other. The caller commits.
"""

import hashlib
import ipaddress
import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from crm.staff.models import SignInTries

KEPT: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Limit:
    """Of tries. Pure.

    Attributes:
        free: failures that cost nothing.
        first_wait: after the next one; it doubles with each.
        longest_wait: at most. Whoever locks somebody else out by it does so for this long.
        forgotten: after so long without a failure it begins anew.
    """

    free: int
    first_wait: timedelta
    longest_wait: timedelta = timedelta(minutes=15)
    forgotten: timedelta = timedelta(hours=1)

    def wait_after(self, failures: int) -> timedelta:
        """How long nobody may try after so many failures in a row."""
        if failures < self.free:
            return timedelta()
        doublings = min(failures - self.free, 20)
        return min(self.first_wait * (1 << doublings), self.longest_wait)


OF_A_NAME: Final = Limit(free=5, first_wait=timedelta(seconds=30))
OF_AN_ADDRESS: Final = Limit(free=50, first_wait=timedelta(minutes=1))
"""More, because a whole office may come from one."""


@dataclass(frozen=True, slots=True)
class Counted:
    """What tries are counted by."""

    key: str
    limit: Limit


def by_name(name: str) -> Counted:
    """Those for one name, whether there is such an account or not."""
    return Counted(_key(f"name {key_of(name)}"), OF_A_NAME)


def by_address(address: str) -> Counted:
    """Those from one address; of IPv6 a network of 64 bits, which is what one customer has."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return Counted(_key(f"address {address}"), OF_AN_ADDRESS)
    if isinstance(parsed, ipaddress.IPv6Address):
        parsed = parsed.ipv4_mapped or ipaddress.ip_network((int(parsed), 64), strict=False)[0]
    return Counted(_key(f"address {parsed}"), OF_AN_ADDRESS)


def count(session: Session, counted: Counted, *, now: datetime) -> datetime | None:
    """Count one try as if it failed; when it may be made, if not now: it isn't counted then."""
    row = _row(session, counted.key, now)
    if now < row.open_at:
        return row.open_at
    if now - row.last_at >= counted.limit.forgotten:
        row.failures = 0
    row.failures += 1
    row.last_at = now
    row.open_at = now + counted.limit.wait_after(row.failures)
    return None


def take_back(session: Session, counted: Counted, *, now: datetime) -> None:
    """The try was none of a stranger."""
    row = _row(session, counted.key, now)
    row.failures = max(0, row.failures - 1)
    row.open_at = row.last_at + counted.limit.wait_after(row.failures)


def forget(session: Session, counted: Counted) -> None:
    """Begin anew."""
    session.execute(delete(SignInTries).where(SignInTries.key == counted.key))


def clear_old(session: Session, *, now: datetime) -> None:
    """Forget what no limit looks at any more."""
    session.execute(delete(SignInTries).where(SignInTries.last_at < now - KEPT))


def key_of(name: str) -> str:
    """A name as names are compared."""
    return unicodedata.normalize("NFKC", name).strip().casefold()


def _row(session: Session, key: str, now: datetime) -> SignInTries:
    """The row of a key, locked until the transaction ends."""
    postgres = session.get_bind().dialect.name == "postgresql"
    values = {"key": key, "failures": 0, "last_at": now, "open_at": now}
    insert = postgresql.insert if postgres else sqlite.insert
    session.execute(insert(SignInTries).values(values).on_conflict_do_nothing())
    wanted = select(SignInTries).where(SignInTries.key == key).with_for_update()
    return session.scalars(wanted.execution_options(populate_existing=True)).one()


def _key(what: str) -> str:
    return hashlib.sha256(what.encode(errors="replace")).hexdigest()
