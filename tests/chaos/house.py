"""What is attacked: a line of this checkout whose calls are answered here, and what it takes."""

import asyncio
import tempfile
import time
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np
import psutil

from telephony.exchange import Exchange
from telephony.legs import AudioReceived, Leg, LegEvent
from telephony.line.settings import LineSettings
from tests.chaos.witness import tune
from voxdesk.kernel.audio import Pcm
from voxdesk.kernel.call import UtteranceId

_SOUND_S = 20.0


class Answerer:
    """Our end of one call: answers, plays without end, keeps what it hears."""

    def __init__(self, leg: Leg, sound: Pcm) -> None:
        self.leg = leg
        self.events: list[LegEvent] = []
        self.caller = leg.invite.caller if leg.invite else ""
        self._heard: list[Pcm] = []
        self._sound = sound
        leg.listen(self._on_event)

    def play(self) -> None:
        """Twenty seconds more, now and whenever it is needed."""
        self.leg.play(UtteranceId(1), self._sound, last=False)

    @property
    def heard(self) -> Pcm:
        """At 8 kHz."""
        return np.concatenate(self._heard or [np.zeros(0, np.int16)])[::2]

    def _on_event(self, event: LegEvent) -> None:
        if isinstance(event, AudioReceived):
            self._heard.append(event.heard.pcm)
        else:
            self.events.append(event)


class House:
    """`async with House() as house`: an exchange with one line, on the loopback.

    Args:
        limits: settings of the line that are not the usual ones.

    Attributes:
        answering: calls are answered; otherwise they ring.
        refusing: calls are refused.
    """

    def __init__(self, **limits: Any) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="voxdesk-chaos-")
        self.run_dir = Path(self._folder.name)
        settings = LineSettings(
            bind_address="127.0.0.1",
            port=0,
            srtp="off",
            **limits,
        )
        self.exchange = Exchange(settings, run_dir=self.run_dir / "run")
        self.answerers: list[Answerer] = []
        self.answering = True
        self.refusing = False
        self._sound = np.repeat(tune(_SOUND_S, seed=7), 2)  # 16 kHz

    async def __aenter__(self) -> Self:
        await self.exchange.start()
        self.exchange.on_incoming(self._take)
        self._player = asyncio.create_task(self._keep_playing())
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._player.cancel()
        await self.exchange.close()
        self._folder.cleanup()

    @property
    def address(self) -> str:
        """Of the first line, "host:port"."""
        return self.exchange.addresses[0].removeprefix("sip:")

    @property
    def uri(self) -> str:
        """What to dial."""
        return f"sip:100@{self.address}"

    @property
    def pids(self) -> list[int]:
        """Of the lines."""
        return [line.pid for line in self.exchange.lines]

    @property
    def crashes(self) -> int:
        """How often a line had to be started again."""
        return sum(line.restarts for line in self.exchange.lines)

    @property
    def legs(self) -> int:
        """In use, as the engine sees it."""
        return sum(line.legs for line in self.exchange.lines)

    def answerer(self, caller: str) -> Answerer:
        """The last call of this caller.

        Raises:
            LookupError: there was none.
        """
        found = [each for each in self.answerers if each.caller == caller]
        if not found:
            raise LookupError(f"no call of {caller} came in")
        return found[-1]

    def heard(self, caller: str) -> Pcm | None:
        """What our end of this caller's last call heard, 8 kHz."""
        return self.answerer(caller).heard

    def said(self) -> str:
        """What the lines wrote to their logs."""
        return "".join(path.read_text(errors="replace") for path in self.run_dir.glob("run/*.log"))

    def cpu_s(self) -> float:
        """Of the lines so far."""
        return sum(sum(psutil.Process(pid).cpu_times()[:2]) for pid in self.pids)

    def rss_mb(self) -> float:
        """Of the lines."""
        return sum(psutil.Process(pid).memory_info().rss for pid in self.pids) / 1e6

    async def empty(self, within_s: float = 30.0) -> float:
        """Wait until no leg is in use; how long that took."""
        began_s = time.monotonic()
        while self.legs and time.monotonic() - began_s < within_s:  # noqa: ASYNC110  no event
            await asyncio.sleep(0.02)
        return time.monotonic() - began_s

    def _take(self, leg: Leg) -> None:
        answerer = Answerer(leg, self._sound)
        self.answerers.append(answerer)
        if self.refusing:
            leg.reject(486)
        elif self.answering:
            answerer.play()
            leg.answer()
        else:
            leg.ring()

    async def _keep_playing(self) -> None:
        while True:
            await asyncio.sleep(_SOUND_S)
            for answerer in self.answerers:
                if not answerer.leg.ended:
                    answerer.play()


class Elsewhere:
    """Something else that answers calls, e.g. a front door: as `House`, as far as one can see.

    Args:
        address: "host:port" of its SIP.
        pids: of its processes, when they are on this machine; without them, no CPU is told.
        user: whom to dial.
    """

    def __init__(self, address: str, pids: list[int], user: str = "100") -> None:
        self.address = address
        self.pids = pids
        self.uri = f"sip:{user}@{address}"
        self.answerers: list[Answerer] = []
        self.answering = True
        self.legs = 0

    @property
    def crashes(self) -> int:
        """How many of its processes are no more."""
        return sum(not psutil.pid_exists(pid) for pid in self.pids)

    def heard(self, _caller: str) -> Pcm | None:
        """Nobody knows."""
        return None

    def cpu_s(self) -> float:
        """Of its processes so far."""
        return sum(sum(psutil.Process(pid).cpu_times()[:2]) for pid in self.pids)

    def rss_mb(self) -> float:
        """Of its processes."""
        return sum(psutil.Process(pid).memory_info().rss for pid in self.pids) / 1e6

    async def empty(self, within_s: float = 30.0) -> float:
        """It doesn't say; a moment is waited."""
        await asyncio.sleep(min(0.5, within_s))
        return 0.0


Target = House | Elsewhere
