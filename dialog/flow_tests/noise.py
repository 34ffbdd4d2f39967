"""Words as a recognizer might have heard them, at a chosen word error rate.

English: which words become which, and how often words are lost or added, was measured with the
project's own recognizer on telephone speech (`tests/bench/confusions.py`). A word that wasn't in
that speech becomes one of similar sound, by a small rule of spelling, which is a guess.

Mandarin: nothing was measured. Characters become others of the same or a near sound from a small
list; how often they are lost or added is taken over from English.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from pathlib import Path
from random import Random

from rapidfuzz import fuzz, process

from dialog.flow_tests.script import Says
from dialog.flow_tests.sounds import ALIKE_ZH, sound
from dialog.understanding.words import has_han, primary

_FILE = Path(__file__).with_name("confusions_en.json")
_TOKEN = re.compile(r"[\u3400-\u9fff]|\d|[^\W\d_]+(?:['\u2019][^\W\d_]+)*")
_DIGITS = {
    "en": ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"),
    "zh": tuple("零一二三四五六七八九"),
}
_SIMILAR = 6
"""Words of similar sound that one may become."""


@dataclass(frozen=True, slots=True)
class Confusions:
    """What was measured.

    Attributes:
        source: of what, in a few words.
        substituted: share of the errors that put another word in place of one; so for `deleted`
            and `inserted`; the three make 1.
        right_later: share of the wrong best hypotheses that have the right words among the next.
        confidences_wrong: of best hypotheses with an error, in order; each as likely as another.
        words: a word to what it was taken for, with counts.
        added: words that nobody had said, with counts.
    """

    source: str
    substituted: float
    deleted: float
    inserted: float
    right_later: float
    confidences_wrong: tuple[float, ...]
    words: Mapping[str, Mapping[str, int]]
    added: Mapping[str, int]


@cache
def measured() -> Confusions:
    """The table of the package."""
    data = json.loads(_FILE.read_text(encoding="utf-8"))
    shares = data["errors"]
    return Confusions(
        source=data["source"],
        substituted=shares["substituted"],
        deleted=shares["deleted"],
        inserted=shares["inserted"],
        right_later=data["right_later"],
        confidences_wrong=tuple(data["confidences_wrong"]),
        words=data["words"],
        added=data["added"],
    )


class Noise:
    """A recognizer that makes mistakes; the same seed, the same mistakes."""

    def __init__(self, word_error_rate: float, seed: str) -> None:
        """`word_error_rate`: errors for each word that is said, 0..1, on average."""
        self._rate = word_error_rate
        self._random = Random(seed)  # noqa: S311  nothing secret
        self._table = measured()

    def __call__(self, said: Says, language: str) -> Says:
        """What is heard: the first of the N-best with errors; its confidence falls with them."""
        right, *others = said.n_best
        wrong = self._misheard(right, language)
        if wrong is None:
            return said
        if self._random.random() < self._table.right_later:
            others = [right, *others]
        else:
            others = [self._misheard(right, language) or wrong, *others]
        n_best = tuple(dict.fromkeys([wrong, *others]))
        confidence = self._random.choice(self._table.confidences_wrong)
        return replace(said, n_best=n_best, confidence=min(said.confidence, confidence))

    def _misheard(self, text: str, language: str) -> str | None:
        """The text with errors; None when there happens to be none."""
        words = words_of(text, language)
        table, random = self._table, self._random
        heard: list[str] = []
        for word in words:
            drawn = random.random()
            if drawn < self._rate * table.substituted:
                heard.append(self._other(word))
            elif drawn >= self._rate * (table.substituted + table.deleted):
                heard.append(word)
            if random.random() < self._rate * table.inserted:
                heard.append(self._added(word))
        if heard == list(words):
            return None
        joined = "" if any(map(has_han, words)) else " "
        return joined.join(heard)

    def _other(self, word: str) -> str:
        if has_han(word):
            return self._random.choice(ALIKE_ZH.get(word) or _ANY_ZH)
        known = self._table.words.get(word)
        if known:
            return self._random.choices(list(known), list(known.values()))[0]
        return self._random.choice(_similar(word))

    def _added(self, beside: str) -> str:
        if has_han(beside):
            return self._random.choice(_ANY_ZH)
        added = self._table.added
        return self._random.choices(list(added), list(added.values()))[0]


_ANY_ZH = tuple(ALIKE_ZH)


def words_of(text: str, language: str) -> Sequence[str]:
    """The words of a text as they are spoken: digits one by one, Chinese by characters."""
    digits = _DIGITS.get(primary(language), _DIGITS["en"])
    return [
        digits[int(token)] if token.isdecimal() else token.replace("\u2019", "'")
        for token in _TOKEN.findall(text.lower())
    ]


@cache
def _vocabulary() -> Mapping[str, str]:
    """Every word of the table with its sound."""
    table = measured().words
    every = {*table, *(other for heard in table.values() for other in heard)}
    return {word: sound(word) for word in sorted(every)}


@lru_cache(maxsize=4096)
def _similar(word: str) -> tuple[str, ...]:
    """Other words of the table that sound most like it."""
    known = {other: key for other, key in _vocabulary().items() if other != word}
    found = process.extract(sound(word), known, scorer=fuzz.ratio, limit=_SIMILAR)
    return tuple(other for _, _, other in found) or (word,)
