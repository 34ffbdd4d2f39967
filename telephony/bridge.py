"""Two legs as one conversation."""

from collections.abc import Callable
from types import TracebackType
from typing import Self

from telephony.legs import AudioReceived, Leg, LegEvent


class Bridge:
    """Lets two legs hear each other, in live mode: nothing that comes late stays as delay.

    It takes no listener away. Whoever listens to a leg passes its events on, and goes on using
    them (recording, keys, `Ended`)::

        with Bridge(caller, agent) as bridge:
            on_caller_event = bridge.from_a
            on_agent_event = bridge.from_b
            await agent_hung_up

    Utterances that are still queued on a leg go before the other's voice: clear hold music first,
    and play an announcement into a bridge at will. Leaving ends live mode, and nothing else.

    Args:
        a: one leg, answered.
        b: the other, answered.
        tap: is given each leg's audio as it is passed on, with the leg that said it.
    """

    def __init__(
        self, a: Leg, b: Leg, tap: Callable[[Leg, AudioReceived], None] | None = None
    ) -> None:
        self._a = a
        self._b = b
        self._tap = tap
        self._on = False

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def start(self) -> None:
        """From now on what is passed in is heard at the other end."""
        self._on = True
        for leg in (self._a, self._b):
            leg.live(on=True)

    def stop(self) -> None:
        """No longer. Harmless when a leg has ended, or twice."""
        if self._on:
            self._on = False
            for leg in (self._a, self._b):
                leg.live(on=False)

    def from_a(self, event: LegEvent) -> None:
        """An event of `a`; audio goes to `b`, others are ignored."""
        self._pass_on(event, self._a, self._b)

    def from_b(self, event: LegEvent) -> None:
        """An event of `b`; audio goes to `a`, others are ignored."""
        self._pass_on(event, self._b, self._a)

    def _pass_on(self, event: LegEvent, speaker: Leg, hearer: Leg) -> None:
        if self._on and isinstance(event, AudioReceived):
            hearer.send_live(event.heard.pcm)
            if self._tap is not None:
                self._tap(speaker, event)
