"""The trained models of one flow, with the encoders that read callers for them."""

from collections.abc import Callable, Mapping

from dialog.understanding.intents.classifier import Classifiers
from dialog.understanding.intents.clauses import clauses
from dialog.understanding.intents.encoders import Encoder, encoder_for


class FlowIntents:
    """An `IntentModel`. Reading a new text takes milliseconds; one read before takes none."""

    def __init__(
        self,
        classifiers: Mapping[str, Classifiers],
        encoder: Callable[[str], Encoder] = encoder_for,
    ) -> None:
        """`classifiers` by language; `encoder` gives a language's, when the first text is read."""
        self._classifiers = classifiers
        self._encoder = encoder

    def classify(self, step: str, language: str, text: str) -> tuple[str, float] | None:
        """As `IntentModel`."""
        classifier = self._classifiers.get(language, {}).get(step)
        if classifier is None or not text.strip():
            return None
        encoder = self._encoder(language)
        best = classifier.classify(text, encoder.vector(text))
        for clause in clauses(text):
            found = classifier.classify(clause, encoder.vector(clause))
            if found is not None and (best is None or found[1] > best[1]):
                best = found
        return best
