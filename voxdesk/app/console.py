"""The console's process: the API, answered by uvicorn, apart from the engine and its calls."""

import asyncio
import logging
import socket

import uvicorn

from voxdesk.app.database import opened
from voxdesk.app.http.application import PREFIX, make_app
from voxdesk.app.http.house import House
from voxdesk.app.live.hub import LiveHub
from voxdesk.app.long_runs.runs import LongRuns
from voxdesk.app.settings import Settings
from voxdesk.app.staff_links import base_of, tell_first_link
from voxdesk.app.voice_booth.booth import VoiceBooth
from voxdesk.kernel.clock import SystemClock
from voxdesk.kernel.errors import SettingsError

log = logging.getLogger(__name__)

CONNECTIONS = 512
"""At the same time, quiet ones too; a further one gets 503. Of requests see `bounds.AT_ONCE`."""
STOP_WITHIN_S = 10


def run(settings: Settings, host: str, port: int) -> None:
    """Answer until a signal.

    Args:
        settings: of this installation.
        host: address to answer at.
        port: 0 lets the system choose.

    Raises:
        SettingsError: the address can't be had.
        DatabaseError: the database is away.
    """
    listening = _bound(host, port)
    with opened(settings.database_url) as database:
        clock = SystemClock()
        app = make_app(House(settings, database, clock))
        config = uvicorn.Config(
            app,
            log_config=None,
            log_level=logging.WARNING,  # ours says where it answers
            access_log=False,
            server_header=False,
            limit_concurrency=CONNECTIONS,
            timeout_graceful_shutdown=STOP_WITHIN_S,
            ws="none",
            forwarded_allow_ips=list(settings.console.proxies),
        )
        address = listening.getsockname()
        tell_first_link(database, clock, base_of(settings, address[0], address[1]))
        log.info("the API answers at http://%s:%d%s", address[0], address[1], PREFIX)
        _Server(config, app.state.live, (app.state.runs, app.state.booth)).run([listening])


class _Server(uvicorn.Server):
    """Tells streams to end before it waits for the last answer."""

    def __init__(
        self, config: uvicorn.Config, live: LiveHub, others: tuple[LongRuns, VoiceBooth]
    ) -> None:
        super().__init__(config)
        self._others = others
        self._live = live

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop."""
        for other in self._others:
            other.close()
        await asyncio.to_thread(self._live.close)
        await super().shutdown(sockets)


def _bound(host: str, port: int) -> socket.socket:
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listening = socket.socket(family, kind, protocol)
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(address)
        listening.listen()
    except OSError as error:
        raise SettingsError(
            f"console: {host}:{port} can't be listened on: {error.strerror}. Set console.host and "
            "console.port to an address of this machine and a port that nobody has."
        ) from error
    return listening
