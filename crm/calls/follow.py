"""The log as it grows, seen from another process than the one that writes it."""

from collections import OrderedDict

from crm.calls.entries import LoggedEvent
from crm.calls.repository import events_after, events_of, logged_event, newest_event_id
from voxdesk.db import Database

# Several writers commit out of the order of their ids: look again at so many of the last ones.
OVERLAP = 200


class FollowedCall:
    """One call's log, from its beginning."""

    def __init__(self, database: Database, call_id: str) -> None:
        """The call need not have any event yet."""
        self._database = database
        self._call_id = call_id
        self._seq = -1

    def poll(self) -> list[LoggedEvent]:
        """What came since the last time.

        Raises:
            DatabaseError: the database is away; the next poll misses nothing.
        """
        with self._database.reading() as session:
            events = events_of(session, self._call_id, after_seq=self._seq)
        if events:
            self._seq = events[-1].seq
        return events


class FollowedCalls:
    """All calls' logs, from now on."""

    def __init__(self, database: Database) -> None:
        """Starts behind what is there.

        Raises:
            DatabaseError: the database is away.
        """
        self._database = database
        with database.reading() as session:
            self._newest = newest_event_id(session)
            recent = events_after(session, self._newest - OVERLAP)
        self._seen = OrderedDict.fromkeys(row.id for row in recent)

    def poll(self) -> list[LoggedEvent]:
        """What came since the last time.

        Raises:
            DatabaseError: the database is away; the next poll misses nothing.
        """
        with self._database.reading() as session:
            rows = events_after(session, self._newest - OVERLAP)
        new = [row for row in rows if row.id not in self._seen]
        for row in new:
            self._seen[row.id] = None
        while len(self._seen) > OVERLAP * 10:
            self._seen.popitem(last=False)
        if rows:
            self._newest = max(self._newest, rows[-1].id)
        return [logged_event(row) for row in new]
