"""Again and again: recordings are brought to the store, and what no rule keeps is deleted."""

import logging
from datetime import timedelta
from typing import Final

from sqlalchemy import select

from crm.calls.models import Call
from recordings.keeping import Keeper
from voxdesk.app.jobs.house import JobsHouse
from voxdesk.app.retaining import Retaining

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


def retain(house: JobsHouse) -> None:
    """Delete whatever no rule keeps any longer; what is held stays, and it is noted."""
    count = held = 0
    retaining = Retaining(house.settings, house.database, house.recordings)
    for one in retaining.delete(now=house.clock.now(), by="jobs"):
        held += one.held
        count += not one.held
    if count or held:
        log.info("retention: %d deleted, %d under legal hold stay", count, held)
