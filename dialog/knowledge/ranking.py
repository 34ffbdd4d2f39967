"""Which question a caller's words ask, and how sure that is: kernel ridge regression and a scale.

Every wording pulls towards its own question and away from the others (Rifkin, Yeo, Poggio 2003), so
that a question with ten wordings is no likelier than one with two. How sure the best one is follows
from its lead over the next and from how near the nearest of its wordings is: a logistic scale,
fitted on questions that have an answer and questions that have none. All of it was measured:
docs/explanation/knowledge.md.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from dialog.events import Match
from dialog.knowledge.index import Index
from dialog.understanding.intents.classifier import Floats
from dialog.understanding.intents.training import learn

FOUND: Final = 3
"""Questions that a search gives at most."""
NO_ANSWER: Final = 0.3
"""Confidence under which a question counts as none that is known."""
SERIOUS: Final = 0.25
"""Share of the best score from which another question may have been meant."""


@dataclass(frozen=True, slots=True)
class Scale:
    """How lead and nearness make a probability, as weights of a logistic function."""

    lead: float
    nearness: float
    offset: float

    def confidence(self, lead: float, nearness: float) -> float:
        """How likely the best question is the right one, 0..1."""
        sum_ = self.lead * lead + self.nearness * nearness + self.offset
        return float(1.0 / (1.0 + np.exp(-np.clip(sum_, -30.0, 30.0))))


ENGLISH: Final = Scale(15.0, 3.3, -2.5)
OTHERS: Final = Scale(12.7, 3.4, -2.8)
LETTERS: Final = Scale(15.6, 3.7, -2.5)


@dataclass(frozen=True, slots=True)
class Ranker:
    """Tells some of an index's questions apart. m wordings, q questions.

    Attributes:
        index: of the language.
        chosen: places of the wordings, shape (m,).
        questions: references.
        owners: for each wording, the place of its question, shape (m,).
        pull: how much likeness to a wording counts for each question, shape (m, q).
        scale: of its confidence.
    """

    index: Index
    chosen: NDArray[np.int64]
    questions: tuple[str, ...]
    owners: NDArray[np.int64]
    pull: Floats
    scale: Scale

    def rank(
        self, text: str, vector: Floats | None, *, least: float = NO_ANSWER
    ) -> tuple[Match, ...]:
        """The questions that a text may ask, the likeliest first; none when it is like none.

        Args:
            text: what was said.
            vector: what the encoder makes of it; None where the index is by letters only.
            least: the confidence that the best must have.
        """
        likeness = self.index.likeness(text, vector)
        scores = likeness.kernel[self.chosen] @ self.pull
        order = [int(place) for place in np.argsort(-scores, kind="stable")[:FOUND]]
        best, *others = order
        lead = float(scores[best] - (scores[others[0]] if others else 0.0))
        nearest = float(likeness.nearness[self.chosen][self.owners == best].max())
        confidence = self.scale.confidence(lead, nearest)
        if not confidence >= least:  # a NaN is no answer
            return ()
        shares = [(place, float(scores[place] / scores[best])) for place in others]
        return (
            Match(self.questions[best], confidence),
            *(
                Match(self.questions[place], confidence * share)
                for place, share in shares
                if share >= SERIOUS
            ),
        )


def make_ranker(index: Index, references: tuple[str, ...], scale: Scale) -> Ranker:
    """Learn to tell these questions of an index apart; a thousand wordings take a second."""
    wanted = {name: place for place, name in enumerate(references)}
    by_owner = np.array([wanted.get(name, -1) for name in index.wordings.references], np.int64)
    places = by_owner[index.owners]
    chosen = np.flatnonzero(places >= 0)
    owners = places[chosen]
    targets = np.eye(len(references), dtype=np.float32)[owners]
    pull, _ = learn(index.kernel(chosen), targets)
    return Ranker(index, chosen, references, owners, pull, scale)
