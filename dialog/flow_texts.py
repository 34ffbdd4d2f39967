"""What a flow says and what callers may say, for each language: the words of its steps."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

DEFAULT_LANGUAGE: Final = "en"


@dataclass(frozen=True, slots=True)
class Text:
    """One wording for each language; Jinja2 templates over the call's variables.

    Attributes:
        by_language: primary tag to template.
        line: of the file.
        wording: key of a system wording that is said instead; then there are no templates.
        given: its values, as templates.
    """

    by_language: Mapping[str, str]
    line: int = 0
    wording: str = ""
    given: Mapping[str, str] = field(default_factory=dict)

    def template(self, language: str, fallback: str = DEFAULT_LANGUAGE) -> str:
        """The wording in that language, else in the fallback, else any."""
        for tag in (language, fallback):
            if tag in self.by_language:
                return self.by_language[tag]
        return next(iter(self.by_language.values()), "")


NOTHING = Text({})


@dataclass(frozen=True, slots=True)
class Phrases:
    """The ways in which callers say one thing, for each language."""

    by_language: Mapping[str, tuple[str, ...]]

    def of(self, language: str) -> tuple[str, ...]:
        """Those of that language, else all there are."""
        if language in self.by_language:
            return self.by_language[language]
        return tuple(phrase for phrases in self.by_language.values() for phrase in phrases)


NO_PHRASES = Phrases({})


@dataclass(frozen=True, slots=True)
class Option:
    """One answer of a closed list.

    Attributes:
        value: its name in the flow.
        phrases: how callers say it; the first is how we say it.
        examples: whole sentences of callers who want it; similar ones are understood too.
        key: the key that means the same, or empty.
        then: the next step; empty in an `ask`, which has one for all.
        listed: whether help names it among what can be said.
        line: of the file.
    """

    value: str
    phrases: Phrases
    examples: Phrases = NO_PHRASES
    key: str = ""
    then: str = ""
    listed: bool = True
    line: int = 0
