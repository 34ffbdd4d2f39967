"""Where in a call the words of a search stand. Pure.

Only what may be shown is looked at: whatever is hidden can't be found here, as it can't in the
index.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from crm.finding.document import Column
from crm.finding.query import Near, Phrase, Query, Term, wanted
from crm.finding.tokens import Token, parts, placed
from crm.transcripts.model import Segment, Side

MOST: Final = 3
"""Passages of one call in a list."""
AROUND: Final = 90
"""Characters before and behind what was found."""
_SIDES: Final = {
    Side.CALLER: Column.CALLER,
    Side.VOXDESK: Column.VOXDESK,
    Side.AGENT: Column.AGENT,
}


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Characters of a text from `start` to `end` (not included)."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Found:
    """A segment in which something that is looked for was said.

    Attributes:
        segment: as it may be shown.
        places: of its text; in order, not overlapping.
        terms: how many of the things that are looked for are in it.
    """

    segment: Segment
    places: tuple[Place, ...]
    terms: int

    @property
    def words(self) -> list[int]:
        """Which of the segment's words are found; none where they are words of another text."""
        return [
            number
            for number, (start, end) in enumerate(_word_places(self.segment))
            if any(start < one.end and one.start < end for one in self.places)
        ]

    @property
    def at_ms(self) -> int:
        """When the first of them is said."""
        words = self.words
        return self.segment.words[words[0]].start_ms if words else self.segment.start_ms


def _word_places(segment: Segment) -> list[tuple[int, int]]:
    places, place = [], 0
    for word in segment.words:
        text = word.text.strip()
        start = segment.text.find(text, place)
        if start < 0:
            return []
        place = start + len(text)
        places.append((start, place))
    return places


def found_in(query: Query, segments: Iterable[Segment]) -> list[Found]:
    """The segments that a search means, in order.

    Args:
        query: as it was read.
        segments: what was said, as it may be shown.
    """
    terms = wanted(query).terms
    found = []
    for segment in segments if terms else ():
        if segment.sensitive or not segment.text:
            continue
        words = placed(segment.text)
        by_term = [list(_places(term, segment.side, words)) for term in terms]
        places = _joined(place for of_term in by_term for place in of_term)
        if places:
            found.append(Found(segment, places, sum(map(bool, by_term))))
    return found


def best(found: Sequence[Found], most: int = MOST) -> list[Found]:
    """Those with most of what is looked for, the earliest of equals; in order of time."""
    ranked = sorted(range(len(found)), key=lambda place: (-found[place].terms, place))
    return [found[place] for place in sorted(ranked[:most])]


def shortened(found: Found, around: int = AROUND) -> Found:
    """The same with only the text around the first thing found; "…" stands for the rest."""
    text, first = found.segment.text, found.places[0]
    start, end = max(0, first.start - around), min(len(text), first.end + around)
    if start and (blank := text.find(" ", start, first.start)) >= 0:
        start = blank + 1
    if end < len(text) and (blank := text.rfind(" ", first.end, end)) >= 0:
        end = blank
    before, behind = "…" if start else "", "…" if end < len(text) else ""
    moved = len(before) - start
    places = tuple(
        Place(one.start + moved, min(one.end, end) + moved)
        for one in found.places
        if start <= one.start < end
    )
    part = replace(found.segment, text=f"{before}{text[start:end]}{behind}")
    return Found(part, places, found.terms)


def _places(term: Term, side: Side, words: Sequence[Token]) -> Iterator[Place]:
    if term.column is not None and term.column is not _SIDES[side]:
        return
    for one in term.any_of:
        if isinstance(one, Phrase):
            for first, last in _runs(one, words):
                yield _place(words, first, last)
        else:
            yield from _near(one, words)


def _near(near: Near, words: Sequence[Token]) -> Iterator[Place]:
    """Both, where they are close; words of one segment and the next are not shown as close."""
    lefts, rights = list(_runs(near.left, words)), list(_runs(near.right, words))
    for left in lefts:
        for right in rights:
            apart = max(right[0] - left[1], left[0] - right[1]) - 1
            if 0 <= apart <= near.between:
                yield _place(words, *left)
                yield _place(words, *right)


def _place(words: Sequence[Token], first: int, last: int) -> Place:
    return Place(words[first].start, words[last].end)


def _runs(phrase: Phrase, words: Sequence[Token]) -> Iterator[tuple[int, int]]:
    """The first and the last word of each time that a phrase is there."""
    length = len(phrase.words)
    for first in range(len(words) - length + 1):
        run = words[first : first + length]
        if all(word.text == of for word, of in zip(run, phrase.words, strict=True)):
            yield first, first + length - 1
        elif length == 1 and phrase.words[0] in parts(run[0].text):
            yield first, first


def _joined(places: Iterable[Place]) -> tuple[Place, ...]:
    found: list[Place] = []
    for place in sorted(places):
        if found and place.start <= found[-1].end:
            found[-1] = Place(found[-1].start, max(found[-1].end, place.end))
        else:
            found.append(place)
    return tuple(found)
