"""Reads one lookup or act of a service's file."""

from collections.abc import Iterator, Mapping
from typing import Any

from dialog import flow_values as values
from dialog.flow_problems import meant
from dialog.flow_values import Context
from dialog.yaml_tree import Node
from voxdesk.app.outside.json_path import Path, parse
from voxdesk.app.outside.request import PLACEHOLDER
from voxdesk.app.outside.service import Field, Operation, ValueType
from voxdesk.kernel.worded import NO_WORDS, all_of, worded

METHODS = ("get", "post", "put", "patch", "delete")
_BOTH = ("query", "body", "record", "safe_to_repeat")
LOOKUP_KEYS = ("by", "get", "post", *_BOTH, "missing", "empty")
ACT_KEYS = ("with", *METHODS, *_BOTH, "refused", "once_by")
FIELD_KEYS = ("at", "type", "optional")
VALUE_KEYS = ("type", "optional")
GIVEN_TYPES = tuple(kind for kind in ValueType if kind is not ValueType.LIST)
STATUSES = range(400, 500)
MAX_FIELDS = 40


def keys_are_right(node: Node, known: tuple[str, ...], context: Context) -> bool:
    """Whether it is keys with values; wrong ones are told."""
    if not node.is_map:
        context.problems.add(
            node.line,
            worded("{where} must be a list of keys with values.", where=context.where),
            worded("Keys: {known}", known=", ".join(known)),
        )
        return False
    for key, line in node.repeated:
        context.problems.add(
            line, worded('{where} has the key "{key}" twice.', where=context.where, key=key)
        )
    for key, entry in node.entries().items():
        if key not in known:
            context.problems.add(
                entry.line,
                worded('{where} has no key "{key}".', where=context.where, key=key),
                meant(key, known, worded("Keys")),
            )
    return True


def read_operation(name: str, node: Node, context: Context, *, act: bool) -> Operation:
    """One of them; what is wrong is told, and left out."""
    known = ACT_KEYS if act else LOOKUP_KEYS
    if not keys_are_right(node, known, context):
        return Operation(name, "GET", "/")
    given = node.entries()
    methods = [method for method in METHODS if method in given and method in known]
    if len(methods) != 1:
        several = all_of(methods)
        context.problems.add(
            node.line,
            worded("{where} is {several} at once.", where=context.where, several=several)
            if methods
            else worded("{where} doesn't say what is sent.", where=context.where),
            worded("Write get: /items/{sku}")
            if not act
            else worded("Write post: /orders/{number}/cancel"),
        )
    method = methods[0] if methods else "get"
    by, optional = _values(given.get("with" if act else "by"), "with" if act else "by", context)
    read: dict[str, Any] = {"by": by, "optional": optional}
    if method in given:
        read["path"] = _path(given[method], method, context)
    if "body" in given:
        read["body"] = given["body"].plain()
    read |= {
        key: parse(given[key], context, key) for key, parse in _PARSERS.items() if key in given
    }
    read.setdefault("path", "/")
    operation = Operation(name, method.upper(), **read)
    _check_placeholders(operation, given, method, context)
    return operation


def _path(node: Node, method: str, context: Context) -> str:
    text = values.name(node, context, method)
    if text and (not text.startswith("/") or "?" in text or "#" in text or "//" in text):
        context.problems.add(
            node.at,
            worded(
                '{where}: "{method}" must be a path below the service\'s url.',
                where=context.where,
                method=method,
            ),
            worded(
                "Write it like /items/{sku}; what follows a question mark goes into query: {…}."
            ),
        )
        return "/"
    if any(part in {".", ".."} for part in text.split("/")) or not text.isprintable():
        context.problems.add(
            node.at,
            worded(
                '{where}: "{method}" leads up, and only down is meant.',
                where=context.where,
                method=method,
            ),
        )
        return "/"
    return text


def _values(
    node: Node | None, key: str, context: Context
) -> tuple[dict[str, ValueType], frozenset[str]]:
    """What it is given: `{sku: text, site: {type: text, optional: true}}`."""
    found: dict[str, ValueType] = {}
    optional: set[str] = set()
    if node is not None and not node.is_map:
        context.problems.add(
            node.at,
            worded('{where}: "{key}" are names with what they are.', where=context.where, key=key),
            worded(
                "Write {key}: {sku: text}.  Types: {given_types}",
                key=key,
                given_types=", ".join(GIVEN_TYPES),
            ),
        )
    for name, entry in node.entries().items() if node else ():
        if not PLACEHOLDER.fullmatch(f"{{{name}}}"):
            context.problems.add(
                entry.line,
                worded(
                    '{where}: "{key}.{name}" is no name of a value.',
                    where=context.where,
                    key=key,
                    name=name,
                ),
                NO_WORDS,
            )
            continue
        type_ = entry
        if entry.is_map:
            keys_are_right(entry, VALUE_KEYS, context)
            inner = entry.entries()
            if "optional" in inner and values.flag(inner["optional"], context, "optional"):
                optional.add(name)
            type_ = inner.get("type", Node("text", entry.line, raw="text", at=entry.at))
        found[name] = ValueType(values.one_of(GIVEN_TYPES)(type_, context, f"{key}.{name}"))
    return found, frozenset(optional)


