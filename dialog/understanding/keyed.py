"""What keys of a phone mean: "0314" is a date, "1530" a time, "1299" money."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal

from dialog.understanding.dates_named import Nearest
from dialog.understanding.money import DEFAULT_CURRENCY, written
from dialog.understanding.numbers import nearest_date
from dialog.understanding.phones import e164
from voxdesk.kernel.speech import AnswerKind, Expectation

KEYED_DIGITS = {
    AnswerKind.DATE: (4, 8),
    AnswerKind.TIME: (3, 4),
    AnswerKind.DATETIME: (8, 12),
    AnswerKind.MONEY: (1, 10),
    AnswerKind.PHONE: (4, 18),
    AnswerKind.NUMBER: (1, 9),
    AnswerKind.CHOICES: (1, 12),
}
"""Fewest and most keys of the kinds that have keys of their own way."""
_DATE_DIGITS = {4, 8}
_CLOCK_DIGITS = 4
_CENTURY = timedelta(days=36525)


def keyed(  # noqa: PLR0911  one case a kind
    keys: str, expectation: Expectation, today: date | None
) -> str:
    """The value of what was keyed, or an empty text when it is none.

    Args:
        keys: digits only.
        expectation: what is waited for. Keys of several options are not read here.
        today: what a date without a year counts from.
    """
    kind, when = expectation.kind, Nearest(expectation.when)
    if kind is AnswerKind.DATE:
        day = _day(keys, today, when)
        return day.isoformat() if day else ""
    if kind is AnswerKind.TIME:
        clock = _clock(keys.rjust(_CLOCK_DIGITS, "0"))
        return clock.isoformat(timespec="minutes") if clock else ""
    if kind is AnswerKind.DATETIME:
        day, clock = _day(keys[:-_CLOCK_DIGITS], today, when), _clock(keys[-_CLOCK_DIGITS:])
        if not day or not clock:
            return ""
        return datetime.combine(day, clock).isoformat(timespec="minutes")
    if kind is AnswerKind.MONEY:
        return written(Decimal(keys) / 100, expectation.currency or DEFAULT_CURRENCY) or ""
    if kind is AnswerKind.PHONE:
        return e164(keys, expectation.country) or ""
    if kind is AnswerKind.NUMBER:
        return str(int(keys))
    return keys


def _day(keys: str, today: date | None, when: Nearest) -> date | None:
    """Month and day, or year, month and day."""
    if today is None or len(keys) not in _DATE_DIGITS:
        return None
    found = nearest_date(keys, today, when)
    return found if found and abs(found - today) < _CENTURY else None


def _clock(keys: str) -> time | None:
    hour, minute = int(keys[:2] or 0), int(keys[2:] or 0)
    return time(hour % 24, minute) if hour <= 24 and minute < 60 else None  # noqa: PLR2004
