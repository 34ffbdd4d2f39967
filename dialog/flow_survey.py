"""Steps of a survey: what is asked how, and where it leads when the caller has had enough.

A survey is written as one step. When the flow is read, its questions become steps of their own:
"rating:satisfaction", whose answers are fields of the survey's, `{{ rating.satisfaction }}`.
"""

import enum
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import ClassVar

from dialog.flow import Ask, Say
from dialog.flow_texts import NOTHING, Text
from dialog.understanding.meaning import DECLINED

__all__ = ["DECLINED", "SCALES", "Scale", "Survey", "SurveyEnd", "SurveyKind", "SurveyQuestion"]

COMMENT = "comment"


class SurveyKind(enum.StrEnum):
    """Ways to measure how content callers are."""

    CSAT = "csat"
    NPS = "nps"
    SERVQUAL = "servqual"
    ACSI = "acsi"


@dataclass(frozen=True, slots=True)
class Scale:
    """What is asked.

    Attributes:
        least: the lowest answer; the same for most.
        questions: in the order in which they are asked.
    """

    least: int
    most: int
    questions: tuple[str, ...]


SCALES: Mapping[SurveyKind, Scale] = {
    SurveyKind.CSAT: Scale(1, 5, ("satisfaction",)),
    SurveyKind.NPS: Scale(0, 10, ("recommend",)),
    SurveyKind.SERVQUAL: Scale(
        1, 7, ("reliability", "responsiveness", "assurance", "empathy", "tangibles")
    ),
    SurveyKind.ACSI: Scale(1, 10, ("overall", "expectations", "ideal")),
}


def wording_of(survey: SurveyKind, question: str) -> str:
    """The key of a standard question in `config/prompts`."""
    return f"survey_{survey}_{question}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey(Say):
    """Asks how content the caller is, as far as they like, and goes on.

    Attributes:
        survey: which questions, on which scale: csat, nps, servqual or acsi.
        prompt: what leads to the questions; ours where it is left away.
        questions: own wordings, by name; other names than the survey's are further questions.
        comment: asks for a few free words at the end: true, or how that is asked.
    """

    kind: ClassVar[str] = "survey"

    survey: SurveyKind = SurveyKind.CSAT
    questions: Mapping[str, Text] = field(default_factory=dict)
    comment: Text = NOTHING


@dataclass(frozen=True, slots=True, kw_only=True)
class SurveyQuestion(Ask):
    """One question of a survey.

    Attributes:
        of: the survey's step.
        survey: what it belongs to.
        question: its name.
        least: the lowest answer; the same for most. Of a comment both are 0.
        declined: where the call goes when the caller wants no more questions.
    """

    of: str = ""
    survey: SurveyKind = SurveyKind.CSAT
    question: str = ""
    least: int = 0
    most: int = 0
    declined: str = ""

    def fits(self, value: str) -> bool:
        """Whether an answer is on the scale."""
        return value.isdecimal() and self.least <= int(value) <= self.most

    def targets(self) -> Iterator[tuple[str, str, int]]:
        """The next question, and the end."""
        yield from Ask.targets(self)
        yield DECLINED, self.declined, self.line


@dataclass(frozen=True, slots=True, kw_only=True)
class SurveyEnd(Say):
    """Says thanks, or that it is all right, and leaves the survey.

    Attributes:
        of: the survey's step.
        survey: what it belongs to.
        complete: every question was answered.
    """

    kind: ClassVar[str] = "survey"

    of: str = ""
    survey: SurveyKind = SurveyKind.CSAT
    complete: bool = False
