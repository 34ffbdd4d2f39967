"""Counts finished calls; called after each call, and for those that were passed over."""

from datetime import datetime, tzinfo
from functools import lru_cache
from typing import Final

from crm.figures import repository
from crm.figures.tally import Menus
from crm.flows.repository import by_hash
from dialog.flow import Menu
from dialog.flow_file import check_text
from voxdesk.db import Database

BATCH: Final = 200
"""Calls in one transaction."""
VERSIONS: Final = 32


class Counter:
    """Counts calls of one database. Remembers the menus of the versions that it met."""

    def __init__(self, database: Database, zone: tzinfo) -> None:
        self._database = database
        self._zone = zone
        self._menus = lru_cache(maxsize=VERSIONS)(self._read_menus)

    def count(self, *call_ids: str, now: datetime) -> int:
        """Count these calls, or count them anew; how many are over and were counted.

        Raises:
            DatabaseError: the database is away.
        """
        with self._database.transaction() as session:
            return repository.count(
                session,
                call_ids,
                zone=self._zone,
                menus_of=self._menus,
                now=now,
            )

    def catch_up(self, *, now: datetime, at_most: int = 1_000_000) -> int:
        """Count every call that is over and isn't counted; how many.

        Raises:
            DatabaseError: the database is away.
        """
        done = 0
        while done < at_most:
            with self._database.reading() as session:
                waiting = repository.uncounted(session, limit=min(BATCH, at_most - done))
            if not waiting or not self.count(*waiting, now=now):
                break
            done += len(waiting)
        return done

    def _read_menus(self, flow: str, version: str) -> Menus:
        """Of a published version; a call that ran on a draft has no reasons."""
        if not version:
            return {}
        with self._database.reading() as session:
            found = by_hash(session, flow, version)
        if found is None:
            return {}
        read = check_text(found.text.encode(), name=flow, path=f"{flow}.yaml").flow
        if read is None:
            return {}
        return {
            name: frozenset(option.value for option in step.options)
            for name, step in read.steps.items()
            if isinstance(step, Menu)
        }
