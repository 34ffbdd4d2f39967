"""One line as the engine sees it: its process, its connection, its legs."""

import asyncio
import contextlib
import logging
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from telephony.legs import KeptLeg, Leg
from telephony.line.settings import LineSettings
from telephony.line_process import ForeignProcess, LineProcess, spawn
from telephony.messages import (
    Alive,
    Clip,
    Dial,
    FromEngine,
    Hello,
    LegEnded,
    LegIncoming,
    LegKept,
    LegsKept,
    Message,
    Registration,
    Reject,
    Shutdown,
    Welcome,
)
from telephony.protocol import PROTOCOL_VERSION, encode
from telephony.remote_leg import RemoteLeg, log_failure
from telephony.wire_events import LegMessage
from voxdesk.kernel.call import Direction, Invite, LegId
from voxdesk.kernel.errors import ProtocolError, TelephonyError

START_WITHIN_S: Final = 15.0
KNOCKS_WITHIN_S: Final = 3.0
"""A line without an engine looks for one five times a second."""
STOP_WITHIN_S: Final = 6.0
UNREAD_FOR_S: Final = 2.0
"""A line that leaves our bytes unread for so long is dead."""
SILENT_FOR_S: Final = 5.0
"""A line tells each second that it is alive."""
MAX_UNREAD_BYTES: Final = 32 << 20
_HIGH_WATER_BYTES: Final = 64 << 10
_LOOP_LATE_S: Final = 1.0
_UNAVAILABLE: Final = 503

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class LineStatus:
    """How a line is doing.

    Attributes:
        name: of the line.
        ready: it takes calls.
        pid: its process, 0 when there is none.
        addresses: SIP URIs that it can be dialled at.
        capacity: legs that it can hold.
        legs: legs in use.
        cpu_s: processor time that its process has used.
        dropped_live: live frames that came too late to be played.
        registration: at the trunk, or None.
        restarts: how often it had to be started again.
    """

    name: str
    ready: bool
    pid: int = 0
    addresses: tuple[str, ...] = ()
    capacity: int = 0
    legs: int = 0
    cpu_s: float = 0.0
    dropped_live: int = 0
    registration: Registration | None = None
    restarts: int = 0


