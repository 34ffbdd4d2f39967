"""How fast calls are listed, searched and opened: `python -m tests.bench.console_calls`.

100,000 calls with their logs, words and figures are written into SQLite and into a PostgreSQL of
its own (`--calls`, `--databases`); then the API is asked as the pages ask it, one request after the
other, in one process, token and audit entry included: time of the server, without a network. Each
kind of request is asked `--times` times with other values; the first two don't count. The
30-minute call has a recording of 30 minutes, two channels at 8 kHz, whose shape isn't known yet at
the first time.
"""

import argparse
import json
import random
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import numpy as np
from fastapi.testclient import TestClient
from rich.console import Console
from rich.table import Table
from sqlalchemy import insert

from crm.calls.models import Call, CallEventRow
from crm.staff import tokens
from crm.staff.models import Role
from recordings.wav_file import WavFile
from tests.bench.many_calls import (
    AGENTS,
    CAUSES,
    FIRST_DAY,
    FLOWS,
    STEPS,
    Speech,
    _row,
    conversation,
    fill,
)
from tests.fixtures.databases import PostgresServer, _find_postgres
from voxdesk.app.database import upgrade
from voxdesk.app.http.application import PREFIX, make_app
from voxdesk.app.http.house import House
from voxdesk.app.settings import Settings
from voxdesk.db import Database
from voxdesk.kernel.call import CallId
from voxdesk.kernel.clock import SystemClock

