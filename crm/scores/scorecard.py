"""A scorecard as staff wrote it. Immutable; a scoring keeps the one that it began with."""

import enum
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

Texts = Mapping[str, str]
"""A text by language tag."""
BEST_OF_FIVE: Final = 5


class Scale(enum.StrEnum):
    """What an answer may be."""

    YES_NO = "yes_no"
    ONE_TO_FIVE = "1-5"
    POINTS = "points"


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One thing that is judged.

    Attributes:
        name: unique in its scorecard; answers and results speak of it by this.
        ask: what the scorer reads.
        scale: what may be answered.
        points: the most that can be given, where the scale is points; else 0.
        weight: beside the other questions of its section; 0: asked, and not counted.
        not_applicable: whether it may be left out of a call that has nothing of it.
        fatal: the worst answer makes the whole score 0.
        good: the better answer of yes (1) and no (0).
        guidance: what makes which answer right.
    """

    name: str
    ask: Texts
    scale: Scale = Scale.YES_NO
    points: int = 0
    weight: float = 1.0
    not_applicable: bool = False
    fatal: bool = False
    good: int = 1
    guidance: Texts | None = None

    @property
    def bounds(self) -> tuple[int, int]:
        """The least and the greatest answer."""
        if self.scale is Scale.ONE_TO_FIVE:
            return 1, BEST_OF_FIVE
        return 0, self.points if self.scale is Scale.POINTS else 1

    def takes(self, value: float) -> bool:
        """Whether this can be an answer: a whole number on its scale."""
        least, most = self.bounds
        return least <= value <= most and float(value).is_integer()

    def share(self, value: float) -> float:
        """How much of what can be had an answer is, 0..1."""
        least, most = self.bounds
        if self.scale is Scale.YES_NO:
            return float(int(value) == self.good)
        return (value - least) / (most - least)


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """Questions that belong together. `weight` is beside the other sections."""

    name: str
    title: Texts
    questions: tuple[Question, ...]
    weight: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Scorecard:
    """A whole one.

    Attributes:
        name: its file's name without the ending.
        version: hash of the file's text.
        languages: that every text has; the first is the scorecard's own.
        title: what people call it.
        description: which calls it is for; or None.
        passed_from: the score, 0..100, from which a call is good enough; None: nobody says.
    """

    name: str
    version: str
    languages: tuple[str, ...]
    title: Texts
    sections: tuple[Section, ...]
    description: Texts | None = None
    passed_from: float | None = None

    def questions(self) -> Iterator[Question]:
        """All of them, in order."""
        for section in self.sections:
            yield from section.questions

    def question(self, name: str) -> Question | None:
        """The one of this name, if it is there."""
        return next((one for one in self.questions() if one.name == name), None)


def as_data(card: Scorecard) -> dict[str, Any]:
    """As plain JSON values, from which `of_data` makes the same again."""
    return {
        "name": card.name,
        "version": card.version,
        "languages": list(card.languages),
        "title": dict(card.title),
        "description": _texts(card.description),
        "passed_from": card.passed_from,
        "sections": [
            {
                "name": section.name,
                "title": dict(section.title),
                "weight": section.weight,
                "questions": [_question_data(question) for question in section.questions],
            }
            for section in card.sections
        ],
    }


def _question_data(question: Question) -> dict[str, Any]:
    return {
        "name": question.name,
        "ask": dict(question.ask),
        "scale": question.scale.value,
        "points": question.points,
        "weight": question.weight,
        "not_applicable": question.not_applicable,
        "fatal": question.fatal,
        "good": question.good,
        "guidance": _texts(question.guidance),
    }


def _texts(texts: Texts | None) -> dict[str, str] | None:
    return None if texts is None else dict(texts)


def of_data(data: Mapping[str, Any]) -> Scorecard:
    """A scorecard as `as_data` wrote it."""
    sections = tuple(
        Section(
            name=section["name"],
            title=section["title"],
            weight=section["weight"],
            questions=tuple(
                Question(**{**question, "scale": Scale(question["scale"])})
                for question in section["questions"]
            ),
        )
        for section in data["sections"]
    )
    return Scorecard(**{**data, "languages": tuple(data["languages"]), "sections": sections})
