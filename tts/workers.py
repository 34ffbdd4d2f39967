"""Threads that make sound, the most urgent sentence first, one piece at a time.

Synthesis comes in pieces, so a thread can lay a sentence aside between two of them: a caller who
waits for the first word isn't kept waiting by another's third sentence or by warming the cache.
"""

import asyncio
import enum
import heapq
import itertools
import logging
import threading
import time
from collections.abc import Callable, Iterator
from typing import Protocol

from tts.synthesizer import Synthesizer
from voxdesk.kernel.audio import Pcm
from voxdesk.kernel.errors import SynthesisFailed, VoxdeskError

log = logging.getLogger(__name__)

STUCK_AFTER_S = 15.0
"""A piece of a sentence takes a tenth of a second; a thread that takes so long hangs."""


class Priority(enum.IntEnum):
    """Who goes first."""

    FIRST = 0  # a caller hears nothing until it is there
    LOOK_AHEAD = 1  # something is playing meanwhile
    WARM = 2  # nobody waits


class Done(Protocol):
    """Called in the worker when a sentence is complete."""

    def __call__(self, pieces: list[Pcm]) -> None:
        """`pieces` is the whole sentence."""


class Job:
    """One sentence being made, for one or several listeners, all on one event loop.

    Attributes:
        pieces: what is there so far, in order; grows on the loop.
        done: nothing more comes.
        error: why it ended early.
        first_ms: wall ms from asking to the first piece.
    """

    def __init__(
        self,
        voice: Synthesizer,
        sentence: str,
        language: str,
        priority: Priority,
        on_complete: Done | None = None,
    ) -> None:
        self.priority = priority
        self.pieces: list[Pcm] = []
        self.done = False
        self.error: SynthesisFailed | None = None
        self.first_ms = 0.0
        self.listeners = 0
        self._voice = voice
        self._sentence = sentence
        self._language = language
        self._on_complete = on_complete
        self._asked = time.monotonic()
        self._loop = asyncio.get_running_loop()
        self._waiting: list[asyncio.Future[None]] = []
        # `cancelled` is set once, from anywhere; the rest belongs to the worker that runs it.
        self.cancelled = False
        self.running = False
        self.ended = False
        self._iterator: Iterator[Pcm] | None = None
        self._made: list[Pcm] = []

    # ---- on the loop

    async def wait(self, timeout_s: float) -> None:
        """Until something changed.

        Raises:
            SynthesisFailed: nothing came in time.
        """
        future = self._loop.create_future()
        self._waiting.append(future)
        try:
            async with asyncio.timeout(timeout_s):
                await future
        except TimeoutError as error:
            raise SynthesisFailed(
                f"no sound within {timeout_s:g} s", voice=self._voice.name
            ) from error

    def cancel(self) -> None:
        """Stop at the next piece; harmless twice."""
        self.cancelled = True

    def _changed(self, piece: Pcm | None, error: SynthesisFailed | None, *, done: bool) -> None:
        if piece is not None:
            if not self.pieces:
                self.first_ms = (time.monotonic() - self._asked) * 1000.0
            self.pieces.append(piece)
        self.done = self.done or done
        self.error = self.error or error
        waiting, self._waiting = self._waiting, []
        for future in waiting:
            if not future.done():
                future.set_result(None)

    # ---- in a worker

    def advance(self) -> bool:
        """Make one piece. False when nothing more comes."""
        if self.cancelled:
            self._end(SynthesisFailed("cancelled", voice=self._voice.name))
            return False
        try:
            if self._iterator is None:
                self._iterator = self._voice.synthesize(self._sentence, language=self._language)
            piece = next(self._iterator, None)
        except SynthesisFailed as error:
            self._end(error)
            return False
        except Exception as error:  # noqa: BLE001  a voice's bug must not kill the worker
            reason = error if isinstance(error, VoxdeskError) else type(error).__name__
            self._end(SynthesisFailed(str(reason), voice=self._voice.name))
            return False
        if piece is None:
            self._complete()
            self._end(None)
            return False
        self._made.append(piece)
        self._tell(piece, None, done=False)
        return True

    def abandon(self) -> None:
        """The pool closes."""
        self._end(SynthesisFailed("shutting down", voice=self._voice.name))

    def _complete(self) -> None:
        if self._on_complete is None:
            return
        try:
            self._on_complete(self._made)
        except Exception as error:  # noqa: BLE001  the sentence was said; only keeping it failed
            log.warning("a finished prompt was not kept: %s", type(error).__name__)

    def _end(self, error: SynthesisFailed | None) -> None:
        close: Callable[[], None] | None = getattr(self._iterator, "close", None)
        if close is not None:
            try:
                close()
            except Exception as failure:  # noqa: BLE001  see advance
                log.warning("a voice failed while stopping: %s", type(failure).__name__)
        self.ended = True
        self._iterator = None
        self._made = []
        self._tell(None, error, done=True)

    def _tell(self, piece: Pcm | None, error: SynthesisFailed | None, *, done: bool) -> None:
        try:
            self._loop.call_soon_threadsafe(lambda: self._changed(piece, error, done=done))
        except RuntimeError:  # the loop is closed: nobody listens
            self.cancelled = True


