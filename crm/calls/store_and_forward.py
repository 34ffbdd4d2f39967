"""Entries to the database, or to the disk while the database is away. One thread uses it."""

import logging
import time
from collections.abc import Sequence

from crm.calls.entries import Entry
from crm.calls.repository import store
from crm.calls.spool import READ_AHEAD, Spool
from voxdesk.db import Database, is_refusal
from voxdesk.kernel.errors import DatabaseError

DRAIN_SLICE_S = 1.0
RETRY_FIRST_S = 0.5
RETRY_LONGEST_S = 10.0

log = logging.getLogger(__name__)


class StoreAndForward:
    """Brings entries to the database in order, each once.

    Attributes:
        held: entries in memory because not even the disk took them.
        lost: entries given up because there were too many of those.
        rejected: entries that the database refused for good.
    """

    def __init__(self, database: Database, spool: Spool, *, max_held: int) -> None:
        """Takes the spool over, with what is in it."""
        self._database = database
        self._spool = spool
        self._max_held = max_held
        self._held: list[Entry] = []
        self._away = False
        self._retry_at = 0.0
        self._retry_s = RETRY_FIRST_S
        self.lost = 0
        self.rejected = 0

    @property
    def held(self) -> int:
        """Entries in memory because not even the disk took them."""
        return len(self._held)

    @property
    def behind(self) -> bool:
        """Whether the database lacks something that was written before."""
        return self._away or bool(self._held) or not self._spool.empty

    def write(self, entries: Sequence[Entry]) -> None:
        """Write these after everything before them. Never raises. Empty: only try what waits."""
        if not self.behind and entries and self._insert(entries):
            return
        if entries and self.behind:
            self._spool_or_hold(entries)
        if self.behind and time.monotonic() >= self._retry_at:
            self._drain()

    def close(self) -> None:
        """One last try, then what waits stays on disk."""
        if self.behind:
            self._drain()
        if self._held:
            self._lose(len(self._held))
        try:
            self._spool.close()
        except OSError as error:
            log.error("call log spool: %s", error.strerror)  # noqa: TRY400  no traceback needed

    # ---------------------------------------------------------------- database

    def _insert(self, entries: Sequence[Entry]) -> bool:
        """Into the database; False, and `behind`, when it is away."""
        try:
            with self._database.transaction() as session:
                store(session, entries)
        except DatabaseError as error:
            if not is_refusal(error):
                self._note_away(error)
                return False
        except Exception as error:  # noqa: BLE001  a bad entry must not stop those after it
            log.error(  # noqa: TRY400  a traceback may show what was said
                "call log: can't store: %s", type(error).__name__
            )
        else:
            self._note_back()
            return True
        if len(entries) == 1:
            self._reject(entries[0])
            return True
        # One of them is refused; the others must not suffer.
        return all(self._insert([entry]) for entry in entries)

    def _reject(self, entry: Entry) -> None:
        self.rejected += 1
        log.error("call %s: the database refused an entry of the log", entry.call_id)
        try:
            self._spool.reject(entry)
        except OSError:
            self._lose(1)

    def _note_away(self, error: DatabaseError) -> None:
        if not self._away:
            log.error("call log: %s; calls go on, their log waits on disk", error)
            self._retry_s = RETRY_FIRST_S
        self._away = True
        self._retry_at = time.monotonic() + self._retry_s
        self._retry_s = min(RETRY_LONGEST_S, self._retry_s * 2)

    def _note_back(self) -> None:
        if self._away:
            log.warning("call log: the database is back")
        self._away = False

    # ---------------------------------------------------------------- disk

    def _spool_or_hold(self, entries: Sequence[Entry]) -> None:
        waiting = [*self._held, *entries]
        try:
            self._spool.append(waiting)
        except OSError as error:
            if not self._held:
                log.error(  # noqa: TRY400  no traceback needed
                    "call log: the spool %s takes nothing (%s); holding entries in memory",
                    self._spool.path,
                    error.strerror,
                )
            self._held = waiting[: self._max_held]
            self._lose(len(waiting) - len(self._held))
        else:
            self._held = []

    def _lose(self, count: int) -> None:
        if count and not self.lost:
            log.error("call log: neither database nor disk takes entries; some are lost")
        self.lost += count

    def _drain(self) -> None:
        """Bring what waits to the database for a while; then new entries have their turn."""
        until = time.monotonic() + DRAIN_SLICE_S
        try:
            while not self._spool.empty and time.monotonic() < until:
                entries, position = self._spool.peek(READ_AHEAD)
                if entries and not self._insert(entries):
                    return
                self._spool.take(position)
        except OSError as error:
            log.error("call log spool: %s", error.strerror)  # noqa: TRY400  no traceback needed
            return
        if self._spool.empty and self._insert(self._held):
            self._held = []
