"""`voxdesk serve`: the engine and its lines, until it is told to stop."""

import asyncio
import contextlib
import logging
import signal
import time
from collections.abc import Iterator
from ipaddress import ip_address

from voxdesk.app import logs
from voxdesk.app.control import ControlServer, socket_path
from voxdesk.app.engine import Engine
from voxdesk.app.settings import Settings

log = logging.getLogger(__name__)


def configure_logging(settings: Settings) -> None:
    """One line a message on stderr; what callers say never gets there."""
    logs.configure(settings.log)


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


async def serve(settings: Settings) -> None:
    """Serve until a signal.

    Raises:
        VoxdeskError: it can't start; says why and what to do.
    """
    began = time.monotonic()
    engine = Engine(settings)
    control = ControlServer(engine, socket_path(settings.state_dir))
    with stop_signals() as stop:
        await control.start()
        try:
            await engine.start()
            log.info("ready after %.1f s; dial %s", time.monotonic() - began, dial_hint(engine))
            await stop.wait()
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
