"""A flow's graph with what real calls did in it."""

from datetime import datetime, timedelta

from crm.calls.step_traffic import step_traffic
from dialog.flow import Flow
from dialog.flow_graph.asides import whole_graph
from dialog.flow_graph.model import FlowGraph, Traffic
from voxdesk.db import Database


def drawn_with_calls(
    database: Database, flow: Flow, language: str, days: int, until: datetime
) -> tuple[FlowGraph, Traffic | None]:
    """The graph, and the calls of so many days before; none are counted for 0 days.

    Raises:
        DatabaseError: the database is away.
    """
    since = until - timedelta(days=days)
    traffic = traffic_of(database, flow.name, since, until) if days else None
    return whole_graph(flow, language, traffic)


def traffic_of(
    database: Database, flow: str, since: datetime, until: datetime, version: str = ""
) -> Traffic:
    """What the calls of a time did in a flow; of all its versions, or of one.

    Raises:
        DatabaseError: the database is away.
    """
    with database.reading() as session:
        found = step_traffic(session, flow, since=since, until=until, version=version)
    # The last moment that counts, not the midnight after it.
    shown = (since, until - timedelta(microseconds=1))
    first, last = (moment.astimezone().date().isoformat() for moment in shown)
    return Traffic(found.calls, found.reached, found.moves, found.ended, f"{first} … {last}")
