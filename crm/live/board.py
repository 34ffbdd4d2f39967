"""All calls in progress, from several sources of their logs. Pure.

A line may come twice (from the engine as it happens, and from the database) and out of order (one
source was away for a while): it counts once, at its place.
"""

from bisect import insort
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from crm.calls.entries import LoggedEvent
from crm.live.call import LiveCall
from voxdesk.kernel.call import EventKind

GONE_AFTER: Final = timedelta(seconds=6)
"""So long a call that has ended is still there, to be seen ending."""
REMEMBERED: Final = 20_000
"""Calls that are over; what comes late of them is not a new call."""
_FIRST: Final = frozenset({EventKind.INCOMING, EventKind.DIALLED})


@dataclass(slots=True)
class _Kept:
    call: LiveCall
    log: list[LoggedEvent] = field(default_factory=list)
    seen: set[int] = field(default_factory=set)


class Board:
    """What is going on now. Not thread-safe."""

    def __init__(self) -> None:
        self._kept: dict[str, _Kept] = {}
        self._over: dict[str, None] = {}
        self._nodes: dict[str, str] = {}

    @property
    def calls(self) -> dict[str, LiveCall]:
        """All of them, by id."""
        return {id_: kept.call for id_, kept in self._kept.items()}

    def find(self, call_id: str) -> LiveCall | None:
        """The call of this id, while it is here."""
        kept = self._kept.get(call_id)
        return kept.call if kept is not None else None

    def take(self, logged: LoggedEvent, *, node: str = "") -> str | None:
        """A line of a call's log; which call it changed, None when it was known already.

        `node`: that serves the call, where that is known.
        """
        call_id = logged.call_id
        if call_id in self._over:
            return None
        kept = self._kept.get(call_id)
        if kept is None:
            kept = self._kept[call_id] = _Kept(LiveCall(call_id))
        if node:
            kept.call.node = node
        if logged.seq in kept.seen:
            return None
        kept.seen.add(logged.seq)
        late = bool(kept.log) and kept.log[-1].seq > logged.seq
        insort(kept.log, logged, key=lambda one: one.seq)
        if late:
            self._again(kept)
        else:
            kept.call.take(logged)
        return call_id

    def _again(self, kept: _Kept) -> None:
        before, kept.call = kept.call, LiveCall(kept.call.id)
        kept.call.node, kept.call.partial = before.node, before.partial
        for logged in kept.log:
            kept.call.take(logged)

    def is_whole(self, call_id: str) -> bool:
        """Whether its log is here from its beginning."""
        kept = self._kept.get(call_id)
        return kept is not None and bool(kept.log) and kept.log[0].event.kind in _FIRST

    def hear(self, call_id: str, words: str) -> str | None:
        """Words that are being recognized; the call, or None when there is none such."""
        kept = self._kept.get(call_id)
        if kept is None or kept.call.secret or kept.call.ended_at is not None:
            return None
        if kept.call.partial == words:
            return None
        kept.call.partial = words
        return call_id

    def drop_old(self, now: datetime, *, open_since: datetime) -> list[str]:
        """Forget calls that ended a while ago; their ids.

        Args:
            now: the time.
            open_since: what began before this has ended, whether somebody wrote it down or not.
        """
        gone = [
            id_ for id_, kept in self._kept.items() if _is_gone(kept.call, now, open_since)
        ]  # fmt: skip
        self.forget(gone)
        return gone

    def forget(self, call_ids: Iterable[str]) -> None:
        """These are over."""
        for call_id in call_ids:
            self._kept.pop(call_id, None)
            self._over[call_id] = None
        while len(self._over) > REMEMBERED:
            del self._over[next(iter(self._over))]


def _is_gone(call: LiveCall, now: datetime, open_since: datetime) -> bool:
    if call.ended_at is not None:
        return now - call.ended_at >= GONE_AFTER
    return call.started_at is not None and call.started_at < open_since
