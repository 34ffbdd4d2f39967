"""Who decodes next: one small pool of threads for the turns of all calls.

`Schedule` decides and is pure; `DecodingPool` is the thin shell with threads and futures. A
speculation starts at once on a free worker or is refused, so it never waits, and no finished turn
ever waits behind one in the queue. Finished turns take turns by call.
"""

import asyncio
import contextlib
import functools
import logging
import time
from collections import OrderedDict, deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, Final, Generic, TypeVar

from voxdesk.kernel.call import CallId
from voxdesk.kernel.errors import RecognizerFailed, VoxdeskError

T = TypeVar("T")

DEFAULT_WORKERS: Final = 2
# A decoding takes half a second; one that takes so long hangs, and so does its thread, for ever.
STUCK_AFTER_S: Final = 20.0
# Recent waiting fades by half with every two decodings that start, and with time: after a rush
# nobody may decode for a while, and the rush must not be held against whoever comes next.
_WAIT_MEMORY: Final = 0.7
_WAIT_HALF_LIFE_S: Final = 5.0
# One speculation in five is in vain: the caller only drew breath. When turns lately waited so long,
# a call must have asked for so long before it gets one; a call that asked before that and not since
# begins anew.
_RUSH_WAIT_MS: Final = 100.0
_BREATH_S: Final = 0.15
_ASKS_AGAIN_WITHIN_S: Final = 0.1
_MAX_ASKING: Final = 1_000
_log = logging.getLogger(__name__)


@dataclass(eq=False, slots=True)
class Job:
    """One decoding that was asked for. Compared by identity."""

    call_id: CallId
    speculative: bool
    asked_at_s: float = 0.0
    started_at_s: float | None = None


class Schedule:
    """The order of decodings. No threads, no clock: asked and told from outside.

    Args:
        workers: how many decodings may run at once.

    Raises:
        ValueError: workers is not positive.
    """

    def __init__(self, workers: int) -> None:
        if workers < 1:
            raise ValueError(f"a decoding pool needs at least one worker, not {workers}")
        self.workers = workers
        self._running: list[Job] = []
        # One queue a call; the call that waited longest for its turn is first.
        self._waiting: OrderedDict[CallId, deque[Job]] = OrderedDict()

    @property
    def running(self) -> int:
        """Decodings on a worker now."""
        return len(self._running)

    @property
    def waiting(self) -> int:
        """Finished turns that wait for a worker."""
        return sum(len(queue) for queue in self._waiting.values())

    @property
    def waits_since_s(self) -> float | None:
        """When the turn was asked for that waits longest; None when nobody waits."""
        return min((queue[0].asked_at_s for queue in self._waiting.values()), default=None)

    def admits_speculation(self, call_id: CallId) -> bool:
        """Whether a speculation of this call would start now.

        Needs a free worker, nobody waiting, and no other speculation of the call still running:
        a decoding can't be interrupted, so a caller who stops and starts can't take every worker.
        """
        if self.waiting or self.running >= self.workers:
            return False
        return not any(job.speculative and job.call_id == call_id for job in self._running)

    def submit(self, job: Job) -> bool:
        """Take a job in. False: a speculation that is refused; it is not kept."""
        if job.speculative and not self.admits_speculation(job.call_id):
            return False
        self._waiting.setdefault(job.call_id, deque()).append(job)
        return True

    def start_next(self) -> Job | None:
        """The job that a free worker shall run, or None."""
        if self.running >= self.workers or not self._waiting:
            return None
        call_id, queue = self._waiting.popitem(last=False)
        job = queue.popleft()
        if queue:
            self._waiting[call_id] = queue  # behind every other call
        self._running.append(job)
        return job

    def finished(self, job: Job) -> None:
        """A running job has left its worker."""
        self._running.remove(job)

    def cancel(self, job: Job) -> bool:
        """Drop a waiting job. False: it runs already, or is gone."""
        queue = self._waiting.get(job.call_id)
        if queue is None or job not in queue:
            return False
        queue.remove(job)
        if not queue:
            del self._waiting[job.call_id]
        return True


