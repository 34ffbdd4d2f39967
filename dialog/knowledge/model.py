"""Questions and answers as staff wrote them. Immutable; a call keeps those that it began with."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from dialog.flow_texts import Phrases, Text

SEPARATOR = "/"
"""Between the names of a file of knowledge and of a question in it; neither has one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One question and its answer.

    Attributes:
        name: unique in its file.
        question: as it is said to callers: "Do you mean: how long can I return something?"
        variants: other ways in which callers ask it; may be none.
        answer: what is said; a template over what every call knows.
        first: the first day on which the answer is right; None: it always was.
        last: the last such day; None: it stays so.
        line: of the file.
    """

    name: str
    question: Text
    variants: Phrases
    answer: Text
    first: date | None = None
    last: date | None = None
    line: int = 0

    def wordings(self, language: str) -> tuple[str, ...]:
        """Every way of asking it in this language, ours first; none where it isn't in it."""
        own = self.question.by_language.get(language)
        more = self.variants.by_language.get(language, ())
        return tuple(dict.fromkeys([own, *more])) if own else ()

    def holds_on(self, day: date | None) -> bool:
        """Whether the answer is right on this day; None: nobody knows what day it is."""
        if day is None:
            return True
        return (self.first is None or self.first <= day) and (self.last is None or day <= self.last)


@dataclass(frozen=True, slots=True)
class Knowledge:
    """One file of questions and answers.

    Attributes:
        name: the file's name without its ending.
        path: where it was read from, as it is shown to people.
        version: short hash of the text.
        languages: every language that all texts have.
        questions: by name, in the file's order.
    """

    name: str
    path: str
    version: str
    languages: tuple[str, ...]
    questions: Mapping[str, Question]

    def references(self) -> Iterator[tuple[str, Question]]:
        """Each question with the name by which a log, a record or another file speaks of it."""
        for name, question in self.questions.items():
            yield f"{self.name}{SEPARATOR}{name}", question


def named(knowledge: Mapping[str, Knowledge], reference: str) -> Question | None:
    """The question that a reference ("shop/returns") names, if it is there."""
    file, _, name = reference.partition(SEPARATOR)
    found = knowledge.get(file)
    return found.questions.get(name) if found is not None else None
