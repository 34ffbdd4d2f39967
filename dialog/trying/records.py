"""Records that lookups find while a flow is tried: from a YAML file, or typed in."""

from collections.abc import Mapping
from typing import Any

from dialog.events import Lookup
from dialog.flow_problems import Problem
from dialog.trying.moves import LookupEnds
from dialog.yaml_tree import Node, YamlProblem, read_tree
from voxdesk.kernel.errors import FlowError

Records = Mapping[tuple[str, str], Mapping[str, Any] | None]

_EXAMPLE = 'Write order: {"4711": {status: shipped, carrier: UPS}}.'


def read_records(data: bytes, *, path: str) -> Records:
    """Kinds with keys with records; an empty record is none.

    Raises:
        FlowError: says what is wrong, and on which line.
    """
    try:
        tree = read_tree(data)
    except YamlProblem as problem:
        raise FlowError(Problem.of(problem).shown(path)) from None
    if not tree.is_map:
        raise FlowError(f"{path}:{tree.line}  records are kinds with numbers.\n  {_EXAMPLE}")
    found: dict[tuple[str, str], Mapping[str, Any] | None] = {}
    for what, entries in tree.entries().items():
        if not entries.is_map:
            raise FlowError(
                f'{path}:{entries.line}  "{what}" must be numbers with records.\n  {_EXAMPLE}'
            )
        for key, entry in entries.entries().items():
            if not entry.is_map and entry.value is not None:
                raise FlowError(
                    f'{path}:{entry.line}  "{what}.{key}" must be fields with values.\n  {_EXAMPLE}'
                )
            if entry.bare:
                name, line = entry.bare[0]
                raise FlowError(
                    f'{path}:{line}  "{name}" stands between commas and has no value.\n'
                    "  Put quotes around a text that has a comma."
                )
            found[what, key] = _plain(entry) if entry.is_map else None
    return found


def answer_from(records: Records, lookup: Lookup) -> LookupEnds:
    """What is found among the records. A record has the key that it was found by."""
    by, key = next(iter(lookup.by.items()), ("", ""))
    record = records.get((lookup.what, key))
    if record is None:
        return LookupEnds(outcome="missing")
    return LookupEnds(outcome="found", record={by: key, **record})


def answer_typed(text: str, lookup: Lookup) -> LookupEnds | None:
    """An answer as a person types it: yes, no, failed, or fields; None when it is none of them."""
    word = text.strip().lower()
    own = dict([next(iter(lookup.by.items()), ("", ""))])
    if word in {"yes", "y", "found"}:
        return LookupEnds(outcome="found", record=own)
    if word in {"no", "n", "missing"}:
        return LookupEnds(outcome="missing")
    if word == "failed":
        return LookupEnds(outcome="failed")
    inner = text.strip().removeprefix("{").removesuffix("}")
    try:
        tree = read_tree(f"{{{inner}}}".encode())
    except YamlProblem:
        return None
    fields = _plain(tree)
    if not fields or tree.bare or None in fields.values():
        return None
    return LookupEnds(outcome="found", record={**own, **fields})


def _plain(node: Node) -> Any:
    if node.is_map:
        return {key: _plain(entry) for key, entry in node.entries().items()}
    if node.is_list:
        return [_plain(entry) for entry in node.value]
    return node.value
