"""Threads for engines that decode as the audio comes: one queue a thread, strictly in order.

All work of a turn goes to one thread, so its decoder needs no lock; turns are spread over the
threads. Putting work in costs the caller a microsecond and never waits.
"""

import itertools
import logging
import queue
import threading
from collections.abc import Callable

_log = logging.getLogger(__name__)
_STOP = None


class StreamWorker:
    """One thread and its queue."""

    def __init__(self, name: str) -> None:
        """The thread starts at once; it is a daemon, so it never keeps a program alive."""
        self._queue: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self.turns = 0  # how many are on this thread now; kept by `StreamWorkers`
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    @property
    def waiting(self) -> int:
        """Pieces of work in the queue."""
        return self._queue.qsize()

    def put(self, work: Callable[[], None]) -> None:
        """Have `work` done after everything that was put in before. It must not raise."""
        self._queue.put(work)

    def stop(self, timeout_s: float) -> None:
        """Do what is queued, then end; waits up to `timeout_s`."""
        self._queue.put(_STOP)
        self._thread.join(timeout_s)

    def _run(self) -> None:
        while (work := self._queue.get()) is not _STOP:
            try:
                work()
            except Exception:  # noqa: BLE001  a bug in one turn must not silence the other calls
                _log.exception("work on a recognizer's thread failed")
            del work  # else the last turn's audio lives until the next one's


class StreamWorkers:
    """A fixed number of threads; a turn stays on the one that it was given."""

    def __init__(self, count: int, *, name: str) -> None:
        """Raises ValueError when count is not positive."""
        if count < 1:
            raise ValueError(f"{name} needs at least one worker, not {count}")
        numbers = itertools.count(1)
        self._workers = [StreamWorker(f"{name}-{next(numbers)}") for _ in range(count)]
        self._lock = threading.Lock()

    def join(self) -> StreamWorker:
        """The thread with the fewest turns."""
        with self._lock:
            worker = min(self._workers, key=lambda one: one.turns)
            worker.turns += 1
        return worker

    def leave(self, worker: StreamWorker) -> None:
        """A turn is over."""
        with self._lock:
            worker.turns -= 1

    def close(self, timeout_s: float = 5.0) -> None:
        """End all threads after their queued work."""
        for worker in self._workers:
            worker.stop(timeout_s)
