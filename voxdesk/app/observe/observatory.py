"""Everything that shows the engine to an operator, put together; `Engine` has one.

    engine's loop ──beats──▶ LoopWatch          call log's thread ──events──▶ CallMetrics, traces
         ▲                       │                                                │
         └──a snapshot, asked────┴──────── observe thread: /metrics /healthz /readyz

Nothing of a call waits for any of it.
"""

import asyncio
import json
import time
from dataclasses import replace
from http import HTTPStatus
from typing import TYPE_CHECKING

from prometheus_client import CollectorRegistry, ProcessCollector, disable_created_metrics
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest

from voxdesk.app.logs import on_loop_error
from voxdesk.app.observe.call_metrics import CallMetrics
from voxdesk.app.observe.health import SILENT_AT_MOST_S, health_of
from voxdesk.app.observe.http import Page, PageServer
from voxdesk.app.observe.loop_watch import LoopWatch
from voxdesk.app.observe.probe import Probe
from voxdesk.app.observe.readings import Readings, ReadingsCollector, free_bytes
from voxdesk.app.observe.snapshot import Snapshot, take_snapshot
from voxdesk.app.observe.tracing import Tracing

if TYPE_CHECKING:  # the engine makes this
    from voxdesk.app.bootstrap import House
    from voxdesk.app.engine import Engine

SNAPSHOT_WITHIN_S = 2.5  # a loop so late has other troubles, and the last snapshot stands in
READ_AT_MOST_EVERY_S = 1.0  # whoever asks more often gets the same page again


class Observatory:
    """`start` before the engine loads anything, `open` when it is ready, `close` at the end.

    Attributes:
        watch: how late the loop runs; the front desk asks it too.
    """

    def __init__(self, engine: "Engine") -> None:
        self._engine = engine
        self._settings = engine.settings.observe
        self._house: House | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self.watch = LoopWatch()
        # A second series for each counter, which nobody asks for.
        disable_created_metrics()  # type: ignore[no-untyped-call]
        self.registry = CollectorRegistry()
        self._collector = ReadingsCollector()
        self._call_metrics = CallMetrics(self.registry)
        self.registry.register(self._collector)
        ProcessCollector(namespace="voxdesk", registry=self.registry)
        self._tracing = Tracing(self._settings)
        self._server: PageServer | None = None
        # What follows belongs to the observe thread.
        self._reading = asyncio.Lock()
        self._readings: Readings | None = None
        self._read_at_s = 0.0
        self._metrics = b""
        self._probe = Probe(engine.settings.goals.wanted)

    @property
    def port(self) -> int:
        """Where the pages are; 0 when they are nowhere."""
        return self._server.port if self._server is not None else 0

    async def start(self) -> None:
        """On the engine's loop: begin to watch it, and answer questions."""
        self._loop = asyncio.get_running_loop()
        self._loop.set_exception_handler(on_loop_error)
        self.watch.start()
        if self._settings.enabled:
            pages = {"/metrics": self._page, "/healthz": self._alive, "/readyz": self._ready}
            server = PageServer(self._settings.host, self._settings.port, pages)
            self._server = server
            await asyncio.to_thread(server.start)

    def open(self, house: "House") -> None:
        """The engine is put together: count what happens in its calls."""
        self._house = house
        house.services.call_log.subscribe(self._call_metrics)
        self._tracing.start(house.services)

    async def close(self) -> None:
        """Stop everything; traces that wait are sent, for a moment."""
        self._house = None
        self.watch.stop()
        await asyncio.to_thread(self._tracing.close)
        if self._server is not None:
            await asyncio.to_thread(self._server.close)
        self._probe.close()

    # ------------------------------------------------------------------ pages, on their thread

    async def _page(self) -> Page:
        await self._read()
        return Page(self._metrics, CONTENT_TYPE_LATEST)

    async def _alive(self) -> Page:
        alive = self.watch.silent_s <= SILENT_AT_MOST_S
        facts = {
            "alive": alive,
            "silent_s": round(self.watch.silent_s, 2),
            "recent_lag_ms": round(self.watch.lag.recent_s * 1000, 1),
        }
        return _json(facts, ok=alive)

    async def _ready(self) -> Page:
        health = health_of(await self._read())
        facts = {
            "ready": health.ready,
            "reasons": list(health.reasons),
            "warnings": list(health.warnings),
        }
        return _json(facts, ok=health.ready)

    async def _read(self) -> Readings:
        """What is the matter now; one look at a time, and not more often than is of use."""
        async with self._reading:
            now_s = time.monotonic()
            if self._readings is not None and now_s - self._read_at_s < READ_AT_MOST_EVERY_S:
                return self._readings
            house, last = self._house, self._readings
            snapshot, fresh = None, False
            if house is not None:
                snapshot = await self._snapshot(house)
                fresh = snapshot is not None
                snapshot = snapshot or (last.snapshot if last is not None else None)
            known = await self._probe.look(house.database if house else None)
            readings = Readings(
                snapshot=snapshot,
                fresh=fresh,
                lag=self.watch.lag,
                database_up=known.database_up,
                alarms=known.alarms,
                disk_free_bytes=free_bytes(self._engine.settings.state_dir),
                traces=(self._tracing.sent, self._tracing.dropped),
            )
            readings = replace(readings, ready=health_of(readings).ready)
            self._collector.readings = self._readings = readings
            self._metrics = generate_latest(self.registry)
            self._read_at_s = time.monotonic()
            return readings

    async def _snapshot(self, house: "House") -> Snapshot | None:
        assert self._loop is not None  # noqa: S101  it was started

        async def take() -> Snapshot:
            return take_snapshot(self._engine, house)

        work = take()
        try:
            future = asyncio.run_coroutine_threadsafe(work, self._loop)
        except RuntimeError:  # the engine's loop is closed
            work.close()
            return None
        try:
            return await asyncio.wait_for(asyncio.wrap_future(future), SNAPSHOT_WITHIN_S)
        except TimeoutError:
            return None


def _json(facts: object, *, ok: bool) -> Page:
    status = HTTPStatus.OK if ok else HTTPStatus.SERVICE_UNAVAILABLE
    return Page(json.dumps(facts, ensure_ascii=False).encode() + b"\n", status=status)
