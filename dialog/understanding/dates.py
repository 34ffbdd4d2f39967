"""Dates as people say them, in English; what both languages share. Today comes in as data."""

import re
from datetime import date, timedelta

from dialog.understanding.digits_en import readings
from dialog.understanding.words import listed, plain

_MONTHS = {
    name: place // 2 + 1
    for place, name in enumerate(
        listed(
            "january jan february feb march mar april apr may may june jun july jul "
            "august aug september sept october oct november nov december dec"
        )
    )
} | {"sep": 9}
_WEEKDAYS = {
    name: place // 2
    for place, name in enumerate(
        listed(
            "monday mon tuesday tues wednesday wed thursday thurs friday fri "
            "saturday sat sunday sun"
        )
    )
} | {"tue": 1, "thu": 3, "thur": 3}
_ORDINALS = {
    word: place + 1
    for place, word in enumerate(
        listed(
            "first second third fourth fifth sixth seventh eighth ninth tenth "
            "eleventh twelfth thirteenth fourteenth fifteenth sixteenth seventeenth "
            "eighteenth nineteenth twentieth"
        )
    )
} | {"thirtieth": 30, "twenty": 20, "thirty": 30}
_COUNTS = {
    word: value
    for value, word in enumerate(
        ["a", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"]
    )
} | {"a": 1, "an": 1, "couple": 2, "eleven": 11, "twelve": 12}
_UNITS = {"day": 1, "days": 1, "week": 7, "weeks": 7, "fortnight": 14}
_MONTH = "|".join(sorted(_MONTHS, key=len, reverse=True))
_WEEKDAY = "|".join(sorted(_WEEKDAYS, key=len, reverse=True))
_ORDINAL_WORD = "|".join(sorted(_ORDINALS, key=len, reverse=True))
_UNIT_WORD = "one|two|three|four|five|six|seven|eight|nine"
_DAY = (
    r"(?:(?:the )?(?P<day>\d{1,2})(?:st|nd|rd|th)?|"
    rf"(?P<daycard>(?:twenty|thirty) (?:{_UNIT_WORD})|"
    r"one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|"
    r"sixteen|seventeen|eighteen|nineteen)|"
    rf"(?:the )?(?P<dayword>(?:(?:twenty|thirty) )?(?:{_ORDINAL_WORD})))(?!\w)"
)
_YEAR = (
    r"(?:,? (?:of |in )?(?P<year>\d{4}|(?:twenty|nineteen|two thousand)(?: and)?"
    r"(?: \w+){0,2}))?"
)
_MONTH_DAY = re.compile(rf"\b(?P<month>{_MONTH})\b (?:the )?{_DAY}{_YEAR}")
_DAY_MONTH = re.compile(rf"\b{_DAY} (?:of )?(?P<month>{_MONTH})\b{_YEAR}")
_DAY_ONLY = re.compile(
    rf"\b(?:the )?(?:(?P<day>\d{{1,2}})(?:st|nd|rd|th)|"
    rf"(?P<dayword>(?:(?:twenty|thirty) )?(?:{_ORDINAL_WORD})))\b"
)
_ISO = re.compile(r"\b(\d{4})[-/. ](\d{1,2})[-/. ](\d{1,2})\b")
_SLASHED = re.compile(r"\b(\d{1,2})[-/.](\d{1,2})(?:[-/.](\d{4}|\d{2}))?\b")
_RELATIVE = re.compile(
    r"\b(?:in )?(?P<count>\d{1,3}|a couple of|couple of|"
    rf"{'|'.join(sorted(_COUNTS, key=len, reverse=True))}) "
    r"(?P<unit>days?|weeks?|fortnight)(?P<way> ago| from now| from today| before| later)?\b"
)
_NEXT_WEEKDAY = re.compile(
    rf"\b(?:(?P<which>this|next|last|on|coming|past) )?(?P<day>{_WEEKDAY})\b"
)
_FIXED = (
    (re.compile(r"\bday after tomorrow\b"), 2),
    (re.compile(r"\bday before yesterday\b"), -2),
    (re.compile(r"\btomorrow\b"), 1),
    (re.compile(r"\byesterday\b"), -1),
    (re.compile(r"\b(?:today|tonight|this (?:morning|afternoon|evening))\b"), 0),
)
_DAYS_IN_A_WEEK = 7
_TWO_DIGIT_YEARS = 100


def date_en(text: str, today: date) -> date | None:
    """The day that is meant, or None. A date without a year is the nearest such day to `today`."""
    said = re.sub(r"[^\w/.\- ']", " ", plain(text).lower()).replace("-", "-")
    written = _written(said, today)
    if written is not None:
        return written
    said = re.sub(r"\s+", " ", re.sub(r"[.\-/]", " ", said))
    for pattern, days in _FIXED:
        if pattern.search(said):
            return today + timedelta(days=days)
    for pattern in (_DAY_MONTH, _MONTH_DAY):
        match = pattern.search(said)
        if match:
            day, month = _day(match), _MONTHS[match["month"]]
            found = day_in(_year(match["year"]), month, day) or nearest(month, day, today)
            if found:
                return found
    return _relative(said, today) or _weekday(said, today) or _day_only(said, today)


def _written(said: str, today: date) -> date | None:
    """2026-03-05, 3/5/2026 (month first, unless that can't be), 3/5."""
    match = _ISO.search(said)
    if match:
        return day_in(int(match[1]), int(match[2]), int(match[3]))
    match = _SLASHED.search(said)
    if not match:
        return None
    first, second = int(match[1]), int(match[2])
    year = int(match[3]) if match[3] else None
    if year is not None and year < _TWO_DIGIT_YEARS:
        year += 2000
    return (
        day_in(year, first, second)
        or day_in(year, second, first)
        or (nearest(first, second, today) or nearest(second, first, today) if not year else None)
    )


def _relative(said: str, today: date) -> date | None:
    match = _RELATIVE.search(said)
    if not match:
        return None
    count = match["count"].removesuffix(" of").removeprefix("a ")
    number = int(count) if count.isdigit() else _COUNTS.get(count, 1)
    days = number * _UNITS[match["unit"]]
    way = (match["way"] or "").strip()
    ahead = way in {"from now", "from today", "later"} or said[match.start() :].startswith("in ")
    if not way and not ahead:
        return None  # "I have been waiting three days" is no date
    return _shift(today, days if ahead else -days)


def _weekday(said: str, today: date) -> date | None:
    match = _NEXT_WEEKDAY.search(said)
    if not match:
        return None
    ahead = (_WEEKDAYS[match["day"]] - today.weekday()) % _DAYS_IN_A_WEEK
    which = match["which"] or ""
    if which in {"last", "past"}:
        return today - timedelta(days=_DAYS_IN_A_WEEK - ahead if ahead else _DAYS_IN_A_WEEK)
    if which == "next":
        # The one of the coming calendar week: what most speakers mean by "next Friday".
        monday = today - timedelta(days=today.weekday()) + timedelta(days=_DAYS_IN_A_WEEK)
        return monday + timedelta(days=_WEEKDAYS[match["day"]])
    return today + timedelta(days=ahead)


def _day_only(said: str, today: date) -> date | None:
    match = _DAY_ONLY.search(said)
    if not match or match.group().strip() in {"first", "second", "twenty", "thirty"}:
        return None
    return nearest_day(_day(match), today)


def _day(match: re.Match[str]) -> int:
    groups = match.groupdict()
    if groups.get("day"):
        return int(groups["day"])
    if groups.get("daycard"):
        return int(readings(groups["daycard"])[0])
    return sum(_ORDINALS[word] for word in groups["dayword"].split())


def _year(said: str | None) -> int | None:
    """A year such as "2026", "twenty twenty six", "two thousand and five", or None."""
    for reading in readings(said or ""):
        if len(reading) == 4 and reading[:2] in {"19", "20"}:  # noqa: PLR2004  a year's digits
            return int(reading)
    return None


def day_in(year: int | None, month: int, day: int) -> date | None:
    """That day, or None where the calendar has none or the year is unknown."""
    try:
        return date(year, month, day) if year else None
    except ValueError:
        return None


def nearest(month: int, day: int, today: date) -> date | None:
    """The day of that name that is nearest to today, of three years; leap days may be further."""
    years = range(max(today.year - 4, 1), min(today.year + 5, 9999))
    near = [found for year in years if (found := day_in(year, month, day))]
    return min(near, key=lambda found: abs(found - today), default=None)


def nearest_day(day: int, today: date) -> date | None:
    """The day of the month nearest to today, the coming one if two are as near."""
    near = []
    for months in (-1, 0, 1, -2, 2):
        place = today.year * 12 + today.month - 1 + months
        found = day_in(place // 12, place % 12 + 1, day)
        if found:
            near.append(found)
    return min(near, key=lambda found: (abs(found - today), found < today), default=None)


def _shift(today: date, days: int) -> date | None:
    try:
        return today + timedelta(days=days)
    except OverflowError:
        return None
