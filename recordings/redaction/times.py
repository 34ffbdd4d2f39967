"""When hidden words were said: from places in a text to stretches of the sound. Pure.

Where a recognizer measured each word's time, that and a little around it is hidden. Where nobody
did, words have only a share of their segment's time, by a guess of how long each takes; then all
that any sensible guess allows is hidden, and short segments from end to end.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from recordings.redaction.model import Span

Stretch = tuple[int, int]
"""Milliseconds on the recording's clock: from, to."""

MEASURED_MARGIN_MS: Final = 250
GUESSED_MARGIN_MS: Final = 700
GUESSED_MARGIN: Final = 0.15  # of the segment's length
EDGE_MS: Final = 400
"""Speech begins before it is noticed, and a segment's end is cut close."""
LEFTOVER_MS: Final = 1500
"""What is left at an edge of a guessed segment and shorter than this is hidden too."""
SHORT_MS: Final = 5000
SHORTEST_LETTER_MS: Final = 40
_HAN: Final = re.compile(r"[\u3400-\u9fff]")
_DIGIT_WORDS: Final = 5  # letters that one written digit is worth: "7" is said "seven"


@dataclass(frozen=True, slots=True)
class Spoken:
    """A segment of a call.

    Attributes:
        words: each with its time, in order, as they stand in `text`.
        measured: a recognizer measured those times.
    """

    text: str
    start_ms: int
    end_ms: int
    words: Sequence[tuple[str, int, int]] = ()
    measured: bool = False


def stretches(spoken: Spoken, spans: Sequence[Span]) -> tuple[Stretch, ...]:
    """When the words of these spans were said; in order, not overlapping."""
    if not spans:
        return ()
    if spoken.measured:
        found = _measured(spoken, spans)
        if found is not None:
            return joined(found)
    return joined([_guessed(spoken, span) for span in spans])


def joined(found: Sequence[Stretch]) -> tuple[Stretch, ...]:
    """In order; those that touch are one."""
    result: list[Stretch] = []
    for start, end in sorted(found):
        if result and start <= result[-1][1]:
            result[-1] = (result[-1][0], max(result[-1][1], end))
        else:
            result.append((start, end))
    return tuple(result)


def places(text: str, words: Sequence[str]) -> list[tuple[int, int]] | None:
    """Where in a text each of its words stands; None: they aren't this text's."""
    found: list[tuple[int, int]] = []
    place = 0
    for word in words:
        at = text.find(word.strip(), place)
        if at < 0 or text[place:at].strip():
            return None
        place = at + len(word.strip())
        found.append((at, place))
    return found


def _measured(spoken: Spoken, spans: Sequence[Span]) -> list[Stretch] | None:
    where = places(spoken.text, [word for word, _, _ in spoken.words])
    if where is None or (where and spoken.text[where[-1][1] :].strip()):
        return None
    found: list[Stretch] = []
    for span in spans:
        inside = [
            place
            for place, (start, end) in enumerate(where)
            if start < span.end and span.start < end
        ]
        if not inside:
            return None
        begin, over = _between_neighbours(spoken, inside[0], inside[-1])
        shortest = _by_syllables(spoken.text[span.start : span.end]) * SHORTEST_LETTER_MS
        if over - begin < shortest:  # nobody speaks so fast: what was measured is wrong
            found.append(_guessed(spoken, span))
        else:
            found.append((max(0, begin - MEASURED_MARGIN_MS), over + MEASURED_MARGIN_MS))
    return found


def _between_neighbours(spoken: Spoken, first: int, last: int) -> Stretch:
    """From the end of the word before to the start of the one behind.

    A number written in figures is laid on its sound less surely than the words around it.
    """
    words = spoken.words
    begin = (
        min(words[first][1], words[first - 1][2])
        if first
        else min(words[first][1], spoken.start_ms - EDGE_MS)
    )
    over = (
        max(words[last][2], words[last + 1][1])
        if last + 1 < len(words)
        else max(words[last][2], spoken.end_ms + EDGE_MS)
    )
    return begin, over


def _guessed(spoken: Spoken, span: Span) -> Stretch:
    """The widest that different guesses of the speaker's pace allow."""
    length = max(0, spoken.end_ms - spoken.start_ms)
    whole = (max(0, spoken.start_ms - EDGE_MS), spoken.end_ms + EDGE_MS)
    if length <= SHORT_MS:
        return whole
    before, inside = spoken.text[: span.start], spoken.text[: span.end]
    starts, ends = [], []
    for weigh in (_by_letters, _by_syllables, _by_words):
        all_of_it = max(1, weigh(spoken.text))
        starts.append(weigh(before) / all_of_it)
        ends.append(weigh(inside) / all_of_it)
    margin = GUESSED_MARGIN_MS + round(length * GUESSED_MARGIN)
    begin = spoken.start_ms + round(min(starts) * length) - margin
    over = spoken.start_ms + round(max(ends) * length) + margin
    if begin < spoken.start_ms + LEFTOVER_MS:
        begin = whole[0]
    if over > spoken.end_ms - LEFTOVER_MS:
        over = whole[1]
    return begin, over


def _by_letters(text: str) -> int:
    return len(text)


def _by_syllables(text: str) -> int:
    """Digits as long as their names; a Han character as three letters."""
    return sum(
        _DIGIT_WORDS if letter.isdigit() else 3 if _HAN.match(letter) else int(letter.isalpha())
        for letter in text
    )


def _by_words(text: str) -> int:
    return len(text.split()) + len(_HAN.findall(text)) + sum(letter.isdigit() for letter in text)
