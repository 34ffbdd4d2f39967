"""The tables of staff: accounts, their sessions and one-time links, tries to sign in, tokens."""

import enum
from datetime import datetime

from sqlalchemy import Boolean, CheckConstraint, ForeignKey, Integer, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from voxdesk.db import Base, UtcDateTime


class Role(enum.StrEnum):
    """What somebody does here."""

    ADMINISTRATOR = "administrator"
    OPS = "ops"
    SUPERVISOR = "supervisor"
    AGENT = "agent"
    AUDITOR = "auditor"


class Theme(enum.StrEnum):
    """How bright somebody's pages are."""

    AUTO = "auto"
    LIGHT = "light"
    DARK = "dark"


class Purpose(enum.StrEnum):
    """What a one-time link lets its owner do."""

    FIRST = "first"
    PASSWORD = "password"  # noqa: S105  what it is for


def _one_of(column: str, values: type[enum.StrEnum]) -> CheckConstraint:
    return CheckConstraint(
        f"{column} IN ({', '.join(repr(str(value)) for value in values)})", name=column
    )


class Account(Base):
    """A person who works with the console.

    Attributes:
        name: they sign in with it; histories show it. Kept for good, so that it stays theirs.
        name_key: the name as it is compared: "Anna" and "anna" are one.
        display_name: as others see them.
        role: what they may do, a `Role`.
        language: of their pages, "en" or "zh".
        theme: of their pages, a `Theme`.
        password: Argon2id with its parameters; empty: none was chosen yet, nobody can sign in.
        must_change: they have to choose another password before anything else.
        disabled_at: since when they may not sign in.
    """

    __tablename__ = "staff_accounts"
    __table_args__ = (_one_of("role", Role), _one_of("theme", Theme))

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    name: Mapped[str] = mapped_column(Text)
    name_key: Mapped[str] = mapped_column(Text, unique=True)
    display_name: Mapped[str] = mapped_column(Text)
    role: Mapped[str] = mapped_column(Text)
    language: Mapped[str] = mapped_column(Text)
    theme: Mapped[str] = mapped_column(Text)
    password: Mapped[str] = mapped_column(Text)
    must_change: Mapped[bool] = mapped_column(Boolean)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    signed_in_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    disabled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    @property
    def may_sign_in(self) -> bool:
        """Whether a right password would let them in."""
        return bool(self.password) and self.disabled_at is None


class StaffSession(Base):
    """A browser in which somebody is signed in.

    Attributes:
        digest: SHA-256 of the cookie's secret, in hex. The secret itself is kept nowhere.
        used_at: when it last asked for anything, to a minute.
        ended_at: when it was signed out.
        address: where it began.
    """

    __tablename__ = "staff_sessions"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    account_id: Mapped[int] = mapped_column(
        ForeignKey("staff_accounts.id", ondelete="CASCADE"), index=True
    )
    digest: Mapped[str] = mapped_column(Text, unique=True)
    began_at: Mapped[datetime] = mapped_column(UtcDateTime)
    used_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    address: Mapped[str] = mapped_column(Text)

    account: Mapped[Account] = relationship(lazy="joined")


class OneTimeLink(Base):
    """A secret by which somebody becomes the first administrator, or chooses a password.

    Attributes:
        digest: SHA-256 of the secret, in hex.
        purpose: a `Purpose`.
        account_id: whose password; none for the first administrator.
        used_at: when it was used, or replaced by another: it is worth nothing from then on.
    """

    __tablename__ = "staff_links"
    __table_args__ = (_one_of("purpose", Purpose),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    digest: Mapped[str] = mapped_column(Text, unique=True)
    purpose: Mapped[str] = mapped_column(Text)
    account_id: Mapped[int | None] = mapped_column(
        ForeignKey("staff_accounts.id", ondelete="CASCADE"), index=True
    )
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class SignInTries(Base):
    """How often signing in failed lately, for one name or from one address.

    Attributes:
        key: SHA-256 of what is counted: people type passwords where their name belongs.
        failures: in a row, until one succeeds or a while passes.
        last_at: the last of them.
        open_at: nobody may try before that.
    """

    __tablename__ = "sign_in_tries"

    key: Mapped[str] = mapped_column(Text, primary_key=True)
    failures: Mapped[int] = mapped_column(Integer)
    last_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    open_at: Mapped[datetime] = mapped_column(UtcDateTime)


class AccessToken(Base):
    """A secret that stands for somebody, a program mostly, until it expires or is revoked.

    Attributes:
        name: who it stands for; what they publish has it as its author.
        role: what they may do, a `Role`.
        digest: SHA-256 of the secret, in hex. The secret itself is kept nowhere.
        expires_at: it is worth nothing from then on; None: it never expires.
        revoked_at: when it was taken back.
        used_at: when it was last used, to a minute.
    """

    __tablename__ = "access_tokens"
    __table_args__ = (_one_of("role", Role),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    name: Mapped[str] = mapped_column(Text, index=True)
    role: Mapped[str] = mapped_column(Text)
    digest: Mapped[str] = mapped_column(Text, unique=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    def holds(self, now: datetime) -> bool:
        """Whether it is worth anything."""
        return self.revoked_at is None and (self.expires_at is None or now < self.expires_at)
