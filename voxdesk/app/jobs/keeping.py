"""Where recordings end up, again and again: they are brought to the store, if there is one."""

import logging
from datetime import timedelta
from typing import Final

from sqlalchemy import select

from crm.calls.models import Call
from recordings.keeping import Keeper
from voxdesk.app.jobs.house import JobsHouse

RECENT: Final = timedelta(days=2)

log = logging.getLogger(__name__)


def ship(house: JobsHouse) -> None:
    """Bring finished recordings to the store; what can't go now stays, and is tried again."""
    if house.recordings.away is None:
        return
    with house.database.reading() as session:
        since = house.clock.now() - RECENT
        wanted = select(Call.id).where(Call.ended_at.is_(None), Call.started_at > since)
        in_progress = frozenset(session.scalars(wanted))
    for done in Keeper(house.recordings).ship_all(except_for=in_progress):
        if done.trouble:
            log.warning("recording %s stays here for now: %s", done.name, done.trouble)
