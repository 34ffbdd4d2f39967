"""A day with a time: "next Tuesday at half past three", "in two hours", 明天下午三点."""

import re
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from dialog.understanding import dates, dates_zh
from dialog.understanding.amounts_en import amounts, number_words
from dialog.understanding.amounts_zh import NUMBER, amount
from dialog.understanding.clock import time_en
from dialog.understanding.clock_zh import time_zh
from dialog.understanding.dates_named import Nearest
from dialog.understanding.revised import meant, segments
from dialog.understanding.words import plain

_MINUTES = {"minute": 1, "minutes": 1, "hour": 60, "hours": 60}
_AHEAD = re.compile(r"\bfrom now\b|\blater\b|\bin\b|\bwithin\b")
_TODAY = re.compile(r"\b(?:today|tonight|this (?:morning|afternoon|evening))\b")
_SOON_ZH = re.compile(
    rf"(?P<count>{NUMBER}|半)个?(?P<half>半)?(?P<unit>小时|钟头|分钟|分|刻钟)(?:之后|以后|过后|后)"
)
_MAX_MINUTES = Decimal(60 * 24 * 7)


def moment_en(
    text: str, today: date, now: time | None = None, when: Nearest = Nearest.EITHER
) -> tuple[datetime, float] | None:
    """The moment and how sure that is, or None when its day or its time is missing.

    Args:
        text: what was said.
        today: what it counts from.
        now: the time of day; without it "in two hours" isn't understood.
        when: which of the days that bear a name without a year is meant.
    """
    for part in meant(text):
        minutes = _minutes_ahead(part)
        if minutes is not None:
            return _soon(today, now, minutes)
    day = dates.date_en(text, today, when)
    clock = _first_time(text)
    if day is None or clock is None:
        return None
    return datetime.combine(day, clock[0]), clock[1]


def _first_time(text: str) -> tuple[time, float] | None:
    """The time in the last part that has one: "Monday at two, no wait, three"."""
    for part in segments(text):
        rest = dates.without_date(part)
        # What the date took with it may say which half of the day.
        found = time_en(rest + _daypart(part, rest)) if rest else None
        if found:
            return found
    return None


def _daypart(part: str, rest: str) -> str:
    named = re.search(r"\b(?:morning|afternoon|evening|tonight|night)\b", part.lower())
    return f" {named[0]}" if named and named[0] not in rest else ""


def _minutes_ahead(text: str) -> Decimal | None:
    """Minutes of "in two hours", "half an hour from now", "in an hour and a half"."""
    said = plain(text).lower()
    if not _AHEAD.search(said):
        return None
    words = number_words(re.sub(r"\ban? hour and a half\b", "one point five hours",
                                re.sub(r"\bhalf an hour\b", "thirty minutes", said)))  # fmt: skip
    words = ["one" if word in {"a", "an"} else word for word in words]
    total = Decimal(0)
    for entry in amounts(words):
        unit = words[entry.end] if entry.end < len(words) else ""
        if unit in _MINUTES:
            total += entry.value * _MINUTES[unit]
    return total or None


def _soon(today: date, now: time | None, minutes: Decimal) -> tuple[datetime, float] | None:
    if now is None or minutes > _MAX_MINUTES:
        return None
    start = datetime.combine(today, now.replace(second=0, microsecond=0))
    try:
        return start + timedelta(minutes=float(minutes)), 1.0
    except OverflowError:
        return None


def moment_zh(
    text: str, today: date, now: time | None = None, when: Nearest = Nearest.EITHER
) -> tuple[datetime, float] | None:
    """The same for Mandarin."""
    for part in meant(text):
        match = _SOON_ZH.search(re.sub(r"\s", "", plain(part)))
        if match:
            return _soon(today, now, _minutes_zh(match))
    day = dates_zh.date_zh(text, today, when)
    found = (time_zh(dates_zh.without_date(part)) for part in segments(text))
    clock = next((entry for entry in found if entry), None)
    if day is None or clock is None:
        return None
    return datetime.combine(day, clock[0]), clock[1]


def _minutes_zh(match: re.Match[str]) -> Decimal:
    count = Decimal("0.5") if match["count"] == "半" else amount(match["count"]) or Decimal(0)
    count += Decimal("0.5") if match["half"] else 0
    return count * {"小时": 60, "钟头": 60, "刻钟": 15}.get(match["unit"], 1)
