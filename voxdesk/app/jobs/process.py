"""The process of the work after calls: one a machine, at the lowest priority."""

import contextlib
import fcntl
import logging
import os
import signal
from collections.abc import Iterator, Sequence
from types import FrameType
from typing import Final

from threadpoolctl import threadpool_limits

from voxdesk.app.database import opened
from voxdesk.app.jobs.house import JobsHouse
from voxdesk.app.jobs.kinds import EVERY, KINDS, SOURCES, Every, Kind, Source
from voxdesk.app.jobs.worker import Stopped, Worker
from voxdesk.app.recordings_kept import library_of
from voxdesk.app.settings import Settings
from voxdesk.kernel.clock import SystemClock
from voxdesk.kernel.errors import SettingsError

NICENESS: Final = 19
"""Calls come first, always."""
LOCK: Final = "jobs.lock"

log = logging.getLogger(__name__)


def run(
    settings: Settings,
    *,
    once: bool = False,
    kinds: Sequence[Kind] = KINDS,
    every: Sequence[Every] = EVERY,
    sources: Sequence[Source] = SOURCES,
) -> int:
    """Work until SIGTERM or SIGINT, or with `once` until nothing waits; how many pieces then.

    Raises:
        SettingsError: another process of this machine does it already.
        DatabaseError: the database is away (when we start with `once`), or of another version.
    """
    with contextlib.suppress(OSError):
        os.nice(NICENESS - os.nice(0))
    with (
        _only_one(settings),
        threadpool_limits(limits=1),
        opened(settings.database_url) as database,
    ):
        recordings = library_of(settings)
        house = JobsHouse(settings, database, SystemClock(), recordings)
        worker = Worker(house, kinds, every, sources)
        with _stoppable(), contextlib.suppress(Stopped):
            if once:
                return worker.run_once()
            log.info("work after calls is done here")
            worker.run()
    return 0


@contextlib.contextmanager
def _only_one(settings: Settings) -> Iterator[None]:
    """What a dead process had in its hands may be taken at once, since there is no other."""
    settings.state_dir.mkdir(parents=True, exist_ok=True)
    path = settings.state_dir / LOCK
    with path.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise SettingsError(
                "another process does the work after calls on this machine already (`voxdesk "
                "serve` starts one; setting jobs.run). See what it does: voxdesk jobs status"
            ) from error
        yield


@contextlib.contextmanager
def _stoppable() -> Iterator[None]:
    """SIGTERM and SIGINT raise `Stopped` wherever we are, once."""

    def stop(number: int, frame: FrameType | None) -> None:
        del frame
        for each in (signal.SIGTERM, signal.SIGINT):
            signal.signal(each, signal.SIG_IGN)
        log.info("told to stop (%s)", signal.Signals(number).name)
        raise Stopped

    before = {each: signal.signal(each, stop) for each in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
