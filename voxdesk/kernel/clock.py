"""Time as an argument, so that tests can own it."""

import time
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Where time comes from."""

    def now(self) -> datetime:
        """Wall time, aware, in UTC; may jump."""
        ...

    def monotonic(self) -> float:
        """Seconds that only grow; for durations."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """Wall time, aware, in UTC."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Seconds since some moment in the past."""
        return time.monotonic()


class SteadyClock:
    """Wall time that never jumps: read once, then counted on by the steady clock.

    One is made for each call, so that its times and lengths stay true when somebody, or a time
    service, sets the machine's clock while it runs.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._began = clock.now()
        self._began_s = clock.monotonic()

    def now(self) -> datetime:
        """Wall time as it was at the beginning, and what has passed since; aware, in UTC."""
        return self._began + timedelta(seconds=self.monotonic() - self._began_s)

    def monotonic(self) -> float:
        """Seconds that only grow."""
        return self._clock.monotonic()
