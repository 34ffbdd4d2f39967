"""Learns to tell a step's options apart. Takes seconds of a core: never in an engine."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dialog.understanding.intents.classifier import (
    Classifier,
    Floats,
    Postings,
    kernel,
    softmax,
)
from dialog.understanding.intents.encoders import Reader
from dialog.understanding.intents.examples import Examples
from dialog.understanding.intents.grams import Grams, grams_of
from dialog.understanding.words import squeezed

RIDGE = 0.1
"""How little an example counts by itself; between 0.03 and 0.3 nothing changes."""
ACCEPTED = 0.95
"""Share of what callers in scope say that is to be taken for in scope."""
_TEMPERATURES = np.geomspace(0.02, 0.5, 24)
_SMALL = 128
_LEAST_LETTERS = 3
_NARROWEST = 0.02
"""Least distance between a usual best score and the least that counts."""


@dataclass(frozen=True, slots=True)
class Mistaken:
    """An example that would be taken for another option, had it not been given.

    Attributes:
        text: what is said.
        option: that it is an example of.
        taken_for: the option that the others make of it.
    """

    text: str
    option: str
    taken_for: str


def train_classifier(examples: Examples, encoder: Reader) -> tuple[Classifier, float]:
    """A classifier, and the share of its examples that it would get right without having seen them.

    Args:
        examples: of two options at least.
        encoder: of their language.
    """
    classifier, right, _ = examined_classifier(examples, encoder)
    return classifier, right


def examined_classifier(
    examples: Examples, encoder: Reader
) -> tuple[Classifier, float, tuple[Mistaken, ...]]:
    """The same, and the examples that it would get wrong.

    Every example is left out in turn, which for ridge regression needs no further training
    (Allen 1974): from these scores come threshold and temperature. An option's name is one more
    example of it where it is made of words ("lost_card"); nobody says it, so it isn't left out.

    Args:
        examples: of two options at least.
        encoder: of their language.
    """
    options = tuple(examples)
    texts = [text for option in options for text in examples[option]]
    wanted = np.repeat(np.arange(len(options)), [len(examples[option]) for option in options])
    said = len(texts)
    if encoder.reads_names:
        names = [(place, words) for place, words in enumerate(map(_words_of, options)) if words]
        texts += [words for _, words in names]
        wanted = np.concatenate((wanted, np.array([place for place, _ in names], np.int64)))
    grams, postings, letters = count_grams(texts)
    vectors = encoder.encode(texts).astype(np.float16).astype(np.float32)  # as they are kept
    likeness = kernel(vectors @ vectors.T, letters, encoder.reach)
    targets = np.eye(len(options), dtype=np.float32)[wanted]
    pull, unseen = learn(likeness, targets)
    wanted, unseen = wanted[:said], unseen[:said]
    least, usual = scope(unseen, encoder.floor)
    classifier = Classifier(
        options=options,
        grams=grams,
        examples=postings,
        vectors=vectors,
        pull=pull.astype(np.float32),
        reach=encoder.reach,
        least=least,
        usual=usual,
        temperature=best_temperature(unseen, wanted),
    )
    best = unseen.argmax(axis=1)
    mistaken = tuple(
        Mistaken(texts[place], options[wanted[place]], options[best[place]])
        for place in np.flatnonzero(best != wanted)
    )
    return classifier, float((best == wanted).mean()), mistaken


def _words_of(name: str) -> str:
    """The words of an option's name; empty where it is a mere mark ("b2")."""
    words = squeezed(name)
    return words if any(len(word) >= _LEAST_LETTERS for word in words.split()) else ""


def learn(likeness: Floats, targets: Floats) -> tuple[Floats, Floats]:
    """Weights of the examples, and the scores that each gets from all others. Both (n, c).

    Args:
        likeness: of each example with each, shape (n, n).
        targets: the scores that examples should get, shape (n, c).
    """
    ridged = likeness + np.float32(RIDGE) * np.eye(len(likeness), dtype=np.float32)
    lower = triangle_inverse(np.linalg.cholesky(ridged).astype(np.float32, copy=False))
    pull: Floats = lower.T @ (lower @ targets)
    diagonal = np.einsum("ij,ij->j", lower, lower)  # of the inverse of `ridged`
    return pull, targets - pull / diagonal[:, None]


def triangle_inverse(lower: Floats) -> Floats:
    """Inverse of a lower triangular matrix, by halves; a third of the work of any matrix's."""
    size = len(lower)
    if size <= _SMALL:
        return np.linalg.inv(lower).astype(np.float32, copy=False)
    half = size // 2
    found = np.zeros_like(lower)
    first = found[:half, :half] = triangle_inverse(lower[:half, :half])
    second = found[half:, half:] = triangle_inverse(lower[half:, half:])
    found[half:, :half] = -second @ (lower[half:, :half] @ first)
    return found


def count_grams(texts: Sequence[str]) -> tuple[Grams, Postings, Floats]:
    """The n-grams of texts: how rare each is, which texts have it, and how alike texts are by them.

    The last is of shape (texts, texts).
    """
    counted = [grams_of(text) for text in texts]
    having: Counter[str] = Counter(gram for counts in counted for gram in counts)
    places = {gram: place for place, gram in enumerate(sorted(having))}
    frequency = np.array([having[gram] for gram in places], np.float32)
    rarity = np.log((1.0 + len(texts)) / (1.0 + frequency)) + 1.0
    grams = Grams(places, rarity.astype(np.float32))
    weighed = [grams.weigh(counts) for counts in counted]
    columns = np.concatenate([columns for columns, _ in weighed])
    rows = np.repeat(np.arange(len(texts)), [len(columns) for columns, _ in weighed])
    weights = np.concatenate([weights for _, weights in weighed])
    order = np.lexsort((rows, columns))
    starts = np.searchsorted(columns[order], np.arange(len(places) + 1))
    postings = Postings(
        starts.astype(np.int32),
        rows[order].astype(np.int32),
        weights[order].astype(np.float32),
        len(texts),
    )
    letters = np.stack([postings.likeness(columns, weights) for columns, weights in weighed])
    return grams, postings, letters


def scope(unseen: Floats, floor: float) -> tuple[float, float]:
    """The best score that `ACCEPTED` of unseen examples reach, and the one that half reach.

    An unseen example has fewer others beside it than a caller's sentence will have. Where there are
    three or four of an option that makes the first far too low: it is never below `floor`.
    """
    best = unseen.max(axis=1)
    reached, usual = np.quantile(best, (1.0 - ACCEPTED, 0.5))
    least = max(float(reached), floor)
    return least, max(float(usual), least + _NARROWEST)


def best_temperature(unseen: Floats, wanted: NDArray[np.int64]) -> float:
    """The one under which unseen examples' own options are likeliest (Guo et al. 2017)."""

    def surprise(temperature: float) -> float:
        shares = softmax(unseen / np.float32(temperature))
        own = shares[np.arange(len(wanted)), wanted]
        return float(-np.log(np.maximum(own, 1e-9)).mean())

    return float(min(_TEMPERATURES, key=surprise))
