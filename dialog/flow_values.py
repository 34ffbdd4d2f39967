"""Reads single values of a flow's file: texts, names, numbers, lists of phrases."""

import enum
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from dialog.flow_problems import Problems, meant, nearest
from dialog.flow_texts import NOTHING, Phrases, Text
from dialog.yaml_tree import Node

MAX_PHRASE = 120
MAX_EXAMPLE = 300
MIN_EXAMPLES = 3
"""With fewer sentences there is nothing to tell an option's callers by."""


@dataclass(frozen=True, slots=True)
class Context:
    """Where a value stands.

    Attributes:
        problems: takes what is wrong.
        languages: those that every text must have.
        where: how messages name the place: 'step "menu"'.
        own_language: the step's `language`, or empty; a plain text is then enough.
    """

    problems: Problems
    languages: tuple[str, ...]
    where: str
    own_language: str = ""


Parser = Callable[[Node, Context, str], Any]


def text(node: Node, context: Context, key: str) -> Text:
    """A prompt: one text, or one for each language."""
    if node.is_map:
        return Text(_per_language(node, context, key), node.line)
    if node.value is None or node.is_list:
        context.problems.add(
            node.at,
            f'{context.where}: "{key}" must be a text, or a text for each language.',
            f"Write {key}: Hello, or {key}: {{en: Hello, zh: 您好}}.",
        )
        return NOTHING
    said = _said(node, context, key)
    if not context.own_language and len(context.languages) > 1:
        _missing(set(context.languages[1:]), node, context, key)
    return Text({context.own_language or context.languages[0]: said}, node.line)


def optional_text(node: Node, context: Context, key: str) -> Text:
    """A prompt that may be left empty."""
    return NOTHING if node.value is None else text(node, context, key)


