"""Amounts of money as people say them: "twelve ninety-nine", "two grand", 三块五."""

import re
from collections.abc import Callable, Iterator
from decimal import Decimal

from dialog.understanding.amounts_en import Amount, amounts, number_words
from dialog.understanding.amounts_zh import NUMBER, amount
from dialog.understanding.revised import meant
from dialog.understanding.words import plain

DEFAULT_CURRENCY = "USD"
MOST = Decimal(10) ** 15
"""No caller means more money than this; it was some other number."""
_NO_CENTS = {"JPY", "KRW", "VND", "CLP"}
_DOLLARS = {"USD", "CAD", "AUD", "NZD", "SGD", "HKD", "TWD"}
_CENTS = {"cent", "cents", "pence", "penny", "pennies", "p"}
_NAMES = {
    **dict.fromkeys(("dollar", "dollars", "buck", "bucks"), "dollar"),
    **dict.fromkeys(("pound", "pounds", "quid", "sterling"), "GBP"),
    **dict.fromkeys(("euro", "euros"), "EUR"),
    "yen": "JPY",
    **dict.fromkeys(("yuan", "rmb", "renminbi", "kuai"), "CNY"),
    **dict.fromkeys(("franc", "francs"), "CHF"),
    **dict.fromkeys(("rupee", "rupees"), "INR"),
}
_CODES = {"usd", "eur", "gbp", "jpy", "cny", "cad", "aud", "chf", "inr"}
_SYMBOLS = {"$": "dollars", "£": "pounds", "€": "euros", "¥": "yuan"}
_WRITTEN = re.compile(r"([$£€¥])\s*(\d[\d,]*(?:\.\d+)?)((?:\s?(?:k|thousand|million|billion))?)")
_K = re.compile(r"(\d)k\b")
_ADJECTIVES = {"us", "american", "canadian", "australian"}
_CENTS_PLACES = 2

_ZH_UNITS = {
    "块钱": "", "块": "", "元": "", "圆": "", "人民币": "CNY", "美元": "USD", "美金": "USD",
    "美刀": "USD", "刀": "USD", "欧元": "EUR", "欧": "EUR", "英镑": "GBP", "镑": "GBP",
    "日元": "JPY", "日圆": "JPY", "港币": "HKD", "港元": "HKD", "台币": "TWD", "新台币": "TWD",
}  # fmt: skip
_ZH_UNIT = "|".join(sorted(_ZH_UNITS, key=len, reverse=True))
_ZH_MAJOR = re.compile(
    rf"(?P<major>{NUMBER})(?P<half>半)?(?P<unit>{_ZH_UNIT})(?:钱|人民币)?"
    rf"(?:(?P<tenths>{NUMBER})[毛角](?:(?P<cents>{NUMBER})分?)?|"
    r"(?P<rest>[一二三四五六七八九\d]{1,2})(?![\d点万千百十]))?"
)
_ZH_MINOR = re.compile(
    rf"(?P<tenths>{NUMBER})[毛角](?P<cents>[一二两三四五六七八九\d])?|(?P<only>{NUMBER})分钱?"
)
_ZH_SYMBOL = re.compile(r"[¥￥](\d[\d,]*(?:\.\d+)?)")
_ZH_BARE = re.compile(NUMBER)
_ZH_DOLLAR_SIGN = re.compile(r"\$(\d[\d,]*(?:\.\d+)?)")

Found = tuple[str, float] | None


def money_en(text: str, currency: str = "", *, explicit: bool = False) -> Found:
    """The amount and how sure that is, such as ("12.99 USD", 1.0), or None.

    Args:
        text: what was said.
        currency: ISO 4217, that of an amount said without one; US dollars where it is empty.
        explicit: only an amount with its currency counts.
    """
    return _first(text, lambda part: _read_en(part, currency, explicit=explicit))


def money_zh(text: str, currency: str = "", *, explicit: bool = False) -> Found:
    """The same for Mandarin; without a currency it is yuan where `currency` is empty."""
    return _first(text, lambda part: _read_zh(part, currency or "CNY", explicit=explicit))


def _first(text: str, read: Callable[[str], Found]) -> Found:
    return next((found for part in meant(text) if (found := read(part)) is not None), None)


def written(value: Decimal, currency: str) -> str | None:
    """Writes "12.99 USD", with the decimals of the currency; None when the value has more."""
    places = 0 if currency in _NO_CENTS else _CENTS_PLACES
    if value >= MOST:
        return None
    rounded = round(value, places)
    if rounded != value:
        return None
    return f"{rounded:.{places}f} {currency}"


