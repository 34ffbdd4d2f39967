"""Accounts of staff: added, found, changed. The caller commits."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from crm.staff import sessions
from crm.staff.models import AccessToken, Account, Role, Theme
from crm.staff.tries import key_of
from voxdesk.kernel.errors import AccessRefused

MAX_NAME: Final = 80
LANGUAGES: Final = ("en", "zh")
"""That the console speaks."""


def add(
    session: Session,
    name: str,
    role: Role,
    *,
    now: datetime,
    display_name: str = "",
    language: str = "en",
) -> Account:
    """A new account, without a password: nobody can sign in yet.

    Raises:
        AccessRefused: the name can't be one, or an account or token has it.
    """
    name = clean_name(name)
    demand_unused(session, name, now=now)
    account = Account(
        name=name,
        name_key=key_of(name),
        display_name=clean_name(display_name) if display_name.strip() else name,
        role=role.value,
        language=language,
        theme=Theme.AUTO.value,
        password="",
        must_change=False,
        created_at=now,
    )
    session.add(account)
    session.flush()
    return account


def clean_name(name: str) -> str:
    """A name in one form of Unicode, without anything invisible.

    Raises:
        AccessRefused: it is empty, too long, or has something invisible in it.
    """
    name = unicodedata.normalize("NFKC", name).strip()
    if not name or len(name) > MAX_NAME or not name.isprintable():
        raise AccessRefused(
            f"A name has 1 to {MAX_NAME} characters, all of them visible.",
            case="name_not_valid",
            most=MAX_NAME,
        )
    return name


def demand_unused(session: Session, name: str, *, now: datetime) -> None:
    """Histories name people and programs alike: no two may have one name.

    Raises:
        AccessRefused: an account, or a token that holds, has this name.
    """
    if find(session, name) is not None:
        raise AccessRefused(
            f'"{name}" has an account already. See them: voxdesk staff list',
            case="account_exists",
            name=name,
        )
    if has_token(session, name, now=now):
        raise AccessRefused(
            f'A token is called "{name}" already; choose another name.',
            case="name_of_token",
            name=name,
        )


def has_token(session: Session, name: str, *, now: datetime) -> bool:
    """Whether a token that holds is called so."""
    held = session.scalars(select(AccessToken).where(AccessToken.revoked_at.is_(None)))
    return any(token.holds(now) and key_of(token.name) == key_of(name) for token in held)


def find(session: Session, name: str) -> Account | None:
    """The account of a name, however it is written."""
    return session.scalar(select(Account).where(Account.name_key == key_of(name)))


def named(session: Session, name: str) -> Account:
    """The account of a name.

    Raises:
        AccessRefused: there is none.
    """
    account = find(session, name)
    if account is None:
        raise AccessRefused(f'"{name}" has no account. See them: voxdesk staff list')
    return account


def every(session: Session) -> Sequence[Account]:
    """All of them, by name."""
    return session.scalars(select(Account).order_by(Account.name_key)).all()


def has_administrator(session: Session) -> bool:
    """Whether anybody can sign in who may let others in."""
    return bool(
        session.scalar(
            select(func.count())
            .select_from(Account)
            .where(
                Account.role == Role.ADMINISTRATOR.value,
                Account.disabled_at.is_(None),
                Account.password != "",
            )
        )
    )


@dataclass(frozen=True, slots=True)
class Change:
    """Of an account; None leaves a thing as it is."""

    display_name: str | None = None
    role: Role | None = None
    language: str | None = None
    theme: Theme | None = None
    is_disabled: bool | None = None
    must_change: bool | None = None


def change(session: Session, account: Account, wanted: Change, *, now: datetime) -> list[str]:
    """Change an account. Whoever is disabled is signed out everywhere.

    Returns:
        what was changed, in words for the audit log.

    Raises:
        AccessRefused: nobody would be left who may let others in.
    """
    done = []
    loses = wanted.role not in {None, Role.ADMINISTRATOR} or wanted.is_disabled
    if loses and account.role == Role.ADMINISTRATOR and account.may_sign_in:
        _demand_another_administrator(session, account)
    if wanted.display_name is not None:
        account.display_name = clean_name(wanted.display_name)
        done.append("display name")
    if wanted.language is not None:
        account.language = wanted.language
        done.append("language")
    if wanted.theme is not None:
        account.theme = wanted.theme.value
        done.append("theme")
    if wanted.role is not None and wanted.role != account.role:
        done.append(f"role {account.role} -> {wanted.role}")
        account.role = wanted.role.value
    if wanted.must_change is not None:
        account.must_change = wanted.must_change
        done.append("must change the password" if wanted.must_change else "may keep the password")
    if wanted.is_disabled is not None and wanted.is_disabled != (account.disabled_at is not None):
        account.disabled_at = now if wanted.is_disabled else None
        done.append("disabled" if wanted.is_disabled else "enabled")
        sessions.end_all(session, account.id, now=now)
    return done


def set_password(session: Session, account: Account, kept: str, *, now: datetime) -> None:
    """Give an account a password (its hash), and sign it out everywhere."""
    account.password = kept
    account.must_change = False
    sessions.end_all(session, account.id, now=now)


def _demand_another_administrator(session: Session, account: Account) -> None:
    """Two administrators who disable each other at the same moment wait for each other here."""
    administrators = session.scalars(
        select(Account)
        .where(Account.role == Role.ADMINISTRATOR.value)
        .order_by(Account.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()
    if not any(other.id != account.id and other.may_sign_in for other in administrators):
        raise AccessRefused(
            f"{account.name} is the last administrator who can sign in. Make somebody else one "
            "first.",
            case="last_administrator",
            name=account.name,
        )
