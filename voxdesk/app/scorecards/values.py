"""Reads single values of a scorecard's file: texts, numbers, yes and no, scales."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from crm.scores.scorecard import Scale
from dialog.flow_problems import Problems, meant
from dialog.yaml_tree import Node
from voxdesk.kernel.worded import Worded, worded

MOST_TEXT: Final = 2000
MOST_WEIGHT: Final = 100
MOST_POINTS: Final = 100
_SCALES: Final = worded("Write scale: yes_no, scale: 1-5, or scale: {points: 10}.")


@dataclass(frozen=True, slots=True)
class Context:
    """Where a value stands.

    Attributes:
        problems: takes what is wrong.
        languages: those that every text must have.
        where: how messages name the place: 'question "greeting"'.
    """

    problems: Problems
    languages: tuple[str, ...]
    where: Worded


Parser = Callable[[Node, Context, str], Any]


def texts(node: Node, context: Context, key: str) -> Mapping[str, str]:
    """One text, or one for each language."""
    if node.is_list or (not node.is_map and node.value is None):
        context.problems.add(
            node.at,
            worded(
                '{where}: "{key}" must be a text, or a text for each language.',
                where=context.where,
                key=key,
            ),
            worded("Write {key}: Hello, or {key}: {en: Hello, zh: 您好}.", key=key),
        )
        return {}
    given = node.entries() if node.is_map else {context.languages[0]: node}
    found = {}
    for tag, entry in given.items():
        if tag not in context.languages:
            context.problems.add(
                entry.line,
                worded(
                    '{where}: "{key}" has a text for "{tag}", a language the scorecard lacks.',
                    where=context.where,
                    key=key,
                    tag=tag,
                ),
                meant(tag, context.languages, worded("Languages")),
            )
        elif entry.is_map or entry.is_list or not entry.raw.strip():
            context.problems.add(
                entry.at,
                worded(
                    '{where}: "{key}" in "{tag}" is no text.', where=context.where, key=key, tag=tag
                ),
            )
        elif len(entry.raw) > MOST_TEXT:
            context.problems.add(
                entry.at,
                worded(
                    '{where}: "{key}" has {raw} characters.',
                    where=context.where,
                    key=key,
                    raw=len(entry.raw),
                ),
                worded("Write at most {most_text}.", most_text=MOST_TEXT),
            )
        else:
            found[tag] = entry.raw.strip()
    for tag in context.languages:
        if tag not in given:
            context.problems.add(
                node.at,
                worded(
                    '{where}: "{key}" has no text for the language "{tag}".',
                    where=context.where,
                    key=key,
                    tag=tag,
                ),
                worded(
                    "The scorecard declares the languages {languages}.",
                    languages=", ".join(context.languages),
                ),
            )
    return found


def number(node: Node, context: Context, key: str, *, most: float) -> float | None:
    """A number from 0."""
    value = node.value
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= most:
        context.problems.add(
            node.at,
            worded(
                '{where}: "{key}" must be a number from 0 to {most}, and is "{shown}".',
                where=context.where,
                key=key,
                most=most,
                shown=_shown(node),
            ),
            worded("Write {key}: 1.", key=key),
        )
        return None
    return float(value)


def weight(node: Node, context: Context, key: str) -> float:
    """How much something counts beside others."""
    found = number(node, context, key, most=MOST_WEIGHT)
    return 1.0 if found is None else found


def passing(node: Node, context: Context, key: str) -> float | None:
    """A score from which a call is good enough."""
    return number(node, context, key, most=100)


def truth(node: Node, context: Context, key: str) -> bool:
    """True or false."""
    if not isinstance(node.value, bool):
        context.problems.add(
            node.at,
            worded(
                '{where}: "{key}" must be true or false, and is "{shown}".',
                where=context.where,
                key=key,
                shown=_shown(node),
            ),
            worded("Write {key}: true.", key=key),
        )
        return False
    return node.value


def good(node: Node, context: Context, key: str) -> int:
    """Which of yes and no is the better answer."""
    # YAML 1.2 reads these two as words, YAML 1.1 as truth values; people write both.
    answers: Mapping[Any, int] = {"yes": 1, "no": 0, True: 1, False: 0}
    single = not node.is_map and not node.is_list
    if not single or isinstance(node.value, int) is not isinstance(node.value, bool):
        pass
    elif node.value in answers:
        return answers[node.value]
    context.problems.add(
        node.at,
        worded(
            '{where}: "{key}" must be yes or no, and is "{shown}".',
            where=context.where,
            key=key,
            shown=_shown(node),
        ),
        worded("Write {key}: no where no is the better answer.", key=key),
    )
    return 1


def scale(node: Node, context: Context, key: str) -> tuple[Scale, int]:
    """What may be answered, and the most points."""
    if node.is_map:
        entries = node.entries()
        for other in entries:
            if other != "points":
                context.problems.add(
                    entries[other].line,
                    worded(
                        '{where}: "{key}" has no key "{other}".',
                        where=context.where,
                        key=key,
                        other=other,
                    ),
                    _SCALES,
                )
        points = entries.get("points")
        value = points.value if points is not None else None
        if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= MOST_POINTS:
            context.problems.add(
                points.at if points is not None else node.at,
                worded(
                    '{where}: "points" must be a whole number from 1 to {most_points}.',
                    where=context.where,
                    most_points=MOST_POINTS,
                ),
                _SCALES,
            )
            return Scale.POINTS, 1
        return Scale.POINTS, value
    for one in (Scale.YES_NO, Scale.ONE_TO_FIVE):
        if not node.is_list and node.raw.strip() == one:
            return one, 0
    context.problems.add(
        node.at,
        worded(
            '{where}: "{shown}" is no scale that there is.', where=context.where, shown=_shown(node)
        ),
        _SCALES,
    )
    return Scale.YES_NO, 0


def _shown(node: Node) -> str | Worded:
    if node.is_list:
        return worded("a list")
    return worded("a list of keys") if node.is_map else node.raw.strip()[:40]
