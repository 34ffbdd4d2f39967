"""Calls whose engine died without ending them in the log."""

from collections.abc import Collection
from datetime import datetime

from crm.calls.call_log import CallLog
from crm.calls.repository import CallFilter, last_event, list_calls
from voxdesk.db import Database
from voxdesk.kernel.call import CallEvent, CallId, EndCause, EventKind

_AT_ONCE = 1000


def end_abandoned(
    database: Database,
    call_log: CallLog,
    *,
    node: str = "",
    before: datetime | None = None,
    except_for: Collection[CallId] = (),
) -> int:
    """End every call that is still open in the database, at its last known moment.

    Args:
        database: where to look for them.
        call_log: where their end is written.
        node: only calls of this node; empty for every node.
        before: only calls that began before this process; None for all.
        except_for: calls that are still going on.

    Returns:
        how many.

    Raises:
        DatabaseError: the database is away.
    """
    with database.reading() as session:
        wanted = CallFilter(live=True, node=node, until=before, limit=_AT_ONCE)
        calls = [call for call in list_calls(session, wanted) if call.id not in except_for]
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
