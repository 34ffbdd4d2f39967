"""Reads the options of a choice or a menu, and the branches of a `choose`."""

import dataclasses
from collections.abc import Mapping
from typing import Any

from dialog import flow_values as values
from dialog.flow import Branch
from dialog.flow_problems import meant
from dialog.flow_texts import Option, Phrases
from dialog.flow_values import Context, Parser
from dialog.yaml_tree import Node
from voxdesk.kernel.worded import NO_WORDS, worded

KEYS_OF_A_PHONE = tuple("0123456789*#")


def read_options(node: Node, context: Context, key: str) -> tuple[Option, ...]:
    """The closed list of a choice or a menu; keys are given in order where none is written."""
    found = options_in(node, context, key, OPTION_KEYS)
    free = iter([key for key in "123456789" if key not in {option.key for option in found}])
    return tuple(
        option if option.key else dataclasses.replace(option, key=next(free, ""))
        for option in found
    )


def options_in(
    node: Node, context: Context, key: str, keys: Mapping[str, Parser]
) -> tuple[Option, ...]:
    """Options as they are written; `keys`: those that each of them may have."""
    if not node.is_map or not node.entries():
        context.problems.add(
            node.line,
            worded('{where}: "{key}" must name at least one option.', where=context.where, key=key),
            worded("Write options: {hours: {phrases: [opening hours], key: 3, then: hours}}."),
        )
        return ()
    return tuple(_option(value, entry, context, keys) for value, entry in node.entries().items())


def _option(value: str, node: Node, context: Context, keys: Mapping[str, Parser]) -> Option:
    inner = Context(
        context.problems,
        context.languages,
        worded('{where}, option "{value}"', where=context.where, value=value),
        context.own_language,
    )
    entries = node.entries()
    for key, entry in entries.items():
        if key not in keys:
            inner.problems.add(
                entry.line,
                worded(
                    '{where} has the key "{key}", and an option has no such key.',
                    where=inner.where,
                    key=key,
                ),
                meant(key, keys, worded("Keys")),
            )
    if "phrases" not in entries:
        inner.problems.add(
            node.line,
            worded("{where} doesn't say what callers say for it.", where=inner.where),
            worded("Give it phrases: [opening hours, when are you open]."),
        )
    read: dict[str, Any] = {
        field: parse(entries[field], inner, field)
        for field, parse in keys.items()
        if field in entries
    }
    read.setdefault("phrases", Phrases({}))
    return Option(value=value, line=node.line, **read)


OPTION_KEYS: Mapping[str, Parser] = {
    "phrases": values.phrases,
    "examples": values.examples,
    "key": values.one_of(KEYS_OF_A_PHONE),
    "then": values.name,
    "listed": values.flag,
}


def read_branches(node: Node, context: Context, key: str) -> tuple[Branch, ...]:
    """Conditions with their steps, "else" last."""
    entries = node.value if node.is_list else []
    if not entries:
        context.problems.add(
            node.line,
            worded('{where}: "{key}" must be a list of conditions.', where=context.where, key=key),
            worded(
                'Write - {if: order.status == "shipped", then: shipped}, and - {else: other} last.'
            ),
        )
    found = [_branch(entry, context) for entry in entries]
    for place, branch in enumerate(found):
        if not branch.condition and place < len(found) - 1:
            context.problems.add(
                branch.line,
                worded(
                    '{where}: "else" must be the last branch; none after it counts.',
                    where=context.where,
                ),
            )
    return tuple(found)


def _branch(node: Node, context: Context) -> Branch:
    given = node.entries()
    if set(given) == {"if", "then"}:
        condition = values.name(given["if"], context, "if")
        return Branch(condition, values.name(given["then"], context, "then"), node.line)
    if set(given) == {"else"}:
        return Branch("", values.name(given["else"], context, "else"), node.line)
    wrong = next((key for key in given if key not in {"if", "then", "else"}), "")
    context.problems.add(
        node.line,
        worded('{where}: a branch is "if" with "then", or "else".', where=context.where),
        meant(wrong, ("if", "then", "else"), worded("Keys")) if wrong else NO_WORDS,
    )
    return Branch("", "", node.line)
