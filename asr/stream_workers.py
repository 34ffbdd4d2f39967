"""Threads for engines that decode as the audio comes: one queue a thread, strictly in order.

All work of a turn goes to one thread, so its decoder needs no lock; turns are spread over the
threads. Putting work in costs the caller a microsecond and never waits.
"""

import itertools
import logging
import queue
import threading
import time
from collections.abc import Callable
from typing import Final

_log = logging.getLogger(__name__)
# One piece of work takes milliseconds; one that takes so long hangs, and so does its thread.
STUCK_AFTER_S: Final = 15.0
_STOP = None


class StreamWorker:
    """One thread and its queue."""

    def __init__(self, name: str) -> None:
        """The thread starts at once; it is a daemon, so it never keeps a program alive."""
        self._queue: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self.turns = 0  # how many are on this thread now; kept by `StreamWorkers`
        self._since_s: float | None = None  # when the work that runs now began
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    @property
    def waiting(self) -> int:
        """Pieces of work in the queue."""
        return self._queue.qsize()

    def busy_s(self) -> float:
        """How long the piece of work that runs now has taken; 0 while there is none."""
        since_s = self._since_s
        return 0.0 if since_s is None else time.monotonic() - since_s

    def put(self, work: Callable[[], None]) -> None:
        """Have `work` done after everything that was put in before. It must not raise."""
        self._queue.put(work)

    def stop(self, timeout_s: float) -> None:
        """Do what is queued, then end; waits up to `timeout_s`."""
        self.leave_behind()
        self._thread.join(timeout_s)

    def leave_behind(self) -> None:
        """Let it end by itself, if it ever does."""
        self._queue.put(_STOP)

    def _run(self) -> None:
        while (work := self._queue.get()) is not _STOP:
            self._since_s = time.monotonic()
            try:
                work()
            except Exception:  # noqa: BLE001  a bug in one turn must not silence the other calls
                _log.exception("work on a recognizer's thread failed")
            self._since_s = None
            del work  # else the last turn's audio lives until the next one's


class StreamWorkers:
    """A fixed number of threads; a turn stays on the one that it was given.

    A thread that hangs in a library can't be ended: the next turns get a new one.

    Attributes:
        renewed: how often that happened.
    """

    def __init__(self, count: int, *, name: str, stuck_after_s: float = STUCK_AFTER_S) -> None:
        """Raises ValueError when count is not positive."""
        if count < 1:
            raise ValueError(f"{name} needs at least one worker, not {count}")
        self._numbers = itertools.count(1)
        self._name = name
        self._stuck_after_s = stuck_after_s
        self.renewed = 0
        self._workers = [self._new() for _ in range(count)]
        self._lock = threading.Lock()

    def join(self) -> StreamWorker:
        """The thread with the fewest turns."""
        with self._lock:
            self._workers = [self._well(worker) for worker in self._workers]
            worker = min(self._workers, key=lambda one: one.turns)
            worker.turns += 1
        return worker

    def leave(self, worker: StreamWorker) -> None:
        """A turn is over."""
        with self._lock:
            worker.turns -= 1

    def _new(self) -> StreamWorker:
        return StreamWorker(f"{self._name}-{next(self._numbers)}")

    def _well(self, worker: StreamWorker) -> StreamWorker:
        if worker.busy_s() < self._stuck_after_s:
            return worker
        self.renewed += 1
        _log.error("a thread of %s hangs; it is left behind and replaced", self._name)
        worker.leave_behind()
        return self._new()

    def close(self, timeout_s: float = 5.0) -> None:
        """End all threads after their queued work."""
        for worker in self._workers:
            worker.stop(timeout_s)
