"""English: dates, days of the week and times of day."""

# ruff: noqa: RUF001  typographic dashes are meant

import datetime as dt
import re
from collections.abc import Callable
from functools import partial

from tts import english
from tts.english import MONTHS, WEEKDAYS, spell_digits

_MONTH_NUMBERS = {name[:3].lower(): number for number, name in enumerate(MONTHS, 1)}
_DAY_NAMES = {name[:3].lower(): name for name in WEEKDAYS}
_MONTH = (
    r"(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?"
    r"|Sept?(?:ember)?|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)\b\.?"
)
_DAY = r"(?:Mon|Tue|Tues|Wed|Thu|Thur|Thurs|Fri|Sat|Sun)(?:day|sday|nesday|rsday|urday)?\b\.?"
_TO = r"\s*[-–—]\s*"
_TIME = r"(?P<{0}h>\d{{1,2}})(?:[:.](?P<{0}m>\d{{2}}))?\s?(?P<{0}s>[AaPp])\.?\s?[Mm]\b\.?"
_CLOCK = r"(?P<{0}h>[01]?\d|2[0-3]):(?P<{0}m>[0-5]\d)(?!\d)"
Rule = tuple[re.Pattern[str], Callable[[re.Match[str]], str]]


def date_rules(today: dt.date | None) -> tuple[Rule, ...]:
    """Dates of every usual form; near `today` they are said without their year."""
    numbered = partial(_numbered_date, today=today)
    named = partial(_named_date, today=today)
    return (
        (
            re.compile(r"\b(?P<y>\d{4})[-/.](?P<m>\d{1,2})[-/.](?P<d>\d{1,2})(?!\d)(?:T(?=\d))?"),
            numbered,
        ),
        (re.compile(r"(?<![\d/.])(?P<a>\d{1,2})([/.-])(?P<b>\d{1,2})\2(?P<y>\d{4})\b"), numbered),
        (
            re.compile(
                rf"\b(?:(?P<wd>{_DAY})?,?\s)?(?P<mon>{_MONTH})\s(?P<d>\d{{1,2}})(?:st|nd|rd|th)?\b"
                r"(?![:/.,-]?\d)(?:,?\s(?P<y>(?:19|20)\d{2})\b)?"
            ),
            named,
        ),
        (
            re.compile(
                rf"\b(?:(?P<wd>{_DAY}),?\s)?(?:the\s)?(?P<d>\d{{1,2}})(?:st|nd|rd|th)?\s(?:of\s)?"
                rf"(?P<mon>{_MONTH})(?:,?\s(?P<y>(?:19|20)\d{{2}})\b)?"
            ),
            named,
        ),
        (re.compile(rf"\b(?P<mon>{_MONTH}),?\s(?P<y>(?:19|20)\d{{2}})\b"), _month_year),
    )


def _numbered_date(match: re.Match[str], today: dt.date | None) -> str:
    groups = match.groupdict()
    if groups.get("m"):
        month, day = int(groups["m"]), int(groups["d"])
    else:
        # Month first, as Americans write it, unless that can't be; points mean day first.
        month, day = int(groups["a"]), int(groups["b"])
        if month > 12 or (match[2] == "." and day <= 12):  # noqa: PLR2004  months
            month, day = day, month
    try:
        when = dt.date(int(groups["y"]), month, day)
    except ValueError:
        return _breaths(match[0])
    tail = " " if match[0].endswith("T") else ""
    return english.date(when, today) + tail


def _named_date(match: re.Match[str], today: dt.date | None) -> str:
    month, day = _MONTH_NUMBERS[match["mon"][:3].lower()], int(match["d"])
    if not 1 <= day <= 31:  # noqa: PLR2004  days
        return match[0]
    stop = (
        "."
        if match["mon"].endswith(".")
        and match.end("mon") == match.end()
        and (match.end() == len(match.string))
        else ""
    )
    lead = " " if match[0].startswith((" ", ",")) else ""
    weekday = f"{_DAY_NAMES[match['wd'][:3].lower()]}, " if match["wd"] else ""
    if match["y"]:
        try:
            when = dt.date(int(match["y"]), month, day)
        except ValueError:
            return (
                f"{lead}{weekday}{english.month_day(month, day)}, {english.year(int(match['y']))}"
            )
        said = english.date(when, today)
        return lead + (weekday + said if weekday and said[0:3] != weekday[0:3] else said)
    return f"{lead}{weekday}{english.month_day(month, day)}{stop}"


def _month_year(match: re.Match[str]) -> str:
    month = MONTHS[_MONTH_NUMBERS[match["mon"][:3].lower()] - 1]
    return f"{month} {english.year(int(match['y']))}"


def _say_time(match: re.Match[str], which: str) -> str:
    groups = match.groupdict()
    hour, minute = int(groups[f"{which}h"]), int(groups.get(f"{which}m") or 0)
    return english.clock(hour, minute, (groups.get(f"{which}s") or "").lower())


def _time(match: re.Match[str]) -> str:
    if int(match["ah"]) > 23 or int(match.groupdict().get("am") or 0) > 59:  # noqa: PLR2004
        return match[0]
    stop = "." if match[0].endswith(".") and match.end() == len(match.string) else ""
    return _say_time(match, "a") + stop


def _time_range(match: re.Match[str]) -> str:
    groups = match.groupdict()
    stop = "." if match[0].endswith(".") and match.end() == len(match.string) else ""
    first = english.clock(
        int(match["ah"]), int(groups.get("am") or 0), (groups["as"] or "").lower()
    )
    if not groups["as"]:
        first = first.removesuffix(" o'clock")  # "nine to five P M"
    return f"{first} to {_say_time(match, 'b')}{stop}"


def _clock_range(match: re.Match[str]) -> str:
    return f"{_say_time(match, 'a')} to {_say_time(match, 'b')}"


def _day_range(match: re.Match[str]) -> str:
    first, last = (_DAY_NAMES[match[n][:3].lower()] for n in (1, 2))
    return f"{first} to {last}"


def _breaths(text: str) -> str:
    """Digits one by one; the signs between them are breaths."""
    return ", ".join(spell_digits(run) for run in re.findall(r"\d+", text))


TIME_RULES: tuple[Rule, ...] = (
    (re.compile(rf"\b({_DAY}){_TO}({_DAY})", re.ASCII), _day_range),
    (
        re.compile(
            r"\b(?P<ah>\d{1,2})(?:[:.](?P<am>\d{2}))?\s?(?:(?P<as>[AaPp])\.?\s?[Mm]\b\.?)?"
            r"\s*(?:[-–—]|to)\s*" + _TIME.format("b")
        ),
        _time_range,
    ),
    (re.compile(rf"\b{_TIME.format('a')}"), _time),
    (
        re.compile(rf"(?<![\d:]){_CLOCK.format('a')}{_TO}{_CLOCK.format('b')}(?!:)"),
        _clock_range,
    ),
    (re.compile(rf"(?<![\d:]){_CLOCK.format('a')}(?::[0-5]\d)?(?!:)"), _time),
)
