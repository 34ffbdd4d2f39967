"""Whose engine has fallen silent. Pure; the wall clock and the steady one come in.

Engines on several machines sign their callers' rows with their own wall clocks, and those may be
wrong, or jump by hours. So a row's age counts for little; what counts is whether it changes while
we watch it.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime

from telephony.queue.state import Caller
from voxdesk.kernel.call import CallId


class LeaseWatch:
    """What one engine has seen of all callers' rows.

    Args:
        lease_s: an engine that is silent for so long is gone.
    """

    def __init__(self, lease_s: float) -> None:
        self._lease_s = lease_s
        self._seen: dict[CallId, tuple[datetime, float]] = {}
        self._looked_s = float("-inf")

    def look(
        self, callers: Iterable[Caller], now: datetime, now_s: float
    ) -> Mapping[CallId, datetime]:
        """Callers who are gone, each with the `seen_at` that proves it.

        Half a lease of watching is enough for a row that is also too old by our clock: an engine
        refreshes its rows each third of a lease.
        """
        # While we didn't look (the database was away, this machine slept), nobody could sign.
        blind = now_s - self._looked_s > self._lease_s / 3
        self._looked_s = now_s
        known = {} if blind else self._seen
        self._seen = {}
        gone = {}
        for caller in callers:
            seen_at, since_s = known.get(caller.call_id, (None, now_s))
            if seen_at != caller.seen_at:
                since_s = now_s
            self._seen[caller.call_id] = (caller.seen_at, since_s)
            still_s = now_s - since_s
            old = (now - caller.seen_at).total_seconds() > self._lease_s
            if still_s > self._lease_s or (old and still_s > self._lease_s / 2):
                gone[caller.call_id] = caller.seen_at
        return gone