@dataclass(frozen=True, slots=True)
class Load:
    """How busy the pool is, as a decoding or a policy sees it.

    Attributes:
        workers: how many decodings can run at once.
        running: how many do.
        waiting: finished turns in the queue.
        recent_wait_ms: fading average of what jobs waited for a worker; what a job that still
            waits has waited so far, when that is more.
    """

    workers: int
    running: int
    waiting: int
    recent_wait_ms: float

    @property
    def idle(self) -> bool:
        """Nothing runs and nothing waits."""
        return not self.running and not self.waiting

    @property
    def crowded(self) -> bool:
        """A job that came now would wait."""
        return self.running >= self.workers


@dataclass(frozen=True, slots=True)
class Decoded(Generic[T]):
    """What a job returned, and its wall times."""

    value: T
    queued_ms: float
    ran_ms: float


@dataclass(eq=False, slots=True)
class Decoding(Generic[T]):
    """A job on its way; await `result`, any number of times."""

    _pool: "DecodingPool"
    _job: Job
    _future: "asyncio.Future[Decoded[T]]"

    async def result(self, timeout_s: float) -> Decoded[T]:
        """What the job returned.

        Raises:
            RecognizerFailed: it took longer than `timeout_s`, was cancelled, or its own error.
        """
        done, _ = await asyncio.wait({self._future}, timeout=timeout_s)
        if not done:
            raise RecognizerFailed(
                f"no result within {timeout_s:.0f} s", engine="decoding pool", retryable=True
            )
        if self._future.cancelled():
            raise RecognizerFailed("the turn was cancelled", engine="decoding pool")
        return self._future.result()

    def cancel(self) -> None:
        """Nobody wants the result. A waiting job leaves the queue; a running one is ignored."""
        self._pool.cancel(self._job)
        self._future.cancel()


@dataclass(eq=False, slots=True)
class _Task:
    work: Callable[[Load], Any]
    future: "asyncio.Future[Decoded[Any]]"
    done: "asyncio.Future[Any] | None" = field(default=None)


