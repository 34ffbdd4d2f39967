"""What a service's answer means: a record, nothing, a refusal, or nonsense. Pure."""

import json
import math
import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from crm.acts.once import DONE, Outcome, refused
from voxdesk.app.outside.json_path import ABSENT, value_at
from voxdesk.app.outside.service import Field, Operation, ValueType
from voxdesk.kernel.errors import ServiceFailed

MAX_DEPTH = 20
MAX_TEXT = 1000
MAX_LIST = 50
MAX_DIGITS = 30
OK = range(200, 300)

_STRINGS = re.compile(rb'"(?:[^"\\]|\\.)*"', re.DOTALL)
_NOT_BRACKETS = bytes(set(range(256)) - set(b"[]{}"))
_NUMBER = re.compile(r"-?\d{1,18}(?:\.\d{1,12})?")

Record = dict[str, Any]


def record_of(operation: Operation, status: int, body: bytes) -> Record | None:
    """The record that a service answered with; None: there is no such thing.

    Args:
        operation: that was asked.
        status: of the answer.
        body: its whole body, as bytes.

    Raises:
        ServiceFailed: it failed, or answers nonsense.
    """
    if status in operation.missing:
        return None
    if status not in OK:
        raise ServiceFailed(operation.name, f"status_{status}")
    if not body.strip():
        return None
    document = parsed(operation.name, body)
    if operation.empty is not None and _is_empty(value_at(document, operation.empty)):
        return None
    return _fields(operation, document)


def outcome_of(operation: Operation, status: int, body: bytes) -> Outcome:
    """What came of something that a service was to do.

    Raises:
        ServiceFailed: it failed, or answers nonsense.
    """
    if status in operation.refused:
        return refused(operation.refused[status])
    if status not in OK:
        raise ServiceFailed(operation.name, f"status_{status}")
    document = parsed(operation.name, body) if body.strip() else {}
    return Outcome(DONE, _fields(operation, document))


def _fields(operation: Operation, document: Any) -> Record:
    return {
        name: _value(operation.name, name, field, value_at(document, field.at))
        for name, field in operation.record.items()
    }


def parsed(name: str, body: bytes) -> Any:
    """A JSON document of bounded depth.

    Raises:
        ServiceFailed: it is none.
    """
    depth = deepest = 0
    for bracket in _STRINGS.sub(b"", body).translate(None, _NOT_BRACKETS):
        depth += 1 if bracket in b"[{" else -1
        deepest = max(deepest, depth)
    if deepest > MAX_DEPTH:
        raise ServiceFailed(name, "nonsense")
    try:
        return json.loads(body, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise ServiceFailed(name, "nonsense") from error


def _no_constant(text: str) -> None:
    raise ValueError(f"{text} is no JSON")


def _is_empty(value: Any) -> bool:
    return value is ABSENT or value is None or value in ("", [], {})


def _value(operation: str, name: str, field: Field, value: Any) -> Any:
    if value is ABSENT or value is None:
        if field.optional:
            return [] if field.type is ValueType.LIST else None
        raise ServiceFailed(operation, f"no_{name}")
    converted = convert(value, field.type)
    if converted is None:
        raise ServiceFailed(operation, f"odd_{name}")
    return converted


def convert(value: Any, type_: ValueType) -> Any:
    """A value as its type, in plain JSON types; None when it is no such thing."""
    match type_:
        case ValueType.TEXT:
            return _text(value)
        case ValueType.NUMBER:
            return _number(value)
        case ValueType.FLAG:
            words = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
            return value if isinstance(value, bool) else words.get(str(value).strip().lower())
        case ValueType.DATE:
            return _date(value)
        case ValueType.LIST:
            entries = value if isinstance(value, list) else [value]
            texts = [_text(entry) for entry in entries[:MAX_LIST]]
            return None if None in texts else texts


def _text(value: Any) -> str | None:
    """On one line, without what can't be said; None for what is no single value."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        value = f"{value:g}" if isinstance(value, float) else str(value)
    if not isinstance(value, str):
        return None
    printable = "".join(letter if letter.isprintable() else " " for letter in value)
    return " ".join(printable.split())[:MAX_TEXT]


def _number(value: Any) -> int | float | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, str) and _NUMBER.fullmatch(value.strip()):
        value = float(value) if "." in value else int(value)
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    return value if isinstance(value, int) and abs(value) < 10**MAX_DIGITS else None


def _date(value: Any) -> str | None:
    if not isinstance(value, str):
        return None
    try:
        if len(value) > len("2026-11-21"):
            return datetime.fromisoformat(value).date().isoformat()
        return date.fromisoformat(value).isoformat()
    except ValueError:
        return None


def given_values(operation: Operation, given: Mapping[str, str]) -> dict[str, Any]:
    """The values of a request, as their types.

    Raises:
        ServiceFailed: one is missing, or is no such thing.
    """
    values: dict[str, Any] = {}
    for name, type_ in operation.by.items():
        if name not in given or not given[name].strip():
            if name in operation.optional:
                continue
            raise ServiceFailed(operation.name, f"without_{name}")
        value = convert(given[name], type_)
        if value is None:
            raise ServiceFailed(operation.name, f"bad_{name}")
        values[name] = value
    return values
