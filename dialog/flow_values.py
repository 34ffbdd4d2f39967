"""Reads single values of a flow's file: texts, names, numbers, lists of phrases."""

import enum
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from dialog.flow_problems import Problems, meant, nearest
from dialog.flow_texts import NOTHING, Phrases, Text
from dialog.yaml_tree import Node
from voxdesk.kernel.worded import NO_WORDS, Worded, plain, worded

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
    where: Worded
    own_language: str = ""


Parser = Callable[[Node, Context, str], Any]


def text(node: Node, context: Context, key: str) -> Text:
    """A prompt: one text, or one for each language."""
    if node.is_map:
        return Text(_per_language(node, context, key), node.line)
    if node.value is None or node.is_list:
        context.problems.add(
            node.at,
            worded(
                '{where}: "{key}" must be a text, or a text for each language.',
                where=context.where,
                key=key,
            ),
            worded("Write {key}: Hello, or {key}: {en: Hello, zh: 您好}.", key=key),
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
                worded(
                    '{where}: "{key}" has a text for "{tag}", a language the flow lacks.',
                    where=context.where,
                    key=key,
                    tag=tag,
                ),
                meant(tag, context.languages, worded("Languages")),
            )
        elif not _is_single(entry):
            context.problems.add(
                entry.at,
                worded(
                    '{where}: "{key}.{tag}" must be a text.', where=context.where, key=key, tag=tag
                ),
            )
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
            worded(
                '{where}: "{key}" is empty, and callers would hear nothing.',
                where=context.where,
                key=key,
            ),
            worded("Write what is said, or leave the key away where it isn't needed."),
        )
    return said


def _missing(tags: set[str], node: Node, context: Context, key: str) -> None:
    for tag in sorted(tags):
        context.problems.add(
            node.line,
            worded(
                '{where}: "{key}" has no text for the language "{tag}".',
                where=context.where,
                key=key,
                tag=tag,
            ),
            worded(
                "The flow declares the languages {languages}.",
                languages=", ".join(context.languages),
            ),
        )


def texts(node: Node, context: Context, key: str) -> tuple[Text, ...]:
    """A list of prompts, or one."""
    entries = node.value if node.is_list else [node]
    if not entries:
        context.problems.add(
            node.at,
            worded('{where}: "{key}" is an empty list.', where=context.where, key=key),
            worded("Write at least one text, or leave the key away."),
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
                    worded(
                        '{where}: "{key}" has phrases for "{tag}", a language the flow lacks.',
                        where=context.where,
                        key=key,
                        tag=tag,
                    ),
                    meant(tag, context.languages, worded("Languages")),
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
                worded(
                    '{where}: "{key}" has {sentences} for "{tag}"; at least {min_examples} are '
                    "needed.",
                    where=context.where,
                    key=key,
                    sentences=len(sentences),
                    tag=tag,
                    min_examples=MIN_EXAMPLES,
                ),
                worded("Write whole sentences, as different callers would say them."),
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
                worded(
                    '{where}: a phrase of "{key}" is longer than {longest} characters.',
                    where=context.where,
                    key=key,
                    longest=longest,
                ),
                worded("Write the few words that callers say."),
            )
        elif not _is_single(entry) or not entry.raw.strip():
            context.problems.add(
                entry.at,
                worded(
                    '{where}: "{key}" must be a list of what callers say.',
                    where=context.where,
                    key=key,
                ),
                worded("Write {key}: [opening hours, when are you open].", key=key),
            )
    if not entries:
        context.problems.add(
            node.at,
            worded(
                '{where}: "{key}" is empty, so nothing that callers say is understood.',
                where=context.where,
                key=key,
            ),
            worded("Write {key}: [opening hours, when are you open].", key=key),
        )
    return tuple(good)


def _is_single(node: Node) -> bool:
    """Whether it is one value, and not null."""
    return not node.is_map and not node.is_list and node.value is not None


