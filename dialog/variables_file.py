"""Reads the variables that a flow declares at its top."""

from collections.abc import Mapping

from dialog.flow_problems import meant
from dialog.flow_values import Context, one_of
from dialog.scopes import FIELD
from dialog.variables import Unfit, Value, Variable, VariableType, typed
from dialog.yaml_tree import Node

KEYS = ("type", "default")
TYPES = tuple(str(kind) for kind in VariableType)


def read_variables(node: Node, context: Context, key: str) -> Mapping[str, Variable]:
    """Variables by name."""
    if not node.is_map or not node.entries():
        context.problems.add(
            node.at,
            f'{context.where}: "{key}" must be names with types.',
            "Write variables: {tries: number, vip: {type: flag, default: false}}.",
        )
        return {}
    found = {}
    for name, entry in node.entries().items():
        inner = Context(context.problems, context.languages, f'variable "{name}"')
        if not name.isidentifier() or FIELD in name:
            context.problems.add(
                entry.line,
                f"{inner.where}: its name is no word, so templates can't read it.",
                "Write a word of letters, digits and _.",
            )
        found[name] = _variable(entry, inner)
    return found


def _variable(node: Node, context: Context) -> Variable:
    given = node.entries() if node.is_map else {"type": node}
    for key, entry in given.items():
        if key not in KEYS:
            context.problems.add(
                entry.line, f'{context.where} has no key "{key}".', meant(key, KEYS, "Keys")
            )
    if "type" not in given:
        context.problems.add(
            node.line, f'{context.where} has no "type".', f"Types: {', '.join(TYPES)}"
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
            node.at, f'{context.where}: its default "{node.raw[:40]}" is no {kind}.', EXAMPLES[kind]
        )
        return None


EXAMPLES = {
    VariableType.TEXT: "Write a text.",
    VariableType.NUMBER: "Write 3, or 2.5.",
    VariableType.FLAG: "Write true or false.",
    VariableType.DATE: "Write 2026-12-24.",
    VariableType.TIME: "Write 18:30.",
    VariableType.DATETIME: "Write 2026-12-24T18:30.",
}
"""How a value of each type is written."""
