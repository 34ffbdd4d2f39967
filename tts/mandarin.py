"""Mandarin numbers, money, dates and times in words."""

import datetime as dt

from tts.amounts import Amount

DIGITS = "零一二三四五六七八九"
CODE_DIGITS = "零幺二三四五六七八九"  # 一 is said 幺 in numbers that are read digit by digit
WEEKDAYS = "一二三四五六日"

_MAX_CARDINAL_DIGITS = 16
_PLACES = ("", "十", "百", "千")
_SCALES = ("", "万", "亿", "万亿")
_GROUP = 10_000
_PHONE_DIGITS = 11

# Before these a lone 2 is said 两.
MEASURES = (
    "个件位名次天年周小时分钟秒种条张台部本份箱包双套间块元角米公斤千克吨升倍步家层盒瓶页点遍声项人"
)

CURRENCIES = {
    "$": "美元",
    "€": "欧元",
    "£": "英镑",
    "₹": "卢比",
    "USD": "美元",
    "US$": "美元",
    "EUR": "欧元",
    "GBP": "英镑",
    "JPY": "日元",
    "HK$": "港币",
    "HKD": "港币",
}
YUAN = frozenset({"¥", "CNY", "RMB", "CN¥"})


def cardinal(value: int) -> str:
    """4711 -> 四千七百一十一, 2000 -> 两千; very long numbers digit by digit."""
    if value < 0:
        return "负" + cardinal(-value)
    text = str(value)
    if len(text) > _MAX_CARDINAL_DIGITS:
        return spell_digits(text, code=False)
    if value == 0:
        return DIGITS[0]
    groups: list[int] = []
    while value:
        value, group = divmod(value, _GROUP)
        groups.append(group)
    words = ""
    gap = False
    for scale in range(len(groups) - 1, -1, -1):
        group = groups[scale]
        if not group:
            gap = bool(words)
            continue
        if words and (gap or group < _GROUP // 10):
            words += DIGITS[0]
        said = _group(group, leading=not words)
        if scale and group == 2:  # noqa: PLR2004  两万, 两亿
            said = "两"
        words += said + _SCALES[scale]
        gap = False
    return words


def _group(value: int, *, leading: bool) -> str:
    """1 to 9999."""
    words = ""
    zero = False
    for place in range(3, -1, -1):
        digit = value // 10**place % 10
        if not digit:
            zero = bool(words)
            continue
        if zero:
            words += DIGITS[0]
        zero = False
        if place == 1 and digit == 1 and not words and leading:
            words += "十"
            continue
        # 两千, 两百 at the front; 二 elsewhere.
        two = digit == 2 and (place == 3 or (place == 2 and not words))  # noqa: PLR2004
        words += ("两" if two else DIGITS[digit]) + _PLACES[place]
    return words


def counted(value: int) -> str:
    """As before a measure word: 2 -> 两, 12 -> 十二."""
    return "两" if value == 2 else cardinal(value)  # noqa: PLR2004


def spell_digits(digits: str, *, code: bool = True) -> str:
    """4711 -> 四七幺幺; mobile numbers in threes and fours, with a breath between."""
    table = CODE_DIGITS if code else DIGITS
    if code and len(digits) == _PHONE_DIGITS:
        parts = (digits[:3], digits[3:7], digits[7:])
        return ",".join("".join(table[int(d)] for d in part) for part in parts).replace(
            ",",
            "，",  # noqa: RUF001
        )
    return "".join(table[int(d)] for d in digits)


def number(amount: Amount) -> str:
    """3.14 -> 三点一四."""
    words = cardinal(amount.whole)
    return f"{words}点{spell_digits(amount.fraction, code=False)}" if amount.fraction else words


def yuan(amount: Amount) -> str:
    """12.55 -> 十二元五角五分, 12.05 -> 十二元零五分."""
    if len(amount.fraction) > 2:  # noqa: PLR2004  a rate, not a price
        return f"{number(amount)}元"
    jiao, fen = divmod(amount.cents, 10)
    words = f"{counted(amount.whole)}元" if amount.whole or not amount.cents else ""
    if jiao:
        words += f"{counted(jiao) if not words else DIGITS[jiao]}角"
    elif fen and words:
        words += DIGITS[0]
    return words + (f"{DIGITS[fen]}分" if fen else "")


def money(amount: Amount, currency: str, scale: str = "") -> str:
    """$12.50 -> 十二点五美元, ¥3.5万 -> 三点五万元."""
    if currency in YUAN and not scale:
        return yuan(amount)
    name = "元" if currency in YUAN else CURRENCIES[currency]
    trimmed = Amount(amount.whole, amount.fraction.rstrip("0"))
    words = number(trimmed) if trimmed.fraction or scale else counted(trimmed.whole)
    return f"{words}{scale}{name}"


def year(value: int) -> str:
    """2026 -> 二零二六年."""
    return f"{spell_digits(str(value), code=False)}年"


def month_day(month: int, day: int) -> str:
    """11, 23 -> 十一月二十三日."""
    return f"{cardinal(month)}月{cardinal(day)}日"


def date(day: dt.date, today: dt.date | None) -> str:
    """A date. With `today` known, one within half a year gets its weekday instead of its year."""
    words = month_day(day.month, day.day)
    if today is not None and abs((day - today).days) <= 180:  # noqa: PLR2004
        return f"{words}星期{WEEKDAYS[day.weekday()]}"
    return year(day.year) + words


def clock(hour: int, minute: int) -> str:
    """14:30 -> 十四点三十分, 9:05 -> 九点零五分, 2:00 -> 两点."""
    words = f"{counted(hour)}点"
    if not minute:
        return words
    lead = DIGITS[0] if minute < 10 else ""  # noqa: PLR2004
    return f"{words}{lead}{cardinal(minute)}分"
