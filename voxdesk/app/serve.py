"""`voxdesk serve`: the engine and its lines, until it is told to stop."""

import asyncio
import logging
import sys
import time
from ipaddress import ip_address

from voxdesk.app import logs
from voxdesk.app.control import ControlServer, socket_path
from voxdesk.app.drain import drain, end_soon, stop_signals
from voxdesk.app.engine import Engine
from voxdesk.app.settings import Settings
from voxdesk.app.successor import Successor

log = logging.getLogger(__name__)

# The loop gives the interpreter away with each network step and each long array; a thread that
# keeps it lets the loop have it back after this long. Python's own 5 ms would be a fifth of all
# frames' time with 20 callers.
SWITCH_INTERVAL_S = 0.0005


def configure_logging(settings: Settings) -> None:
    """One line a message on stderr; what callers say never gets there."""
    logs.configure(settings.log)


def run(settings: Settings, *, supervised: bool = False) -> None:
    """`serve`, as a program of its own: it ends even if a thread in a library never does.

    Raises:
        VoxdeskError: see `serve`.
    """
    code = 2
    sys.setswitchinterval(SWITCH_INTERVAL_S)
    with asyncio.Runner() as runner:
        try:
            runner.run(serve(settings, supervised=supervised))
            code = 0
        finally:
            end_soon(code)


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
            await drain(engine, stop, at_most_s=settings.calls.drain_s)
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
