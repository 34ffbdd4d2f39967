"""What staff look at and change is written down, in the request's own transaction."""

from datetime import datetime

from sqlalchemy.orm import Session

from crm.audit import repository
from crm.audit.models import Act
from voxdesk.app.http.guard import Staff


def noted(
    session: Session, staff: Staff, act: Act, *, of: str, now: datetime, why: str = ""
) -> None:
    """Write down that `staff` did `act` to `of` (a kind and an id, never content)."""
    repository.note(session, who=staff.name, role=staff.role, act=act, of=of, now=now, why=why)
