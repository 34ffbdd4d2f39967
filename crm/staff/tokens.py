"""Access tokens: made, recognized, taken back. The caller commits."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from crm.staff import accounts
from crm.staff.models import AccessToken, Role
from crm.staff.secret import digest_of, new_secret
from voxdesk.kernel.errors import AccessRefused

PREFIX: Final = "vxd_"
"""So that a secret that got where it shouldn't be can be searched for."""
MAX_NAME: Final = 80
USED_EVERY: Final = timedelta(minutes=1)


def make(
    session: Session, name: str, role: Role, *, now: datetime, lasts: timedelta | None = None
) -> tuple[AccessToken, str]:
    """A new token with its secret, which can't be seen again.

    Raises:
        AccessRefused: the name can't be one, or a token that holds has it.
    """
    name = name.strip()
    if not name or len(name) > MAX_NAME or not name.isprintable():
        raise AccessRefused(
            f"A token's name has 1 to {MAX_NAME} characters, all of them visible.",
            case="name_not_valid",
            most=MAX_NAME,
        )
    if any(token.holds(now) for token in _named(session, name)):
        raise AccessRefused(
            f'There is a token "{name}" already. Revoke it first: voxdesk tokens revoke "{name}"',
            case="token_exists",
            name=name,
        )
    if accounts.find(session, name) is not None:
        raise AccessRefused(
            f'"{name}" is a person here; give the token another name.',
            case="name_of_person",
            name=name,
        )
    secret = new_secret(PREFIX)
    token = AccessToken(
        name=name,
        role=role.value,
        digest=digest_of(secret),
        created_at=now,
        expires_at=now + lasts if lasts is not None else None,
    )
    session.add(token)
    session.flush()
    return token, secret


def recognize(session: Session, secret: str, *, now: datetime) -> AccessToken | None:
    """The token of a secret; None when it is worth nothing. Reads only."""
    found = session.scalar(select(AccessToken).where(AccessToken.digest == digest_of(secret)))
    return found if found is not None and found.holds(now) else None


def is_use_news(token: AccessToken, now: datetime) -> bool:
    """Whether its use is worth writing down, which isn't done for every request."""
    return token.used_at is None or now - token.used_at >= USED_EVERY


def note_use(session: Session, number: int, *, now: datetime) -> None:
    """Write down that the token of this id was used."""
    token = session.get(AccessToken, number)
    if token is not None:
        token.used_at = now


def revoke(session: Session, name: str, *, now: datetime) -> AccessToken:
    """Take a token back.

    Raises:
        AccessRefused: no token that holds has this name.
    """
    token = next((token for token in _named(session, name) if token.holds(now)), None)
    if token is None:
        raise AccessRefused(f'No token "{name}" is in use. See them: voxdesk tokens list')
    token.revoked_at = now
    return token


def get(session: Session, number: int) -> AccessToken | None:
    """The token of an id."""
    return session.get(AccessToken, number)


def is_held(session: Session, name: str, role: str, *, now: datetime) -> bool:
    """Whether a token of this name and role is worth anything."""
    return any(token.holds(now) and token.role == role for token in _named(session, name))


def every(session: Session) -> Sequence[AccessToken]:
    """All there ever were, the newest first."""
    return session.scalars(select(AccessToken).order_by(AccessToken.id.desc())).all()


def _named(session: Session, name: str) -> Sequence[AccessToken]:
    return session.scalars(select(AccessToken).where(AccessToken.name == name)).all()
