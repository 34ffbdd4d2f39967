"""An asyncio loop whose time is virtual: an hour of waiting takes a moment.

Waiting in vain is an error instead of a hang.
"""

import asyncio
import selectors
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

Result = TypeVar("Result")
EPOCH = datetime(2026, 1, 5, 9, tzinfo=UTC)


class WaitsForEver(AssertionError):
    """Nothing is due any more, and something is still waited for."""


class NeverDone(Exception):
    """Raised by work in an `InlineExecutor` that shall never be done."""


class VirtualTimeLoop(asyncio.SelectorEventLoop):
    """Goes to the next timer at once when nothing is ready."""

    def __init__(self) -> None:
        self._virtual_s = 0.0
        super().__init__(_Selector(self))
        self.set_default_executor(InlineExecutor())

    def time(self) -> float:
        """Virtual seconds since the loop was made."""
        return self._virtual_s

    def pass_time(self, seconds: float) -> None:
        """Called when there is nothing to do for so long."""
        # A little more, or rounding leaves a timer due in the smallest fraction of a second.
        self._virtual_s += seconds + 1e-9


class _Selector(selectors.DefaultSelector):
    """Looks whether something is ready, and lets virtual time pass when not."""

    def __init__(self, loop: VirtualTimeLoop) -> None:
        super().__init__()
        self._loop = loop

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        """As the selector does, without waiting."""
        ready: list[tuple[selectors.SelectorKey, int]] = super().select(0)
        if ready or timeout == 0:
            return ready
        if timeout is None:
            raise WaitsForEver("no timer is set, and nothing can happen any more")
        self._loop.pass_time(timeout)
        return ready


class InlineExecutor(ThreadPoolExecutor):
    """Does work at once, in the thread that asks: for `asyncio.to_thread` in virtual time."""

    def __init__(self) -> None:
        super().__init__(1)

    def submit(  # the same, said with fewer type variables
        self, work: Callable[..., Result], /, *args: Any, **kwargs: Any
    ) -> "Future[Result]":
        """Done when it returns, unless the work says that it never will be."""
        future: Future[Result] = Future()
        try:
            future.set_result(work(*args, **kwargs))
        except NeverDone:
            pass
        except Exception as error:  # noqa: BLE001  whoever waits gets it
            future.set_exception(error)
        return future


class LoopClock:
    """`Clock` on a loop's time; `jump` moves its wall clock, as an operator would."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._wall = EPOCH

    def jump(self, by: timedelta) -> None:
        """Somebody sets the machine's clock."""
        self._wall += by

    def now(self) -> datetime:
        """Wall time, aware, in UTC."""
        return self._wall + timedelta(seconds=self._loop.time())

    def monotonic(self) -> float:
        """The loop's seconds."""
        return self._loop.time()
