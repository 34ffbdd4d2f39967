"""Whether one more caller is taken: nobody gets a slow conversation. Pure; time is an argument.

         a measure comes near its limit              a measure reaches it
    OPEN ──────────────────────────────▶ EASING ──────────────────────────────▶ CLOSED
         ◀──────────────────────────────        ◀──────────────────────────────
         all well below, for a while             all well below, for a while

While easing, callers come one by one: a load shows seconds after the call that makes it, and a
crowd let in at once would close the door too late. Calls in progress are never touched.
"""

import enum
from dataclasses import dataclass


class Reason(enum.StrEnum):
    """Why a caller is turned away."""

    CALLS = "calls"  # as many calls as are allowed
    LEGS = "legs"  # the last legs are kept for agents and transfers
    EVENT_LOOP = "event_loop"  # the engine is late
    RECOGNITION_WAIT = "recognition_wait"  # turns lately waited for a worker
    RECOGNITION_QUEUE = "recognition_queue"  # turns wait for a worker
    EASING = "easing"  # near a limit, or just below one again: one caller after the other


class Door(enum.StrEnum):
    """Whether callers come in."""

    OPEN = "open"
    EASING = "easing"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Limits:
    """Beyond these the machine serves badly.

    Attributes:
        calls: at the same time; 0 is no limit.
        legs_free: so many legs must be left, of all lines together.
        loop_lag_ms: how late the event loop lately ran.
        recognition_wait_ms: what turns lately waited for a worker.
        recognition_queue: waiting turns for each worker.
    """

    calls: int = 0
    legs_free: int = 0
    loop_lag_ms: float = 100.0
    recognition_wait_ms: float = 1000.0
    recognition_queue: int = 4


@dataclass(frozen=True, slots=True)
class Load:
    """How busy the machine is now; the attributes as in `Limits`.

    Attributes:
        calls: in progress, without the one that asks.
        legs_free: without the leg of the one that asks.
        recognition_waiting: turns that wait, of all workers.
        workers: recognition's.
    """

    calls: int = 0
    legs_free: int = 1_000_000
    loop_lag_ms: float = 0.0
    recognition_wait_ms: float = 0.0
    recognition_waiting: int = 0
    workers: int = 1


@dataclass(frozen=True, slots=True)
class Hysteresis:
    """What keeps the door from flapping.

    Attributes:
        relief: "well below" is less than this share of a limit.
        calm_s: so long all measures must be well below before a closed door opens for one by one.
        ease_s: the same before it opens for all.
        ease_every_s: seconds between two of them.
    """

    relief: float = 0.6
    calm_s: float = 5.0
    ease_s: float = 10.0
    ease_every_s: float = 1.0


class Admission:
    """The door. Tell it the load now and then, and before each caller.

    Attributes:
        door: whether callers come in.
        reason: the measure that moved it from open, or closed it, last; None before any.
    """

    def __init__(self, limits: Limits, hysteresis: Hysteresis | None = None) -> None:
        self.limits = limits
        self.door = Door.OPEN
        self.reason: Reason | None = None
        self._hysteresis = hysteresis or Hysteresis()
        self._calm_since_s: float | None = None
        self._let_in_s: float | None = None

    def observe(self, load: Load, now_s: float) -> bool:
        """Take note of the load; whether the door has moved.

        Args:
            load: as it is now.
            now_s: seconds that only grow.
        """
        before = self.door
        strained = self._strained(load, 1.0)
        near = self._strained(load, self._hysteresis.relief)
        if strained is not None:
            self.door, self.reason = Door.CLOSED, strained
        elif near is not None and self.door is Door.OPEN:
            self.door, self.reason = Door.EASING, near
        if near is not None:
            self._calm_since_s = None
        elif self._calm_since_s is None:
            self._calm_since_s = now_s
        if self._calm_since_s is not None:
            self._open_up(now_s, now_s - self._calm_since_s)
        return self.door is not before

    def ask(self, load: Load, now_s: float) -> Reason | None:
        """Whether a caller who is at the door now must stay outside, and why; None: come in."""
        self.observe(load, now_s)
        if self.door is Door.CLOSED:
            return self.reason
        if self.limits.calls and load.calls >= self.limits.calls:
            return Reason.CALLS
        if load.legs_free < self.limits.legs_free:
            return Reason.LEGS
        if self.door is Door.EASING:
            last_s, pause_s = self._let_in_s, self._hysteresis.ease_every_s
            if last_s is not None and now_s - last_s < pause_s:
                return Reason.EASING
            self._let_in_s = now_s
        return None

    def _open_up(self, now_s: float, calm_s: float) -> None:
        """One step, when it was calm for long enough."""
        if self.door is Door.CLOSED and calm_s >= self._hysteresis.calm_s:
            self.door = Door.EASING
            self._calm_since_s = now_s  # the next step needs a calm of its own
        elif self.door is Door.EASING and calm_s >= self._hysteresis.ease_s:
            self.door = Door.OPEN

    def _strained(self, load: Load, share: float) -> Reason | None:
        """The first measure that has reached this share of its limit."""
        limits = self.limits
        queue_limit = limits.recognition_queue * load.workers
        for reason, measure, limit in (
            (Reason.EVENT_LOOP, load.loop_lag_ms, limits.loop_lag_ms),
            (Reason.RECOGNITION_WAIT, load.recognition_wait_ms, limits.recognition_wait_ms),
            (Reason.RECOGNITION_QUEUE, load.recognition_waiting, queue_limit),
        ):
            if measure >= limit * share:
                return reason
        return None