class _Worker:
    """One thread, as the pool knows it."""

    def __init__(self) -> None:
        self.since_s: float | None = None  # when the piece that is being made was begun
        self.left_behind = False
        self.thread: threading.Thread | None = None


class SynthesisWorkers:
    """A few threads and one queue. Start by making it, stop by `close`.

    A thread that hangs in a voice can't be ended: it is left behind, and a new one takes its place.

    Attributes:
        renewed: how often that happened.
    """

    def __init__(self, workers: int, *, stuck_after_s: float = STUCK_AFTER_S) -> None:
        self._stuck_after_s = stuck_after_s
        self._numbers = itertools.count()
        self.renewed = 0
        self._queue: list[tuple[int, int, Job]] = []
        self._order = itertools.count()
        self._ready = threading.Condition()
        self._closed = False
        self._workers = [self._start_one() for _ in range(max(1, workers))]

    def submit(self, job: Job) -> None:
        """Queue a job, or queue it again after its priority rose.

        Raises:
            SynthesisFailed: the pool is closed.
        """
        with self._ready:
            if self._closed:
                raise SynthesisFailed("shutting down", voice="tts")
            self._workers = [self._well(worker) for worker in self._workers]
            heapq.heappush(self._queue, (job.priority, next(self._order), job))
            self._ready.notify()

    def close(self, timeout_s: float = 5.0) -> None:
        """Stop after the pieces that are being made now."""
        with self._ready:
            self._closed = True
            waiting = [job for _, _, job in self._queue if not job.running]
            self._queue.clear()
            self._ready.notify_all()
        for job in waiting:
            job.abandon()
        deadline = time.monotonic() + timeout_s
        for worker in self._workers:
            if worker.thread is not None:
                worker.thread.join(max(0.0, deadline - time.monotonic()))

    def _start_one(self) -> _Worker:
        worker = _Worker()
        name = f"tts-{next(self._numbers)}"
        worker.thread = threading.Thread(target=self._work, args=(worker,), name=name, daemon=True)
        worker.thread.start()
        return worker

    def _well(self, worker: _Worker) -> _Worker:
        since_s = worker.since_s
        if since_s is None or time.monotonic() - since_s < self._stuck_after_s:
            return worker
        self.renewed += 1
        worker.left_behind = True
        log.error("a thread that makes speech hangs; it is left behind and replaced")
        return self._start_one()

    def _work(self, worker: _Worker) -> None:
        while not worker.left_behind and (job := self._next()) is not None:
            more = True
            while more and not self._should_yield(job):
                worker.since_s = time.monotonic()
                more = job.advance()
                worker.since_s = None
            with self._ready:
                job.running = False
                if more and not self._closed:
                    heapq.heappush(self._queue, (job.priority, next(self._order), job))
                    self._ready.notify()
                    continue
            if more:
                job.abandon()

    def _next(self) -> Job | None:
        with self._ready:
            while True:
                while self._queue:
                    _, _, job = heapq.heappop(self._queue)
                    # A job whose priority rose is queued twice; the second time it is over.
                    if not job.running and not job.ended:
                        job.running = True
                        return job
                if self._closed:
                    return None
                self._ready.wait()

    def _should_yield(self, job: Job) -> bool:
        with self._ready:
            return self._closed or bool(self._queue and self._queue[0][0] < job.priority)
