"""How late the event loop runs: a beat twenty times a second, and what it was late by.

The loop is where every call's frames, turns and prompts pass; when it is late, everybody waits.
"""

import asyncio
import bisect
import math
import time
from collections.abc import Callable
from typing import Final

BEAT_S: Final = 0.05
LOOK_EVERY_S: Final = 0.5
# The recent lag is an average over about so long; one long stall counts for `STALL_AT_MOST_S`,
# so that it alone closes no door.
MEMORY_S: Final = 3.0
STALL_AT_MOST_S: Final = 0.3
BUCKETS_S: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)


class Lag:
    """Sums up how late the beats came. Pure.

    Attributes:
        counts: beats by `BUCKETS_S`, the last one for everything above.
        total_s: of all beats.
        recent_s: fading average.
    """

    def __init__(self) -> None:
        self.counts = [0] * (len(BUCKETS_S) + 1)
        self.total_s = 0.0
        self.recent_s = 0.0

    def add(self, late_s: float) -> None:
        """A beat came so late after it was due."""
        self.counts[bisect.bisect_left(BUCKETS_S, late_s)] += 1
        self.total_s += late_s
        weight = 1.0 - math.exp(-(BEAT_S + late_s) / MEMORY_S)
        self.recent_s += weight * (min(late_s, STALL_AT_MOST_S) - self.recent_s)


class LoopWatch:
    """Beats on the loop that is running when it is started, until it is stopped.

    Attributes:
        lag: see there; only the loop writes it.
        beat_at_s: monotonic time of the last beat.
        on_look: called on the loop twice a second.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.lag = Lag()
        self.beat_at_s = clock()
        self.on_look: Callable[[], None] = lambda: None
        self._clock = clock
        self._due_s = 0.0
        self._look_at_s = 0.0
        self._loop: asyncio.AbstractEventLoop | None = None
        self._timer: asyncio.TimerHandle | None = None

    def start(self) -> None:
        """Begin; on the loop."""
        self._loop = asyncio.get_running_loop()
        self.beat_at_s = self._clock()
        self._next()

    def stop(self) -> None:
        """No beat follows. Harmless twice."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    @property
    def silent_s(self) -> float:
        """How long there has been no beat."""
        return self._clock() - self.beat_at_s

    def _next(self) -> None:
        assert self._loop is not None  # noqa: S101  it was started
        self._due_s = self._clock() + BEAT_S
        self._timer = self._loop.call_later(BEAT_S, self._beat)

    def _beat(self) -> None:
        self.beat_at_s = now_s = self._clock()
        self.lag.add(max(0.0, now_s - self._due_s))
        self._next()
        if now_s >= self._look_at_s:
            self._look_at_s = now_s + LOOK_EVERY_S
            self.on_look()
