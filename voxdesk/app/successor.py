"""Leaving the calls to the next engine: on demand, or because whoever would start it has gone."""

import asyncio
import contextlib
import logging
import os
import signal
from collections.abc import Iterator
from typing import NoReturn

from voxdesk.app.drain import Stop
from voxdesk.app.engine import Engine
from voxdesk.app.supervisor import STEPPED_DOWN
from voxdesk.kernel.errors import VoxdeskError

log = logging.getLogger(__name__)


class Successor:
    """Whether another engine shall take over from this one.

    Args:
        supervised: our parent starts it.
    """

    def __init__(self, *, supervised: bool) -> None:
        self._supervised = supervised
        self._wanted = asyncio.Event()

    def ask_for(self) -> None:
        """Have one take over soon.

        Raises:
            VoxdeskError: nobody would start it.
        """
        if not self._supervised:
            raise VoxdeskError(
                "nobody would start the next engine: this one does not run under `voxdesk serve`."
            )
        self._wanted.set()

    @contextlib.contextmanager
    def watched(self) -> Iterator[None]:
        """While this lasts, SIGHUP asks for a successor, and so does the end of our parent."""
        if not self._supervised:
            yield
            return
        loop = asyncio.get_running_loop()
        loop.add_signal_handler(signal.SIGHUP, self._wanted.set)
        parent = os.pidfd_open(os.getppid())

        def parent_ended() -> None:
            loop.remove_reader(parent)
            log.error("the supervisor is gone; calls wait for the next `voxdesk serve`")
            self._wanted.set()

        loop.add_reader(parent, parent_ended)
        try:
            yield
        finally:
            loop.remove_reader(parent)
            os.close(parent)
            loop.remove_signal_handler(signal.SIGHUP)

    async def wanted_before(self, stop: Stop) -> bool:
        """Wait until a successor is wanted, or we are told to stop: then False."""
        either = [asyncio.ensure_future(event.wait()) for event in (self._wanted, stop)]
        try:
            await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for waiting in either:
                waiting.cancel()
        return not stop.is_set()

    async def hand_over(self, engine: Engine) -> NoReturn:
        """Leave all calls to the next engine, and exit at once: what is open is its to close."""
        log.info("stepping down; %d calls go on with the next engine", len(engine.sessions))
        await engine.step_down()
        logging.shutdown()
        os._exit(STEPPED_DOWN)
