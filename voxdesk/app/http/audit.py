"""What staff look at and change is written down, in the request's own transaction."""

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.orm import Session

from crm.audit import repository
from crm.audit.models import Act
from voxdesk.app.http.guard import Staff

AGAIN_AFTER: Final = timedelta(minutes=10)
"""Within this time, looks of one person at one thing are one look.

The page of a call asks for its words, moments, shape, comments and many stretches of its sound: as
many entries would bury who else looked. Somebody who comes back later is written down again.
"""


def noted(
    session: Session, staff: Staff, act: Act, *, of: str, now: datetime, why: str = ""
) -> None:
    """Write down that `staff` did `act` to `of` (a kind and an id, never content)."""
    repository.note(session, who=staff.name, role=staff.role, act=act, of=of, now=now, why=why)


def looked(
    session: Session, staff: Staff, act: Act, *, of: str, now: datetime, why: str = ""
) -> None:
    """The same for a look, unless it was written down just before, with the same reason.

    Parts of a page that are asked for at the same moment may write an entry each on PostgreSQL:
    rather one too many than none.
    """
    since = now - AGAIN_AFTER
    if not repository.was_noted(session, who=staff.name, act=act, of=of, since=since, why=why):
        noted(session, staff, act, of=of, now=now, why=why)
