"""The audit log in the database. The caller commits."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from crm.audit.models import Act, AuditEntry

WORDS_OF_CALLS: Final = "words of calls"
"""Stands before the ids of calls of which a search showed something that was said."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which entries; what is left out doesn't matter.

    Attributes:
        who: name of the account or token, whole.
        act: what they did.
        of: beginning of what it was done to: "call", or "call 2f1c".
        since: from then on.
        until: before then.
    """

    who: str = ""
    act: Act | None = None
    of: str = ""
    since: datetime | None = None
    until: datetime | None = None


def note(
    session: Session, *, who: str, role: str, act: Act, of: str, now: datetime, why: str = ""
) -> None:
    """Write down that somebody did something.

    Args:
        session: of the transaction that does it.
        who: name of the account or token.
        role: that they have.
        act: what they did.
        of: what they did it to: a kind and an id, never its content.
        now: when.
        why: the reason that they gave.
    """
    session.add(AuditEntry(at=now, who=who, role=role, act=act.value, of=of, why=why))


def newest(
    session: Session,
    wanted: Wanted | None = None,
    *,
    before_id: int | None = None,
    limit: int,
) -> Sequence[AuditEntry]:
    """The newest entries first, older than `before_id`."""
    wanted = wanted or Wanted()
    query = select(AuditEntry).order_by(AuditEntry.id.desc()).limit(limit)
    if before_id is not None:
        query = query.where(AuditEntry.id < before_id)
    if wanted.who:
        query = query.where(AuditEntry.who == wanted.who)
    if wanted.act is not None:
        query = query.where(AuditEntry.act == wanted.act.value)
    if wanted.of:
        query = query.where(_is_of(wanted.of))
    if wanted.since is not None:
        query = query.where(AuditEntry.at >= wanted.since)
    if wanted.until is not None:
        query = query.where(AuditEntry.at < wanted.until)
    return session.scalars(query).all()


def _is_of(wanted: str) -> ColumnElement[bool]:
    beginning = AuditEntry.of.startswith(wanted, autoescape=True)
    kind, _, call = wanted.partition(" ")
    if kind != "call" or not call:
        return beginning
    # A search shows words of many calls, which are named in one entry.
    of_words = AuditEntry.of.startswith(f"{WORDS_OF_CALLS} ", autoescape=True)
    return or_(beginning, and_(of_words, AuditEntry.of.contains(f" {call}", autoescape=True)))


def was_noted(
    session: Session, *, who: str, act: Act, of: str, since: datetime, why: str = ""
) -> bool:
    """Whether somebody did this to it, for this reason, at that moment or later."""
    query = (
        select(AuditEntry.id)
        .where(AuditEntry.of == of, AuditEntry.who == who, AuditEntry.act == act.value)
        .where(AuditEntry.at >= since, AuditEntry.why == why)
        .limit(1)
    )
    return session.scalar(query) is not None
