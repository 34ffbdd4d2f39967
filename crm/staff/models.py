"""The table of access tokens."""

import enum
from datetime import datetime

from sqlalchemy import CheckConstraint, Integer, Text
from sqlalchemy.orm import Mapped, mapped_column

from voxdesk.db import Base, UtcDateTime


class Role(enum.StrEnum):
    """What somebody does here."""

    ADMINISTRATOR = "administrator"
    OPS = "ops"
    SUPERVISOR = "supervisor"
    AGENT = "agent"
    AUDITOR = "auditor"


_ROLES = ", ".join(f"'{role}'" for role in Role)


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
    __table_args__ = (CheckConstraint(f"role IN ({_ROLES})", name="role"),)

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
