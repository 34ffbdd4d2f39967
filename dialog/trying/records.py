"""Records that lookups find while a flow is tried: from a YAML file, or typed in."""

from collections.abc import Mapping
from typing import Any

from dialog.events import Act, ActDone, Lookup, LookupDone
from dialog.flow_problems import Problem
from dialog.text_outside import REFUSED, answers
from dialog.trying.moves import ActEnds, LookupEnds
from dialog.yaml_tree import Node, YamlProblem, read_tree
from voxdesk.kernel.errors import FlowError
from voxdesk.kernel.worded import Worded, together, worded

Records = Mapping[tuple[str, str], Mapping[str, Any] | None]

_EXAMPLE = worded('Write order: {"4711": {status: shipped, carrier: UPS}}.')


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
        raise _wrong(path, tree.line, worded("records are kinds with numbers."))
    found: dict[tuple[str, str], Mapping[str, Any] | None] = {}
    for what, entries in tree.entries().items():
        if not entries.is_map:
            raise _wrong(
                path, entries.line, worded('"{what}" must be numbers with records.', what=what)
            )
        for key, entry in entries.entries().items():
            if not entry.is_map and entry.value is not None:
                raise _wrong(
                    path,
                    entry.line,
                    worded('"{what}.{key}" must be fields with values.', what=what, key=key),
                )
            if entry.bare:
                name, line = entry.bare[0]
                raise _wrong(
                    path,
                    line,
                    worded('"{name}" stands between commas and has no value.', name=name),
                    worded("Put quotes around a text that has a comma."),
                )
            found[what, key] = _plain(entry) if entry.is_map else None
    return found


def _wrong(path: str, line: int, text: Worded, hint: Worded = _EXAMPLE) -> FlowError:
    where = f"{path}:{line:d}"
    return FlowError(together([together([where, text], "  "), hint], "\n  "))


def answer_from(records: Records, asked: Lookup | Act) -> LookupEnds | ActEnds:
    """What is found among the records, or comes of what is done. A record has its own key."""
    done = answers(asked, records, {})[-1]
    if isinstance(done, ActDone):
        return _act_ends(done.outcome, done.record, done.reason)
    if not isinstance(done, LookupDone) or not done.found:
        return LookupEnds(outcome="missing")
    own = dict(asked.by) if isinstance(asked, Lookup) else {}
    return LookupEnds(outcome="found", record={**own, **done.record})


def answer_typed(text: str, asked: Lookup | Act) -> LookupEnds | ActEnds | None:
    """An answer as a person types it, None when it is none.

    Of a lookup: yes, no, failed, or fields. Of what is done: done, refused (and why), failed, or
    fields.
    """
    word, _, why = text.strip().lower().partition(" ")
    if isinstance(asked, Act):
        return _act_typed(text, word, why.strip(), asked)
    own, whole = dict(asked.by), text.strip().lower()
    if whole in {"yes", "y", "found"}:
        return LookupEnds(outcome="found", record=own)
    if whole in {"no", "n", "missing"}:
        return LookupEnds(outcome="missing")
    if whole == "failed":
        return LookupEnds(outcome="failed")
    fields = _typed_fields(text)
    return LookupEnds(outcome="found", record={**own, **fields}) if fields else None


def _act_typed(text: str, word: str, why: str, act: Act) -> ActEnds | None:
    own = dict(act.given)
    if word == REFUSED:
        return _act_ends(REFUSED, {}, why)
    if word in {"done", "yes", "y"} and not why:
        return _act_ends("done", own, "")
    if word == "failed" and not why:
        return _act_ends("failed", {}, "")
    fields = _typed_fields(text)
    return _act_ends("done", {**own, **fields}, "") if fields else None


def _act_ends(outcome: str, record: Mapping[str, Any], reason: str) -> ActEnds:
    return ActEnds.model_validate({"outcome": outcome, "record": dict(record), "reason": reason})


def _typed_fields(text: str) -> dict[str, Any]:
    """Fields with values, as "status: shipped, carrier: UPS"; nothing when it is none of that."""
    inner = text.strip().removeprefix("{").removesuffix("}")
    try:
        tree = read_tree(f"{{{inner}}}".encode())
        fields = _plain(tree)
    except YamlProblem:
        return {}
    return {} if tree.bare or None in fields.values() else dict(fields)


def _plain(node: Node) -> Any:
    if node.is_map:
        return {key: _plain(entry) for key, entry in node.entries().items()}
    if node.is_list:
        return [_plain(entry) for entry in node.value]
    return node.value
