"""A leg on the engine's side: what its listener gets, and when."""

from collections.abc import Callable

import pytest

from telephony.legs import Ended, LegEvent
from telephony.messages import FromEngine, LegEnded, LegRinging
from telephony.remote_leg import RemoteLeg
from voxdesk.kernel.call import Direction, EndCause, LegId

pytestmark = pytest.mark.unit


class Line:
    """What a leg says to its line, and a loop that is turned by hand."""

    def __init__(self) -> None:
        self.sent: list[FromEngine] = []
        self.due: list[Callable[[], None]] = []
        self.leg = RemoteLeg(
            LegId("1"), 1, Direction.INBOUND, None, send=self.sent.append, later=self.due.append
        )

    def turn(self) -> None:
        while self.due:
            self.due.pop(0)()


def test_an_end_before_anybody_listened_is_told_to_the_first_who_does() -> None:
    line = Line()
    told: list[LegEvent] = []

    line.leg.deliver(LegEnded(1, EndCause.CANCELLED.value, 487))
    line.leg.listen(told.append)
    assert told == []  # not in the middle of listening

    line.turn()

    assert told == [Ended(EndCause.CANCELLED, 487)]


def test_an_end_that_somebody_heard_or_didnt_want_is_not_told_again() -> None:
    heard, unwanted = Line(), Line()
    told: list[LegEvent] = []
    late: list[LegEvent] = []

    heard.leg.listen(told.append)
    heard.leg.deliver(LegEnded(1, EndCause.CANCELLED.value))
    heard.leg.listen(late.append)
    unwanted.leg.listen(told.append)
    unwanted.leg.listen(None)
    unwanted.leg.deliver(LegEnded(1, EndCause.CANCELLED.value))
    unwanted.leg.listen(late.append)
    heard.turn()
    unwanted.turn()

    assert len(told) == 1
    assert late == []


def test_nothing_follows_an_end() -> None:
    line = Line()
    told: list[LegEvent] = []
    line.leg.listen(told.append)

    line.leg.deliver(LegEnded(1, EndCause.CALLER_HUNG_UP.value))
    line.leg.deliver(LegRinging(1, 180))
    line.leg.ring()

    assert told == [Ended(EndCause.CALLER_HUNG_UP)]
    assert line.sent == []
