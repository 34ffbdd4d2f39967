"""One step's options told apart by examples: kernel ridge regression, in a few lines of numpy.

A text is compared with every example, by meaning (an encoder's vectors) and by letters (n-grams
that survive misrecognized words): k = exp(v·v' - reach + LETTERS * (g·g' - 1)). An option's score
is a weighted sum of these, about 1 near its own examples and 0 far from all: so the best score also
says whether the text is in scope at all. (Rifkin, Yeo, Poggio 2003: Regularized Least-Squares
Classification.)
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dialog.understanding.intents.grams import Grams, grams_of

Floats = NDArray[np.float32]
LETTERS = 0.5
"""Weight of likeness in letters; an encoder's gains are beside it. Measured."""


@dataclass(frozen=True, slots=True)
class Classifier:
    """What was learnt for one step in one language. n examples, c options.

    Attributes:
        options: their values, c.
        grams: columns of n-grams.
        examples: the examples' n-grams.
        vectors: the examples' vectors, shape (n, dimensions).
        pull: how much likeness to an example counts for each option, shape (n, c).
        reach: product of any vector with itself.
        least: best score from which a text is in scope.
        usual: best score of a usual text in scope; more than `least`.
        temperature: of the softmax that makes the scores probabilities.
    """

    options: tuple[str, ...]
    grams: Grams
    examples: "Postings"
    vectors: Floats
    pull: Floats
    reach: float
    least: float
    usual: float
    temperature: float

    def classify(self, text: str, vector: Floats) -> tuple[str, float] | None:
        """The option and how sure that is (0..1), or None out of scope.

        Args:
            text: what was said.
            vector: what the encoder makes of it.
        """
        scores = self.scores(text, vector)
        best = int(scores.argmax())
        if not scores[best] >= self.least:  # a NaN is out of scope
            return None
        which = float(softmax(scores / self.temperature)[best])
        return self.options[best], which * self.in_scope(float(scores[best]))

    def scores(self, text: str, vector: Floats) -> Floats:
        """Each option's, shape (c,)."""
        letters = self.examples.likeness(*self.grams.weigh(grams_of(text)))
        scores: Floats = kernel(self.vectors @ vector, letters, self.reach) @ self.pull
        return scores

    def in_scope(self, best: float) -> float:
        """How sure a best score makes that the text is in scope: 0.5 at `least`, 0.95 at `usual`.

        There are no examples of what is out of scope, so this is a ruler and no probability.
        """
        steps = np.log(19.0) * (best - self.least) / (self.usual - self.least)
        return float(1.0 / (1.0 + np.exp(-np.clip(steps, -30.0, 30.0))))


Classifiers = Mapping[str, Classifier]
"""By step."""


@dataclass(frozen=True, slots=True)
class Postings:
    """The examples' n-grams by column: a sparse matrix, compressed by column.

    Attributes:
        starts: where each column's entries start, shape (columns + 1,).
        rows: the example of each entry.
        weights: of each entry; an example's are of length 1.
        count: examples.
    """

    starts: NDArray[np.int32]
    rows: NDArray[np.int32]
    weights: Floats
    count: int

    def likeness(self, columns: NDArray[np.int64], weights: Floats) -> Floats:
        """Cosine of a text's n-grams with each example's, shape (count,)."""
        begins, ends = self.starts[columns], self.starts[columns + 1]
        lengths = ends - begins
        total = int(lengths.sum())
        # The places of all entries of all columns, without a loop over columns.
        shifts = np.repeat(begins - np.concatenate(([0], np.cumsum(lengths)[:-1])), lengths)
        places = np.arange(total) + shifts if total else np.empty(0, np.int64)
        found = self.weights[places] * np.repeat(weights, lengths)
        return np.bincount(self.rows[places], found, self.count).astype(np.float32)


def kernel(meaning: Floats, letters: Floats, reach: float) -> Floats:
    """Likeness of texts, 0..1, from their vectors' products and their n-grams' cosines."""
    likeness: Floats = np.exp(meaning - reach + LETTERS * (letters - 1.0))
    return likeness


def softmax(scores: Floats) -> Floats:
    """Along the last axis."""
    grown = np.exp(scores - scores.max(axis=-1, keepdims=True))
    shares: Floats = grown / grown.sum(axis=-1, keepdims=True)
    return shares
