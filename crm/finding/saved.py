"""Searches that people keep, in the database. The caller commits."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from crm.calls.entries import plain
from crm.finding.models import SavedSearch
from crm.finding.query import SearchRefused
from voxdesk.kernel.errors import NotYours

MOST: Final = 100
"""Of one owner."""


def for_owner(session: Session, owner: str) -> Sequence[SavedSearch]:
    """Somebody's own, and what others share, by name."""
    query = select(SavedSearch).where(or_(SavedSearch.owner == owner, SavedSearch.shared))
    return session.scalars(query.order_by(SavedSearch.name, SavedSearch.id)).all()


def keep(
    session: Session, *, owner: str, name: str, query: str, shared: bool, now: datetime
) -> SavedSearch:
    """Keep a search; one's own of the same name is replaced.

    Raises:
        SearchRefused: they have too many.
    """
    name = plain(name)
    found = session.scalar(select(SavedSearch).filter_by(owner=owner, name=name))
    if found is None:
        count = session.scalar(select(func.count()).where(SavedSearch.owner == owner)) or 0
        if count >= MOST:
            raise SearchRefused(
                f"You have {MOST} saved searches; delete one first.",
                case="searches_full",
                most=MOST,
            )
        found = SavedSearch(owner=owner, name=name)
        session.add(found)
    found.query, found.shared, found.saved_at = plain(query), shared, now
    session.flush()
    return found


def remove(session: Session, number: int, *, owner: str) -> bool:
    """Delete one's own; False when there is none of this number.

    Raises:
        NotYours: it is somebody else's.
    """
    found = session.get(SavedSearch, number)
    if found is None or (found.owner != owner and not found.shared):
        return False
    if found.owner != owner:
        raise NotYours(
            f"This search is {found.owner}'s; only they may delete it.",
            case="search_of_another",
            owner=found.owner,
        )
    session.delete(found)
    return True
