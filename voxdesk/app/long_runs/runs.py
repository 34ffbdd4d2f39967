"""The runs of a console: one at a time, each in a process of its own, the last ones kept."""

import logging
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count
from typing import Any, Final, Literal

from pydantic import ValidationError

from voxdesk.app.long_runs.wanted import STOPPED, Order, Told, Wanted
from voxdesk.app.settings import Settings
from voxdesk.kernel.errors import VoxdeskError
from voxdesk.kernel.troubles import trouble_of
from voxdesk.kernel.worded import Worded, worded

KEPT: Final = 20
WAITING_AT_MOST: Final = 8
STOP_WITHIN_S: Final = 5.0
LONGEST_LINE: Final = 20_000_000
"""Bytes; a replay of 2,000 calls has 3 MB."""

State = Literal["waiting", "running", "done", "failed", "stopped"]
log = logging.getLogger(__name__)


class TooManyRuns(VoxdeskError):
    """So many wait that another one would never come to its turn."""

    code = "busy"


@dataclass(slots=True)
class Run:
    """One run.

    Attributes:
        number: counts up.
        by: who wants it.
        done: of `total` calls or tests; 0 of 0 while that isn't known.
        result: plain data of the kind that was wanted; once it is done.
        error: why it failed; `trouble`: what that is made of.
    """

    number: int
    flow: str
    wanted: Wanted
    by: str
    begun_at: datetime
    state: State = "waiting"
    done: int = 0
    total: int = 0
    result: dict[str, Any] | None = None
    error: str = ""
    trouble: dict[str, Any] | None = None
    stop: threading.Event = field(default_factory=threading.Event)

    def fail(self, why: Worded) -> None:
        """Nothing comes of it."""
        self.error, self.trouble, self.state = why, trouble_of(why), "failed"

    @property
    def is_over(self) -> bool:
        """Nothing more comes of it."""
        return self.state in {"done", "failed", "stopped"}


def command() -> Sequence[str]:
    """The process of a run."""
    return (sys.executable, "-m", "voxdesk.app.long_runs.process")


class LongRuns:
    """Thread-safe.

    Args:
        settings: given to each process.
        program: what is started for a run.
    """

    def __init__(self, settings: Settings, program: Callable[[], Sequence[str]] = command) -> None:
        self._settings = settings
        self._program = program
        self._numbers = count(1)
        self._runs: dict[int, Run] = {}
        self._lock = threading.Lock()
        self._one = threading.Semaphore(1)
        self._processes: dict[int, subprocess.Popen[bytes]] = {}

    def begin(self, flow: str, wanted: Wanted, *, by: str, now: datetime) -> Run:
        """Have it done when those before it are.

        Raises:
            TooManyRuns: so many wait already.
        """
        with self._lock:
            if sum(run.state == "waiting" for run in self._runs.values()) >= WAITING_AT_MOST:
                raise TooManyRuns(
                    "Others wait already; try again when one is done.", case="runs_full"
                )
            run = Run(next(self._numbers), flow, wanted, by, now)
            self._runs[run.number] = run
            over = [number for number, one in self._runs.items() if one.is_over]
            for number in over[: max(0, len(self._runs) - KEPT)]:
                del self._runs[number]
        threading.Thread(target=self._work, args=(run,), name="long run", daemon=True).start()
        return run

    def get(self, number: int) -> Run | None:
        """One of them."""
        return self._runs.get(number)

    def of(self, flow: str) -> list[Run]:
        """Those of a flow, the newest first."""
        with self._lock:
            return [run for run in reversed(self._runs.values()) if run.flow == flow]

    def stop(self, run: Run) -> None:
        """End it soon; what is over stays as it is."""
        run.stop.set()
        with self._lock:
            process = self._processes.get(run.number)
            if process is None and run.state == "waiting":
                run.state = "stopped"
        if process is not None:
            with suppress(ProcessLookupError):
                process.send_signal(signal.SIGINT)
            threading.Timer(STOP_WITHIN_S, process.kill).start()

    def close(self) -> None:
        """End all."""
        for run in list(self._runs.values()):
            run.stop.set()
        with self._lock:
            for process in self._processes.values():
                process.kill()

    def _work(self, run: Run) -> None:
        with self._one:
            if run.stop.is_set():
                run.state = "stopped"
                return
            try:
                self._run(run)
            except (OSError, ValidationError) as error:
                log.warning("a run of %s failed: %s", run.flow, type(error).__name__)
                run.fail(worded("Its process couldn't be run; the log says more."))

    def _run(self, run: Run) -> None:
        order = Order(settings=self._settings, flow=run.flow, wanted=run.wanted)
        process = subprocess.Popen(  # noqa: S603  our own program
            self._program(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=dict(os.environ)
        )
        with process:
            with self._lock:
                self._processes[run.number] = process
                run.state = "running"
            try:
                assert process.stdin is not None  # noqa: S101  pipes were asked for
                assert process.stdout is not None  # noqa: S101
                with suppress(BrokenPipeError):
                    process.stdin.write(order.model_dump_json().encode())
                    process.stdin.close()
                while line := process.stdout.readline(LONGEST_LINE):
                    _take(run, Told.model_validate_json(line))
            except BaseException:
                process.kill()
                raise
            finally:
                with self._lock:
                    self._processes.pop(run.number, None)
        if run.is_over:
            return
        if run.stop.is_set() or process.returncode == STOPPED:
            run.state = "stopped"
        else:
            log.warning("a run of %s ended with code %d", run.flow, process.returncode)
            run.fail(worded("Its process ended too soon; the log says more."))


def _take(run: Run, told: Told) -> None:
    if told.error:
        run.error, run.trouble, run.state = told.error, told.trouble, "failed"
    elif told.result is not None:
        run.done = run.total
        run.result, run.state = told.result, "done"
    else:
        run.done, run.total = told.done, told.total or run.total
