"""Takes published flows into a running engine: for the next call, without a restart.

Whoever publishes tells the engine of this machine by its control socket. The engine also looks by
itself every few seconds, so that other machines follow and a lost message is only a short delay.
"""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable
from typing import Final

from dialog.flow import Flow
from voxdesk.app.flow_archive import FlowArchive
from voxdesk.app.flow_loading import note_trouble
from voxdesk.app.live_flows import LiveFlows
from voxdesk.app.published_flows import PublishedFlows
from voxdesk.kernel.errors import VoxdeskError

LOOK_EVERY_S: Final = 3.0

log = logging.getLogger(__name__)


class FlowWatch:
    """Lives on the engine's loop; the database and the disk are asked in threads.

    Args:
        flows: takes what is new.
        published: where it is found.
        archive: keeps it for the calls that begin with it.
        get_ready: makes ready what callers hear first; bounded, and failing is its own business.
    """

    def __init__(
        self,
        flows: LiveFlows,
        published: PublishedFlows,
        archive: FlowArchive,
        get_ready: Callable[[Flow], Awaitable[None]],
    ) -> None:
        self._flows = flows
        self._published = published
        self._archive = archive
        self._get_ready = get_ready
        self._asked = asyncio.Event()
        self._failing = False

    def look_soon(self) -> None:
        """Something was published."""
        self._asked.set()

    async def run(self) -> None:
        """Look, wait, look again, until cancelled. While the database is away, nothing changes."""
        while True:
            self._asked.clear()
            try:
                await self.look()
                self._failing = False
            except VoxdeskError as error:
                if not self._failing:
                    log.warning("published flows can't be looked for: %s", error)
                self._failing = True
            except Exception:  # whatever it was, the next change must still come through
                log.exception("published flows can't be looked for")
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(LOOK_EVERY_S):
                    await self._asked.wait()

    async def look(self) -> None:
        """Once: take in what is newer than what runs.

        Raises:
            DatabaseError: the database is away.
        """
        for live in await asyncio.to_thread(self._published.live):
            if self._flows.looked_at.get(live.flow, 0) != live.number:
                await self._take(live.flow)
                self._flows.looked_at[live.flow] = live.number

    async def _take(self, name: str) -> None:
        running = self._flows.number(name)
        found = await asyncio.to_thread(self._published.best, name, above=running)
        if (loaded := found.loaded) is not None:
            await self._get_ready(loaded.flow)
            await asyncio.to_thread(self._archive.keep, loaded.flow, loaded.data)
            self._flows.put(loaded)
            log.info("flow %s: version %d is live, from the next call on", name, loaded.number)
        note_trouble(self._flows, name, found)
