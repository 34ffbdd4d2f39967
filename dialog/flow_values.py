"""Reads single values of a flow's file: texts, names, numbers, lists of phrases."""

import enum
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from dialog.flow import NOTHING, Phrases, Text
from dialog.flow_problems import Problems, meant
from dialog.yaml_tree import Node

MAX_PHRASE = 120
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
            node.line,
            f'{context.where}: "{key}" must be a text, or a text for each language.',
            f"Write {key}: Hello, or {key}: {{en: Hello, zh: 您好}}.",
        )
        return NOTHING
    said = node.raw.strip()
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
        elif entry.is_map or entry.is_list or entry.value is None:
            context.problems.add(entry.line, f'{context.where}: "{key}.{tag}" must be a text.')
        else:
            found[tag] = entry.raw.strip()
    needed = {context.own_language} if context.own_language else set(context.languages)
    _missing(needed - set(node.entries()), node, context, key)
    return found


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
    return tuple(text(entry, context, key) for entry in entries)


def phrases(node: Node, context: Context, key: str) -> Phrases:
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
            found[tag] = _phrase_list(entry, context, f"{key}.{tag}")
        _missing(set(context.languages) - set(found), node, context, key)
        return Phrases(found)
    if not context.own_language and len(context.languages) > 1:
        _missing(set(context.languages[1:]), node, context, key)
    language = context.own_language or context.languages[0]
    return Phrases({language: _phrase_list(node, context, key)})


def examples(node: Node, context: Context, key: str) -> Phrases:
    """Sentences of callers: as phrases, and several of them."""
    found = phrases(node, context, key)
    for tag, sentences in found.by_language.items():
        if 0 < len(sentences) < MIN_EXAMPLES:
            context.problems.add(
                node.line,
                f'{context.where}: "{key}" has {len(sentences)} for "{tag}"; at least '
                f"{MIN_EXAMPLES} are needed.",
                "Write whole sentences, as different callers would say them.",
            )
    return found


def _phrase_list(node: Node, context: Context, key: str) -> tuple[str, ...]:
    entries = node.value if node.is_list else [node]
    good = [
        entry.raw.strip()
        for entry in entries
        if not entry.is_map and not entry.is_list and 0 < len(entry.raw.strip()) <= MAX_PHRASE
    ]
    if not good or len(good) < len(entries):
        context.problems.add(
            node.line,
            f'{context.where}: "{key}" must be a list of what callers say.',
            f"Write {key}: [opening hours, when are you open].",
        )
    return tuple(good)


def name(node: Node, context: Context, key: str) -> str:
    """One word or text on a line: a step, a variable, a mailbox."""
    if node.is_map or node.is_list or node.value is None or not node.raw.strip():
        context.problems.add(node.line, f'{context.where}: "{key}" must be a name.')
        return ""
    return node.raw.strip()


def names(node: Node, context: Context, key: str) -> tuple[str, ...]:
    """A list of names, or one."""
    entries = node.value if node.is_list else [node]
    return tuple(found for entry in entries if (found := name(entry, context, key)))


def flag(node: Node, context: Context, key: str) -> bool:
    """Whether something is so: true or false."""
    if not isinstance(node.value, bool):
        context.problems.add(
            node.line, f'{context.where}: "{key}" must be true or false, and is {_shown(node)}.'
        )
        return False
    return node.value


def templates(node: Node, context: Context, key: str) -> Mapping[str, str]:
    """Names with templates of their values."""
    if not node.is_map or not node.entries():
        context.problems.add(
            node.line,
            f'{context.where}: "{key}" must be a list of names with values.',
            f'Write {key}: {{number: "{{{{ order_number }}}}"}}.',
        )
        return {}
    found = {}
    for entry_name, entry in node.entries().items():
        if entry.is_map or entry.is_list or entry.value is None:
            context.problems.add(
                entry.line, f'{context.where}: "{key}.{entry_name}" must be a text.'
            )
        else:
            found[entry_name] = entry.raw.strip()
    return found


def one_of(choices: type[enum.StrEnum] | tuple[str, ...]) -> Parser:
    """One word of a closed list."""
    allowed = [str(choice) for choice in choices]

    def parse(node: Node, context: Context, key: str) -> Any:
        given = node.raw.strip() if not node.is_map and not node.is_list else ""
        if given not in allowed:
            context.problems.add(
                node.line,
                f'{context.where}: "{key}" is {_shown(node)}, and that is not one of its values.',
                meant(given, allowed, "Values"),
            )
            given = allowed[0]
        return choices(given) if isinstance(choices, type) else given

    return parse


def number(least: float, most: float, unit: str = "", *, whole: bool = False) -> Parser:
    """A number within bounds."""

    def parse(node: Node, context: Context, key: str) -> float:
        value = node.value
        right = isinstance(value, int | float) and not isinstance(value, bool)
        if right and whole:
            right = isinstance(value, int)
        if not right or not least <= value <= most:
            what = "a whole number" if whole else "a number"
            of_unit = f" of {unit}" if unit else ""
            context.problems.add(
                node.line,
                f'{context.where}: "{key}" must be {what}{of_unit} '
                f"from {least:g} to {most:g}, and is {_shown(node)}.",
            )
            return least
        return float(value) if not whole else value

    return parse


def _shown(node: Node) -> str:
    if node.is_map:
        return "a group of keys"
    if node.is_list:
        return "a list"
    return "empty" if node.value is None else f'"{node.raw[:40]}"'
