"""How fast reports are, with 100,000 calls: `python -m tests.bench.pictures`.

The calls of `tests.bench.many_calls` over 300 days, four flows, fifty versions, two languages,
each counted from its log by the product's own function; the calls and the sums of days are written,
the logs aren't. Then the API is asked as the page Reports asks it, one request after the other, in
one process, the token's check included.
"""

import argparse
import json
import random
import shutil
import tempfile
from collections import Counter as Tally
from collections import defaultdict
from dataclasses import asdict
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final

from fastapi.testclient import TestClient
from rich.console import Console
from rich.table import Table
from sqlalchemy import insert

from crm.calls.models import Call
from crm.figures.models import DayFigures
from crm.figures.tally import EndedCall, tally_of
from crm.staff import tokens
from crm.staff.models import Role
from tests.bench.console_calls import RESULTS, Figures, _databases, _figures, _timed
from tests.bench.many_calls import FIRST_DAY, FLOWS, Speech, _calls
from voxdesk.app.database import upgrade
from voxdesk.app.http.application import PREFIX, make_app
from voxdesk.app.http.house import House
from voxdesk.app.settings import Settings
from voxdesk.db import Database
from voxdesk.kernel.clock import SystemClock

DAYS: Final = (7, 30, 90, 300)
console = Console()


def measure(kind: str, url: str, state: Path, *, calls: int, times: int) -> list[Figures]:
    """All figures of one database."""
    upgrade(url)
    database = Database(url)
    settings = Settings(config_dir=state, state_dir=state)
    rows = _fill(database, calls)
    console.print(f"{kind}: {calls:,} calls in {rows:,} sums of days")
    with database.transaction() as session:
        _, secret = tokens.make(session, "bench", Role.OPS, now=SystemClock().now())
    app = make_app(House(settings, database, SystemClock()))
    bearer = {"Authorization": f"Bearer {secret}"}
    client = TestClient(app, base_url=f"http://here{PREFIX}", headers=bearer)
    found = []
    for days in DAYS:
        for flow in ("", *FLOWS[:1]):
            chance = random.Random(days)  # noqa: S311
            took = [
                _timed(client, "/pictures", _asked(chance, days, flow)) for _ in range(times + 2)
            ]
            what = f"reports of {days} days" + (", one flow" if flow else "")
            found.append(_figures(kind, what, took[2:]))
    params = {**_asked(random.Random(1), 300, ""), "picture": "volume", "format": "xlsx"}  # noqa: S311
    took = [_timed(client, "/pictures/file", params) for _ in range(times)]
    found.append(_figures(kind, "300 days as XLSX", took))
    database.close()
    return found


def _fill(database: Database, calls: int) -> int:
    """Write calls and the sums of their days; how many sums."""
    sums: dict[tuple[date, str, str, str], Tally] = defaultdict(Tally)
    rows = []
    for call, log in _calls(Speech(1), 0, calls, calls):
        rows.append(call)
        started = call["started_at"]
        ended = EndedCall("inbound", started, started, call["ended_at"], call["cause"])
        key = (started.date(), call["flow_name"], call["flow_version"], call["language"])
        events = [logged.event for logged in log]
        sums[key].update(tally_of(ended, events, {}, started.hour))
    names = ("day", "flow", "version", "language")
    now = SystemClock().now()
    days = [
        {**dict(zip(names, key, strict=True)), "tally": dict(tally), "counted_at": now}
        for key, tally in sums.items()
    ]
    with database.transaction() as session:
        session.execute(insert(Call), [{**call, "customer_id": None} for call in rows])
        session.execute(insert(DayFigures), days)
    return len(days)


def _asked(chance: random.Random, days: int, flow: str) -> dict[str, Any]:
    first = FIRST_DAY.date() + timedelta(days=chance.randrange(300 - days + 1))
    last = first + timedelta(days=days - 1)
    return {"since": first.isoformat(), "until": last.isoformat(), "by": "day", "flow": flow}


def main() -> None:
    """Write, count, ask, print."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.pictures", description=__doc__)
    parser.add_argument("--calls", type=int, default=100_000)
    parser.add_argument("--times", type=int, default=30)
    parser.add_argument("--databases", nargs="+", default=["sqlite", "postgresql"])
    arguments = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="voxdesk-bench-"))
    found: list[Figures] = []
    try:
        with _databases(arguments.databases, folder) as databases:
            for kind, url in databases:
                state = folder / kind
                state.mkdir()
                found += measure(kind, url, state, calls=arguments.calls, times=arguments.times)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    table = Table("database", "request", "times", "p50 ms", "p95 ms", "max ms")
    for one in found:
        table.add_row(*(str(value) for value in asdict(one).values()))
    console.print(table)
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / "pictures.json").write_text(json.dumps([asdict(one) for one in found], indent=1))


if __name__ == "__main__":
    main()
