"""A flow's graph with what real calls did in it."""

from datetime import datetime, timedelta

from crm.calls.step_traffic import step_traffic
from dialog.flow import Flow
from dialog.flow_graph.model import FlowGraph, Traffic, graph_of
from voxdesk.db import Database


def drawn_with_calls(
    database: Database, flow: Flow, language: str, days: int, until: datetime
) -> tuple[FlowGraph, Traffic | None]:
    """The graph, and the calls of so many days before; none are counted for 0 days.

    Raises:
        DatabaseError: the database is away.
    """
    traffic = traffic_of(database, flow.name, days, until) if days else None
    return graph_of(flow, language, traffic), traffic


def traffic_of(database: Database, flow: str, days: int, until: datetime) -> Traffic:
    """What calls of so many days did in a flow.

    Raises:
        DatabaseError: the database is away.
    """
    since = until - timedelta(days=days)
    with database.reading() as session:
        found = step_traffic(session, flow, since=since)
    first, last = (moment.astimezone().date().isoformat() for moment in (since, until))
    return Traffic(found.calls, found.reached, found.moves, found.ended, f"{first} … {last}")
