"""All lines of this machine as one telephone exchange: calls in, calls out.

exchange = Exchange(LineSettings(port=5060), lines=2, run_dir=Path("var/run"))
exchange.on_incoming(start_session)
await exchange.start()
...
await exchange.close()
"""

import asyncio
import contextlib
import itertools
import logging
import secrets
import socket
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from telephony.kamailio.door import DoorStatus, FrontDoor
from telephony.kamailio.process import clear
from telephony.legs import KeptLeg, Leg
from telephony.line.settings import LineSettings
from telephony.line_client import LineClient, LineStatus
from telephony.line_connection import LineConnection
from telephony.line_process import fingerprint, recall, remember
from telephony.messages import Clip, Dial, Register, Registration
from telephony.sip_uri import check_sip_uri
from voxdesk.kernel.call import LegId
from voxdesk.kernel.errors import NoLegFree, TelephonyError

SOCKET_NAME: Final = "lines.sock"
MAX_SOCKET_PATH: Final = 104
"""A unix socket's path has 108 bytes; some systems have fewer."""
FIRST_BACK_OFF_S: Final = 0.2
MAX_BACK_OFF_S: Final = 30.0
GOOD_RUN_S: Final = 60.0
"""A line that ran for so long before it died is started again at once."""

_log = logging.getLogger(__name__)