def name(node: Node, context: Context, key: str) -> str:
    """One word or text on a line: a step, a variable, a mailbox."""
    if node.is_map or node.is_list or node.value is None or not node.raw.strip():
        context.problems.add(
            node.at,
            worded(
                '{where}: "{key}" must be a name, and is {shown}.',
                where=context.where,
                key=key,
                shown=shown_value(node),
            ),
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
            worded(
                '{where}: "{key}" must be a list of names with steps.', where=context.where, key=key
            ),
            worded("Write {key}: {refused: people}.", key=key),
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
            worded(
                '{where}: "{key}" must be true or false, and is {shown}.',
                where=context.where,
                key=key,
                shown=shown_value(node),
            ),
            _flag_hint(node, key),
        )
        return False
    return node.value


def _flag_hint(node: Node, key: str) -> Worded:
    word = node.raw.strip().lower()
    if word in {"yes", "on", "y", "1"}:
        return worded("Write {key}: true.", key=key)
    if word in {"no", "off", "n", "0"}:
        return worded("Write {key}: false.", key=key)
    near = nearest(word, ("true", "false"))
    return worded("Did you mean {near}?", near=near) if near else NO_WORDS


def templates(node: Node, context: Context, key: str) -> Mapping[str, str]:
    """Names with templates of their values."""
    if not node.is_map or not node.entries():
        context.problems.add(
            node.at,
            worded(
                '{where}: "{key}" must be a list of names with values.',
                where=context.where,
                key=key,
            ),
            worded('Write {key}: {number: "{{ order_number }}"}.', key=key),
        )
        return {}
    found = {}
    for entry_name, entry in node.entries().items():
        if not _is_single(entry):
            context.problems.add(
                entry.at,
                worded(
                    '{where}: "{key}.{entry_name}" must be a text.',
                    where=context.where,
                    key=key,
                    entry_name=entry_name,
                ),
            )
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
                worded(
                    '{where}: "{key}" is {shown}, and that is not one of its values.',
                    where=context.where,
                    key=key,
                    shown=shown_value(node),
                ),
                meant(given, self.allowed, worded("Values")),
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
    unit: Worded | None = None
    whole: bool = False

    def __call__(self, node: Node, context: Context, key: str) -> float:
        """The number; the nearest that is allowed where it is wrong."""
        value = node.value
        right = isinstance(value, int | float) and not isinstance(value, bool)
        if right and self.whole:
            right = isinstance(value, int)
        if right and self.least <= value <= self.most:
            return value if self.whole else float(value)
        near = self._nearest(node)
        context.problems.add(
            node.at,
            worded(
                '{where}: "{key}" must be {what} from {least} to {most}, and is {shown}.',
                where=context.where,
                key=key,
                what=self._what(),
                least=format(self.least, "g"),
                most=format(self.most, "g"),
                shown=shown_value(node),
            ),
            worded("The nearest is {near}.", near=format(near, "g"))
            if near is not None
            else NO_WORDS,
        )
        return int(self.least) if self.whole else self.least

    def _what(self) -> Worded:
        if self.unit is not None:
            if self.whole:
                return worded("a whole number of {unit}", unit=self.unit)
            return worded("a number of {unit}", unit=self.unit)
        return worded("a whole number") if self.whole else worded("a number")

    def _nearest(self, node: Node) -> float | None:
        """What a person may have meant: "5 s" is 5, 40 is the most that there can be."""
        found = _LEADING_NUMBER.match(node.raw.strip())
        if found is None:
            return None
        value = float(found[0].replace(",", "."))
        return min(max(round(value) if self.whole else value, self.least), self.most)


_LEADING_NUMBER = re.compile(r"-?\d{1,15}(?:[.,]\d{1,6})?")


def number(least: float, most: float, unit: Worded | None = None, *, whole: bool = False) -> Parser:
    """A number within bounds."""
    return Number(least, most, unit, whole)


def shown_value(node: Node) -> Worded:
    """What stands there instead, for a message."""
    if node.is_map:
        return worded("a group of keys")
    if node.is_list:
        return worded("a list")
    return worded("empty") if node.value is None else plain(f'"{node.raw[:40]}"')