RESULTS: Final = Path("bench-results")
LONG: Final = CallId("f" * 12)
LONG_MINUTES: Final = 30
PLACES_OF: Final = 10
"""Calls whose places the page asks for at once."""
console = Console()
Ask = Callable[[random.Random], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Figures:
    """Milliseconds of one kind of request."""

    database: str
    what: str
    times: int
    p50_ms: float
    p95_ms: float
    max_ms: float


def _lists() -> dict[str, Ask]:
    days = lambda chance: FIRST_DAY + timedelta(days=chance.randrange(290))  # noqa: E731
    return {
        "newest": lambda _: {},
        "a week": lambda c: {
            "since": (day := days(c)).isoformat(),
            "until": (day + timedelta(days=7)).isoformat(),
        },
        "a flow": lambda c: {"flow": c.choice(FLOWS)},
        "a step": lambda c: {"step": c.choice(STEPS)},
        "an agent, transferred": lambda c: {"agent": c.choice(AGENTS), "transferred": True},
        "a cause": lambda c: {"cause": c.choice(CAUSES)},
        "part of a number": lambda c: {"caller": f"{c.randrange(10_000):04d}"},
        "part of a customer's name": lambda c: {"customer": f"mer {c.randrange(5000)}"},
        "a silence of 8 s": lambda _: {"silence_ms": 8000},
        "3 no-matches": lambda _: {"no_matches": 3},
        "slow turns, a flow": lambda c: {"slow_turns": 1, "flow": c.choice(FLOWS)},
        "by duration": lambda _: {"sort": "duration"},
        "by silence, a flow": lambda c: {"sort": "silence", "flow": c.choice(FLOWS)},
        "nothing found": lambda c: {"agent": f"nobody{c.random()}"},
    }


def _searches(speech: Speech) -> dict[str, Ask]:
    rare = lambda c: speech.words[c.randrange(500, 15_000)]  # noqa: E731
    common = lambda c: speech.words[c.randrange(1, 60)]  # noqa: E731
    return {
        "a rare word": lambda c: {"q": rare(c)},
        "a common word": lambda c: {"q": common(c)},
        "a word of all prompts": lambda _: {"q": "order"},
        "said by the caller": lambda c: {"q": f"by-caller:{common(c)}"},
        "two words": lambda c: {"q": f"{common(c)} {rare(c)}"},
        "a phrase": lambda c: {
            "q": c.choice(('"my order is late"', '"charged twice"', '"need a"'))
        },
        "a phrase of common words": lambda c: {"q": f'"{common(c)} {common(c)}"'},
        "words near each other": lambda c: {"q": f"{common(c)} NEAR/5 {common(c)}"},
        "refund near order, a flow": lambda c: {
            "q": f"refund NEAR/10 order flow:{c.choice(FLOWS)}"
        },
        "one or the other, without": lambda c: {"q": f"{rare(c)} OR {rare(c)} -refund"},
        "Chinese": lambda c: {"q": c.choice(("退货", "订单", "取消 订单", '"取消订单"'))},
        "a word, a week": lambda c: {
            "q": common(c),
            "since": (day := FIRST_DAY + timedelta(days=c.randrange(290))).isoformat(),
            "until": (day + timedelta(days=7)).isoformat(),
        },
        "a word and a silence": lambda c: {"q": f"{common(c)} silence:6"},
        "a word, by duration": lambda c: {"q": common(c), "sort": "duration"},
        "not there": lambda c: {"q": f"zzz{c.randrange(10**9)}"},
        "only without": lambda _: {"q": "-order"},
    }


def _draws() -> dict[str, Ask]:
    """Calls to score are drawn by lot out of these."""
    year = {"since": "2026-01-01", "until": "2026-12-31", "scorecard": "agent_call"}
    quarter = year | {"since": "2026-10-01"}
    return {
        "a quarter, every agent in turn": lambda _: quarter | {"spread": "agent"},
        "a quarter, anybody's": lambda _: quarter,
        "all calls, every agent in turn": lambda _: year | {"spread": "agent"},
        "all calls, one agent": lambda c: year | {"agent": c.choice(AGENTS)},
    }


def measure(kind: str, url: str, state: Path, *, calls: int, times: int) -> Iterator[Figures]:
    """All figures of one database."""
    database = Database(url)
    began = time.perf_counter()
    upgrade(url)
    fill(database, calls)
    settings = Settings(config_dir=state, state_dir=state)
    speech = Speech(1)
    _long_call(database, settings, speech)
    console.print(f"{kind}: {calls:,} calls written in {time.perf_counter() - began:.0f} s")
    app = make_app(House(settings, database, SystemClock()))
    with database.transaction() as session:
        _, secret = tokens.make(session, "bench", Role.SUPERVISOR, now=SystemClock().now())
    bearer = {"Authorization": f"Bearer {secret}"}
    client = TestClient(app, base_url=f"http://here{PREFIX}", headers=bearer)

    def asked(what: str, path: str, ask: Ask) -> Figures:
        chance = random.Random(7)  # noqa: S311
        took = [_timed(client, path, ask(chance)) for _ in range(times + 2)][2:]
        return _figures(kind, what, took)

    for what, ask in _lists().items():
        yield asked(f"list: {what}", "/calls", ask)
    yield asked("list: what to choose from", "/calls/choices", lambda _: {})
    for what, ask in _draws().items():
        yield asked(f"to score: {what}", "/scores/sample", ask)
    for what, ask in _searches(speech).items():
        yield asked(f"search: {what}", "/calls", ask)
    for q in ("order", "my OR refund"):
        found = client.get("/calls", params={"q": q, "limit": PLACES_OF}).json()["calls"]
        ids = [line["id"] for line in found]
        yield asked(
            f"places of {len(ids)} calls: {q}",
            "/calls/passages",
            lambda _, q=q, ids=ids: {"q": q, "call": ids},  # type: ignore[misc]
        )
    yield asked("a call", f"/calls/{calls // 2:012x}", lambda _: {})
    parts = ("transcript", "markers", "waveform")
    first = [sum(_timed(client, f"/calls/{LONG}/{part}", {}) for part in parts)]
    yield _figures(kind, "30-minute call: transcript, markers, waveform, the first time", first)
    again = [sum(_timed(client, f"/calls/{LONG}/{p}", {}) for p in parts) for _ in range(times)]
    yield _figures(kind, "30-minute call: transcript, markers, waveform, again", again)
    sound = [_timed(client, f"/calls/{LONG}/recording", {}, "bytes=0-262143") for _ in range(times)]
    yield _figures(kind, "30-minute call: first 256 KB of sound", sound)
    database.close()


def _timed(client: TestClient, path: str, params: dict[str, Any], part: str = "") -> float:
    began = time.perf_counter()
    answer = client.get(path, params=params, headers={"Range": part} if part else {})
    took = time.perf_counter() - began
    if answer.status_code not in {200, 206}:
        console.print(f"{path} {params}: {answer.text}", style="red")
    return took * 1000


def _figures(kind: str, what: str, took: list[float]) -> Figures:
    ordered = sorted(took)
    p95 = ordered[min(len(ordered) - 1, int(0.95 * len(ordered)))]
    return Figures(
        kind, what, len(took), round(statistics.median(took), 1), round(p95, 1),
        round(ordered[-1], 1),
    )  # fmt: skip


def _long_call(database: Database, settings: Settings, speech: Speech) -> None:
    """With 30 minutes of noise as its sound."""
    started = FIRST_DAY + timedelta(days=299)
    log = conversation(speech, LONG, started, "shop", "en", turns=LONG_MINUTES * 60 // 7)
    name = f"2026/10/27/{LONG}.wav"
    file = WavFile(settings.state_dir / "recordings" / name, 8000)
    minute = np.random.default_rng(1).integers(-9000, 9000, (8000 * 60, 2), np.int16)
    for number in range(LONG_MINUTES):
        file.write(number * len(minute), minute)
    file.close()
    with database.transaction() as session:
        call = {
            "id": LONG, "direction": "inbound", "started_at": started, "answered_at": started,
            "ended_at": log[-1].event.at, "recording_path": name, "flow_name": "shop",
        }  # fmt: skip
        session.execute(insert(Call), [call])
        session.execute(insert(CallEventRow), [_row(one) for one in log])


@contextmanager
def _databases(wanted: list[str], folder: Path) -> Iterator[Iterator[tuple[str, str]]]:
    server: PostgresServer | None = None

    def each() -> Iterator[tuple[str, str]]:
        nonlocal server
        for kind in wanted:
            if kind == "sqlite":
                yield kind, f"sqlite:///{folder / 'voxdesk.db'}"
            else:
                programs = _find_postgres()
                if programs is None:
                    console.print("PostgreSQL is not installed here: left out", style="yellow")
                    continue
                server = PostgresServer(programs)
                yield kind, server.create_database()

    try:
        yield each()
    finally:
        if server is not None:
            server.close()


def main() -> None:
    """Write, ask, print."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.bench.console_calls", description=__doc__
    )
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
                for one in measure(kind, url, state, calls=arguments.calls, times=arguments.times):
                    found.append(one)
                    console.print(f"  {one.what}: p50 {one.p50_ms:.0f}, p95 {one.p95_ms:.0f} ms")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    table = Table("database", "request", "times", "p50 ms", "p95 ms", "max ms")
    for one in found:
        table.add_row(*(str(value) for value in asdict(one).values()))
    console.print(table)
    RESULTS.mkdir(exist_ok=True)
    rows = [asdict(one) for one in found]
    (RESULTS / "console-calls.json").write_text(json.dumps(rows, indent=1))


if __name__ == "__main__":
    main()