class LineClient:
    """A running line. Made by `launch` or `adopt`; when `dead` is set, it and its legs are over.

    Args:
        name: of the line.
        new_leg_id: gives ids that are unique among all legs.
        on_incoming: takes an incoming leg.
    """

    def __init__(
        self, name: str, new_leg_id: Callable[[], LegId], on_incoming: Callable[[Leg], None] | None
    ) -> None:
        self.name = name
        self.on_incoming = on_incoming
        self.dead = asyncio.Event()
        self.hello: Hello | None = None
        self.legs: dict[int, RemoteLeg] = {}
        self.kept: list[KeptLeg] = []  # calls that the line kept from an engine before
        self.registration: Registration | None = None
        self.alive = Alive(0, 0.0)
        self._loop = asyncio.get_running_loop()
        self._ready: asyncio.Future[Hello] = self._loop.create_future()
        self._new_leg_id = new_leg_id
        self._transport: asyncio.Transport | None = None
        self._all_kept = asyncio.Event()
        self._process: LineProcess | None = None
        self._next_number = 2
        self._heard_s = time.monotonic()
        self._unread_since_s: float | None = None

    @property
    def pid(self) -> int:
        """Its process; 0 before there is one."""
        return self._process.pid if self._process is not None else 0

    async def launch(self, settings: LineSettings, socket_path: Path, log_path: Path) -> None:
        """Start the process, and wait until it takes calls.

        Raises:
            TelephonyError: it can't; says why and what to do.
        """
        self._process = process = await spawn(self.name, settings, socket_path, log_path)
        exited = asyncio.ensure_future(process.wait())
        exited.add_done_callback(
            lambda end: end.cancelled() or self._loop.call_later(0.5, self._no_start, log_path)
        )
        try:
            await self._meet(START_WITHIN_S)
        except TimeoutError:
            raise TelephonyError(
                f"{self.name} did not start within {START_WITHIN_S:g} s."
            ) from None
        finally:
            exited.cancel()
            if self.hello is None:
                self.die("it did not start")

    async def adopt(self, pid: int) -> None:
        """Take over a line that an earlier engine started, with the calls that it kept.

        Raises:
            TelephonyError: it doesn't look for an engine; it is killed.
        """
        try:
            self._process = ForeignProcess(pid)
            await self._meet(KNOCKS_WITHIN_S)
        except (OSError, TimeoutError) as error:
            self.hello = None
            self.die("it doesn't look for an engine")
            raise TelephonyError(f"{self.name} of an earlier engine is no use any more.") from error

    async def _meet(self, within_s: float) -> None:
        async with asyncio.timeout(within_s):
            hello = await self._ready
            await self._all_kept.wait()
        self.hello = hello

    def _no_start(self, log_path: Path) -> None:
        # Called a moment after the process ended: what it had to say may come later than its end.
        if self._ready.done() or self._process is None:
            return
        lines = log_path.read_text(errors="replace").strip().splitlines()
        said = f" It said: {lines[-1][:200]}" if lines else ""
        self.fail(f"it ended at once, with code {self._process.returncode}.{said} See {log_path}.")

    async def watch(self) -> None:
        """Until the line is dead; finds out when it is."""
        assert self._process is not None  # noqa: S101  it was launched
        exited = asyncio.ensure_future(self._process.wait())
        exited.add_done_callback(
            lambda end: None if end.cancelled() else self.die("its process ended")
        )
        looked_s = time.monotonic()
        try:
            while not self.dead.is_set():
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self.dead.wait(), 0.5)
                now_s = time.monotonic()
                # When it is our own loop that stood still, the line gets another chance.
                if now_s - looked_s < _LOOP_LATE_S:
                    self._look(now_s)
                looked_s = now_s
        finally:
            exited.cancel()

    def _look(self, now_s: float) -> None:
        if now_s - self._heard_s > SILENT_FOR_S:
            self.die("it says nothing any more")
        elif self._unread_since_s is not None and now_s - self._unread_since_s > UNREAD_FOR_S:
            self.die("it reads nothing any more")

    async def stop(self) -> None:
        """Let it hang up its calls and exit; by force when it doesn't."""
        process = self._process
        if process is None:
            return
        self.send(Shutdown())
        for force in (None, process.terminate, process.kill):
            if force is not None:
                with contextlib.suppress(ProcessLookupError):
                    force()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(process.wait(), STOP_WITHIN_S if force is None else 2.0)
                break
        self.die("it was stopped")

    def let_go(self) -> None:
        """Leave it and its calls to the next engine."""
        self.dead.set()
        self.legs.clear()
        if self._transport is not None:
            self._transport.close()  # what was said to it still gets there
        if isinstance(self._process, ForeignProcess):
            self._process.let_go()

    def die(self, why: str) -> None:
        """It is over: its process is killed, its legs are lost."""
        if self.dead.is_set():
            return
        self.dead.set()
        legs = list(self.legs.values())
        if legs:
            _log.error("%s is lost with %d legs: %s", self.name, len(legs), why)
        self.legs.clear()
        if self._transport is not None:
            self._transport.abort()
        if self._process is not None and self._process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                self._process.kill()
        for leg in legs:
            leg.lose()

    # ------------------------------------------------------------------ calls

    @property
    def ready(self) -> bool:
        """Whether it takes calls."""
        return self.hello is not None and not self.dead.is_set()

    @property
    def free(self) -> int:
        """How many more legs it can hold."""
        return max(0, self.hello.capacity - len(self.legs)) if self.hello and self.ready else 0

    def dial(self, order: Callable[[int], Dial]) -> RemoteLeg:
        """Start an outbound call; `order` makes the message from the leg's number."""
        number = self._next_number
        self._next_number += 2
        leg = self._add_leg(number, Direction.OUTBOUND, None)
        self.send(order(number))
        return leg

    def tell_all(self, clips: Iterable[Clip]) -> None:
        """What callers hear when this engine is gone."""
        for clip in clips:
            self.send(clip)

    def send(self, message: FromEngine) -> None:
        """Never waits; what can't be sent any more is dropped."""
        if self._transport is None or self.dead.is_set():
            return
        self._transport.write(encode(message))
        if self._transport.get_write_buffer_size() > MAX_UNREAD_BYTES:
            self._loop.call_soon(self.die, "it reads nothing any more")

    def _add_leg(self, number: int, direction: Direction, invite: Invite | None) -> RemoteLeg:
        leg = self.legs[number] = RemoteLeg(
            self._new_leg_id(),
            number,
            direction,
            invite,
            send=self.send,
            later=self._loop.call_soon,
        )
        return leg

    # ------------------------------------------------------------------ from its connection

    def attach(self, transport: asyncio.Transport, hello: Hello) -> None:
        """The line has called, and has said who it is."""
        self._transport = transport
        transport.set_write_buffer_limits(high=_HIGH_WATER_BYTES)
        self._heard_s = time.monotonic()
        self.send(Welcome(PROTOCOL_VERSION))
        if not self._ready.done():
            self._ready.set_result(hello)

    def fail(self, message: str) -> None:
        """The line has said why it can't."""
        if not self._ready.done():
            self._ready.set_exception(TelephonyError(f"{self.name}: {message}"))

    def pause_writing(self) -> None:
        """It reads slower than we write."""
        self._unread_since_s = time.monotonic()

    def resume_writing(self) -> None:
        """It has caught up."""
        self._unread_since_s = None

    def receive(self, messages: list[Message]) -> None:
        """What the line says.

        Raises:
            ProtocolError: it can't mean that.
        """
        self._heard_s = time.monotonic()
        for message in messages:
            match message:
                case LegEnded(number):
                    if leg := self.legs.pop(number, None):
                        leg.deliver(message)
                case _ if isinstance(message, LegMessage):
                    if leg := self.legs.get(message.leg):
                        leg.deliver(message)
                case LegIncoming():
                    self._incoming(message)
                case LegKept():
                    self._keep(message)
                case LegsKept() | Alive() | Registration():
                    self._take_note(message)
                case _:
                    raise ProtocolError(f"a line said {type(message).__name__}")

    def _take_note(self, message: LegsKept | Alive | Registration) -> None:
        match message:
            case LegsKept():
                self._all_kept.set()
            case Alive():
                self.alive = message
            case Registration():
                self.registration = message

    def _keep(self, message: LegKept) -> None:
        direction = Direction.OUTBOUND if message.outbound else Direction.INBOUND
        leg = self._add_leg(message.leg, direction, None)
        self._next_number = max(self._next_number, message.leg + 2 - message.leg % 2)
        self.kept.append(
            KeptLeg(
                leg,
                text=message.keep,
                codec=message.codec,
                secure=message.secure,
                lost_ms=message.lost_ms,
                now_ms=message.now_ms,
                utterance=message.utterance,
                held=message.held,
            )
        )

    def _incoming(self, message: LegIncoming) -> None:
        if self.on_incoming is None or message.leg in self.legs:
            self.send(Reject(message.leg, _UNAVAILABLE))
            return
        invite = Invite(
            caller=message.caller,
            callee=message.callee,
            caller_name=message.caller_name,
            diverted_from=message.diverted_from,
            source=message.source,
            sip_call_id=message.sip_call_id,
            headers=message.headers,
        )
        leg = self._add_leg(message.leg, Direction.INBOUND, invite)
        try:
            self.on_incoming(leg)
        except Exception as error:  # noqa: BLE001  anything may be wrong in a handler
            log_failure(f"leg {leg.id}: nobody could take it", error)
            leg.reject(_UNAVAILABLE)
