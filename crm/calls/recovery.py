"""Calls whose engine died without ending them in the log."""

from crm.calls.call_log import CallLog
from crm.calls.repository import CallFilter, last_event, list_calls
from voxdesk.db import Database
from voxdesk.kernel.call import CallEvent, CallId, EndCause, EventKind

_AT_ONCE = 1000


def end_abandoned(database: Database, call_log: CallLog, *, node: str = "") -> int:
    """End every call that is still open in the database, at its last known moment.

    Call it at start, before the first call of this process.

    Args:
        database: where to look for them.
        call_log: where their end is written.
        node: only calls of this node; empty for every node.

    Returns:
        how many.

    Raises:
        DatabaseError: the database is away.
    """
    with database.reading() as session:
        calls = list_calls(session, CallFilter(live=True, node=node, limit=_AT_ONCE))
        newest = {call.id: last_event(session, call.id) for call in calls}
    for call in calls:
        last = newest[call.id]
        call_log.record(
            CallEvent(
                CallId(call.id),
                EventKind.ENDED,
                at=last.event.at if last else call.started_at,
                audio_ms=last.event.audio_ms if last else 0,
                data={"cause": EndCause.ERROR.value, "reason": "engine_died"},
            )
        )
    return len(calls)
