# ruff: noqa: RUF001  Chinese text is Chinese

"""Dates as people say them in Mandarin: 三月五号, 下周三, 大后天, 三天前."""

import re
from datetime import date, timedelta

from dialog.understanding.dates_named import (
    Nearest,
    day_in,
    month_end,
    months_on,
    nearest,
    nearest_day,
)
from dialog.understanding.digits_zh import readings
from dialog.understanding.revised import meant
from dialog.understanding.words import plain

_NUMBER = r"[\d零〇一二三四五六七八九十两]"
_FIXED = (
    ("大后天", 3), ("大前天", -3), ("后天", 2), ("前天", -2), ("明天", 1), ("明日", 1),
    ("明早", 1), ("明晚", 1), ("昨天", -1), ("昨日", -1), ("昨晚", -1),
    ("今天", 0), ("今日", 0), ("今晚", 0), ("今早", 0),
)  # fmt: skip
_FULL = re.compile(
    rf"(?:(?P<year>{_NUMBER}{{2,4}}|今|明|去)年)?(?P<month>{_NUMBER}{{1,3}})月份?"
    rf"(?P<day>{_NUMBER}{{1,3}})(?:[号日]|(?!{_NUMBER}))"
)
_ISO = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})")
_DAY = re.compile(rf"(?P<day>{_NUMBER}{{1,3}})[号日](?!码)")
_WEEKDAY = re.compile(
    r"(?P<which>上上|下下|上|下|这|本)?(?:个)?(?:周|星期|礼拜)(?P<day>[一二三四五六日天末])"
)
_RELATIVE = re.compile(
    rf"(?P<count>{_NUMBER}{{1,3}})个?(?P<unit>天|星期|周|礼拜)(?P<way>之?后|以后|之?前|以前)"
)
_HOLIDAYS = {"平安夜": (12, 24), "圣诞": (12, 25), "元旦": (1, 1), "情人节": (2, 14),
             "劳动节": (5, 1), "国庆": (10, 1)}  # fmt: skip
_MONTH_END = re.compile(r"(?P<next>下个?月)?月底|(?P<later>下个?月)的?最后一天|月的?最后一天")
_MONTH_DAY = re.compile(rf"(?P<which>上|下|这|本)个?月(?P<day>{_NUMBER}{{1,3}})[号日]")
_MONTHS = re.compile(rf"(?P<count>{_NUMBER}{{1,2}})个月(?P<way>之?后|以后|之?前|以前)")
_DAYS = {name: place for place, name in enumerate("一二三四五六日")} | {"天": 6, "末": 5}
_WEEKS = {"上上": -2, "上": -1, "这": 0, "本": 0, "下": 1, "下下": 2}
_YEARS = {"今": 0, "明": 1, "去": -1}


def date_zh(text: str, today: date, when: Nearest = Nearest.EITHER) -> date | None:
    """The day that is meant, or None; arguments as of `date_en`."""
    found = (_date(part, today, when) for part in meant(text))
    return next((day for day in found if day), None)


def without_date(text: str) -> str:
    """The text without the characters of its dates, so that what is left may be a time of day."""
    said = re.sub(r"\s", "", plain(text))
    for pattern in (_ISO, _FULL, _MONTH_DAY, _RELATIVE, _WEEKDAY, _DAY):
        said = pattern.sub(" ", said)
    return said.strip()


def _date(  # noqa: PLR0911  cases in their order
    text: str, today: date, when: Nearest
) -> date | None:
    said = re.sub(r"\s", "", plain(text))
    match = _ISO.search(said)
    if match:
        return day_in(int(match[1]), int(match[2]), int(match[3]))
    match = _FULL.search(said)
    if match:
        month, day = _number(match["month"]), _number(match["day"])
        if match["year"]:
            return day_in(_year(match["year"], today), month, day)
        return nearest(month, day, today, when)
    try:
        named = _of_month(said, today) or _relative(said, today) or _holiday(said, today, when)
        if named:
            return named
        match = _WEEKDAY.search(said)
        if match:
            return _weekday(match, today, when)
    except (OverflowError, ValueError):
        return None  # beyond the calendar
    match = _DAY.search(said)
    return nearest_day(_number(match["day"]), today, when) if match else None


def _relative(said: str, today: date) -> date | None:
    """大后天, 三天前, 两周后."""
    match = _RELATIVE.search(said)
    if match:
        days = _number(match["count"]) * (1 if match["unit"] == "天" else 7)
        return today + timedelta(days=-days if "前" in match["way"] else days)
    fixed = next((days for name, days in _FIXED if name in said), None)
    return None if fixed is None else today + timedelta(days=fixed)


def _holiday(said: str, today: date, when: Nearest) -> date | None:
    ahead = Nearest.FUTURE if when is Nearest.EITHER else when
    found = next((day for name, day in _HOLIDAYS.items() if name in said), None)
    return nearest(*found, today, ahead) if found else None


def _of_month(said: str, today: date) -> date | None:
    """月底, 下个月五号, 两个月后."""
    match = _MONTH_END.search(said)
    if match:
        return month_end(today, 1 if match["next"] or match["later"] else 0)
    match = _MONTH_DAY.search(said)
    if match:
        months = {"上": -1, "下": 1}.get(match["which"], 0)
        month = month_end(today, months)
        return day_in(month.year, month.month, _number(match["day"]))
    match = _MONTHS.search(said)
    if match:
        months = _number(match["count"])
        return months_on(today, -months if "前" in match["way"] else months)
    return None


def _weekday(match: re.Match[str], today: date, when: Nearest) -> date:
    monday = today - timedelta(days=today.weekday())
    day = _DAYS[match["day"]]
    if match["which"]:
        return monday + timedelta(days=7 * _WEEKS[match["which"]] + day)
    ahead = (day - today.weekday()) % 7
    return today + timedelta(days=ahead - 7 if when is Nearest.PAST and ahead else ahead)


def _number(said: str) -> int:
    found = readings(said)
    return int(found[0]) if found else 0


def _year(said: str, today: date) -> int | None:
    if said in _YEARS:
        return today.year + _YEARS[said]
    digits = "".join(readings(character)[0] for character in said if readings(character))
    if len(digits) == 2:  # noqa: PLR2004  二六年
        return 2000 + int(digits)
    return int(digits) if len(digits) == 4 else None  # noqa: PLR2004
