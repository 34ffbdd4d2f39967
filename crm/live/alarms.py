"""When a number is off its goal, and when it is well again. Pure.

An alarm that is on goes off only when the number is better than its goal by a margin, so that one
that hovers at the goal doesn't ring all day.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final

from crm.live.numbers import Numbers

HIGHER_IS_BETTER: Final = frozenset({"service_level", "containment", "csat"})
LOWER_IS_BETTER: Final = frozenset({"abandoned_share", "asa_s", "aht_s"})
COUNTED_BY: Final[Mapping[str, str]] = {
    "service_level": "queued",
    "asa_s": "queued",
    "aht_s": "transfers",
    "abandoned_share": "offered",
    "containment": "answered",
    "csat": "answered",
}
"""How many of what a number must be made of before it means anything."""


@dataclass(frozen=True, slots=True)
class Off:
    """A number that is off its goal."""

    name: str
    value: float
    goal: float


@dataclass(frozen=True, slots=True)
class Verdict:
    """What changes.

    Attributes:
        raised: alarms that begin.
        cleared: names of alarms that end.
    """

    raised: tuple[Off, ...]
    cleared: tuple[str, ...]


def is_off(name: str, value: float, goal: float, *, margin: float = 0.0) -> bool:
    """Whether a number misses its goal; `margin` is a share of the goal that it must be better."""
    if name in HIGHER_IS_BETTER:
        return value < goal * (1 + margin)
    return value > goal * (1 - margin)


def judge(
    numbers: Numbers,
    goals: Mapping[str, float],
    ringing: Collection[str],
    *,
    at_least: int,
    margin: float,
) -> Verdict:
    """Compare numbers with goals.

    Args:
        numbers: of the latest while.
        goals: of each number that has one.
        ringing: alarms that are on.
        at_least: a number that is made of fewer calls raises nothing; one that rings goes on.
        margin: 0..1, how much better than its goal a number must be for its alarm to end.
    """
    raised, cleared = [], [name for name in ringing if name not in goals]
    for name, goal in goals.items():
        value = getattr(numbers, name)
        if name in ringing:
            # A percentage can't be better than all: a goal near it counts as reached there.
            limit = min(margin, _most_margin(name, goal))
            if value is None or not is_off(name, value, goal, margin=limit):
                cleared.append(name)
        elif (
            value is not None
            and getattr(numbers, COUNTED_BY[name]) >= at_least
            and is_off(name, value, goal)
        ):
            raised.append(Off(name, float(value), goal))
    return Verdict(tuple(raised), tuple(cleared))


def _most_margin(name: str, goal: float) -> float:
    best = {"service_level": 1.0, "containment": 1.0, "csat": 100.0}.get(name)
    return 1.0 if best is None or goal <= 0 else max(0.0, best / goal - 1)
