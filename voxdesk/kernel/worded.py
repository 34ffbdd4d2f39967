"""Sentences for people that know what they were made of, so that they can be said in any language.

A `Worded` is a text in English like any other. It also keeps its wording, with names in braces in
place of values, and the values. Whoever shows it in another language looks the wording up among the
translations and puts the values in there; a value may be a sentence of its own.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any, Self

Value = str | int | float
"""What is put into a wording, as text unless it is a `Worded`."""

_NAME = re.compile(r"\{(\w+)\}")


def filled(wording: str, values: Mapping[str, object]) -> str:
    """A wording with its values. Braces around anything else are just braces.

    >>> filled("Write {key}: {en: Hello}.", {"key": "say"})
    'Write say: {en: Hello}.'
    """
    return _NAME.sub(lambda name: str(values.get(name[1], name[0])), wording)


class Worded(str):
    """A text in English, with what it was made of.

    Attributes:
        wording: the text with `{name}` in place of each value.
        values: by name.
    """

    __slots__ = ("values", "wording")

    wording: str
    values: Mapping[str, str]

    def __new__(cls, wording: str, values: Mapping[str, Value] | None = None) -> Self:
        """Use `worded`, whose wordings all have translations."""
        texts = {
            name: value if isinstance(value, Worded) else str(value)
            for name, value in (values or {}).items()
        }
        text = super().__new__(cls, filled(wording, texts))
        text.wording = wording
        text.values = texts
        return text

    def __getnewargs__(self) -> tuple[str, Mapping[str, str]]:  # type: ignore[override]
        """For other processes."""
        return self.wording, self.values


NO_WORDS = Worded("")


def worded(wording: str, /, **values: Value) -> Worded:
    """Say something.

    Args:
        wording: written out just there: a test makes sure that each has a translation.
        values: those that it names.

    >>> worded('There is no step "{step}".', step="bye")
    'There is no step "bye".'
    """
    return Worded(wording, values)


def plain(text: str) -> Worded:
    """What is the same in every language: a name, words of a file."""
    return Worded("{text}", {"text": text})


def all_of(names: Iterable[str]) -> str:
    """Names in one sentence; empty for none.

    >>> all_of(["say", "ask", "end"])
    'say and ask and end'
    """
    whole = ""
    for name in names:
        whole = worded("{one} and {other}", one=whole, other=name) if whole else name
    return whole


def together(parts: Iterable[str], between: str = "\n") -> Worded:
    """Several texts, one after the other."""
    values = {f"part{number}": part for number, part in enumerate(parts)}
    return Worded(between.join(f"{{{name}}}" for name in values), values)


def as_data(text: Worded) -> dict[str, Any]:
    """What a text is made of, for JSON; the same for those within it.

    >>> as_data(worded('There is no step "{step}".', step="bye"))
    {'wording': 'There is no step "{step}".', 'values': {'step': 'bye'}}
    """
    values = {
        name: as_data(value) if isinstance(value, Worded) else value
        for name, value in text.values.items()
    }
    return {"wording": text.wording, "values": values}
