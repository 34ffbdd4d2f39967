"""A text as weighted n-grams: pairs of words, and pieces of words that survive a misspelling."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dialog.understanding.words import has_han, tokens

MAX_WORDS = 60
"""A caller who says more has said it by then."""
_LETTERS = range(2, 6)
_WORDS = (1, 2)


def words_of(text: str) -> list[str]:
    """Lower-case words; each Chinese character is one, since nothing stands between its words."""
    found: list[str] = []
    for token in tokens(text):
        found += list(token) if has_han(token) else [token]
    return found[:MAX_WORDS]


def grams_of(text: str) -> Counter[str]:
    """How often each n-gram occurs: of words ("w:lost card"), and of letters inside words."""
    words = words_of(text)
    found: Counter[str] = Counter()
    for size in _WORDS:
        for start in range(len(words) - size + 1):
            found["w:" + " ".join(words[start : start + size])] += 1
    for word in words:
        padded = f" {word} "
        for size in _LETTERS:
            for start in range(max(1, len(padded) - size + 1)):
                found[padded[start : start + size]] += 1
    return found


@dataclass(frozen=True, slots=True)
class Grams:
    """The n-grams that examples have, and how telling each is.

    Attributes:
        places: n-gram to its column.
        rarity: inverse document frequency, shape (columns,).
    """

    places: Mapping[str, int]
    rarity: NDArray[np.float32]

    def weigh(self, counts: Mapping[str, int]) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """Columns and weights of n-grams: (1 + log count) x rarity, of length 1; may be empty."""
        known = [
            (place, count)
            for gram, count in counts.items()
            if (place := self.places.get(gram)) is not None
        ]
        if not known:
            return np.empty(0, np.int64), np.empty(0, np.float32)
        columns = np.array([place for place, _ in known], np.int64)
        often = np.array([count for _, count in known], np.float32)
        weights = (1.0 + np.log(often)) * self.rarity[columns]
        return columns, weights / np.linalg.norm(weights)
