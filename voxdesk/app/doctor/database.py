"""Whether the database answers, and is of this program's version."""

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from sqlalchemy import make_url

from voxdesk.app import database as schema
from voxdesk.app.doctor.finding import Finding, Machine, ok, problem, warning
from voxdesk.kernel.errors import DatabaseError

AREA: Final = "database"
SLOW_S: Final = 0.5


def check_database(machine: Machine) -> Sequence[Finding]:
    """Asks, and changes nothing: an empty or older SQLite is brought up to date by serving."""
    url = machine.settings.database_url
    where = make_url(url)
    shown = where.render_as_string(hide_password=True)
    if where.get_backend_name() == "sqlite" and not _exists(where.database):
        return [ok(AREA, f"{shown} is not there yet; serving makes it.")]
    began_s = time.monotonic()
    try:
        schema.check(url)
    except DatabaseError as error:
        return [_wrong(error, sqlite=where.get_backend_name() == "sqlite")]
    took_s = time.monotonic() - began_s
    if took_s > SLOW_S:
        return [
            warning(
                AREA,
                f"{shown} answers, but takes {took_s:.1f} s.",
                "Lookups in calls wait for it; see what keeps it busy, or bring it nearer.",
            )
        ]
    version = schema.newest_version()
    return [ok(AREA, f"{shown} answers, and is of this program's version ({version}).")]


def _wrong(error: DatabaseError, *, sqlite: bool) -> Finding:
    first, _, rest = str(error).partition("\n")
    says, _, mend = first.partition("; ")
    if "older version" in says and sqlite:
        return ok(AREA, f"{says[:1].upper()}{says[1:]}; serving brings it up to date.")
    mend = mend or rest.strip() or "See whether it runs, and whether database.url is right."
    return problem(AREA, f"{says[:1].upper()}{says[1:]}.", f"{mend[:1].upper()}{mend[1:]}")


def _exists(path: str | None) -> bool:
    return path is not None and Path(path).exists()
