"""Sees to it that messages are written down: starts the worker, never works itself."""

import asyncio
import contextlib
import logging
import os
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final

from crm.calls.call_log import CallLog
from crm.calls.entries import LoggedEvent
from crm.messages import repository
from voxdesk.app.settings import Settings
from voxdesk.db import Database
from voxdesk.kernel.call import EventKind
from voxdesk.kernel.errors import VoxdeskError

LOOK_EVERY_S: Final = 60.0
AFTER_A_CALL_S: Final = 1.0
"""The log of a call that has just ended is written by then."""
RUN_AT_MOST_S: Final = 1800.0
MANY_CALLS: Final = 10_000

log = logging.getLogger(__name__)


class TranscriptWatch:
    """One an engine; lives on its loop.

    Attributes:
        unheard: how many messages nobody has listened to, by mailbox, when it was last looked.
    """

    def __init__(
        self, database: Database, call_log: CallLog, settings: Settings, *, node: str
    ) -> None:
        self._database = database
        self._call_log = call_log
        self._settings = settings
        self._node = node
        self._loop = asyncio.get_running_loop()
        self._wake = asyncio.Event()
        self._left: set[str] = set()  # calls in progress with a message
        self._failing = False
        self.unheard: Mapping[str, int] = {}

    async def run(self) -> None:
        """Look, have the work done, wait, until cancelled."""
        unsubscribe = self._call_log.subscribe(self._on_event)
        try:
            while True:
                self._wake.clear()
                try:
                    await self._look()
                    self._failing = False
                except VoxdeskError as error:
                    if not self._failing:
                        log.warning("messages can't be looked for: %s", error)
                    self._failing = True
                except Exception:  # whatever it was, the next message must still come through
                    log.exception("messages can't be looked for")
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(LOOK_EVERY_S):
                        await self._wake.wait()
        finally:
            unsubscribe()

    async def _look(self) -> None:
        waiting, self.unheard = await asyncio.to_thread(self._read)
        if waiting:
            await self._have_it_done()
            _, self.unheard = await asyncio.to_thread(self._read)

    def _read(self) -> tuple[bool, Mapping[str, int]]:
        with self._database.reading() as session:
            transcribe = self._settings.messages.transcribe
            now = datetime.now(UTC)
            waiting = transcribe and repository.is_waiting(session, node=self._node, now=now)
            return waiting, repository.unheard(session)

    async def _have_it_done(self) -> None:
        """A process that gives way to calls, and can't harm them."""
        worker = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "voxdesk.app.transcripts.worker",
            self._node,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.DEVNULL,
            env={**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"},
            start_new_session=True,  # Ctrl-C is for the engine, which then ends it
        )
        try:
            async with asyncio.timeout(RUN_AT_MOST_S):
                await worker.communicate(self._settings.model_dump_json().encode())
        except TimeoutError:
            log.error("messages: writing them down took too long and was given up")  # noqa: TRY400
        finally:
            if worker.returncode is None:
                with contextlib.suppress(ProcessLookupError):
                    worker.kill()

    def _on_event(self, logged: LoggedEvent) -> None:
        """On the log's thread."""
        event = logged.event
        if event.kind is EventKind.MESSAGE_LEFT:
            if len(self._left) >= MANY_CALLS:
                self._left.clear()  # calls whose end nobody noted
            self._left.add(event.call_id)
        elif event.kind is EventKind.ENDED and event.call_id in self._left:
            self._left.discard(event.call_id)
            with contextlib.suppress(RuntimeError):  # the engine's loop is closed
                self._loop.call_soon_threadsafe(
                    self._loop.call_later, AFTER_A_CALL_S, self._wake.set
                )
