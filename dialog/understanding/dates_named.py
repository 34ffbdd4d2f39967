"""Days that have a name or a place in the calendar: holidays, "the last Monday of the month"."""

import calendar
import enum
import re
from datetime import date, timedelta

from dialog.understanding.words import listed


class Nearest(enum.StrEnum):
    """Which of the days of a name without a year is meant."""

    EITHER = "nearest"
    FUTURE = "future"
    PAST = "past"


_HOLIDAYS = (
    (re.compile(r"\b(?:christmas|xmas) eve\b"), (12, 24)),
    (re.compile(r"\b(?:christmas|xmas)\b"), (12, 25)),
    (re.compile(r"\bboxing day\b"), (12, 26)),
    (re.compile(r"\bnew year'?s eve\b"), (12, 31)),
    (re.compile(r"\bnew year'?s(?: day)?\b"), (1, 1)),
    (re.compile(r"\bvalentine'?s(?: day)?\b"), (2, 14)),
    (re.compile(r"\bhalloween\b"), (10, 31)),
)
_WEEKDAYS = listed("monday tuesday wednesday thursday friday saturday sunday")
_DAY = "|".join(_WEEKDAYS)
_COUNTS = {
    word: value
    for value, word in enumerate(
        listed("zero one two three four five six seven eight nine ten eleven twelve")
    )
} | {"a": 1, "an": 1, "couple of": 2, "a couple of": 2, "another": 1}
_COUNT = rf"(?P<count>\d{{1,2}}|{'|'.join(sorted(_COUNTS, key=len, reverse=True))})"
_MONTH_END = re.compile(
    r"\b(?:last day|end) of (?:the |this )?(?P<next>next )?month\b|\bmonth end\b|\bmonth's end\b"
)
_PLACED = re.compile(
    rf"\b(?P<place>first|second|third|fourth|last) (?P<day>{_DAY}) (?:of|in) "
    r"(?:the |this )?(?P<next>next )?month\b"
)
_WEEKS_FROM = re.compile(
    rf"\b{_COUNT} weeks? (?:on|from|after) (?:this |next )?(?P<day>{_DAY}|tomorrow)\b|"
    rf"\b(?P<week>{_DAY}) week\b"
)
_OF_WEEK = re.compile(
    rf"\b(?P<day>{_DAY}) (?:of )?(?P<which>next|this|last) week\b|"
    rf"\b(?P<before>next|this|last) week (?:on )?(?P<later>{_DAY})\b"
)
_MONTHS_FROM = re.compile(
    rf"\b(?P<ahead>in )?{_COUNT} months?(?P<way> ago| from now| from today| later)?\b"
)
_MAX_YEARS = 4
_DAYS_IN_A_WEEK = 7


def named_day(said: str, today: date, when: Nearest) -> date | None:
    """The day, from words in lower case without punctuation, or None."""
    for pattern, (month, day) in _HOLIDAYS:
        if pattern.search(said):
            return nearest(month, day, today, Nearest.FUTURE if when is Nearest.EITHER else when)
    try:
        return (
            _month_end(said, today)
            or _placed(said, today)
            or _weeks_from(said, today)
            or _of_week(said, today)
            or _months_from(said, today)
        )
    except (OverflowError, ValueError):
        return None  # beyond the calendar


def _month_end(said: str, today: date) -> date | None:
    match = _MONTH_END.search(said)
    return month_end(today, 1 if match["next"] else 0) if match else None


def _placed(said: str, today: date) -> date | None:
    match = _PLACED.search(said)
    if not match:
        return None
    last = month_end(today, 1 if match["next"] else 0)
    weekday = _WEEKDAYS.index(match["day"])
    if match["place"] == "last":
        return last - timedelta(days=(last.weekday() - weekday) % _DAYS_IN_A_WEEK)
    first = last.replace(day=1)
    weeks = listed("first second third fourth").index(match["place"])
    return first + timedelta(days=(weekday - first.weekday()) % _DAYS_IN_A_WEEK + 7 * weeks)


def _weeks_from(said: str, today: date) -> date | None:
    match = _WEEKS_FROM.search(said)
    if not match:
        return None
    name = match["week"] or match["day"]
    weeks = 1 if match["week"] else _count(match["count"])
    if name == "tomorrow":
        return today + timedelta(days=1 + 7 * weeks)
    ahead = (_WEEKDAYS.index(name) - today.weekday()) % _DAYS_IN_A_WEEK
    return today + timedelta(days=ahead + 7 * weeks)


def _of_week(said: str, today: date) -> date | None:
    match = _OF_WEEK.search(said)
    if not match:
        return None
    which = match["which"] or match["before"]
    monday = today - timedelta(days=today.weekday())
    weeks = {"last": -1, "this": 0, "next": 1}[which]
    return monday + timedelta(days=7 * weeks + _WEEKDAYS.index(match["day"] or match["later"]))


def _months_from(said: str, today: date) -> date | None:
    match = _MONTHS_FROM.search(said)
    if not match or not (match["ahead"] or match["way"]):
        return None
    months = _count(match["count"])
    return months_on(today, -months if match["way"] == " ago" else months)


def _count(said: str) -> int:
    return int(said) if said.isdigit() else _COUNTS[said]


def months_on(today: date, months: int) -> date:
    """The same day so many months later, or the last day of a shorter month."""
    last = month_end(today, months)
    return last.replace(day=min(today.day, last.day))


def month_end(today: date, months: int = 0) -> date:
    """The last day of the month that is so many months later."""
    place = today.year * 12 + today.month - 1 + months
    year, month = place // 12, place % 12 + 1
    return date(year, month, calendar.monthrange(year, month)[1])


def day_in(year: int | None, month: int, day: int) -> date | None:
    """That day, or None where the calendar has none or the year is unknown."""
    try:
        return date(year, month, day) if year else None
    except ValueError:
        return None


def nearest(month: int, day: int, today: date, when: Nearest = Nearest.EITHER) -> date | None:
    """The day of that name that is nearest to today; leap days may be years away."""
    years = range(max(today.year - _MAX_YEARS, 1), min(today.year + _MAX_YEARS + 1, 9999))
    near = [found for year in years if (found := day_in(year, month, day))]
    return min(_allowed(near, today, when), key=lambda found: abs(found - today), default=None)


def nearest_day(day: int, today: date, when: Nearest = Nearest.EITHER) -> date | None:
    """The day of the month nearest to today, the coming one if two are as near."""
    near = []
    for months in (-1, 0, 1, -2, 2):
        place = today.year * 12 + today.month - 1 + months
        found = day_in(place // 12, place % 12 + 1, day)
        if found:
            near.append(found)
    allowed = _allowed(near, today, when)
    return min(allowed, key=lambda found: (abs(found - today), found < today), default=None)


def _allowed(days: list[date], today: date, when: Nearest) -> list[date]:
    if when is Nearest.FUTURE:
        return [day for day in days if day >= today]
    if when is Nearest.PAST:
        return [day for day in days if day <= today]
    return days
