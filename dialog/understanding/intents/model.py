"""The trained models of one flow, with the encoders that read callers for them."""

from collections.abc import Mapping

from dialog.understanding.intents.classifier import Classifiers
from dialog.understanding.intents.encoders import Encoder


class FlowIntents:
    """An `IntentModel`. Reading a new text takes milliseconds; one read before takes none."""

    def __init__(
        self, classifiers: Mapping[str, Classifiers], encoders: Mapping[str, Encoder]
    ) -> None:
        """Both by language, encoders for all of them."""
        self._classifiers = classifiers
        self._encoders = encoders

    def classify(self, step: str, language: str, text: str) -> tuple[str, float] | None:
        """As `IntentModel`."""
        classifier = self._classifiers.get(language, {}).get(step)
        if classifier is None or not text.strip():
            return None
        return classifier.classify(text, self._encoders[language].vector(text))

    def prepare(self, language: str, text: str) -> None:
        """Read a text, so that `classify` is quick. From any thread."""
        if language in self._classifiers and text.strip():
            self._encoders[language].vector(text)
