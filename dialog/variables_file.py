"""Reads the variables that a flow declares at its top."""

from collections.abc import Mapping

from dialog.flow_problems import meant
from dialog.flow_values import Context, one_of
from dialog.scopes import FIELD
from dialog.variables import Unfit, Value, Variable, VariableType, typed
from dialog.yaml_tree import Node
from voxdesk.kernel.worded import worded

KEYS = ("type", "default")
TYPES = tuple(str(kind) for kind in VariableType)


def read_variables(node: Node, context: Context, key: str) -> Mapping[str, Variable]:
    """Variables by name."""
    if not node.is_map or not node.entries():
        context.problems.add(
            node.at,
            worded('{where}: "{key}" must be names with types.', where=context.where, key=key),
            worded("Write variables: {tries: number, vip: {type: flag, default: false}}."),
        )
        return {}
    found = {}
    for name, entry in node.entries().items():
        inner = Context(context.problems, context.languages, worded('variable "{name}"', name=name))
        if not name.isidentifier() or FIELD in name:
            context.problems.add(
                entry.line,
                worded(
                    "{where}: its name is no word, so templates can't read it.", where=inner.where
                ),
                worded("Write a word of letters, digits and _."),
            )
        found[name] = _variable(entry, inner)
    return found


def _variable(node: Node, context: Context) -> Variable:
    given = node.entries() if node.is_map else {"type": node}
    for key, entry in given.items():
        if key not in KEYS:
            context.problems.add(
                entry.line,
                worded('{where} has no key "{key}".', where=context.where, key=key),
                meant(key, KEYS, worded("Keys")),
            )
    if "type" not in given:
        context.problems.add(
            node.line,
            worded('{where} has no "type".', where=context.where),
            worded("Types: {types}", types=", ".join(TYPES)),
        )
        return Variable(VariableType.TEXT, line=node.line)
    kind: VariableType = one_of(VariableType)(given["type"], context, "type")
    default = _default(given["default"], kind, context) if "default" in given else None
    return Variable(kind, default, node.line)


def _default(node: Node, kind: VariableType, context: Context) -> Value | None:
    if node.value is None:
        return None
    try:
        return typed("" if node.is_map or node.is_list else node.raw, kind)
    except Unfit:
        context.problems.add(
            node.at,
            worded(
                '{where}: its default "{raw}" is no {kind}.',
                where=context.where,
                raw=node.raw[:40],
                kind=kind,
            ),
            EXAMPLES[kind],
        )
        return None


EXAMPLES = {
    VariableType.TEXT: worded("Write a text."),
    VariableType.NUMBER: worded("Write 3, or 2.5."),
    VariableType.FLAG: worded("Write true or false."),
    VariableType.DATE: worded("Write 2026-12-24."),
    VariableType.TIME: worded("Write 18:30."),
    VariableType.DATETIME: worded("Write 2026-12-24T18:30."),
}
"""How a value of each type is written."""
