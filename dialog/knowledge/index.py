"""All wordings of a flow's questions in one language, ready to be compared with a caller's words.

Two texts are alike by meaning (a sentence encoder) and by letters (n-grams, which survive a
misrecognized word): k = exp(v·v' - reach + LETTERS * (g·g' - 1)). Without an encoder only letters
count, with a larger weight.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dialog.knowledge.model import Knowledge
from dialog.understanding.intents.classifier import LETTERS, Floats, Postings
from dialog.understanding.intents.grams import Grams, grams_of
from dialog.understanding.intents.training import count_grams

LETTERS_ALONE = 3.0
MAX_WORDINGS = 3000
"""Of all questions of a flow in one language; more take seconds to learn, each day anew."""


@dataclass(frozen=True, slots=True)
class Wordings:
    """The ways of asking all questions of a flow in one language.

    Attributes:
        language: primary tag.
        references: of the questions: "shop/returns".
        texts: the wordings.
        owners: for each text, the place of its question among the references.
    """

    language: str
    references: tuple[str, ...]
    texts: tuple[str, ...]
    owners: tuple[int, ...]


def wordings_of(knowledge: Mapping[str, Knowledge], language: str) -> Wordings:
    """What is compared with callers' words in that language."""
    references: list[str] = []
    texts: list[str] = []
    owners: list[int] = []
    for name in sorted(knowledge):
        for reference, question in knowledge[name].references():
            own = question.wordings(language)
            if own:
                texts += own
                owners += [len(references)] * len(own)
                references.append(reference)
    return Wordings(language, tuple(references), tuple(texts), tuple(owners))


@dataclass(frozen=True, slots=True)
class Index:
    """Wordings as numbers. n texts.

    Attributes:
        wordings: what they are.
        owners: as of `Wordings`, shape (n,).
        grams: columns of n-grams.
        postings: the texts' n-grams.
        letters: how alike the texts are by their n-grams, shape (n, n).
        vectors: the texts' vectors, shape (n, dimensions); no dimensions without an encoder.
        reach: product of any vector with itself; 0 without an encoder.
    """

    wordings: Wordings
    owners: NDArray[np.int64]
    grams: Grams
    postings: Postings
    letters: Floats
    vectors: Floats
    reach: float

    @property
    def by_meaning(self) -> bool:
        """Whether an encoder has read the wordings."""
        return self.reach > 0.0

    def likeness(self, text: str, vector: Floats | None) -> "Likeness":
        """How alike a text is to each wording.

        Args:
            text: what was said.
            vector: what the encoder makes of it; None: only letters count.
        """
        letters = self.postings.likeness(*self.grams.weigh(grams_of(text)))
        if vector is None or not self.by_meaning:
            kernel: Floats = np.exp(LETTERS_ALONE * (letters - 1.0))
            return Likeness(kernel, letters)
        meaning: Floats = self.vectors @ vector
        kernel = np.exp(meaning - self.reach + LETTERS * (letters - 1.0))
        return Likeness(kernel, meaning / self.reach)

    def kernel(self, chosen: NDArray[np.int64]) -> Floats:
        """How alike the chosen wordings are to one another, shape (m, m)."""
        letters = self.letters[np.ix_(chosen, chosen)]
        if not self.by_meaning:
            alone: Floats = np.exp(LETTERS_ALONE * (letters - 1.0)).astype(np.float32)
            return alone
        vectors = self.vectors[chosen]
        meaning = vectors @ vectors.T - self.reach
        both: Floats = np.exp(meaning + LETTERS * (letters - 1.0)).astype(np.float32)
        return both


@dataclass(frozen=True, slots=True)
class Likeness:
    """How alike a text is to n wordings.

    Attributes:
        kernel: what scores are made of, 0..1, shape (n,).
        nearness: 1 for the same text: the cosine by meaning, or by letters without an encoder.
    """

    kernel: Floats
    nearness: Floats


def make_index(wordings: Wordings, vectors: Floats | None = None, reach: float = 0.0) -> Index:
    """An index; counting the n-grams of a thousand wordings takes a second.

    Args:
        wordings: at least one.
        vectors: a row for each; None: there is no encoder.
        reach: of the encoder.
    """
    grams, postings, letters = count_grams(wordings.texts)
    rows = np.zeros((len(wordings.texts), 0), np.float32) if vectors is None else vectors
    owners = np.array(wordings.owners, np.int64)
    used = reach if vectors is not None else 0.0
    return Index(wordings, owners, grams, postings, letters, rows, used)


def places_of(index: Index, references: Sequence[str]) -> NDArray[np.int64]:
    """The wordings of these questions."""
    wanted = set(references)
    own = [place for place, name in enumerate(index.wordings.references) if name in wanted]
    return np.flatnonzero(np.isin(index.owners, own))
