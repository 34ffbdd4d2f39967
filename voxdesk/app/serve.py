"""`voxdesk serve`: the engine and its lines, until it is told to stop."""

import asyncio
import contextlib
import logging
import signal
import time
from collections.abc import Iterator
from ipaddress import ip_address

from voxdesk.app.control import ControlServer, socket_path
from voxdesk.app.engine import Engine
from voxdesk.app.settings import Settings
from voxdesk.app.successor import Successor

log = logging.getLogger(__name__)


def configure_logging(settings: Settings) -> None:
    """One line a message on stderr; what callers say never gets there."""
    logging.basicConfig(
        level=settings.log.level.upper(),
        format="%(asctime)s %(levelname)-7s %(name)s: %(message)s",
        force=True,
    )
    if settings.log.level != "debug":
        logging.getLogger("alembic").setLevel(logging.WARNING)


@contextlib.contextmanager
def stop_signals() -> Iterator[asyncio.Event]:
    """An event that is set by SIGINT or SIGTERM."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(name, stop.set)
    try:
        yield stop
    finally:
        for name in (signal.SIGINT, signal.SIGTERM):
            loop.remove_signal_handler(name)


async def serve(settings: Settings, *, supervised: bool = False) -> None:
    """Serve until a signal.

    Args:
        settings: of this installation.
        supervised: our parent starts another engine when this one ends by `STEPPED_DOWN`; SIGHUP,
            `voxdesk restart` and the parent's death make it do so.

    Raises:
        VoxdeskError: it can't start; says why and what to do.
    """
    began = time.monotonic()
    engine = Engine(settings)
    successor = Successor(supervised=supervised)
    control = ControlServer(engine, socket_path(settings.state_dir), successor)
    with stop_signals() as stop, successor.watched():
        await control.start()
        try:
            await engine.start()
            log.info("ready after %.1f s; dial %s", time.monotonic() - began, dial_hint(engine))
            if await successor.wanted_before(stop):
                await control.close()
                await successor.hand_over(engine)
            log.info("stopping; %d calls in progress", len(engine.sessions))
        finally:
            await control.close()
            await engine.close()


def dial_hint(engine: Engine) -> str:
    """The addresses that a softphone may dial."""
    return " or ".join(engine.exchange.addresses)


def is_loopback(address: str) -> bool:
    """Whether only this machine can call there."""
    try:
        return ip_address(address).is_loopback
    except ValueError:
        return address == "localhost"