def _read_en(text: str, currency: str, *, explicit: bool) -> Found:
    currency = currency or DEFAULT_CURRENCY
    said = _K.sub(r"\1 k", plain(text).lower())
    said = _WRITTEN.sub(lambda match: f"{match[2]}{match[3]} {_SYMBOLS[match[1]]}", said)
    words = [word for word in number_words(said) if word not in _ADJECTIVES]
    # "a dollar fifty"
    for place, word in enumerate(words[:-1]):
        if word in {"a", "an"} and words[place + 1] in _NAMES:
            words[place] = "one"
    found = list(amounts(words))
    for number, entry in enumerate(found):
        named = _currency_at(words, entry.end, currency)
        if named:
            value = entry.value + _cents_after(words, entry.end + 1, found[number + 1 :])
            amount_said = written(value, named)
            return (amount_said, 1.0) if amount_said else None
    for entry in found:
        if entry.end < len(words) and words[entry.end] in _CENTS:
            pence = words[entry.end] in {"pence", "penny", "p"}
            amount_said = written(entry.value / 100, "GBP" if pence else currency)
            return (amount_said, 1.0) if amount_said else None
    if explicit or not found or any(entry.ordinal for entry in found):
        return None
    value, sureness = _bare(found)
    amount_said = written(value, currency)
    return (amount_said, sureness) if amount_said else None


def _currency_at(words: list[str], place: int, currency: str) -> str:
    """The currency named there, or nothing. Dollars are those of the default currency."""
    word = words[place] if place < len(words) else ""
    if word in _CODES:
        return word.upper()
    name = _NAMES.get(word, "")
    if name == "dollar":
        return currency if currency in _DOLLARS else "USD"
    return name


def _cents_after(words: list[str], place: int, rest: list[Amount]) -> Decimal:
    """Cents that follow the currency: "(and) ninety nine (cents)"."""
    for entry in rest:
        gap = words[place : entry.start]
        close = not gap or gap == ["and"]
        if close and entry.value < 100 and (entry.places == _CENTS_PLACES or _cents(words, entry)):  # noqa: PLR2004
            return entry.value / 100
        return Decimal(0)
    return Decimal(0)


def _cents(words: list[str], entry: Amount) -> bool:
    return entry.end < len(words) and words[entry.end] in _CENTS


def _bare(found: list[Amount]) -> tuple[Decimal, float]:
    """An amount without a currency: "twelve ninety nine", "one ninety nine ninety nine"."""
    run = [found[0]]
    for entry in found[1:]:
        if entry.start != run[-1].end:
            break
        run.append(entry)
    values = [entry.value for entry in run]
    cents = run[-1].places == _CENTS_PLACES and values[-1] < 100  # noqa: PLR2004
    whole = all(value == int(value) for value in values)
    if len(run) == 2 and cents and whole:  # noqa: PLR2004  dollars, cents
        return values[0] + values[1] / 100, 1.0
    if len(run) == 3 and cents and whole and values[0] < 10 and run[1].places == _CENTS_PLACES:  # noqa: PLR2004
        return values[0] * 100 + values[1] + values[2] / 100, 0.9
    return values[0], 1.0 if len(found) == 1 else 0.6


def _read_zh(text: str, currency: str, *, explicit: bool) -> Found:
    said = re.sub(r"\s", "", plain(text))
    for value, named in _candidates_zh(said, currency, explicit=explicit):
        if value is not None:
            amount_said = written(value, named)
            return (amount_said, 1.0) if amount_said else None
    return None


def _candidates_zh(
    said: str, currency: str, *, explicit: bool
) -> Iterator[tuple[Decimal | None, str]]:
    match = _ZH_SYMBOL.search(said)
    if match:
        yield amount(match[1]), "CNY"
    match = _ZH_DOLLAR_SIGN.search(said)
    if match:
        yield amount(match[1]), "USD"
    match = _ZH_MAJOR.search(said)
    if match:
        yield _major_zh(match), _ZH_UNITS[match["unit"]] or currency
    match = _ZH_MINOR.search(said)
    if match and match["only"]:
        yield _hundredths(match["only"], 100), currency
    elif match:
        yield _tenths(match["tenths"], match["cents"]), currency
    match = _ZH_BARE.search(said)
    if match and not explicit:
        yield amount(match[0]), currency


def _major_zh(match: re.Match[str]) -> Decimal | None:
    value = amount(match["major"])
    if value is None:
        return None
    if match["half"]:
        value += Decimal("0.5")
    if match["tenths"]:
        value += _tenths(match["tenths"], match["cents"])
    elif match["rest"]:
        digits = match["rest"]
        value += _hundredths(digits, 10 if len(digits) == 1 else 100)
    return value


def _tenths(tenths: str, cents: str | None) -> Decimal:
    return _hundredths(tenths, 10) + (_hundredths(cents, 100) if cents else 0)


def _hundredths(said: str, parts: int) -> Decimal:
    return (amount(said) or Decimal(0)) / parts
