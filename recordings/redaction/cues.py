"""Words that say what a number near them is: hidden kinds, and what needn't be hidden."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from recordings.redaction.model import Kind


@dataclass(frozen=True, slots=True)
class Cue:
    """One found in a text.

    Attributes:
        kind: what it announces; None: something that is nobody's secret (an order, a price).
        strong: it names the number itself ("card number", not "card").
        last: only its last digits are meant, so that few are enough.
    """

    start: int
    end: int
    kind: Kind | None
    strong: bool = True
    last: bool = False


@dataclass(frozen=True, slots=True)
class CuePattern:
    """Words of one kind."""

    kind: Kind | None
    pattern: "re.Pattern[str]"
    strong: bool = True
    last: bool = False


def find_cues(text: str, patterns: Iterable[CuePattern]) -> list[Cue]:
    """Those of a text, in order; of those that overlap, the longest one."""
    found = [
        Cue(match.start(), match.end(), pattern.kind, pattern.strong, pattern.last)
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
    """The nearest cue that ends before a place."""
    near = [cue for cue in cues if cue.end <= place and place - cue.end <= within]
    return near[-1] if near else None
