"""Dates as people say them, in English; what both languages share. Today comes in as data."""

import re
from datetime import date, timedelta

from dialog.understanding.dates_named import Nearest, day_in, named_day, nearest, nearest_day
from dialog.understanding.digits_en import readings
from dialog.understanding.revised import meant, segments
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
_SLASHED_YEAR = re.compile(r"\b\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}\b|\b\d{1,2}/\d{1,2}\b")
_TIMES_TOO = {"twenty", "thirty"}
_BESIDE = re.compile(r"\bday (after|before)$")
_FIXED = (
    (re.compile(r"\bday after tomorrow\b"), 2),
    (re.compile(r"\bday before yesterday\b"), -2),
    (re.compile(r"\btomorrow\b"), 1),
    (re.compile(r"\byesterday\b"), -1),
    (re.compile(r"\b(?:today|tonight|this (?:morning|afternoon|evening))\b"), 0),
)
_DAYS_IN_A_WEEK = 7
_TWO_DIGIT_YEARS = 100


def date_en(text: str, today: date, when: Nearest = Nearest.EITHER) -> date | None:
    """The day that is meant, or None.

    Args:
        text: what was said.
        today: what it counts from.
        when: which of the days that bear a name without a year, such as "the fifth", is meant.
    """
    beside = _beside(text, today, when)
    if beside:
        return beside
    found = (_date(part, today, when) for part in meant(text))
    return next((day for day in found if day), None)


def _beside(text: str, today: date, when: Nearest) -> date | None:
    """In "tomorrow, no, the day after" the day counts from what was said before."""
    latest, *before = segments(text) or [""]
    match = _BESIDE.search(latest.lower())
    base = next((day for part in before if (day := _date(part, today, when))), None)
    if not match or not base:
        return None
    return _shift(base, 1 if match[1] == "after" else -1)


def _date(text: str, today: date, when: Nearest) -> date | None:
    said = re.sub(r"[^\w/.\- ']", " ", plain(text).lower())
    written = _written(said, today, when)
    if written is not None:
        return written
    said = re.sub(r"\s+", " ", re.sub(r"[.\-/]", " ", said))
    counted = named_day(said, today, when) or _relative(said, today)
    if counted:
        return counted
    for pattern, days in _FIXED:
        if pattern.search(said):
            return _shift(today, days)
    in_month = False
    for pattern in (_DAY_MONTH, _MONTH_DAY):
        match = pattern.search(said)
        if match:
            in_month = True
            day, month = _day(match), _MONTHS[match["month"]]
            found = day_in(_year(match["year"]), month, day) or nearest(month, day, today, when)
            if found:
                return found
    if in_month:
        return None  # November 31st
    return (
        _numbered_weekday(said, today, when)
        or _weekday(said, today, when)
        or _day_only(said, today, when)
    )


def without_date(text: str) -> str:
    """The text without the words of its dates, so that what is left may be a time of day."""
    said = re.sub(r"[^\w/.:\- ']", " ", plain(text).lower())
    said = _SLASHED_YEAR.sub(" ", _ISO.sub(" ", said))
    said = re.sub(r"\s+", " ", said.replace("-", " "))
    for pattern in (_DAY_MONTH, _MONTH_DAY):
        said = pattern.sub(
            lambda match: " " if _year(match["year"]) else f" {match['year'] or ''}", said
        )
    said = _DAY_ONLY.sub(lambda match: match[0] if match["dayword"] in _TIMES_TOO else " ", said)
    for pattern in (_RELATIVE, _NEXT_WEEKDAY):
        said = pattern.sub(" ", said)
    return re.sub(r"\s+", " ", said).strip()


def _written(said: str, today: date, when: Nearest) -> date | None:
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
        or (
            nearest(first, second, today, when) or nearest(second, first, today, when)
            if not year
            else None
        )
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


def _weekday(said: str, today: date, when: Nearest) -> date | None:
    match = _NEXT_WEEKDAY.search(said)
    if not match:
        return None
    ahead = (_WEEKDAYS[match["day"]] - today.weekday()) % _DAYS_IN_A_WEEK
    which = match["which"] or ""
    if which in {"last", "past"}:
        return _shift(today, ahead - _DAYS_IN_A_WEEK)
    if which == "next":
        # The one of the coming calendar week: what most speakers mean by "next Friday".
        return _shift(today, _DAYS_IN_A_WEEK - today.weekday() + _WEEKDAYS[match["day"]])
    if when is Nearest.PAST and which != "this" and ahead:
        return _shift(today, ahead - _DAYS_IN_A_WEEK)
    return _shift(today, ahead)


def _numbered_weekday(said: str, today: date, when: Nearest) -> date | None:
    """The 28th of "Saturday the 28th", where that is a Saturday."""
    weekday, day = _NEXT_WEEKDAY.search(said), _day_only(said, today, when)
    if weekday and day and day.weekday() == _WEEKDAYS[weekday["day"]]:
        return day
    return None


def _day_only(said: str, today: date, when: Nearest) -> date | None:
    match = _DAY_ONLY.search(said)
    if not match or match.group().strip() in {"first", "second", "twenty", "thirty"}:
        return None
    return nearest_day(_day(match), today, when)


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


def _shift(today: date, days: int) -> date | None:
    try:
        return today + timedelta(days=days)
    except OverflowError:
        return None
