"""A card's number said in pieces: "starts with 4532, then 7597, then 3454, ends in 5858"."""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final

from recordings.redaction import checks
from recordings.redaction.cues import Cue, before
from recordings.redaction.deciding import Heard
from recordings.redaction.model import Kind
from recordings.redaction.runs import Run

_LENGTHS: Final = range(13, 20)
_SHORTEST: Final = 3  # digits of a piece
_APART: Final = 28  # characters between two pieces; a Chinese one says more
_APART_CHINESE: Final = 8


def said_in_pieces(heard: Heard) -> Iterator[Run]:
    """The pieces of numbers as long as a card's, in a text that doesn't say they are another's."""
    apart = _APART_CHINESE if heard.language.chinese else _APART
    pieces: list[Run] = []
    for run in heard.numbers:
        if len(run.value) < _SHORTEST:
            continue
        if pieces and run.start - pieces[-1].end > apart:
            yield from _whole(pieces, heard)
            pieces = []
        pieces.append(run)
    yield from _whole(pieces, heard)


def _whole(pieces: Sequence[Run], heard: Heard) -> Sequence[Run]:
    value = "".join(piece.value for piece in pieces)
    if len(pieces) < 2 or len(value) not in _LENGTHS:  # noqa: PLR2004
        return ()
    if checks.is_card(value):
        return pieces
    cue = before(heard.cues, pieces[0].start, within=heard.language.reach)
    if (cue.kind if cue else heard.asked.kind if heard.asked else Kind.CARD) is not Kind.CARD:
        return ()
    if any(checks.is_card(piece.value) for piece in pieces):
        return ()  # it is one already: "a hold of four hundred on 4716 …"
    if any(cue.kind is not Kind.CARD and _of_another(cue, pieces, heard) for cue in heard.cues):
        return ()
    between = [heard.text[one.end : other.start] for one, other in pairwise(pieces)]
    return () if any(heard.language.units.match(gap) for gap in between) else pieces


def _of_another(cue: Cue, pieces: Sequence[Run], heard: Heard) -> bool:
    """It is said between two pieces that an order's number follows; "ends in" isn't that."""
    inside = pieces[0].end <= cue.start and cue.end <= pieces[-1].start
    return inside and not heard.text.startswith("end", cue.start)
