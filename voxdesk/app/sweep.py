"""Ends sessions whose line has forgotten them."""

import asyncio
import logging
import time
from collections.abc import Callable, Mapping

from voxdesk.app.session_watch import Sweep, Watched
from voxdesk.kernel.call import CallId, EndCause

log = logging.getLogger(__name__)

EVERY_S = 1.0


async def sweep(
    sessions: Mapping[CallId, Watched],
    *,
    clock: Callable[[], float] = time.monotonic,
    every_s: float = EVERY_S,
) -> None:
    """For as long as the engine runs."""
    looking = Sweep(clock())
    while True:
        await asyncio.sleep(every_s)
        looking.look(sessions.values(), clock(), _give_up)


def _give_up(session: Watched, cause: EndCause) -> None:
    log.error(
        "call %s: its line says nothing of it; closed (%s)", getattr(session, "id", "?"), cause
    )
    session.give_up(cause)
