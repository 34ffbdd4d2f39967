"""What it costs to be watched: `python -m tests.bench.watching`.

Each part of it in processor time, as an engine with calls in progress would pay it, and what that
is of a core with a scrape every 5 s. Nothing of it is paid for a frame of sound.
"""

import asyncio
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path

from prometheus_client import (
    CollectorRegistry,
    ProcessCollector,
    disable_created_metrics,
    generate_latest,
)

from asr.workers import Load as PoolLoad
from crm.calls.call_log import CallLogStatus
from telephony.line_client import LineStatus
from tests.fixtures.told_calls import logged, whole_call
from voxdesk.app.admission import Admission, Door, Limits, Load
from voxdesk.app.observe.call_metrics import CallMetrics
from voxdesk.app.observe.loop_watch import BEAT_S, LoopWatch
from voxdesk.app.observe.otlp import encode
from voxdesk.app.observe.readings import Readings, ReadingsCollector
from voxdesk.app.observe.snapshot import Snapshot
from voxdesk.app.observe.spans import trace_of

SCRAPE_EVERY_S = 5.0
LINES = 8
CALLS_A_SECOND = 0.5  # each of which leaves some 25 events
WATCHED_S = 5.0


def cost_us(work: Callable[[], object], *, times: int) -> float:
    """Processor time of one go, microseconds; the best of five rounds."""
    rounds = []
    for _ in range(5):
        before = time.process_time()
        for _ in range(times):
            work()
        rounds.append((time.process_time() - before) / times * 1e6)
    return min(rounds)


def scraped() -> CollectorRegistry:
    registry = CollectorRegistry()
    metrics, collector = CallMetrics(registry), ReadingsCollector()
    lines = tuple(
        LineStatus(f"line-{number}", ready=True, pid=1, capacity=4) for number in range(LINES)
    )
    now = Snapshot(
        {"inbound": 20}, lines, PoolLoad(2, 1, 3, 250.0), 1,
        CallLogStatus(5, spooling=False, lost=0, rejected=0), Door.OPEN, "", {}, draining=False,
        has_trunk=True,
    )  # fmt: skip
    collector.readings = Readings(
        now, fresh=True, lag=LoopWatch().lag, database_up=True, disk_free_bytes=1 << 30
    )
    registry.register(collector)
    ProcessCollector(namespace="voxdesk", registry=registry)
    for one in logged(*whole_call()):
        metrics(one)
    return registry


async def beats_cost() -> float:
    """Share of a core that the beats take, in percent."""
    watch = LoopWatch()

    async def idle() -> float:
        before = time.process_time()
        await asyncio.sleep(WATCHED_S)
        return time.process_time() - before

    without = await idle()
    watch.start()
    with_beats = await idle()
    watch.stop()
    return max(0.0, with_beats - without) / WATCHED_S * 100


def main() -> None:
    """Measure, print, and leave the figures as JSON beside the others."""
    disable_created_metrics()
    registry = scraped()
    page_us = cost_us(lambda: generate_latest(registry), times=50)
    events = list(logged(*whole_call()))
    metrics = CallMetrics(CollectorRegistry())
    call_us = cost_us(lambda: [metrics(one) for one in events], times=200)
    trace_us = cost_us(
        lambda: encode([trace] if (trace := trace_of(whole_call())) else [], node="node"), times=50
    )
    admission, quiet = Admission(Limits()), Load()
    ask_us = cost_us(lambda: admission.ask(quiet, time.monotonic()), times=20_000)
    beats = asyncio.run(beats_cost())
    figures = {
        "a scrape, ms": round(page_us / 1000, 2),
        f"scrapes every {SCRAPE_EVERY_S:g} s, % of a core": round(
            page_us / SCRAPE_EVERY_S / 1e4, 3
        ),
        "size of the page, KB": round(len(generate_latest(registry)) / 1024, 1),
        "beats of the loop, % of a core": round(beats, 3),
        "beats a second": round(1 / BEAT_S),
        f"counting a call of {len(events)} events, ms": round(call_us / 1000, 2),
        f"counting {CALLS_A_SECOND:g} calls a second, % of a core": round(
            call_us * CALLS_A_SECOND / 1e4, 3
        ),
        "a call's trace, made and encoded, ms": round(trace_us / 1000, 2),
        "asking whether a caller may come in, µs": round(ask_us, 2),
    }
    for name, value in figures.items():
        sys.stdout.write(f"{name:55} {value}\n")
    results = Path("bench-results")
    results.mkdir(exist_ok=True)
    (results / "watching.json").write_text(json.dumps(figures, indent=2, ensure_ascii=False))


if __name__ == "__main__":
    main()
