"""What a scrape reads of the engine, as metrics. Pure but for a look at /proc and the disk."""

import os
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    Metric,
)
from prometheus_client.registry import Collector

from telephony.line_client import LineStatus
from voxdesk import __version__
from voxdesk.app.admission import Door
from voxdesk.app.observe import catalogue as names
from voxdesk.app.observe.catalogue import Metric as Named
from voxdesk.app.observe.loop_watch import BUCKETS_S, Lag
from voxdesk.app.observe.snapshot import Snapshot
from voxdesk.kernel.call import Direction

_OPENNESS = {Door.OPEN: 1.0, Door.EASING: 0.5, Door.CLOSED: 0.0}
_Values = Mapping[tuple[str, ...], float]
_PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")


@dataclass(frozen=True, slots=True)
class Readings:
    """Everything that a scrape or a look at the health is made of.

    Attributes:
        snapshot: of the engine; None before it has started, or once it is gone.
        fresh: the snapshot is of now; False when the loop didn't answer in time.
        lag: of the event loop.
        database_up: None when nobody has asked yet.
        disk_free_bytes: None when the disk can't be asked.
        alarms: of each number that has a goal, whether its alarm rings.
        ready: no reason speaks against taking calls.
        traces: how many were sent and dropped.
    """

    snapshot: Snapshot | None
    fresh: bool
    lag: Lag
    database_up: bool | None
    disk_free_bytes: int | None
    ready: bool = False
    traces: tuple[int, int] = (0, 0)
    alarms: Mapping[str, bool] = field(default_factory=dict)


class ReadingsCollector(Collector):
    """Gives the registry what was read last; `readings` is set before each scrape."""

    def __init__(self) -> None:
        self.readings: Readings | None = None

    def describe(self) -> Iterator[Metric]:
        """Nothing: names are checked by a test, and nothing is read at registration."""
        return iter(())

    def collect(self) -> Iterator[Metric]:
        """The metrics."""
        readings = self.readings
        if readings is None:
            return
        yield _gauge(names.BUILD, {(__version__,): 1})
        yield _gauge(names.READY, {(): readings.ready})
        yield _lag(readings.lag)
        yield _gauge(names.LOOP_RECENT, {(): readings.lag.recent_s})
        if readings.database_up is not None:
            yield _gauge(names.DATABASE_UP, {(): readings.database_up})
        yield _gauge(names.ALARM, {(name,): rings for name, rings in readings.alarms.items()})
        if readings.disk_free_bytes is not None:
            yield _gauge(names.DISK_FREE, {(): readings.disk_free_bytes})
        sent, dropped = readings.traces
        yield _counter(names.TRACES, {("sent",): sent, ("dropped",): dropped})
        if readings.snapshot is not None:
            yield from _engine(readings.snapshot)


def free_bytes(folder: Path) -> int | None:
    """Room on the disk of a folder that may not be there yet."""
    for place in (folder, *folder.parents):
        try:
            return shutil.disk_usage(place).free
        except FileNotFoundError:
            continue
        except OSError:
            return None
    return None


def _engine(now: Snapshot) -> Iterator[Metric]:
    pool, log = now.recognition, now.call_log
    calls: _Values = {(one.value,): now.calls.get(one.value, 0) for one in Direction}
    yield _gauge(names.CALLS, calls)
    yield _gauge(names.ADMISSION_OPEN, {(): _OPENNESS[now.door]})
    yield _counter(names.CALLS_REFUSED, {(why,): count for why, count in now.refused.items()})
    yield from _lines(now.lines)
    if now.has_trunk:
        yield _gauge(names.TRUNK_REGISTERED, {(): now.registered})
    yield _gauge(names.RECOGNITION_WORKERS, {(): pool.workers})
    yield _gauge(names.RECOGNITION_RUNNING, {(): pool.running})
    yield _gauge(names.RECOGNITION_WAITING, {(): pool.waiting})
    yield _gauge(names.RECOGNITION_RECENT, {(): pool.recent_wait_ms / 1000})
    yield _gauge(names.QUEUE_LENGTH, {(): now.queue_length})
    unheard: _Values = {(mailbox,): count for mailbox, count in now.unheard_messages.items()}
    yield _gauge(names.MESSAGES_UNHEARD, unheard)
    yield _gauge(names.CALLBACKS_WAITING, {(): now.callbacks_waiting})
    called: _Values = {(outcome,): count for outcome, count in now.callback_outcomes.items()}
    yield _counter(names.CALLBACKS_CALLED, called)
    yield _gauge(names.LOG_PENDING, {(): log.pending})
    yield _gauge(names.LOG_SPOOLING, {(): log.spooling})
    yield _counter(names.LOG_LOST, {(): log.lost})
    yield _counter(names.LOG_REJECTED, {(): log.rejected})


def _lines(lines: tuple[LineStatus, ...]) -> Iterator[Metric]:
    memory = {(one.name,): _resident_bytes(one.pid) for one in lines if one.pid}
    yield _gauge(names.LINE_UP, {(one.name,): one.ready for one in lines})
    yield _gauge(names.LINE_LEGS, {(one.name,): one.legs for one in lines})
    yield _gauge(names.LINE_CAPACITY, {(one.name,): one.capacity for one in lines})
    yield _counter(names.LINE_RESTARTS, {(one.name,): one.restarts for one in lines})
    yield _counter(names.LINE_CPU, {(one.name,): one.cpu_s for one in lines})
    yield _gauge(names.LINE_MEMORY, {key: size for key, size in memory.items() if size})
    yield _counter(names.LIVE_DROPPED, {(one.name,): one.dropped_live for one in lines})


def _resident_bytes(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * _PAGE_BYTES
    except (OSError, ValueError, IndexError):
        return 0  # it has just ended


def _gauge(metric: Named, values: _Values) -> Metric:
    family = GaugeMetricFamily(metric.name, metric.meaning, labels=metric.labels)
    for labels, value in values.items():
        family.add_metric(labels, float(value))
    return family


def _counter(metric: Named, values: _Values) -> Metric:
    family = CounterMetricFamily(metric.name, metric.meaning, labels=metric.labels)
    for labels, value in values.items():
        family.add_metric(labels, float(value))
    return family


def _lag(lag: Lag) -> Metric:
    buckets, sum_so_far = [], 0
    bounds = (*(str(bound) for bound in BUCKETS_S), "+Inf")
    for bound, count in zip(bounds, lag.counts, strict=True):
        sum_so_far += count
        buckets.append((bound, float(sum_so_far)))
    family = HistogramMetricFamily(names.LOOP_LAG.name, names.LOOP_LAG.meaning)
    family.add_metric((), buckets, sum_value=lag.total_s)
    return family
