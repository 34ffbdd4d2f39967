"""The examples of a flow, as classifiers are trained on them."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass

from dialog.flow import Ask, Flow, Menu
from dialog.flow_anywhere import ASIDES
from dialog.flow_texts import Option
from voxdesk.kernel.speech import AnswerKind

Examples = Mapping[str, tuple[str, ...]]
"""An option's value to the sentences of callers who want it."""


@dataclass(frozen=True, slots=True)
class Lesson:
    """What there is to learn of one flow in one language.

    Attributes:
        flow: its name.
        language: as the flow writes it.
        steps: by step, the examples of each option that has some, with its phrases.
    """

    flow: str
    language: str
    steps: Mapping[str, Examples]

    def to_text(self) -> str:
        """As a line of JSON; the same examples make the same text."""
        return json.dumps(asdict(self), sort_keys=True)

    @classmethod
    def from_text(cls, text: str) -> "Lesson":
        """What `to_text` wrote."""
        read = json.loads(text)
        steps = {
            step: {option: tuple(said) for option, said in options.items()}
            for step, options in read["steps"].items()
        }
        return cls(read["flow"], read["language"], steps)

    def key(self, method: str) -> str:
        """Differs when anything that is learnt does, or the method by which it is."""
        return hashlib.sha256(f"{method}\n{self.to_text()}".encode()).hexdigest()[:16]


def lessons_of(flow: Flow) -> tuple[Lesson, ...]:
    """One for each language in which some step has examples, in the flow's order."""
    every = (
        Lesson(flow.name, language, examples_of(flow, language)) for language in flow.languages
    )
    return tuple(lesson for lesson in every if lesson.steps)


def examples_of(flow: Flow, language: str) -> Mapping[str, Examples]:
    """By step: the examples of each option that has some in this language, with its phrases."""
    found: dict[str, Examples] = {}
    for name, options in _steps(flow):
        by_option = {
            option.value: tuple(
                dict.fromkeys(
                    (
                        *option.examples.by_language[language],
                        *option.phrases.by_language.get(language, ()),
                    )
                )
            )
            for option in options
            if option.examples.by_language.get(language)
        }
        if len(by_option) > 1:
            found[name] = by_option
    return found


def _steps(flow: Flow) -> Iterator[tuple[str, tuple[Option, ...]]]:
    """Those at which callers choose one of a closed list."""
    for name, step in flow.steps.items():
        if isinstance(step, Menu) or (isinstance(step, Ask) and step.answer is AnswerKind.CHOICE):
            yield name, step.options
    yield ASIDES, flow.anywhere.options
