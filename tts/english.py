"""English numbers, money, dates and times in words, as Americans say them on the phone."""

import datetime as dt
import re

from num2words import num2words

from tts.amounts import Amount

MONTHS = [
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
]
WEEKDAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
DIGITS = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]
SCALES = {"k": "thousand", "m": "million", "bn": "billion", "b": "billion", "tn": "trillion"}

_MAX_CARDINAL_DIGITS = 15
_GROUP_FROM_DIGITS = 7  # longer strings are said in groups of three, with a breath between
_FRACTIONS = {2: "half", 3: "third", 4: "quarter", 5: "fifth", 6: "sixth", 8: "eighth", 10: "tenth"}
_FIRST_PLAIN_HOUR, _NOON, _DAY_HOURS = 13, 12, 24

# Sign or code: singular, plural, the hundredth's singular and plural.
CURRENCIES = {
    "$": ("dollar", "dollars", "cent", "cents"),
    "€": ("euro", "euros", "cent", "cents"),
    "£": ("pound", "pounds", "penny", "pence"),
    "¥": ("yen", "yen", "sen", "sen"),
    "₹": ("rupee", "rupees", "paisa", "paise"),
    "CNY": ("yuan", "yuan", "fen", "fen"),
    "CHF": ("franc", "francs", "centime", "centimes"),
}
CURRENCY_NAMES = {
    "US$": "$",
    "USD": "$",
    "EUR": "€",
    "GBP": "£",
    "JPY": "¥",
    "INR": "₹",
    "RMB": "CNY",
    "CN¥": "CNY",
} | {name: name for name in CURRENCIES}


def cardinal(value: int) -> str:
    """4711 -> "four thousand seven hundred eleven"; very long numbers digit by digit."""
    if len(str(abs(value))) > _MAX_CARDINAL_DIGITS:
        return spell_digits(str(value).lstrip("-"))
    return str(num2words(value)).replace(",", "").replace(" and ", " ")


def ordinal(value: int) -> str:
    """23 -> "twenty-third"."""
    if len(str(value)) > _MAX_CARDINAL_DIGITS:
        return spell_digits(str(value))
    return str(num2words(value, to="ordinal")).replace(",", "").replace(" and ", " ")


def spell_digits(digits: str) -> str:
    """4711 -> "four seven one one"; long strings in groups, with commas between."""
    if len(digits) >= _GROUP_FROM_DIGITS:
        groups = [digits[i : i + 3] for i in range(0, len(digits), 3)]
        if len(groups[-1]) == 1:
            groups[-2:] = [groups[-2] + groups[-1]]
        return ", ".join(spell_digits(group) for group in groups)
    return " ".join(DIGITS[int(digit)] for digit in digits)


def number(amount: Amount) -> str:
    """3.14 -> "three point one four"."""
    words = cardinal(amount.whole)
    return (
        f"{words} point {' '.join(DIGITS[int(d)] for d in amount.fraction)}"
        if (amount.fraction)
        else words
    )


def year(value: int) -> str:
    """2026 -> "twenty twenty-six", 2005 -> "two thousand five", 1900 -> "nineteen hundred"."""
    century, rest = divmod(value, 100)
    if 2000 <= value <= 2009 or value < 1000:  # noqa: PLR2004  the decade that is said in full
        return cardinal(value)
    if rest == 0:
        return cardinal(value) if century % 10 == 0 else f"{cardinal(century)} hundred"
    tail = f"oh {DIGITS[rest]}" if rest < 10 else cardinal(rest)  # noqa: PLR2004
    return f"{cardinal(century)} {tail}"


def decade(value: int) -> str:
    """1990 -> "nineteen nineties", 90 -> "nineties"."""
    century, rest = divmod(value, 100)
    tens = {0: "hundreds", 10: "tens"}.get(rest) or re.sub("y$", "ies", cardinal(rest))
    return f"{cardinal(century)} {tens}" if century else tens


def money(amount: Amount, currency: str, scale: str = "") -> str:
    """$12.50 -> "twelve dollars and fifty cents", $1.5m -> "one point five million dollars"."""
    one, many, cent, cents = CURRENCIES[currency]
    if scale:
        return f"{number(amount)} {scale} {many}"
    if len(amount.fraction) > 2:  # noqa: PLR2004  a rate, not a price
        return f"{number(amount)} {many}"
    whole = f"{cardinal(amount.whole)} {one if amount.whole == 1 else many}"
    part = f"{cardinal(amount.cents)} {cent if amount.cents == 1 else cents}"
    if not amount.cents:
        return whole
    return f"{whole} and {part}" if amount.whole else part


def date(day: dt.date, today: dt.date | None) -> str:
    """A date. With `today` known, one within half a year gets its weekday instead of its year."""
    words = month_day(day.month, day.day)
    if today is not None and abs((day - today).days) <= 180:  # noqa: PLR2004
        return f"{WEEKDAYS[day.weekday()]}, {words}"
    return f"{words}, {year(day.year)}"


def month_day(month: int, day: int) -> str:
    """11, 23 -> "November twenty-third"."""
    return f"{MONTHS[month - 1]} {ordinal(day)}"


def clock(hour: int, minute: int, suffix: str = "") -> str:
    """A time of day; `suffix` "a" or "p" as written. 14:30 -> "two thirty P M"."""
    if not suffix and (hour >= _FIRST_PLAIN_HOUR or hour == 0):
        suffix = "p" if _NOON <= hour < _DAY_HOURS else "a"
    if suffix:
        hour = hour % 12 or 12
    minutes = f"oh {DIGITS[minute]}" if 0 < minute < 10 else cardinal(minute)  # noqa: PLR2004
    words = cardinal(hour)
    if minute:
        words += f" {minutes}"
    elif not suffix:
        words += " o'clock"
    return f"{words} {suffix.upper()} M" if suffix else words


def fraction(top: int, bottom: int) -> str | None:
    """3/4 -> "three quarters"; None for what isn't said as a fraction."""
    name = _FRACTIONS.get(bottom)
    if name is None or not 0 < top < bottom:
        return None
    plural = "halves" if bottom == 2 else f"{name}s"  # noqa: PLR2004
    return f"{cardinal(top)} {name if top == 1 else plural}"
