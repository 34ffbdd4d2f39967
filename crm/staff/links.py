"""One-time links: to be the first administrator, and to choose a password. The caller commits."""

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from crm.staff import accounts
from crm.staff.models import Account, OneTimeLink, Purpose
from crm.staff.secret import LONGEST, digest_of, new_secret
from voxdesk.kernel.cases import Case
from voxdesk.kernel.errors import AccessRefused, LinkSpent

FIRST_LASTS: Final = timedelta(hours=24)
PASSWORD_LASTS: Final = timedelta(hours=72)


def make_first(session: Session, *, now: datetime) -> tuple[OneTimeLink, str]:
    """A link for the first administrator, with its secret. Earlier ones are worth nothing then.

    Raises:
        AccessRefused: there is an administrator already.
    """
    if accounts.has_administrator(session):
        raise AccessRefused(
            "There is an administrator already, who lets others in. For another password: "
            "voxdesk staff reset NAME",
            case="administrator_exists",
        )
    _spend(session, OneTimeLink.purpose == Purpose.FIRST.value, now)
    return _make(session, Purpose.FIRST, None, now, FIRST_LASTS)


def make_for(session: Session, account: Account, *, now: datetime) -> tuple[OneTimeLink, str]:
    """A link by which somebody chooses a password; it replaces earlier ones."""
    _spend(session, OneTimeLink.account_id == account.id, now)
    return _make(session, Purpose.PASSWORD, account.id, now, PASSWORD_LASTS)


def look(session: Session, secret: str, purpose: Purpose, *, now: datetime) -> OneTimeLink:
    """The link of a secret. Reads only.

    Raises:
        LinkSpent: it was used, has expired, or never was.
    """
    if len(secret) <= LONGEST:
        found = session.scalar(
            select(OneTimeLink).where(
                OneTimeLink.digest == digest_of(secret), OneTimeLink.purpose == purpose.value
            )
        )
        if found is not None and found.used_at is None and now < found.expires_at:
            return found
    raise LinkSpent(_SPENT[purpose], case=_CASES[purpose])


def use(session: Session, secret: str, purpose: Purpose, *, now: datetime) -> OneTimeLink:
    """The link of a secret, which is worth nothing from now on.

    Raises:
        LinkSpent: it was used, has expired, or never was.
    """
    found = look(session, secret, purpose, now=now)
    # Of two who use it at the same moment, one changes the row.
    used = session.execute(
        update(OneTimeLink)
        .where(OneTimeLink.id == found.id, OneTimeLink.used_at.is_(None))
        .values(used_at=now)
        .returning(OneTimeLink.id)
    ).scalar()
    if used is None or (purpose is Purpose.FIRST and accounts.has_administrator(session)):
        raise LinkSpent(_SPENT[purpose], case=_CASES[purpose])
    return found


_CASES: Final[dict[Purpose, Case]] = {
    Purpose.FIRST: "link_first",
    Purpose.PASSWORD: "link_password",
}
_SPENT: Final = {
    Purpose.FIRST: (
        "This link was used, or has expired. A new one, where there is no administrator yet: "
        "voxdesk staff first-link"
    ),
    Purpose.PASSWORD: ("This link was used, or has expired. Ask an administrator for a new one."),
}


def _make(
    session: Session, purpose: Purpose, account: int | None, now: datetime, lasts: timedelta
) -> tuple[OneTimeLink, str]:
    secret = new_secret()
    link = OneTimeLink(
        digest=digest_of(secret),
        purpose=purpose.value,
        account_id=account,
        created_at=now,
        expires_at=now + lasts,
    )
    session.add(link)
    session.flush()
    return link, secret


def _spend(session: Session, which: object, now: datetime) -> None:
    session.execute(
        update(OneTimeLink)
        .where(which, OneTimeLink.used_at.is_(None))  # type: ignore[arg-type]
        .values(used_at=now)
    )
