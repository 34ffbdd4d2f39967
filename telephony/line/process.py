"""The line's main loop: SIP, the engine's commands, and time, all in one thread."""

import gc
import os
import signal
import socket
import sys
import time
import traceback
from collections.abc import Callable
from typing import Final

from telephony.line.alone import Solitude
from telephony.line.call import LineCall
from telephony.line.engine_link import EngineLink
from telephony.line.gate import Gate
from telephony.line.leg import LineLeg
from telephony.line.media import Emit, LegMedia, PortPool
from telephony.line.settings import LineSettings
from telephony.line.sip_text import read_invite, source_behind
from telephony.line.stack import Stack
from telephony.line.throttle import SetupThrottle
from telephony.messages import (
    Adopt,
    Alive,
    Answer,
    Clip,
    Dial,
    Failed,
    Hangup,
    Hello,
    Hold,
    Keep,
    LegEnded,
    LegsKept,
    Message,
    Register,
    Reject,
    Ring,
    SendDigits,
    Shutdown,
    Transfer,
    Welcome,
)
from telephony.protocol import PROTOCOL_VERSION
from voxdesk.kernel.call import EndCause
from voxdesk.kernel.errors import TelephonyError

EXIT_OK: Final = 0
EXIT_CANNOT_LISTEN: Final = 3
EXIT_ENGINE_LOST: Final = 4
_EACH_S: Final = 1.0
_COLLECT_AFTER: Final = 10_000
_CROWDED_WAIT_S: Final = 0.01
_GOODBYE_S: Final = 1.5
_BUSY: Final = 486
_UNAVAILABLE: Final = 503
_KNOCK_EVERY_S: Final = 0.2
_LEG_COMMANDS: Final = (Ring, Answer, Reject, Hangup, SendDigits, Transfer, Hold)


