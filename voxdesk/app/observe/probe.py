"""What a scrape wants to know of the database, asked now and then, on a thread of its own."""

import asyncio
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Final

from crm.live.repository import ringing
from voxdesk.db import Database
from voxdesk.kernel.errors import DatabaseError

EVERY_S: Final = 5.0
WITHIN_S: Final = 2.0


@dataclass(frozen=True, slots=True)
class Known:
    """What it said last.

    Attributes:
        database_up: None when nobody has asked yet.
        alarms: of each number that has a goal, whether its alarm rings; empty while nobody knows.
    """

    database_up: bool | None = None
    alarms: Mapping[str, bool] = field(default_factory=dict)


class Probe:
    """Asks at most every five seconds. `numbers`: those that have goals."""

    def __init__(self, numbers: Mapping[str, float]) -> None:
        self._numbers = tuple(numbers)
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="observe-database")
        self._asked: asyncio.Future[Known] | None = None
        self._asked_at_s = -EVERY_S
        self._known = Known()

    async def look(self, database: Database | None) -> Known:
        """As far as is known; an answer that takes long comes with the next look."""
        if database is None:
            return Known()
        now_s = time.monotonic()
        if self._asked is None and now_s - self._asked_at_s >= EVERY_S:
            self._asked_at_s = now_s
            loop = asyncio.get_running_loop()
            self._asked = loop.run_in_executor(self._thread, self._ask, database)
        if self._asked is not None:
            done, _ = await asyncio.wait({self._asked}, timeout=WITHIN_S)
            if done:
                self._known, self._asked = self._asked.result(), None
            elif now_s - self._asked_at_s >= WITHIN_S:
                self._known = Known(database_up=False)
        return self._known

    def close(self) -> None:
        """An answer that is still awaited is not."""
        self._thread.shutdown(wait=False, cancel_futures=True)

    def _ask(self, database: Database) -> Known:
        try:
            with database.reading() as session:
                on = {alarm.name for alarm in ringing(session)}
        except DatabaseError:
            return Known(database_up=False)
        alarms = {name: name in on for name in (*self._numbers, *sorted(on))}
        return Known(database_up=True, alarms=alarms)
