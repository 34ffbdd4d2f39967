"""How a running engine stops: calls in progress may end by themselves, within a bound.

    SIGTERM         finish the calls, at most `calls.drain_s`; new ones get 503 and Retry-After
    SIGINT, Ctrl-C  end the calls now
    a second one    end the calls now, whatever the first one was

However it stops, calls that are left are hung up, and all records are written.
"""

import asyncio
import contextlib
import logging
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from typing import Final, Protocol

log = logging.getLogger(__name__)

LOOK_EVERY_S: Final = 0.2
TELL_EVERY_S: Final = 10.0
LINGER_S: Final = 10.0
"""So long a thread that hangs (a decoding, a database) may keep a finished program from ending."""


class Drainable(Protocol):
    """What draining needs of an engine."""

    @property
    def calls_in_progress(self) -> int:
        """How many calls are not over."""
        ...

    def refuse_new_calls(self) -> None:
        """From now on callers get 503 and nobody is dialled by command."""
        ...


class Stop:
    """What was asked for by signals: nothing yet, to stop when the calls are over, or now."""

    def __init__(self) -> None:
        self._asked = asyncio.Event()
        self._now = asyncio.Event()

    def ask(self) -> None:
        """SIGTERM: finish the calls. A second time: now."""
        if self._asked.is_set():
            self._now.set()
        self._asked.set()

    def ask_now(self) -> None:
        """SIGINT: at once."""
        self._now.set()
        self._asked.set()

    def is_set(self) -> bool:
        """Whether somebody has asked."""
        return self._asked.is_set()

    async def wait(self) -> None:
        """Until somebody asks."""
        await self._asked.wait()

    @property
    def now(self) -> bool:
        """Whether nothing is waited for any more."""
        return self._now.is_set()

    async def wait_now(self, timeout_s: float) -> None:
        """So long, or until it is to be at once."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._now.wait(), timeout_s)


@contextlib.contextmanager
def stop_signals() -> Iterator[Stop]:
    """SIGTERM and SIGINT as wishes to stop, for as long as the block lasts."""
    stop = Stop()
    loop = asyncio.get_running_loop()
    wishes: dict[signal.Signals, Callable[[], None]] = {
        signal.SIGTERM: stop.ask,
        signal.SIGINT: stop.ask_now,
    }
    for name, wish in wishes.items():
        loop.add_signal_handler(name, wish)
    try:
        yield stop
    finally:
        for name in wishes:
            loop.remove_signal_handler(name)


async def drain(
    engine: Drainable,
    stop: Stop,
    *,
    at_most_s: float,
    clock: Callable[[], float] = time.monotonic,
) -> int:
    """Refuse new calls, and wait for those in progress. How many are left for the caller to end."""
    engine.refuse_new_calls()
    calls = engine.calls_in_progress
    if stop.now or not calls:
        log.info("stopping; %s", _in_progress(calls) + (", ended now" if calls else ""))
        return calls
    log.info(
        "stopping; %s, at most %.0f s; a second signal ends it", _in_progress(calls), at_most_s
    )
    until_s = clock() + at_most_s
    told, tell_s = calls, clock() + TELL_EVERY_S
    while (calls := engine.calls_in_progress) and not stop.now and clock() < until_s:
        if calls != told or clock() >= tell_s:
            log.info("stopping; %s, %.0f s more", _in_progress(calls), until_s - clock())
            told, tell_s = calls, clock() + TELL_EVERY_S
        await stop.wait_now(LOOK_EVERY_S)
    if calls:
        why = "told to stop now" if stop.now else f"{at_most_s:.0f} s are over"
        log.warning(
            "stopping; %s; %s ended", why, _calls(calls) + (" is" if calls == 1 else " are")
        )
    else:
        log.info("stopping; every call is over")
    return calls


def end_soon(code: int = 0, *, linger_s: float = LINGER_S) -> None:
    """All is closed: end this program, even if a thread hangs in a library for ever.

    Python waits for its thread pools at exit, however long a decoding or a database hangs.
    """
    watchdog = threading.Timer(linger_s, _end_by_force, (code,))
    watchdog.daemon = True
    watchdog.start()


def _end_by_force(code: int) -> None:
    names = sorted(thread.name for thread in threading.enumerate() if not thread.daemon)
    log.warning("stopped, but these threads hang: %s; ended by force", ", ".join(names))
    logging.shutdown()
    os._exit(code)


def _in_progress(calls: int) -> str:
    return f"{_calls(calls)} in progress"


def _calls(count: int) -> str:
    return "1 call" if count == 1 else f"{count or 'no'} calls"
