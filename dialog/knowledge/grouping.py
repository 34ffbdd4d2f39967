"""Questions that mean about the same, put together: so that staff read ten lines and not a hundred.

Star clustering (Aslam, Pelekhov, Rus 2004): whichever question has most others near it, weighted by
how often they were asked, takes them all; then the next. No number of groups need be known.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from dialog.understanding.intents.classifier import Floats
from dialog.understanding.intents.training import count_grams
from dialog.understanding.words import squeezed

NEAR: Final = 0.55
"""Cosine of two questions' vectors from which they mean about the same. Measured."""
NEAR_BY_LETTERS: Final = 0.3
MOST: Final = 2000
"""Different questions that are compared; time and memory grow with the square."""


@dataclass(frozen=True, slots=True)
class Group:
    """Questions that mean about the same.

    Attributes:
        places: of the questions in what was given, those that were asked most often first.
        texts: different wordings, in the same order; the first stands for all.
    """

    places: tuple[int, ...]
    texts: tuple[str, ...]


def grouped(
    texts: Sequence[str], encode: Callable[[Sequence[str]], Floats] | None = None
) -> list[Group]:
    """The groups, the largest first.

    Args:
        texts: as callers said them; the same may be there more than once. Those of different
            wording beyond `MOST` are left out.
        encode: an encoder's, in the language of the texts; by letters without.
    """
    same: dict[str, list[int]] = {}
    for place, text in enumerate(texts):
        if key := squeezed(text):
            same.setdefault(key, []).append(place)
    often = sorted(same.values(), key=len, reverse=True)[:MOST]
    if not often:
        return []
    chosen = [_usual([texts[place] for place in places]) for places in often]
    near = _near(chosen, encode)
    weights = np.array([len(places) for places in often], np.float32)
    left = np.ones(len(often), bool)
    groups = []
    while left.any():
        gain = np.where(left, near @ (weights * left), -1.0)
        centre = int(gain.argmax())
        members = near[centre] & left
        members[centre] = True
        left &= ~members
        rest = [int(place) for place in np.flatnonzero(members) if place != centre]
        order = [centre, *sorted(rest, key=lambda place: -weights[place])]
        groups.append(
            Group(
                tuple(place for member in order for place in often[member]),
                tuple(chosen[member] for member in order),
            )
        )
    return sorted(groups, key=lambda group: -len(group.places))


def _usual(texts: Sequence[str]) -> str:
    """The spelling that was heard most often."""
    return Counter(texts).most_common(1)[0][0]


def _near(
    texts: Sequence[str], encode: Callable[[Sequence[str]], Floats] | None
) -> np.ndarray[tuple[int, int], np.dtype[np.bool_]]:
    if encode is None:
        _, _, letters = count_grams(texts)
        return np.asarray(letters >= NEAR_BY_LETTERS)
    vectors = encode(texts)
    vectors = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors @ vectors.T >= NEAR)