class Line:
    """One line, from its first INVITE to its shutdown.

    Args:
        name: what the engine calls it.
        settings: of it.
        connect: gives a connection to the engine, the one that is there or the next one.
    """

    def __init__(
        self, name: str, settings: LineSettings, connect: Callable[[], socket.socket]
    ) -> None:
        self._name = name
        self._settings = settings
        self._connect = connect
        self._media: dict[int, LegMedia] = {}
        self._link = EngineLink(self._media)
        self._solitude = Solitude(settings)
        self._alone = False
        self._knock_at_s = 0.0
        self._legs: dict[int, LineLeg] = {}
        self._ports = PortPool(self._link.ring)
        self._throttle = SetupThrottle()
        self._refused: list[tuple[LineLeg, EndCause, int]] = []
        self._kept: list[LineCall | None] = []
        self._next_number = 1
        self._dropped_live = 0
        self._stopping = False
        self._welcome = False
        self._stack: Stack | None = None

    def run(self) -> int:
        """Until the engine says `Shutdown`, is gone for good, or SIGTERM comes; the exit code.

        Raises:
            OSError: there is no engine to begin with.
        """
        signal.signal(signal.SIGTERM, lambda *_: self._stop())
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # the terminal's; the engine decides
        self._link.attach(self._connect())
        try:
            stack = self._stack = Stack(self._settings, self._incoming, self._link.send)
        except TelephonyError as error:
            self._link.send(Failed(self._name, str(error)))
            self._link.close()
            return EXIT_CANNOT_LISTEN
        self._link.on_command = stack.bell.ring
        self._say_hello(stack)
        # What there is by now stays; a collector that visits it again and again costs a caller's
        # twentieth, and the objects of 20 ms never form cycles.
        gc.collect()
        gc.freeze()
        gc.set_threshold(_COLLECT_AFTER)
        due_s = time.monotonic() + _EACH_S
        while not self._stopping:
            self._round(stack)
            if self._alone:
                self._be_alone(stack, time.monotonic())
            if time.monotonic() >= due_s:
                due_s += _EACH_S
                self._each_second()
        self._goodbye(stack)
        return EXIT_ENGINE_LOST if self._link.lost else EXIT_OK

    def _say_hello(self, stack: Stack) -> None:
        self._link.send(
            Hello(PROTOCOL_VERSION, self._name, stack.capacity, os.getpid(), stack.addresses)
        )

    def _be_alone(self, stack: Stack, now_s: float) -> None:
        """There is no engine, or one that hasn't taken every call yet."""
        if self._link.lost and now_s >= self._knock_at_s:
            self._knock_at_s = now_s + _KNOCK_EVERY_S
            self._solitude.begin(now_s)  # again: an engine may have come and gone
            self._knock(stack)
        self._solitude.tick(now_s)
        self._alone = self._link.lost or self._solitude.waiting
        self._stopping = self._stopping or (self._link.lost and self._solitude.over(now_s))

    def _knock(self, stack: Stack) -> None:
        try:
            connection = self._connect()
        except OSError:
            return
        self._link.attach(connection)
        self._say_hello(stack)

    def _round(self, stack: Stack) -> None:
        if self._throttle.crowded(time.monotonic()):
            time.sleep(_CROWDED_WAIT_S)
        else:
            stack.poll(alert=self._alone)
        if self._link.lost and not self._alone:
            # Before anything is told: what ends now must be told to the next engine. But after the
            # last words of the one that died: they may be what it wanted kept.
            self._obey_all(stack)
            self._alone = True
            self._solitude.begin(time.monotonic())
        self._tick()
        stack.guard.tick(self._legs.values(), time.monotonic())
        while self._refused:
            leg, cause, code = self._refused.pop()
            leg.end(cause, code)
        self._obey_all(stack)

    def _obey_all(self, stack: Stack) -> None:
        commands = self._link.commands
        while commands and not (
            isinstance(commands[0], Dial) and self._throttle.crowded(time.monotonic())
        ):
            self._obey(stack, commands.popleft())

    def _tick(self) -> None:
        for leg in list(self._legs.values()):
            try:
                leg.tick()
            except Exception:  # noqa: BLE001  one leg's trouble must not take the others along
                traceback.print_exc(file=sys.stderr)
                leg.abandon()
            if leg.ended:
                leg.let_call_go()
                del self._legs[leg.number]
                del self._media[leg.number]
                self._solitude.release(leg.number)
                self._dropped_live += leg.media.playout.dropped_live

    def _each_second(self) -> None:
        for leg in self._legs.values():
            leg.count_packets()
        dropped = sum(media.playout.dropped_live for media in self._media.values())
        alive = Alive(len(self._legs), time.process_time(), self._dropped_live + dropped)
        self._link.send(alive)

    def _obey(self, stack: Stack, command: Message) -> None:
        if isinstance(command, Adopt | Hangup):
            self._solitude.hand_over(command.leg)
        if isinstance(command, Clip | Keep):
            self._solitude.learn(command)
        elif isinstance(command, _LEG_COMMANDS):
            if leg := self._legs.get(command.leg):
                leg.obey(command)
        elif isinstance(command, Dial):
            self._tick()  # no slot may be taken again while an old call still has its number
            self._dial(stack, command)
        elif isinstance(command, Shutdown):
            self._stop()
        elif isinstance(command, Register):
            stack.register(on=command.on)
        elif isinstance(command, Welcome):
            self._welcome = command.version == PROTOCOL_VERSION
            self._stopping = self._stopping or not self._welcome
            self._solitude.welcomed()
            kept = self._solitude.offers()
            for offer in kept:
                self._link.send(offer)
            self._link.send(LegsKept(len(kept)))

    def _stop(self) -> None:
        self._stopping = True

    def _wake(self) -> None:
        if self._stack is not None:
            self._stack.bell.ring()

    def _incoming(self, call_id: int, message: str, source: str) -> None:
        assert self._stack is not None  # noqa: S101  it is the stack that calls
        for ended in self._legs.values():
            if ended.gone_number == call_id:
                # Its slot was taken again within one round of SIP, before `_tick` could let it
                # go; now its end would hang up the new call. It costs 2 KB to keep it for ever.
                self._kept.append(ended.let_call_go())
        number = self._next_number
        self._next_number += 2
        leg = self._add(
            number, lambda emit: LineLeg(number, self._settings, emit, self._ports, self._wake)
        )
        known: str | None = source
        if door := self._settings.front_door:
            known = source_behind(message, source, door)
        leg.accept(self._stack.account, call_id, source, known or source)
        in_use = sum(each.gone_number is None for each in self._legs.values())
        if self._link.lost:
            self._refused.append((leg, EndCause.ERROR, _UNAVAILABLE))
        elif known is None or in_use > self._stack.capacity - self._settings.outbound_reserve:
            # Not here: its slot would be free again for the next packet of the same round, and
            # a burst of calls would run through pjsip's sockets.
            self._refused.append((leg, EndCause.BUSY, _BUSY))
        else:
            self._link.send(read_invite(number, message, known))

    def _dial(self, stack: Stack, order: Dial) -> None:
        if order.leg in self._legs:
            return
        if len(self._legs) >= stack.capacity:
            self._link.send(LegEnded(order.leg, EndCause.FAILED.value, 503))
            return
        leg = self._add(
            order.leg,
            lambda emit: LineLeg(
                order.leg, self._settings, emit, self._ports, self._wake, dialled=order
            ),
        )
        leg.dial(stack.account, order, *stack.identity(order.caller, order.caller_name))

    def _add(self, number: int, make: Callable[[Emit], LineLeg]) -> LineLeg:
        self._throttle.begin(time.monotonic())
        gate = Gate(self._link.send)
        leg = self._legs[number] = make(gate)
        self._media[number] = leg.media
        self._solitude.take_charge(leg, gate)
        return leg

    def _goodbye(self, stack: Stack) -> None:
        for leg in self._legs.values():
            leg.end(EndCause.SHUTDOWN)
        deadline_s = time.monotonic() + _GOODBYE_S
        while self._legs and time.monotonic() < deadline_s:
            self._round(stack)
        for leg in self._legs.values():
            leg.let_call_go()
        self._legs.clear()
        stack.close()
        self._link.close()
