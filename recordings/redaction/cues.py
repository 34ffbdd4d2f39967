"""Words that say what a number near them is: hidden kinds, and what needn't be hidden."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from recordings.redaction.model import Kind

_ENDING: Final = 12
_NEXT_TO: Final = 4  # characters: " is "


@dataclass(frozen=True, slots=True)
class Cue:
    """One found in a text.

    Attributes:
        kind: what it announces; None: something that is nobody's secret (an order, a price).
        strong: it names the number itself ("card number", not "card").
        last: only its last digits are meant, so that few are enough.
        amount: the numbers it speaks of are sums, times and counts; long ones are others.
    """

    start: int
    end: int
    kind: Kind | None
    strong: bool = True
    last: bool = False
    amount: bool = False


@dataclass(frozen=True, slots=True)
class CuePattern:
    """Words of one kind."""

    kind: Kind | None
    pattern: "re.Pattern[str]"
    strong: bool = True
    last: bool = False
    amount: bool = False


def find_cues(text: str, patterns: Iterable[CuePattern]) -> list[Cue]:
    """Those of a text, in order; of those that overlap, the longest one."""
    found = [
        Cue(match.start(), match.end(), pattern.kind, pattern.strong, pattern.last, pattern.amount)
        for pattern in patterns
        for match in pattern.pattern.finditer(text)
    ]
    found.sort(key=lambda cue: (cue.start - cue.end, cue.start))
    kept: list[Cue] = []
    for cue in found:
        if all(cue.end <= other.start or cue.start >= other.end for other in kept):
            kept.append(cue)
    return sorted(kept, key=lambda cue: cue.start)


def before(cues: Sequence[Cue], place: int, *, within: int) -> Cue | None:
    """The cue before a place that speaks of it: the nearest one.

    "My new passport since the booking: 533…": what is only mentioned, and not just before it,
    stands back behind what names a number of its own.
    """
    near = [cue for cue in cues if cue.end <= place and place - cue.end <= within]
    if not near:
        return None
    last = near[-1]
    if last.last and last.kind is None and len(near) > 1:
        named = near[-2]  # "my SSN ends in 4409"
        if named.strong and named.kind is Kind.ID and last.start - named.end <= _ENDING:
            return replace(named, last=True)
    mentioned = not last.strong and place - last.end > _NEXT_TO
    if (
        last.amount
        or (mentioned and last.kind is None)
        or (not last.strong and last.kind is not None)
    ):
        for cue in reversed(near):
            if cue.strong and cue.kind is None and not cue.amount:
                break
            if cue.strong and cue.kind in (Kind.ID, Kind.ACCOUNT, Kind.CARD):
                return cue
    return last
