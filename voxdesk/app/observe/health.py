"""Whether the engine is alive, and whether it should be given calls. Pure.

Alive: the event loop turns. A program that isn't should be killed and started again.
Ready: a caller would be served and recorded. A front door sends callers elsewhere when it isn't.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from voxdesk.app.admission import Door
from voxdesk.app.observe.readings import Readings
from voxdesk.app.observe.snapshot import Snapshot

SILENT_AT_MOST_S = 5.0
DISK_AT_LEAST_BYTES = 256 << 20  # below it recording stops


@dataclass(frozen=True, slots=True)
class Health:
    """What the two pages say.

    Attributes:
        reasons: what speaks against taking calls; empty when it is ready.
        warnings: what an operator should look at though calls are taken.
    """

    reasons: tuple[str, ...]
    warnings: tuple[str, ...] = ()

    @property
    def ready(self) -> bool:
        """Calls are taken."""
        return not self.reasons


def health_of(readings: Readings) -> Health:
    """Judge what was read."""
    now = readings.snapshot
    reasons = [*_disk(readings.disk_free_bytes)]
    if now is None:
        return Health((*reasons, "starting: models are being loaded, or the engine has ended"))
    if not readings.fresh:
        reasons.append("event loop: it did not answer in time")
    if now.draining:
        reasons.append("draining: the engine is shutting down")
    if not any(line.ready for line in now.lines):
        reasons.append("lines: none is up")
    if now.door is Door.CLOSED:
        reasons.append(f"full: {now.full}")
    return Health(tuple(reasons), tuple(_warnings(now, database_up=readings.database_up)))


def _disk(free_bytes: int | None) -> Iterator[str]:
    if free_bytes is not None and free_bytes < DISK_AT_LEAST_BYTES:
        yield f"disk: only {free_bytes >> 20} MB are free; calls are not recorded"


def _warnings(now: Snapshot, *, database_up: bool | None) -> Iterator[str]:
    if now.door is Door.EASING:
        yield f"nearly full: {now.full}; callers come in one by one"
    up = sum(line.ready for line in now.lines)
    if 0 < up < len(now.lines):
        yield f"lines: only {up} of {len(now.lines)} are up"
    if now.has_trunk and not now.registered:
        yield "trunk: not registered"
    if database_up is False:
        yield "database: away; calls go on, their log waits on disk"
    elif now.call_log.spooling:
        yield "database: behind; logs of calls are being brought from disk"
    if now.call_log.lost:
        yield f"call log: {now.call_log.lost} entries are lost"
