"""Whether the flows that calls run can be run: those that are published, and files."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from sqlalchemy import make_url

from voxdesk.app import database as schema
from voxdesk.app.doctor.finding import Finding, Machine, ok, problem, warning
from voxdesk.app.flow_loading import load_flows
from voxdesk.app.published_flows import PublishedFlows
from voxdesk.db import Database
from voxdesk.kernel.errors import DatabaseError, FlowError, SettingsError

AREA: Final = "flows"


def check_flows(machine: Machine) -> Sequence[Finding]:
    """Loads them as an engine that starts does. Without a usable database there is no saying."""
    url = machine.settings.database_url
    where = make_url(url)
    if where.get_backend_name() == "sqlite" and not Path(where.database or "").exists():
        return []
    database = Database(url)
    try:
        schema.check(url)
        flows = load_flows(machine.settings, PublishedFlows(database))
    except DatabaseError:
        return []  # the database's own check says so
    except (FlowError, SettingsError) as error:
        return [problem(AREA, f"{error}", "Mend the file; `voxdesk flow check` tells when it is.")]
    finally:
        database.close()
    running = ", ".join(
        f"{name} ({f'version {number}' if (number := flows.number(name)) else 'its file'})"
        for name in flows
    )
    troubles = [
        warning(AREA, trouble, "See `voxdesk flow history`.") for trouble in flows.troubles.values()
    ]
    return [ok(AREA, f"Calls run {running}."), *troubles]