def _record(node: Node, context: Context, key: str) -> dict[str, Field]:
    if not node.is_map or not 0 < len(node.entries()) <= MAX_FIELDS:
        context.problems.add(
            node.at,
            worded(
                '{where}: "{key}" are 1 to {max_fields} fields, each with where it is.',
                where=context.where,
                key=key,
                max_fields=MAX_FIELDS,
            ),
            worded("Write record: {count: {at: stock.count, type: number}}."),
        )
        return {}
    found: dict[str, Field] = {}
    for name, entry in node.entries().items():
        if name.startswith("_") or not name.isidentifier():
            context.problems.add(
                entry.line,
                worded('{where}: "{name}" is no name of a field.', where=context.where, name=name),
            )
            continue
        if not entry.is_map:
            found[name] = Field(_json_path(entry, context, f"record.{name}"))
            continue
        keys_are_right(entry, FIELD_KEYS, context)
        inner = entry.entries()
        at: Path = (name,)
        if "at" in inner:
            at = _json_path(inner["at"], context, f"record.{name}.at")
        type_ = ValueType.TEXT
        if "type" in inner:
            type_ = values.one_of(ValueType)(inner["type"], context, f"record.{name}.type")
        optional = "optional" in inner and values.flag(inner["optional"], context, "optional")
        found[name] = Field(at, type_, optional)
    return found


def _json_path(node: Node, context: Context, key: str) -> Path:
    text = values.name(node, context, key)
    path = parse(text)
    if path is None:
        context.problems.add(
            node.at,
            worded(
                '{where}: "{key}" is "{text}", and that is no path into an answer.',
                where=context.where,
                key=key,
                text=text[:40],
            ),
            worded("Write it like stock.items[0].count."),
        )
        return ()
    return path


def _statuses(node: Node, context: Context, key: str) -> frozenset[int]:
    found: set[int] = set()
    for entry in node.value if node.is_list else [node]:
        if isinstance(entry.value, int) and entry.value in STATUSES:
            found.add(entry.value)
        else:
            context.problems.add(
                entry.at,
                worded(
                    '{where}: "{key}" is "{raw}", and that is no status from 400 to 499.',
                    where=context.where,
                    key=key,
                    raw=entry.raw[:20],
                ),
            )
    return frozenset(found)


def _refused(node: Node, context: Context, key: str) -> Mapping[int, str]:
    if not node.is_map:
        context.problems.add(
            node.at,
            worded(
                '{where}: "{key}" are statuses with what they mean, in one word.',
                where=context.where,
                key=key,
            ),
            worded("Write refused: {409: taken, 422: not_possible}."),
        )
        return {}
    found: dict[int, str] = {}
    for status, entry in node.entries().items():
        if not status.isdecimal() or int(status) not in STATUSES:
            context.problems.add(
                entry.line,
                worded(
                    '{where}: "refused.{status}" is no status from 400 to 499.',
                    where=context.where,
                    status=status[:20],
                ),
            )
            continue
        found[int(status)] = values.name(entry, context, f"refused.{status}")
    return found


_PARSERS: Mapping[str, values.Parser] = {
    "query": values.templates,
    "record": _record,
    "safe_to_repeat": values.flag,
    "missing": _statuses,
    "empty": _json_path,
    "refused": _refused,
    "once_by": values.name,
}


def _check_placeholders(
    operation: Operation, given: Mapping[str, Node], method: str, context: Context
) -> None:
    """Every {name} must be a value that is given, and every value must go somewhere."""
    used: set[str] = set()
    for key, text in _texts(operation, method):
        for name in PLACEHOLDER.findall(text):
            used.add(name)
            if name not in operation.by:
                context.problems.add(
                    given[key].line if key in given else 1,
                    worded(
                        '{where}: "{key}" uses {{name}}, and it is given no such value.',
                        where=context.where,
                        key=key,
                        name=name,
                    ),
                    meant(name, operation.by, worded("Values")),
                )
            elif key == method and name in operation.optional:
                context.problems.add(
                    given[key].line,
                    worded(
                        '{where}: "{key}" needs {{name}}, which may be left out.',
                        where=context.where,
                        key=key,
                        name=name,
                    ),
                    worded("Values that may be left out go into query or body."),
                )
    for name in operation.by:
        if name not in used:
            context.problems.add(
                next((given[key].line for key in ("by", "with") if key in given), 1),
                worded(
                    '{where}: the value "{name}" is sent nowhere.', where=context.where, name=name
                ),
                worded(
                    "Put {{name}} into the path, the query or the body, or leave it away.",
                    name=name,
                ),
            )


def _texts(operation: Operation, method: str) -> Iterator[tuple[str, str]]:
    yield method, operation.path
    for template in operation.query.values():
        yield "query", template
    waiting = [operation.body]
    while waiting:
        here = waiting.pop()
        if isinstance(here, Mapping):
            waiting += here.values()
        elif isinstance(here, list):
            waiting += here
        elif isinstance(here, str):
            yield "body", here
