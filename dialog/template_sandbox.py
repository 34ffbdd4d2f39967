"""The world of a template: what it may read and call, and how much it may make of it."""

from collections.abc import Iterable, Mapping
from typing import Any

from jinja2 import ChainableUndefined, Undefined
from jinja2.exceptions import FilterArgumentError, TemplateRuntimeError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from dialog.speaking import FILTERS

MAX_TEXT = 4000
"""Characters; about four minutes of speech, so longer is a mistake."""
MAX_DECIMALS = 9

_JINJA_FILTERS = (
    "abs", "capitalize", "default", "d", "first", "int", "last", "length", "count", "lower",
    "title", "trim", "upper",
)  # fmt: skip
TESTS = (
    "defined", "undefined", "none", "number", "string", "true", "false", "in", "eq", "ne", "lt",
    "le", "gt", "ge", "divisibleby", "odd", "even",
)  # fmt: skip


class _Environment(ImmutableSandboxedEnvironment):
    """Reads entries of records and lists, and nothing else of any object.

    So there is no way from a value to its class, its methods or its module, whatever Python or
    Jinja2 add in time.
    """

    def getattr(self, obj: Any, attribute: str) -> Any:
        """`order.number`."""
        return self._entry(obj, attribute)

    def getitem(self, obj: Any, argument: Any) -> Any:
        """`order["number"]`, `items[0]`."""
        return self._entry(obj, argument)

    def _entry(self, obj: Any, key: Any) -> Any:
        if isinstance(obj, Undefined):
            return obj
        if isinstance(obj, Mapping) and isinstance(key, str | int) and key in obj:
            return obj[key]
        of_order = isinstance(obj, list | tuple | str) and isinstance(key, int)
        if of_order and -len(obj) <= key < len(obj):
            return obj[key]
        return self.undefined(obj=obj, name=str(key))


def environment() -> ImmutableSandboxedEnvironment:
    """A new one."""
    made = _Environment(undefined=ChainableUndefined, autoescape=False, finalize=_said)
    made.globals.clear()
    kept = {name: made.filters[name] for name in _JINJA_FILTERS}
    made.filters = {**kept, **FILTERS, "join": _join, "round": _round}
    made.tests = {name: made.tests[name] for name in TESTS}
    return made


def _said(value: Any) -> Any:
    """A value on its way into the text."""
    if isinstance(value, Mapping | list | tuple):
        raise TemplateRuntimeError("a record or a list is no text; name one of its fields")
    return "" if value is None else value


def _join(values: Iterable[Any], between: Any = "") -> str:
    """As in Jinja2, to a bounded length: nested, it could fill any memory."""
    parts: list[str] = []
    size = 0
    for value in values:
        part = str(value) if not parts else f"{between}{value}"
        size += len(part)
        if size > MAX_TEXT:
            raise FilterArgumentError(f"join makes more than {MAX_TEXT} characters")
        parts.append(part)
    return "".join(parts)


def _round(value: Any, decimals: Any = 0) -> float:
    """As in Jinja2, to so few decimals that no power of ten takes long."""
    if not isinstance(decimals, int) or not 0 <= decimals <= MAX_DECIMALS:
        raise FilterArgumentError(f"round takes 0 to {MAX_DECIMALS} decimals")
    return round(float(value), decimals)
