"""A leg that we dialled: its answer and its end as futures, its sound for whoever bridges it."""

import asyncio
from collections.abc import Callable
from typing import Any

from telephony.legs import Answered, Cleared, Ended, Leg, LegEvent, Played
from voxdesk.app.speaking import Speaking
from voxdesk.kernel.call import EndCause

OUTCOMES = {
    EndCause.BUSY: "busy",
    EndCause.NO_ANSWER: "no_answer",
    EndCause.CANCELLED: "no_answer",
    EndCause.REFUSED: "refused",
    EndCause.REJECTED: "refused",
}


def outcome_of(ended: Ended) -> str:
    """How a leg that was never answered looks to a flow."""
    return OUTCOMES.get(ended.cause, "failed")


class DialledLeg:
    """Wraps a leg from `Lines.dial`. Make it before the loop turns, so that no event is missed."""

    def __init__(self, leg: Leg) -> None:
        loop = asyncio.get_running_loop()
        self.leg = leg
        self.answered: asyncio.Future[Answered] = loop.create_future()
        self.ended: asyncio.Future[Ended] = loop.create_future()
        self.speaking: Speaking | None = None
        self.on_other: Callable[[LegEvent], None] | None = None
        leg.listen(self._on_event)

    async def wait_answer(self, timeout_s: float) -> Ended | None:
        """None when it was answered; else how it ended.

        Args:
            timeout_s: somewhat more than the dial's own time-out, which ends the leg before.
        """
        either: set[asyncio.Future[Any]] = {self.answered, self.ended}
        await asyncio.wait(either, timeout=timeout_s, return_when=asyncio.FIRST_COMPLETED)
        if self.ended.done():
            return self.ended.result()
        return None if self.answered.done() else Ended(EndCause.NO_ANSWER)

    def _on_event(self, event: LegEvent) -> None:
        match event:
            case Answered():
                if not self.answered.done():
                    self.answered.set_result(event)
            case Ended():
                if not self.ended.done():
                    self.ended.set_result(event)
                if self.speaking is not None:
                    self.speaking.close()
            case Played() if self.speaking is not None:
                self.speaking.on_played(event)
            case Cleared() if self.speaking is not None:
                self.speaking.on_cleared(event)
            case _:
                pass
        if self.on_other is not None:
            self.on_other(event)
