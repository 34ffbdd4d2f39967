"""Which words of a text are others now: for people, in any language."""

import enum
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Final

# A template's tag is one word; Han and kana have no spaces, so each character is one.
_TOKEN: Final = re.compile(
    r"\{\{.*?\}\}|\{%.*?%\}|[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]"
    r"|[^\W\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]+(?:['\u2019][^\W\u3400-\u9fff]+)*|\s+|.",
    re.DOTALL,
)
LONGEST: Final = 4000
"""Characters of a text that are compared word by word; comparing takes quadratic time."""
ALIKE: Final = 0.35
"""Share of common words under which two texts are simply two texts."""


class Mark(enum.StrEnum):
    """What became of some words."""

    SAME = "same"
    REMOVED = "removed"
    ADDED = "added"


@dataclass(frozen=True, slots=True)
class Words:
    """Neighbouring words with the same fate, spaces and all."""

    mark: Mark
    text: str


def marked(before: str, after: str) -> tuple[Words, ...]:
    """A text with what was taken out and what came in.

    The words that are the same and those removed are `before`; with those added they are `after`.
    """
    if before == after:
        return (Words(Mark.SAME, before),) if before else ()
    if max(len(before), len(after)) <= LONGEST:
        old, new = _TOKEN.findall(before), _TOKEN.findall(after)
        matcher = SequenceMatcher(None, old, new, autojunk=False)
        if matcher.ratio() >= ALIKE:
            return tuple(_joined(_pieces(matcher, old, new)))
    whole = (Words(Mark.REMOVED, before), Words(Mark.ADDED, after))
    return tuple(words for words in whole if words.text)


def _pieces(
    matcher: SequenceMatcher[str], old: Sequence[str], new: Sequence[str]
) -> Iterator[Words]:
    blocks = [block for block in matcher.get_matching_blocks() if _counts(block.size, block.a, old)]
    at_old = at_new = 0
    for block in blocks:
        yield Words(Mark.REMOVED, "".join(old[at_old : block.a]))
        yield Words(Mark.ADDED, "".join(new[at_new : block.b]))
        yield Words(Mark.SAME, "".join(old[block.a : block.a + block.size]))
        at_old, at_new = block.a + block.size, block.b + block.size
    yield Words(Mark.REMOVED, "".join(old[at_old:]))
    yield Words(Mark.ADDED, "".join(new[at_new:]))


def _counts(size: int, start: int, old: Sequence[str]) -> bool:
    """A lone space between two changed words is no reason to stop marking."""
    return size > 1 or (size == 1 and not old[start].isspace())


def _joined(pieces: Iterator[Words]) -> Iterator[Words]:
    """Without empty ones."""
    return (words for words in pieces if words.text)
