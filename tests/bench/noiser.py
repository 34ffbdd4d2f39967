"""Simulated word errors, the same in every run: what a recognizer would make of a sentence.

Each word independently is, at a word error rate of r,
- replaced with probability 0.6 r: by a word drawn from all words of the given texts, so by how
  often they are said ("any"); or by one of the 8 of them that sound most alike ("alike");
- left out with probability 0.2 r;
- followed by a word too many, drawn in the same way as "any", with probability 0.2 r.
These shares are about those of the recognizer here on telephone speech. At least one word stays.
"""

import random
from collections.abc import Sequence

from rapidfuzz import fuzz, process

from dialog.understanding.choices import sound

REPLACED, LEFT_OUT, ADDED = 0.6, 0.2, 0.2
NEAREST = 8


class Noiser:
    """Makes word errors with the words of some texts."""

    def __init__(self, texts: Sequence[str], *, alike: bool, seed: int = 1) -> None:
        """`alike`: a replacement sounds like the word; else it is any word."""
        self._words = [word for text in texts for word in text.split()]
        self._sounds = {word: sound(word.lower()) for word in sorted(set(self._words))}
        self._near: dict[str, list[str]] = {}
        self._alike = alike
        self._random = random.Random(seed)  # noqa: S311  the same in every run

    def __call__(self, text: str, rate: float) -> str:
        """The text with about `rate` word errors a word, 0..1."""
        said = text.split()
        heard: list[str] = []
        for word in said:
            chance = self._random.random() / rate
            if chance < REPLACED:
                heard.append(self._instead_of(word))
            elif chance < REPLACED + ADDED:
                heard += [word, self._random.choice(self._words)]
            elif chance >= REPLACED + ADDED + LEFT_OUT:
                heard.append(word)
        return " ".join(heard) or said[0]

    def _instead_of(self, word: str) -> str:
        if not self._alike:
            return self._random.choice(self._words)
        if word not in self._near:
            found = process.extract(
                sound(word.lower()), self._sounds, scorer=fuzz.ratio, limit=NEAREST + 1
            )
            self._near[word] = [near for _, _, near in found if near.lower() != word.lower()]
        return self._random.choice(self._near[word][:NEAREST])
