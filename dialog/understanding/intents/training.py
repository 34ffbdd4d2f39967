"""Learns to tell a step's options apart. Takes seconds of a core: never in an engine."""

from collections import Counter
from collections.abc import Sequence

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

RIDGE = 0.1
"""How little an example counts by itself; between 0.03 and 0.3 nothing changes."""
ACCEPTED = 0.95
"""Share of what callers in scope say that is to be taken for in scope."""
_TEMPERATURES = np.geomspace(0.02, 0.5, 24)
_NARROWEST = 0.02
"""Least distance between a usual best score and the least that counts."""


def train_classifier(examples: Examples, encoder: Reader) -> tuple[Classifier, float]:
    """A classifier, and the share of its examples that it would get right without having seen them.

    Every example is left out in turn, which for ridge regression needs no further training
    (Allen 1974): from these scores come threshold and temperature.

    Args:
        examples: of two options at least.
        encoder: of their language.
    """
    options = tuple(examples)
    texts = [text for option in options for text in examples[option]]
    wanted = np.repeat(np.arange(len(options)), [len(examples[option]) for option in options])
    grams, postings = count_grams(texts)
    vectors = encoder.encode(texts).astype(np.float16).astype(np.float32)  # as they are kept
    letters = np.stack([postings.likeness(*grams.weigh(text)) for text in texts])
    likeness = kernel(vectors @ vectors.T, letters, encoder.reach)
    targets = np.eye(len(options), dtype=np.float32)[wanted]
    ridge = np.float32(RIDGE) * np.eye(len(texts), dtype=np.float32)
    inverse: Floats = np.linalg.inv(likeness + ridge).astype(np.float32, copy=False)
    pull = inverse @ targets
    unseen: Floats = targets - pull / np.diag(inverse)[:, None]
    least, usual = scope(unseen)
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
    return classifier, float((unseen.argmax(axis=1) == wanted).mean())


def count_grams(texts: Sequence[str]) -> tuple[Grams, Postings]:
    """The n-grams of texts: how rare each is, and which texts have it."""
    counted = [grams_of(text) for text in texts]
    having: Counter[str] = Counter(gram for counts in counted for gram in counts)
    places = {gram: place for place, gram in enumerate(sorted(having))}
    frequency = np.array([having[gram] for gram in places], np.float32)
    rarity = np.log((1.0 + len(texts)) / (1.0 + frequency)) + 1.0
    grams = Grams(places, rarity.astype(np.float32))
    weighed = [grams.weigh(text) for text in texts]
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
    return grams, postings


def scope(unseen: Floats) -> tuple[float, float]:
    """The best score that `ACCEPTED` of unseen examples reach, and the one that half reach."""
    best = unseen.max(axis=1)
    least, usual = np.quantile(best, (1.0 - ACCEPTED, 0.5))
    return float(least), float(max(usual, least + _NARROWEST))


def best_temperature(unseen: Floats, wanted: NDArray[np.int64]) -> float:
    """The one under which unseen examples' own options are likeliest (Guo et al. 2017)."""

    def surprise(temperature: float) -> float:
        shares = softmax(unseen / np.float32(temperature))
        own = shares[np.arange(len(wanted)), wanted]
        return float(-np.log(np.maximum(own, 1e-9)).mean())

    return float(min(_TEMPERATURES, key=surprise))
