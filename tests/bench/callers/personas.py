"""Kinds of people: how the same wish and the same answer come out of different mouths."""

import random
import re
from collections.abc import Sequence

from tests.bench.callers.wordings import OWN, Wording, Wordings

PERSONAS = ("terse", "chatty", "hesitant", "corrects", "interrupts", "angry", "keys")
SHORT_WORDS, SHORT_HAN = 4, 6
_FILLED = 0.25  # share of the gaps between words in which a hesitant person says "um"
_MOST_FILLERS = 3
_SELF_CORRECTED = 0.5
_HAN = re.compile(r"[\u3400-\u9fff]")


class Person:
    """Somebody of one kind; the same seed says the same."""

    def __init__(self, kind: str, language: str, wordings: Wordings, seed: str) -> None:
        self.kind = kind
        self.language = language
        self._wordings = wordings
        self._dice = random.Random(f"{seed} {kind} {language}")  # noqa: S311  nothing secret

    def wish(self, task: str, kind: str, besides: Sequence[str] = ()) -> Wording:
        """Asks for the task, otherwise than `besides` where that is possible."""
        choices = self._wordings.asks(task, kind, self.language)
        if self.kind == "terse":
            choices = [each for each in choices if _is_short(each.text)] or choices
        choices = [each for each in choices if each.text not in besides] or choices
        source = self._dice.choice(sorted({each.source for each in choices}))
        chosen = self._dice.choice([each for each in choices if each.source == source])
        text = chosen.text
        match self.kind:
            case "chatty" | "angry":
                text = self._around(text)
            case "hesitant":
                text = self._hesitates(text)
            case "corrects" if self._dice.random() < _SELF_CORRECTED:
                frames = self._wordings.manner("corrects", "wishes", self.language)
                text = self._dice.choice(frames).replace("{ask}", text)
        return Wording(text, chosen.source)

    def answer(self, *path: str) -> Wording:
        """Answers a question; placeholders are left in."""
        choices = self._wordings.answers(*path, language=self.language)
        if self.kind == "terse":
            choices = [each for each in choices if _is_short(each.text)] or choices
        chosen = self._dice.choice(choices)
        if self.kind == "hesitant" and "{" not in chosen.text:
            return Wording(self._hesitates(chosen.text), chosen.source)
        return chosen

    def draws(self, share: float) -> bool:
        """True so often."""
        return self._dice.random() < share

    def _around(self, text: str) -> str:
        before = self._wordings.manner(self.kind, "before", self.language)
        after = self._wordings.manner(self.kind, "after", self.language)
        where = self._dice.choice(("before", "after", "both"))
        if where != "after":
            space = "" if _HAN.search(text) else " "
            text = f"{self._dice.choice(before)}{space}{text}"
        if where != "before":
            text = f"{text.rstrip('?.!')}{self._dice.choice(after)}"
        return text

    def _hesitates(self, text: str) -> str:
        fillers = self._wordings.manner("hesitant", "fillers", self.language)
        if _HAN.search(text):
            return f"{self._dice.choice(fillers)}，{text}"  # noqa: RUF001  a Chinese comma
        words = text.split(" ")
        said, count = [], 0
        for at, word in enumerate(words):
            if count < _MOST_FILLERS and (at == 0 or self._dice.random() < _FILLED):
                said.append(f"{self._dice.choice(fillers)},")
                count += 1
            said.append(word)
        return " ".join(said)


def _is_short(text: str) -> bool:
    if _HAN.search(text):
        return len(text) <= SHORT_HAN
    return len(text.split()) <= SHORT_WORDS


__all__ = ["OWN", "PERSONAS", "Person"]
