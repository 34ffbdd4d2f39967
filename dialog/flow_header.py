"""Reads what a flow's file says of the whole flow: "anywhere" and "when_upset"."""

import dataclasses
from collections.abc import Iterable, Mapping
from typing import Any

from dialog import flow_values as values
from dialog.flow import Answer, Flow, Step
from dialog.flow_anywhere import (
    ANSWER,
    ANSWERED,
    NOWHERE,
    QUESTION,
    UNKNOWN,
    Anywhere,
    WhenUpset,
)
from dialog.flow_options import OPTION_KEYS, options_in
from dialog.flow_problems import Problems, meant, nearest
from dialog.flow_subflow import Return
from dialog.flow_texts import Option
from dialog.flow_values import Context, Parser
from dialog.yaml_tree import Node
from voxdesk.kernel.worded import Worded, plain, worded

ASIDE_KEYS: Mapping[str, Parser] = {
    **{key: parse for key, parse in OPTION_KEYS.items() if key != "listed"},
    "key": values.one_of(tuple("123456789")),
}
"""The keys of an option of "anywhere"."""


def read_asides(node: Node, context: Context, key: str) -> tuple[Option, ...]:
    """What callers may ask at any step: like the options of a menu, but no keys of their own."""
    options = options_in(node, context, key, ASIDE_KEYS)
    for option in options:
        if not option.then:
            context.problems.add(
                option.line,
                worded(
                    '{where}, option "{value}" has no "then".',
                    where=context.where,
                    value=option.value,
                ),
            )
    return options


ANYWHERE_KEYS: Mapping[str, Parser] = {"options": read_asides, "answers": values.flag}
UPSET_KEYS: Mapping[str, Parser] = {
    "soothe": values.text,
    "priority": values.number(0, 100, whole=True),
    "then": values.name,
}


def read_anywhere(node: Node, context: Context, key: str) -> Anywhere:
    """What callers may ask at any step that waits."""
    context = dataclasses.replace(context, where=plain(key))
    read = _keys(node, context, ANYWHERE_KEYS, worded("Write anywhere: {options: {hours: {…}}}."))
    if node.is_map and not node.entries():
        context.problems.add(
            node.line,
            worded('"anywhere" has neither "options" nor "answers", so nothing can be asked.'),
            worded("Write options: {hours: {phrases: [opening hours], then: hours}}."),
        )
    return Anywhere(**read)


def read_when_upset(node: Node, context: Context, key: str) -> WhenUpset:
    """What is done for frustrated and angry callers; only the usual where it is empty."""
    if node.value is None:
        return WhenUpset(line=node.line)
    context = dataclasses.replace(context, where=plain(key))
    hint = worded("Write when_upset: {priority: 10}, or when_upset: {}.")
    return WhenUpset(line=node.line, **_keys(node, context, UPSET_KEYS, hint))


def _keys(node: Node, context: Context, keys: Mapping[str, Parser], hint: Worded) -> dict[str, Any]:
    if not node.is_map:
        context.problems.add(
            node.at, worded('"{where}" must be a group of keys.', where=context.where), hint
        )
        return {}
    read: dict[str, Any] = {}
    for key, entry in node.entries().items():
        # Read as the key that was meant, so that one mistake is one problem.
        known = key if key in keys else nearest(key, set(keys) - set(node.entries()))
        if key not in keys:
            context.problems.add(
                entry.line,
                worded('"{where}" has no key "{key}".', where=context.where, key=key),
                meant(key, keys, worded("Keys")),
            )
        if known:
            read[known] = keys[known](entry, context, known)
    return read


def question_steps(entries: Mapping[str, Node], problems: Problems) -> dict[str, Step]:
    """The steps that answer questions asked anywhere, where the flow wants that.

    Args:
        entries: of the file.
        problems: takes what is wrong.
    """
    node = _inside(entries.get("anywhere"), "answers")
    if node is None or node.value is not True:
        return {}
    if "knowledge" not in entries:
        problems.add(
            node.at,
            worded('anywhere: "answers" is true, and the flow has no knowledge to answer from.'),
            worded("Write knowledge: [shop] at the top, or leave it away."),
        )
        return {}
    return {
        ANSWER: Answer(
            name=ANSWER,
            line=node.line,
            words="{{ question }}",
            slot=QUESTION,
            then=ANSWERED,
            unknown=UNKNOWN,
            nothing=ANSWERED,
        ),
        ANSWERED: Return(name=ANSWERED, line=node.line),
        UNKNOWN: Return(name=UNKNOWN, line=node.line),
    }


def read_whole(
    entries: Mapping[str, Node], context: Context, problems: Problems, steps: Iterable[str]
) -> dict[str, Any]:
    """The fields of a flow that hold in all of it.

    Args:
        entries: of the file.
        context: of the flow.
        problems: takes what is wrong.
        steps: names of all steps, also of those that can't be read.
    """
    known = list(steps)
    read: dict[str, Any] = {}
    if "anywhere" in entries:
        read["anywhere"] = anywhere = read_anywhere(entries["anywhere"], context, "anywhere")
        options = _inside(entries["anywhere"], "options")
        for option in anywhere.options:
            where = worded('anywhere, option "{value}"', value=option.value)
            then = _inside(options, option.value)
            _check_target(where, option.then, _inside(then, "then"), known, problems)
    if "when_upset" in entries:
        node = entries["when_upset"]
        read["when_upset"] = care = read_when_upset(node, context, "when_upset")
        _check_target(plain('"when_upset"'), care.then, _inside(node, "then"), known, problems)
    return read


def _inside(node: Node | None, key: str) -> Node | None:
    return node.entries().get(key) if node else None


def _check_target(
    where: Worded, target: str, node: Node | None, steps: list[str], problems: Problems
) -> None:
    if target and target not in steps:
        problems.add(
            node.at if node else 1,
            worded(
                '{where} goes to "{target}", and there is no such step.', where=where, target=target
            ),
            meant(target, steps, worded("Steps")),
        )


def with_side_steps(flow: Flow, side: frozenset[str]) -> Flow:
    """The flow, knowing which of its steps are side branches."""
    if flow.anywhere is NOWHERE and not side:
        return flow
    return dataclasses.replace(flow, anywhere=dataclasses.replace(flow.anywhere, steps=side))
