"""Values as they are said: the filters of templates. Numbers are left to the voice."""

import re
from collections.abc import Callable, Mapping
from datetime import date, time
from decimal import Decimal
from typing import Any

from jinja2 import Undefined, pass_context
from jinja2.runtime import Context

from dialog.understanding.phones import dialled

_MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]
_WEEKDAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
_NEAR_EN = {-1: "yesterday", 0: "today", 1: "tomorrow"}
_NEAR_ZH = {-2: "前天", -1: "昨天", 0: "今天", 1: "明天", 2: "后天"}
_ZH_WEEKDAYS = "一二三四五六日"
_SYMBOLS = {"USD": "$", "EUR": "€", "GBP": "£", "JPY": "¥", "CNY": "¥"}
_ZH_CURRENCIES = {"USD": "美元", "EUR": "欧元", "GBP": "英镑", "JPY": "日元", "CNY": "元"}
_NO_CENTS = {"JPY", "KRW", "VND", "CLP"}
_NOON = 12
_A_WEEK = 7


def spell(value: Any) -> str:
    """Character by character: 4711 is "4 7 1 1"."""
    text = "".join(str(value).split())
    if isinstance(value, Undefined) or not text:
        return ""
    return " ".join(text)


@pass_context
def money(context: Context, cents: Any, currency: Any = "USD") -> str:
    """Money: 1250 cents are "$12.50", in Chinese 12.50美元; also an answer such as "12.50 USD"."""
    if isinstance(cents, str) and " " in cents.strip():
        number, currency = cents.split()
        amount = int(Decimal(number) * (1 if currency.upper() in _NO_CENTS else 100))
    else:
        amount = int(cents)
    code = str(currency or "USD").upper()
    plain = str(amount) if code in _NO_CENTS else _decimal(amount)
    if context.get("language") == "zh":
        return f"{plain}{_ZH_CURRENCIES.get(code, code)}"
    symbol = _SYMBOLS.get(code)
    if symbol is None:
        return f"{plain} {code}"
    return f"-{symbol}{plain[1:]}" if plain.startswith("-") else f"{symbol}{plain}"


def _decimal(cents: int) -> str:
    sign = "-" if cents < 0 else ""
    whole, part = divmod(abs(cents), 100)
    return f"{sign}{whole}.{part:02d}" if part else f"{sign}{whole}"


@pass_context
def day(context: Context, value: Any) -> str:
    """An ISO date as a day: "tomorrow", "Tuesday, November 24th"; with its year if that differs."""
    if isinstance(value, Undefined) or not str(value or "").strip():
        return ""
    when = date.fromisoformat(str(value)[:10])
    today = _today(context)
    language = str(context.get("language") or "en")
    return _day_zh(when, today) if language == "zh" else _day_en(when, today)


def _today(context: Context) -> date | None:
    try:
        return date.fromisoformat(str(context.get("today") or ""))
    except ValueError:
        return None


def _day_en(when: date, today: date | None) -> str:
    ahead = (when - today).days if today else None
    if ahead in _NEAR_EN:
        return _NEAR_EN[ahead]
    named = f"{_MONTHS[when.month - 1]} {ordinal(when.day)}"
    if ahead is not None and abs(ahead) < _A_WEEK:
        return f"{_WEEKDAYS[when.weekday()]}, {named}"
    return named if today and when.year == today.year else f"{named}, {when.year}"


def _day_zh(when: date, today: date | None) -> str:
    ahead = (when - today).days if today else None
    if ahead in _NEAR_ZH:
        return _NEAR_ZH[ahead]
    named = f"{when.month}月{when.day}日"
    if ahead is not None and abs(ahead) < _A_WEEK:
        return f"{named}星期{_ZH_WEEKDAYS[when.weekday()]}"
    return named if today and when.year == today.year else f"{when.year}年{named}"


@pass_context
def clock(context: Context, value: Any) -> str:
    """An ISO time, alone or after a date, as a time: "3:30 PM", "noon", 下午3点30分."""
    text = str(value or "").strip()
    if isinstance(value, Undefined) or not text:
        return ""
    when = time.fromisoformat(text.rpartition("T")[2])
    if context.get("language") == "zh":
        return _clock_zh(when)
    if when.minute == 0 and when.hour % _NOON == 0:
        return "noon" if when.hour else "midnight"
    minutes = f":{when.minute:02d}" if when.minute else ""
    return f"{when.hour % _NOON or _NOON}{minutes} {'PM' if when.hour >= _NOON else 'AM'}"


def _clock_zh(when: time) -> str:
    parts = ((6, "凌晨"), (11, "上午"), (13, "中午"), (18, "下午"), (24, "晚上"))
    part = next(name for end, name in parts if when.hour < end)
    hour = when.hour if when.hour <= _NOON else when.hour - _NOON
    return f"{part}{hour}点" + (f"{when.minute}分" if when.minute else "")


@pass_context
def phone(context: Context, value: Any, country: Any = "") -> str:
    """An E.164 number digit by digit in its groups: "4 1 5, 5 5 5, 2 6 7 1"."""
    text = str(value or "").strip()
    if isinstance(value, Undefined) or not text:
        return ""
    written = dialled(text, str(country or ""))
    chinese = context.get("language") == "zh"
    groups = [" ".join(group) for group in re.findall(r"\d+", written)]
    plus = ("加" if chinese else "plus ") if written.startswith("+") else ""
    return plus + ("，" if chinese else ", ").join(groups)  # noqa: RUF001  a Chinese comma


def ordinal(number: int) -> str:
    """1st, 2nd, 3rd, 4th, 11th."""
    teen = 10 <= number % 100 <= 20  # noqa: PLR2004
    ending = "th" if teen else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


FILTERS: Mapping[str, Callable[..., Any]] = {
    "spell": spell,
    "money": money,
    "day": day,
    "clock": clock,
    "phone": phone,
}
