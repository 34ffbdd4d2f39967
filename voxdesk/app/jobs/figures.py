"""Work after a call so that pictures count it."""

from datetime import tzinfo
from functools import lru_cache

from crm.figures.repository import RECKONING
from voxdesk.app.figures.counting import Counter
from voxdesk.app.jobs.house import JobsHouse
from voxdesk.app.time_zone import zone_of
from voxdesk.db import Database
from voxdesk.kernel.call import CallId

VERSION = RECKONING


def count(house: JobsHouse, call_id: CallId) -> None:
    """Add it to the sums of its day."""
    _counter(house.database, zone_of(house.settings)).count(call_id, now=house.clock.now())


@lru_cache(maxsize=4)
def _counter(database: Database, zone: tzinfo) -> Counter:
    """One for all calls: it remembers the menus of the flows."""
    return Counter(database, zone)