def _per_language(node: Node, context: Context, key: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for tag, entry in node.entries().items():
        if tag not in context.languages and tag != context.own_language:
            context.problems.add(
                entry.line,
                f'{context.where}: "{key}" has a text for "{tag}", a language the flow lacks.',
                meant(tag, context.languages, "Languages"),
            )
        elif not _is_single(entry):
            context.problems.add(entry.at, f'{context.where}: "{key}.{tag}" must be a text.')
        else:
            found[tag] = _said(entry, context, f"{key}.{tag}")
    needed = {context.own_language} if context.own_language else set(context.languages)
    _missing(needed - set(node.entries()), node, context, key)
    return found


def _said(node: Node, context: Context, key: str) -> str:
    """A text that has something in it."""
    said = node.raw.strip()
    if not said:
        context.problems.add(
            node.at,
            f'{context.where}: "{key}" is empty, and callers would hear nothing.',
            "Write what is said, or leave the key away where it isn't needed.",
        )
    return said


def _missing(tags: set[str], node: Node, context: Context, key: str) -> None:
    for tag in sorted(tags):
        context.problems.add(
            node.line,
            f'{context.where}: "{key}" has no text for the language "{tag}".',
            f"The flow declares the languages {', '.join(context.languages)}.",
        )


def texts(node: Node, context: Context, key: str) -> tuple[Text, ...]:
    """A list of prompts, or one."""
    entries = node.value if node.is_list else [node]
    if not entries:
        context.problems.add(
            node.at,
            f'{context.where}: "{key}" is an empty list.',
            "Write at least one text, or leave the key away.",
        )
    return tuple(text(entry, context, key) for entry in entries)


def phrases(node: Node, context: Context, key: str, *, longest: int = MAX_PHRASE) -> Phrases:
    """How callers say something: a list, or a list for each language."""
    if node.is_map:
        found = {}
        for tag, entry in node.entries().items():
            if tag not in context.languages:
                context.problems.add(
                    entry.line,
                    f'{context.where}: "{key}" has phrases for "{tag}", a language the flow lacks.',
                    meant(tag, context.languages, "Languages"),
                )
            found[tag] = _phrase_list(entry, context, f"{key}.{tag}", longest)
        _missing(set(context.languages) - set(found), node, context, key)
        return Phrases(found)
    if not context.own_language and len(context.languages) > 1:
        _missing(set(context.languages[1:]), node, context, key)
    language = context.own_language or context.languages[0]
    return Phrases({language: _phrase_list(node, context, key, longest)})


def examples(node: Node, context: Context, key: str) -> Phrases:
    """Sentences of callers: as phrases, and several of them."""
    found = phrases(node, context, key, longest=MAX_EXAMPLE)
    for tag, sentences in found.by_language.items():
        if 0 < len(sentences) < MIN_EXAMPLES:
            context.problems.add(
                node.at,
                f'{context.where}: "{key}" has {len(sentences)} for "{tag}"; at least '
                f"{MIN_EXAMPLES} are needed.",
                "Write whole sentences, as different callers would say them.",
            )
    return found


def _phrase_list(node: Node, context: Context, key: str, longest: int) -> tuple[str, ...]:
    entries = node.value if node.is_list else [node]
    good = [
        entry.raw.strip()
        for entry in entries
        if _is_single(entry) and 0 < len(entry.raw.strip()) <= longest
    ]
    for entry in entries:
        if _is_single(entry) and len(entry.raw.strip()) > longest:
            context.problems.add(
                entry.at,
                f'{context.where}: a phrase of "{key}" is longer than {longest} characters.',
                "Write the few words that callers say.",
            )
        elif not _is_single(entry) or not entry.raw.strip():
            context.problems.add(
                entry.at,
                f'{context.where}: "{key}" must be a list of what callers say.',
                f"Write {key}: [opening hours, when are you open].",
            )
    if not entries:
        context.problems.add(
            node.at,
            f'{context.where}: "{key}" is empty, so nothing that callers say is understood.',
            f"Write {key}: [opening hours, when are you open].",
        )
    return tuple(good)


def _is_single(node: Node) -> bool:
    """Whether it is one value, and not null."""
    return not node.is_map and not node.is_list and node.value is not None


def name(node: Node, context: Context, key: str) -> str:
    """One word or text on a line: a step, a variable, a mailbox."""
    if node.is_map or node.is_list or node.value is None or not node.raw.strip():
        context.problems.add(
            node.at, f'{context.where}: "{key}" must be a name, and is {_shown(node)}.'
        )
        return ""
    return node.raw.strip()


def optional_name(node: Node, context: Context, key: str) -> str:
    """A name that may be left empty."""
    return "" if not node.is_list and node.value is None else name(node, context, key)


def steps(node: Node, context: Context, key: str) -> Mapping[str, str]:
    """Names with the steps that they lead to."""
    if not node.is_map or not node.entries():
        context.problems.add(
            node.at,
            f'{context.where}: "{key}" must be a list of names with steps.',
            f"Write {key}: {{refused: people}}.",
        )
        return {}
    return {
        name_: name(entry, context, f"{key}.{name_}") for name_, entry in node.entries().items()
    }


def names(node: Node, context: Context, key: str) -> tuple[str, ...]:
    """A list of names, or one."""
    entries = node.value if node.is_list else [node]
    return tuple(found for entry in entries if (found := name(entry, context, key)))


def flag(node: Node, context: Context, key: str) -> bool:
    """Whether something is so: true or false."""
    if not isinstance(node.value, bool):
        context.problems.add(
            node.at,
            f'{context.where}: "{key}" must be true or false, and is {_shown(node)}.',
            _flag_hint(node, key),
        )
        return False
    return node.value


def _flag_hint(node: Node, key: str) -> str:
    word = node.raw.strip().lower()
    if word in {"yes", "on", "y", "1"}:
        return f"Write {key}: true."
    if word in {"no", "off", "n", "0"}:
        return f"Write {key}: false."
    near = nearest(word, ("true", "false"))
    return f"Did you mean {near}?" if near else ""


def templates(node: Node, context: Context, key: str) -> Mapping[str, str]:
    """Names with templates of their values."""
    if not node.is_map or not node.entries():
        context.problems.add(
            node.at,
            f'{context.where}: "{key}" must be a list of names with values.',
            f'Write {key}: {{number: "{{{{ order_number }}}}"}}.',
        )
        return {}
    found = {}
    for entry_name, entry in node.entries().items():
        if not _is_single(entry):
            context.problems.add(entry.at, f'{context.where}: "{key}.{entry_name}" must be a text.')
        else:
            found[entry_name] = entry.raw.strip()
    return found


@dataclass(frozen=True, slots=True)
class OneOf:
    """Reads one word of a closed list.

    Attributes:
        choices: the words, or the enumeration that they become.
    """

    choices: type[enum.StrEnum] | tuple[str, ...]

    @property
    def allowed(self) -> tuple[str, ...]:
        """The words."""
        return tuple(str(choice) for choice in self.choices)

    def __call__(self, node: Node, context: Context, key: str) -> Any:
        """The word; the first of the list where it is wrong."""
        given = "" if node.is_map or node.is_list else node.raw
        if given not in self.allowed:
            context.problems.add(
                node.at,
                f'{context.where}: "{key}" is {_shown(node)}, and that is not one of its values.',
                meant(given, self.allowed, "Values"),
            )
            given = self.allowed[0]
        return self.choices(given) if isinstance(self.choices, type) else given


def one_of(choices: type[enum.StrEnum] | tuple[str, ...]) -> Parser:
    """One word of a closed list."""
    return OneOf(choices)


@dataclass(frozen=True, slots=True)
class Number:
    """Reads a number from `least` to `most`, whole or not, of some unit or none."""

    least: float
    most: float
    unit: str = ""
    whole: bool = False

    def __call__(self, node: Node, context: Context, key: str) -> float:
        """The number; the nearest that is allowed where it is wrong."""
        value = node.value
        right = isinstance(value, int | float) and not isinstance(value, bool)
        if right and self.whole:
            right = isinstance(value, int)
        if right and self.least <= value <= self.most:
            return value if self.whole else float(value)
        what = "a whole number" if self.whole else "a number"
        of_unit = f" of {self.unit}" if self.unit else ""
        near = self._nearest(node)
        context.problems.add(
            node.at,
            f'{context.where}: "{key}" must be {what}{of_unit} '
            f"from {self.least:g} to {self.most:g}, and is {_shown(node)}.",
            f"The nearest is {near:g}." if near is not None else "",
        )
        return int(self.least) if self.whole else self.least

    def _nearest(self, node: Node) -> float | None:
        """What a person may have meant: "5 s" is 5, 40 is the most that there can be."""
        found = _LEADING_NUMBER.match(node.raw.strip())
        if found is None:
            return None
        value = float(found[0].replace(",", "."))
        return min(max(round(value) if self.whole else value, self.least), self.most)


_LEADING_NUMBER = re.compile(r"-?\d{1,15}(?:[.,]\d{1,6})?")


def number(least: float, most: float, unit: str = "", *, whole: bool = False) -> Parser:
    """A number within bounds."""
    return Number(least, most, unit, whole)


def _shown(node: Node) -> str:
    if node.is_map:
        return "a group of keys"
    if node.is_list:
        return "a list"
    return "empty" if node.value is None else f'"{node.raw[:40]}"'
