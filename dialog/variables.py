"""Types of a flow's variables: what a text becomes when it is put into one."""

import enum
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation
from typing import Final

Value = str | int | float | bool
TRUE: Final = frozenset({"true", "yes", "1", "on"})
FALSE: Final = frozenset({"false", "no", "0", "off"})
MAX_DIGITS: Final = 15


class VariableType(enum.StrEnum):
    """What a variable is."""

    TEXT = "text"
    NUMBER = "number"
    FLAG = "flag"
    DATE = "date"
    TIME = "time"
    DATETIME = "datetime"


@dataclass(frozen=True, slots=True)
class Variable:
    """A variable that a flow declares.

    Attributes:
        type: what it is.
        default: what it is at the beginning; None: it has no value yet.
        line: of the file.
    """

    type: VariableType
    default: Value | None = None
    line: int = 0


class Unfit(ValueError):
    """A text that isn't what the variable is."""


def typed(text: str, kind: VariableType) -> Value:
    """What a text is as a value of this type.

    Dates and times stay ISO texts: so they are compared rightly, and the filters say them.

    Raises:
        Unfit: it is no such thing.
    """
    text = text.strip()
    try:
        match kind:
            case VariableType.NUMBER:
                return _number(text)
            case VariableType.FLAG:
                return _flag(text.lower())
            case VariableType.DATE:
                return date.fromisoformat(text[:10] if "T" in text else text).isoformat()
            case VariableType.TIME:
                clock = time.fromisoformat(text.rpartition("T")[2])
                return clock.isoformat(timespec="minutes")
            case VariableType.DATETIME:
                return datetime.fromisoformat(text).isoformat(timespec="minutes")
    except (ValueError, InvalidOperation) as error:
        raise Unfit(f"it is no {kind}") from error
    return text


def _number(text: str) -> int | float:
    value = Decimal(text)
    if not value.is_finite() or abs(value.adjusted()) > MAX_DIGITS:
        raise ValueError(text)
    return int(value) if value == value.to_integral_value() else float(value)


def _flag(text: str) -> bool:
    if text not in TRUE | FALSE:
        raise ValueError(text)
    return text in TRUE


def defaults(variables: Mapping[str, Variable], scope: str = "") -> dict[str, Value]:
    """The values at the beginning, of variables that begin so."""
    return {
        name: variable.default
        for name, variable in variables.items()
        if variable.default is not None and name.startswith(scope)
    }
