"""Where a call stands, how it ended, and waiting for either."""

import asyncio
import enum
import time
from collections.abc import Coroutine
from dataclasses import dataclass
from typing import Any

from voxdesk.kernel.errors import TelephonyError


class CallState(enum.StrEnum):
    """Where a call stands."""

    CALLING = "calling"
    INCOMING = "incoming"
    UP = "up"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class CallEnd:
    """How a call ended.

    Attributes:
        by: "us", "them" or "network" (nobody answered the INVITE or the 200).
        code: SIP status that refused the call; 0 for a BYE.
        reason: its text, or the Reason header of the BYE.
    """

    by: str
    code: int = 0
    reason: str = ""


class CallFailed(TelephonyError):
    """The other side refused, or something that was waited for didn't come in time."""

    code = "call_failed"

    def __init__(self, message: str, status: int = 0) -> None:
        super().__init__(message)
        self.status = status


class CallProgress:
    """The life of a call: calling or incoming, up, ended.

    Attributes:
        state: where it stands.
        ended: how it ended, or None.
        provisional: status codes of 1xx answers to our INVITE, in order.
        answered_s: `time.monotonic()` of the 200; 0 before it.
        ended_s: of its end; 0 before it.
    """

    def __init__(self, state: CallState) -> None:
        self.state = state
        self.ended: CallEnd | None = None
        self.provisional: list[int] = []
        self.answered_s = 0.0
        self.ended_s = 0.0
        self._settled = asyncio.Event()  # up, or over
        self._over = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()

    async def answered(self, timeout_s: float = 10.0) -> None:
        """Wait until the call is up.

        Raises:
            CallFailed: it was refused (its `status` says how), or nothing came in time.
        """
        try:
            async with asyncio.timeout(timeout_s):
                await self._settled.wait()
        except TimeoutError:
            raise CallFailed(
                f"not answered within {timeout_s:g} s; got {self.provisional or 'nothing'}"
            ) from None
        if self.state is not CallState.UP and not self.answered_s:
            end = self.ended or CallEnd("network")
            raise CallFailed(f"not connected: {end.code or ''} {end.reason}", end.code)

    async def wait_ended(self, timeout_s: float = 10.0) -> CallEnd:
        """Wait until the call is over.

        Raises:
            CallFailed: it still stands.
        """
        try:
            async with asyncio.timeout(timeout_s):
                await self._over.wait()
        except TimeoutError:
            raise CallFailed(f"the call still stands after {timeout_s:g} s") from None
        assert self.ended is not None  # noqa: S101 set before the event
        return self.ended

    def _come_up(self) -> None:
        if self.state is not CallState.ENDED:
            self.state = CallState.UP
            self._settled.set()

    def _end(self, end: CallEnd) -> None:
        if self.state is CallState.ENDED:
            return
        self.state, self.ended = CallState.ENDED, end
        self.ended_s = time.monotonic()
        self._let_go()
        self._settled.set()
        self._over.set()

    def _let_go(self) -> None:
        """Free what the call held; called once."""

    def start_task(self, work: Coroutine[Any, Any, None]) -> None:
        """Run something beside the call; kept until it is done."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
