"""What callers want, told by a few examples of each wish: see docs/explanation/understanding.md."""

from typing import Protocol


class IntentModel(Protocol):
    """Knows the examples of a flow's options."""

    def classify(self, step: str, language: str, text: str) -> tuple[str, float] | None:
        """The option of a step whose examples a text is like.

        Args:
            step: its name.
            language: primary tag of what is spoken now.
            text: one hypothesis.

        Returns:
            The option's value and how sure that is (0..1); None when it is like none of them, or
            nothing is known of this step in this language.
        """
