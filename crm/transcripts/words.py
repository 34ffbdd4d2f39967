"""Words of a text, and their times where nobody measured them. Pure."""

import re
from collections.abc import Iterable, Sequence

from crm.transcripts.model import Word

# Kana, Han and fullwidth forms: scripts without spaces, of which one character is a piece.
_ALONE = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_PIECE = re.compile(rf"[{_ALONE}][^\s\w]*|[^\s{_ALONE}]+")
_IS_ALONE = re.compile(rf"[{_ALONE}]")
# How long speech takes; a piece of a script without spaces is a syllable, a letter a part of one.
ALONE_MS = 220
LETTER_MS = 65


def pieces(text: str) -> list[str]:
    """The words of a text, each as it stands in it: `text` without its blanks, cut in pieces."""
    return _PIECE.findall(text)


def weight_ms(piece: str) -> int:
    """How long it takes to say, roughly."""
    if _IS_ALONE.match(piece):
        return ALONE_MS
    return LETTER_MS * (len(piece) + 1)


def spoken_ms(text: str) -> int:
    """How long a text takes to say, roughly."""
    return sum(map(weight_ms, pieces(text)))


def spread(text: str, start_ms: int, end_ms: int) -> tuple[Word, ...]:
    """The words of a text, each with its share of the time by its length."""
    return spread_over(text, ((start_ms, end_ms),))


def spread_over(
    text: str, stretches: Sequence[tuple[int, int]], *, total_ms: int | None = None
) -> tuple[Word, ...]:
    """The words of a text that was said in several stretches of time, with pauses between.

    Args:
        text: all of it.
        stretches: from and to, in order.
        total_ms: how long all of it would have taken; words that don't fit into the stretches were
            not said and are left out. None: the stretches hold all of it.
    """
    found = pieces(text)
    said_ms = sum(end - start for start, end in stretches)
    weights = [weight_ms(piece) for piece in found]
    scale = (said_ms if total_ms is None else max(total_ms, said_ms)) / max(1, sum(weights))
    words, position = [], 0.0
    for piece, weight in zip(found, weights, strict=True):
        if total_ms is not None and position >= said_ms:
            break
        start = _clock(stretches, position)
        position += weight * scale
        end = _clock(stretches, min(position, said_ms), at_end=True)
        words.append(Word(piece, start, max(start, end)))
    return tuple(words)


def _clock(stretches: Iterable[tuple[int, int]], position: float, *, at_end: bool = False) -> int:
    """Where on the recording's clock so much of the speech is over."""
    last = 0
    for start, end in stretches:
        length = end - start
        if position < length or (at_end and position <= length):
            return round(start + position)
        position -= length
        last = end
    return last