class Exchange:
    """`Lines` over line processes of this machine. Lives in one asyncio loop.

    Args:
        settings: of each line; with several, the k-th takes `port` + k (behind a front door, the
            port that it has for it) and its share of the RTP ports, and one registers at the trunk.
        lines: how many processes.
        door: what stands before them, or None.
        run_dir: for the socket and the lines' logs; one exchange a directory.
    """

    def __init__(
        self,
        settings: LineSettings,
        *,
        lines: int = 1,
        run_dir: Path,
        door: FrontDoor | None = None,
    ) -> None:
        self._settings = [_share(settings, index, lines) for index in range(lines)]
        self._door = door
        if door is not None:
            door.on_restarted = self._door_restarted
            self._settings = [
                door.settings.behind(line, index) for index, line in enumerate(self._settings)
            ]
        self._holder = "line-1"
        self._run_dir = run_dir
        self._socket_path = run_dir / SOCKET_NAME
        self._handler: Callable[[Leg], None] | None = None
        self._clients: dict[str, LineClient] = {}
        self._restarts: dict[str, int] = {}
        self._server: asyncio.Server | None = None
        self._keepers: list[asyncio.Task[None]] = []
        self._session = secrets.token_hex(3)
        self._leg_numbers = itertools.count(1)
        self._clips: Sequence[Clip] = ()

    # ------------------------------------------------------------------ Lines

    def on_incoming(self, handler: Callable[[Leg], None]) -> None:
        """`handler` takes each incoming leg; without one, callers get 503."""
        self._handler = handler
        for client in self._clients.values():
            client.on_incoming = handler

    def dial(
        self,
        uri: str,
        *,
        caller: str | None = None,
        caller_name: str | None = None,
        headers: Mapping[str, str] | None = None,
        timeout_s: float = 30.0,
    ) -> Leg:
        """Start an outbound call at the line with most room.

        Raises:
            NoLegFree: every leg is in use.
            TelephonyError: the URI can't be dialled, or no line is up.
        """
        check_sip_uri(uri)
        ready = [client for client in self._clients.values() if client.ready]
        if not ready:
            raise TelephonyError("No line is up; one is being started. Try again in a few seconds.")
        client = max(ready, key=lambda client: client.free)
        if not client.free:
            raise NoLegFree(f"All {self.capacity} call legs are in use.")
        return client.dial(
            lambda number: Dial(
                number, uri, caller or "", caller_name or "", dict(headers or {}), timeout_s
            )
        )

    # ------------------------------------------------------------------ state

    @property
    def addresses(self) -> tuple[str, ...]:
        """SIP URIs that can be dialled now: the front door's, or those of every line that is up."""
        if self._door is not None:
            up = self._door.status.ready and any(c.ready for c in self._clients.values())
            return self._door.settings.addresses if up else ()
        hellos = [client.hello for client in self._clients.values() if client.ready]
        return tuple(address for hello in hellos if hello for address in hello.addresses)

    @property
    def front_door(self) -> DoorStatus | None:
        """How the front door is doing; None without one."""
        return self._door.status if self._door is not None else None

    @property
    def capacity(self) -> int:
        """How many legs all lines that are up can hold."""
        return sum(c.hello.capacity for c in self._clients.values() if c.hello and c.ready)

    @property
    def registration(self) -> Registration | None:
        """What the trunk last said; None without a trunk, or before it has answered."""
        holder = self._clients.get(self._holder)
        return holder.registration if holder is not None else None

    @property
    def lines(self) -> tuple[LineStatus, ...]:
        """How each line is doing."""
        return tuple(
            LineStatus(
                name=name,
                ready=client.ready,
                pid=client.hello.pid if client.hello and client.ready else 0,
                addresses=client.hello.addresses if client.hello else (),
                capacity=client.hello.capacity if client.hello else 0,
                legs=len(client.legs),
                cpu_s=client.alive.cpu_s,
                dropped_live=client.alive.dropped_live,
                registration=client.registration,
                restarts=self._restarts.get(name, 0),
            )
            for name, client in self._clients.items()
        )

    # ------------------------------------------------------------------ life

    async def start(self) -> None:
        """Open the front door, start every line, and wait until all take calls.

        Raises:
            TelephonyError: one can't; says why and what to do. None is left running.
        """
        await self._open_socket()
        try:
            if self._door is not None:
                await self._door.start()
            else:
                await clear(self._run_dir.absolute())  # one that is no longer wanted has our port
            async with asyncio.TaskGroup() as group:
                for index in range(len(self._settings)):
                    group.create_task(self._adopt_or_launch(index))
        except* TelephonyError as errors:
            await self.close()
            raise errors.exceptions[0] from None
        self._keepers = [
            asyncio.create_task(self._keep(index), name=f"keep line {index + 1}")
            for index in range(len(self._settings))
        ]

    def take_kept(self) -> list[KeptLeg]:
        """Calls that outlived an earlier engine; each is given once, and waits for a few seconds.

        Whoever takes one goes on with it or hangs it up.
        """
        kept = [leg for client in self._clients.values() for leg in client.kept]
        for client in self._clients.values():
            client.kept.clear()
        return kept

    def give_clips(self, clips: Sequence[Clip]) -> None:
        """What callers hear from each line when this engine is gone; see `telephony.line.alone`."""
        self._clips = tuple(clips)
        for client in self._clients.values():
            client.tell_all(self._clips)

    async def let_go(self) -> None:
        """Leave lines and calls as they are to the next engine."""
        await self._stop_keeping()
        for client in self._clients.values():
            client.let_go()
        self._close_socket()
        if self._door is not None:
            await self._door.leave()

    async def close(self) -> None:
        """Hang up every call, stop every line. Legs get their `Ended` before this returns."""
        await self._stop_keeping()
        await asyncio.gather(*(client.stop() for client in self._clients.values()))
        for name in self._clients:
            self._record_path(name).unlink(missing_ok=True)
        self._close_socket()
        if self._door is not None:
            await self._door.close()  # after the last BYE

    async def _stop_keeping(self) -> None:
        for keeper in self._keepers:
            keeper.cancel()
        await asyncio.gather(*self._keepers, return_exceptions=True)
        self._keepers = []

    def _close_socket(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None
            self._socket_path.unlink(missing_ok=True)

    async def _open_socket(self) -> None:
        path = str(self._socket_path.absolute())
        if len(path.encode()) > MAX_SOCKET_PATH:
            raise TelephonyError(
                f"{path} is too long for a unix socket ({MAX_SOCKET_PATH} bytes at most): "
                "choose a state directory with a shorter path."
            )
        self._run_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        with socket.socket(socket.AF_UNIX) as probe, contextlib.suppress(OSError):
            probe.connect(path)
            raise TelephonyError(
                f"Another engine already uses {self._run_dir}: stop it, or give this one a state "
                "directory of its own."
            )
        loop = asyncio.get_running_loop()
        self._socket_path.unlink(missing_ok=True)
        self._server = await loop.create_unix_server(
            lambda: LineConnection(self._clients.get), path=path
        )
        self._socket_path.chmod(0o600)

    async def _adopt_or_launch(self, index: int) -> None:
        name = f"line-{index + 1}"
        settings = self._settings[index]
        running = recall(self._record_path(name))
        if running is None:
            await self._launch(index)
            return
        client = self._clients[name] = LineClient(name, self._new_leg_id, self._handler)
        try:
            await client.adopt(running.pid)
        except TelephonyError as error:
            _log.warning("%s", error)
            await self._launch(index)
            return
        self._is_up(index)
        if name == self._holder and settings.trunk is not None and settings.register:
            client.send(Register(on=True))  # another line may have held it, and be gone
        _log.info("%s goes on with %d calls", name, len(client.kept))
        if running.settings != fingerprint(settings):
            _log.warning(
                "%s keeps the settings that it was started with; new ones for the telephone side "
                "hold after a stop and a start",
                name,
            )

    async def _launch(self, index: int) -> None:
        name = f"line-{index + 1}"
        settings = self._settings[index]
        client = self._clients[name] = LineClient(name, self._new_leg_id, self._handler)
        holds = replace(settings, register=settings.register and name == self._holder)
        await client.launch(holds, self._socket_path.absolute(), self._run_dir / f"{name}.log")
        remember(self._record_path(name), client.pid, settings)
        client.tell_all(self._clips)
        self._is_up(index)

    def _is_up(self, index: int) -> None:
        if self._door is not None:
            self._door.line_is(index, up=True)

    def _record_path(self, name: str) -> Path:
        return self._run_dir / f"{name}.json"

    async def _keep(self, index: int) -> None:
        """Watch a line; when it dies, start the next one."""
        name = f"line-{index + 1}"
        back_off_s = FIRST_BACK_OFF_S
        while True:
            started_s = time.monotonic()
            await self._clients[name].watch()
            if self._door is not None:
                self._door.line_is(index, up=False)
            self._hand_on_registration()
            if time.monotonic() - started_s > GOOD_RUN_S:
                back_off_s = FIRST_BACK_OFF_S
            while not self._clients[name].ready:
                await asyncio.sleep(back_off_s)
                back_off_s = min(MAX_BACK_OFF_S, 2 * back_off_s)
                self._restarts[name] = self._restarts.get(name, 0) + 1
                try:
                    await self._launch(index)
                except (TelephonyError, OSError) as error:
                    _log.error("%s", error)
            self._hand_on_registration()

    def _hand_on_registration(self) -> None:
        """It belongs to a line that lives; without one, the holder asks for it when it is back."""
        holder = self._clients.get(self._holder)
        if self._settings[0].trunk is None or (holder is not None and holder.ready):
            return
        name = next((name for name, client in self._clients.items() if client.ready), None)
        if name is not None and self._settings[0].register:
            _log.warning("%s takes the registration at the trunk over from %s", name, self._holder)
            self._holder = name
            self._clients[name].send(Register(on=True))

    def _door_restarted(self) -> None:
        """A new door hasn't heard from the trunk yet, and doesn't know where it calls from."""
        holder = self._clients.get(self._holder)
        if holder is not None and self._settings[0].trunk is not None:
            holder.send(Register(on=True))

    def _new_leg_id(self) -> LegId:
        return LegId(f"{self._session}-{next(self._leg_numbers)}")


def _share(settings: LineSettings, index: int, lines: int) -> LineSettings:
    ports = settings.rtp_ports // lines // 2 * 2
    return replace(
        settings,
        port=settings.port + index if settings.port else 0,
        rtp_port=settings.rtp_port + index * ports if settings.rtp_port else 0,
        rtp_ports=ports,
    )
