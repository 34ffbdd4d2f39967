"""When the sound of a line's legs leaves."""

import pytest

pytest.importorskip("pjsua2")

from telephony.line.media import Round

pytestmark = pytest.mark.unit


class Clock:
    def __init__(self) -> None:
        self.rung = 0
        self.round = Round(self.ring)

    def ring(self) -> None:
        self.rung += 1

    def tick(self, asked: int, heard: int) -> int:
        """One round; how often it rang in it."""
        before = self.rung
        for _ in range(asked):
            self.round.asked()
        for _ in range(heard):
            self.round.heard()
        return self.rung - before


def test_one_wake_up_a_round_however_many_legs() -> None:
    clock = Clock()

    assert [clock.tick(count, count) for count in (1, 2, 4, 4, 3)] == [1, 1, 1, 1, 1]


def test_a_leg_that_ends_in_the_middle_keeps_nothing_back_for_longer_than_a_round() -> None:
    clock = Clock()
    clock.tick(4, 4)

    assert clock.tick(4, 3) == 0
    assert clock.tick(3, 3) == 2  # what was left, and its own
    assert clock.tick(3, 3) == 1


def test_a_leg_that_begins_in_the_middle_loses_nothing() -> None:
    clock = Clock()

    assert clock.tick(2, 3) == 2
    assert clock.tick(3, 3) == 1
