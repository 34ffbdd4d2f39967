"""What both languages need to pick a number out of a sentence: runs, corrections, candidates."""

from collections.abc import Iterable
from dataclasses import dataclass, field

SHORT_CORRECTION = 2
"""Digits of a correction that repeats only what was wrong."""


@dataclass
class Runs:
    """Digit runs found from left to right; a correction starts a new segment.

    Each run holds its readings, the likeliest first ("forty seven": 47, then 407).
    """

    segments: list[list[list[str]]] = field(default_factory=lambda: [[]])

    def add(self, readings: Iterable[str]) -> None:
        """A run of digits, and how else it could be read."""
        found = list(dict.fromkeys(reading for reading in readings if reading))
        if found:
            self.segments[-1].append(found)

    def corrected(self) -> None:
        """The caller took back what was said so far."""
        if self.segments[-1]:
            self.segments.append([])

    def candidates(self) -> list[str]:
        """Every number that may be meant, the likeliest first.

        After a correction the later number counts. Among several numbers the longest one is the
        number asked for ("two parcels, order 4711"), the later one when they are as long ("not
        4711, 4712"); all of them together come last ("four seven, I think, one one").
        """
        found: list[str] = self._tail_replaced()
        for segment in reversed(self.segments):
            ranked = sorted(
                range(len(segment)), key=lambda place: (-len(segment[place][0]), -place)
            )
            for depth in range(max((len(run) for run in segment), default=0)):
                found += [segment[place][depth] for place in ranked if depth < len(segment[place])]
            if len(segment) > 1:
                found.append("".join(run[0] for run in segment))
        return list(dict.fromkeys(found))

    def _tail_replaced(self) -> list[str]:
        """A correction of one or two digits replaces the last ones: "4714, no, 5" is 4715."""
        if len(self.segments) < 2 or not self.segments[-1]:  # noqa: PLR2004
            return []
        before = "".join(run[0] for run in self.segments[-2])
        after = "".join(run[0] for run in self.segments[-1])
        if len(after) > SHORT_CORRECTION or len(before) < 2 * len(after):
            return []
        return [before[: -len(after)] + after]