class DecodingPool:
    """Runs decodings of all calls on a few threads; used from one asyncio loop.

    The work must release the GIL for most of its time, as CTranslate2 does. A thread that hangs in
    a library can't be ended: it is left behind, and new ones take its place.

    Attributes:
        renewed: how often that happened.
    """

    def __init__(
        self,
        workers: int = DEFAULT_WORKERS,
        *,
        clock: Callable[[], float] = time.monotonic,
        stuck_after_s: float = STUCK_AFTER_S,
    ) -> None:
        """Threads start with the first job."""
        self._schedule = Schedule(workers)
        self._threads = ThreadPoolExecutor(workers, thread_name_prefix="decode")
        self._stuck_after_s = stuck_after_s
        self.renewed = 0
        self._tasks: dict[int, _Task] = {}
        self._clock = clock
        self._recent_wait_ms = 0.0
        self._waited_at_s = clock()
        self._asking: dict[CallId, tuple[float, float]] = {}  # since when, and last, for a guess
        self._closed = False

    @property
    def load(self) -> Load:
        """How busy the pool is now."""
        schedule, now_s = self._schedule, self._clock()
        since_s = schedule.waits_since_s
        waiting_ms = 0.0 if since_s is None else (now_s - since_s) * 1000.0
        recent_wait_ms = max(self._faded_wait_ms(now_s), waiting_ms)
        return Load(schedule.workers, schedule.running, schedule.waiting, round(recent_wait_ms, 1))

    def _faded_wait_ms(self, now_s: float) -> float:
        since_s = max(0.0, now_s - self._waited_at_s)
        return float(self._recent_wait_ms * 0.5 ** (since_s / _WAIT_HALF_LIFE_S))

    def submit(
        self, call_id: CallId, work: Callable[[Load], T], *, speculative: bool = False
    ) -> Decoding[T] | None:
        """Have `work` done on a worker; it is given the load at its start.

        Returns:
            None when a speculation is refused, because the workers have better things to do; it may
            be asked for again each 20 ms.

        Raises:
            RecognizerFailed: the pool was closed.
        """
        if self._closed:
            raise RecognizerFailed("the decoding pool is closed", engine="decoding pool")
        job = Job(call_id, speculative, asked_at_s=self._clock())
        if (speculative and self._is_early(job)) or not self._schedule.submit(job):
            return None
        self._asking.pop(call_id, None)
        future: asyncio.Future[Decoded[T]] = asyncio.get_running_loop().create_future()
        # A failed speculation that nobody asks about again is not an error of the loop.
        future.add_done_callback(_retrieve)
        self._tasks[id(job)] = _Task(work, future)
        decoding = Decoding(self, job, future)
        self._fill_workers()
        return decoding

    def _is_early(self, job: Job) -> bool:
        """Whether the caller may only have drawn breath, and others need the workers."""
        if not self._schedule.running or self.load.recent_wait_ms < _RUSH_WAIT_MS:
            return False
        now_s = job.asked_at_s
        since_s, last_s = self._asking.get(job.call_id, (now_s, now_s))
        if now_s - last_s > _ASKS_AGAIN_WITHIN_S:
            since_s = now_s
        if job.call_id not in self._asking and len(self._asking) >= _MAX_ASKING:
            self._asking.clear()  # of calls that are over, mostly
        self._asking[job.call_id] = (since_s, now_s)
        return now_s - since_s < _BREATH_S

    def cancel(self, job: Job) -> None:
        """Forget a waiting job; a running one is left to end on its own."""
        if self._schedule.cancel(job):
            self._tasks.pop(id(job), None)

    async def close(self, timeout_s: float = 10.0) -> None:
        """Refuse new jobs, drop the waiting ones, wait for the running ones up to `timeout_s`."""
        self._closed = True
        running = [task.done for task in self._tasks.values() if task.done is not None]
        for task in self._tasks.values():
            if task.done is None:
                task.future.cancel()
        if running:
            await asyncio.wait(running, timeout=timeout_s)
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _fill_workers(self) -> None:
        while not self._closed and (job := self._schedule.start_next()) is not None:
            job.started_at_s = self._clock()
            waited_ms = (job.started_at_s - job.asked_at_s) * 1000.0
            faded_ms = self._faded_wait_ms(job.started_at_s)
            self._recent_wait_ms = _WAIT_MEMORY * faded_ms + (1.0 - _WAIT_MEMORY) * waited_ms
            self._waited_at_s = job.started_at_s
            task = self._tasks[id(job)]
            loop = asyncio.get_running_loop()
            task.done = loop.run_in_executor(self._threads, task.work, self.load)
            task.done.add_done_callback(functools.partial(self._ended, job))
            loop.call_later(self._stuck_after_s, self._unless_ended, job)

    def _unless_ended(self, job: Job) -> None:
        """It hangs: the other threads of its executor may go on, the new one has them all."""
        task = self._tasks.pop(id(job), None)
        if task is None or self._closed:
            return
        self.renewed += 1
        _log.error(
            "call %s: a decoding hangs for %.0f s; its thread is left behind and replaced",
            job.call_id,
            self._stuck_after_s,
        )
        old, workers = self._threads, self._schedule.workers
        self._threads = ThreadPoolExecutor(workers, thread_name_prefix="decode")
        old.shutdown(wait=False)
        self._schedule.finished(job)
        if not task.future.done():
            task.future.set_exception(
                RecognizerFailed("the decoding hangs", engine="decoding pool", retryable=True)
            )
        self._fill_workers()

    def _ended(self, job: Job, done: "asyncio.Future[Any]") -> None:
        task = self._tasks.pop(id(job), None)
        if task is None:
            return  # given up long ago
        self._schedule.finished(job)
        ended_at_s = self._clock()
        if not task.future.done():
            error = done.exception() if not done.cancelled() else None
            if done.cancelled():
                task.future.cancel()
            elif error is not None:
                task.future.set_exception(_as_failure(error))
            else:
                started_at_s = job.started_at_s or ended_at_s
                task.future.set_result(
                    Decoded(
                        done.result(),
                        queued_ms=(started_at_s - job.asked_at_s) * 1000.0,
                        ran_ms=(ended_at_s - started_at_s) * 1000.0,
                    )
                )
        elif not done.cancelled() and done.exception() is not None:
            _log.warning("call %s: an unwanted decoding failed", job.call_id)
        self._fill_workers()


def _as_failure(error: BaseException) -> BaseException:
    """A library's own error, as what the dialogue can go on after."""
    if isinstance(error, VoxdeskError) or not isinstance(error, Exception):
        return error
    failed = RecognizerFailed(type(error).__name__, engine="decoding pool", retryable=True)
    failed.__cause__ = error
    return failed


def _retrieve(future: "asyncio.Future[Any]") -> None:
    with contextlib.suppress(asyncio.CancelledError):
        future.exception()
