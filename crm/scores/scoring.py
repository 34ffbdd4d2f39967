"""What the answers to a scorecard come to. Pure.

A question's answer is a share of what can be had, 0..1. A section has the mean of its questions by
their weights, the whole the mean of its sections by theirs, times 100. What doesn't apply, or isn't
answered yet, is left out, and the others weigh more: leaving one out is neither good nor bad. One
fatal answer makes the whole 0.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from crm.scores.scorecard import Question, Scorecard, Section

FULL: Final = 100.0


@dataclass(frozen=True, slots=True)
class Answer:
    """What a scorer said to one question.

    Attributes:
        value: on the question's scale; None: not answered, or it doesn't apply.
        not_applicable: it doesn't apply to this call.
        comment: why, in the scorer's words; or empty.
        moment_ms: where in the recording it shows, milliseconds since answer; or None.
    """

    value: float | None = None
    not_applicable: bool = False
    comment: str = ""
    moment_ms: int | None = None

    @property
    def is_given(self) -> bool:
        """Whether the question is dealt with."""
        return self.not_applicable or self.value is not None


@dataclass(frozen=True, slots=True)
class Result:
    """What a scoring came to.

    Attributes:
        total: 0..100; None while nothing is answered that counts.
        sections: by name, the same for each.
        fatal: names of the questions whose answer made the whole 0.
        missing: names of the questions without any answer.
        passed: whether the total is good enough; None where the scorecard doesn't say, or there
            is no total.
    """

    total: float | None
    sections: Mapping[str, float | None] = field(default_factory=dict)
    fatal: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    passed: bool | None = None


def score(card: Scorecard, answers: Mapping[str, Answer]) -> Result:
    """The result of these answers, by question; names that the card doesn't have don't count."""
    sections = {section.name: _section(section, answers) for section in card.sections}
    weighed = [(section.weight, sections[section.name]) for section in card.sections]
    fatal = tuple(question.name for question in card.questions() if _is_fatal(question, answers))
    missing = tuple(
        question.name
        for question in card.questions()
        if not answers.get(question.name, Answer()).is_given
    )
    total = 0.0 if fatal else _mean(weighed)
    return Result(
        total=total,
        sections=sections,
        fatal=fatal,
        missing=missing,
        passed=None
        if total is None or card.passed_from is None
        else not fatal and total >= card.passed_from,
    )


def share_of(question: Question, answer: Answer) -> float | None:
    """How much of what can be had the answer is, 0..1; None where there is none that counts."""
    if answer.not_applicable or answer.value is None:
        return None
    return question.share(answer.value)


def mistakes(card: Scorecard, answers: Mapping[str, Answer]) -> Sequence[str]:
    """What can't be an answer to this scorecard, a sentence each."""
    found = []
    for name, answer in answers.items():
        question = card.question(name)
        if question is None:
            found.append(f'The scorecard "{card.name}" has no question "{name}".')
            continue
        least, most = question.bounds
        if answer.not_applicable and not question.not_applicable:
            found.append(f'"{name}" applies to every call; answer it.')
        if answer.not_applicable and answer.value is not None:
            found.append(f'"{name}" is answered and said not to apply; say one of them.')
        if answer.value is not None and not question.takes(answer.value):
            found.append(
                f'"{name}" is answered by {answer.value:g}; it takes {least} to {most}, whole.'
            )
    return found


def _section(section: Section, answers: Mapping[str, Answer]) -> float | None:
    shares = [
        (question.weight, share_of(question, answers.get(question.name, Answer())))
        for question in section.questions
    ]
    return _mean([(weight, None if share is None else share * FULL) for weight, share in shares])


def _mean(weighed: Sequence[tuple[float, float | None]]) -> float | None:
    """The mean by weights of those that are there."""
    there = [(weight, value) for weight, value in weighed if value is not None and weight > 0]
    weights = sum(weight for weight, _ in there)
    if not weights:
        return None
    # Rounding must not lift a mean above the greatest of its values.
    mean = sum(weight * value for weight, value in there) / weights
    return min(max(mean, min(value for _, value in there)), max(value for _, value in there))


def _is_fatal(question: Question, answers: Mapping[str, Answer]) -> bool:
    answer = answers.get(question.name)
    return question.fatal and answer is not None and share_of(question, answer) == 0.0
