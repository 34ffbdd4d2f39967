"""Cardinals and fractions in Mandarin: 一万二千, 三万五, 三点五, 两个半."""

import re
from decimal import Decimal

from dialog.understanding.digits_zh import DIGITS

_SMALL = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000}
_LARGE = {"万": 10_000, "亿": 100_000_000}
_CHARACTERS = "".join([*DIGITS, *_SMALL, *_LARGE])
NUMBER = rf"(?:[\d{_CHARACTERS}][\d,{_CHARACTERS}]{{0,23}}(?:[点.][\d{_CHARACTERS}]{{1,12}})?)"
"""A pattern of a number as it stands in a text without spaces."""
_NUMERAL = re.compile(r"\d[\d,]*(?:\.\d+)?")
_MAX_LENGTH = 24


def amount(said: str) -> Decimal | None:
    """The number that these characters are, all of them, or None."""
    said = said.replace(",", "")
    if not said or len(said) > _MAX_LENGTH:
        return None
    if _NUMERAL.fullmatch(said):
        return Decimal(said)
    whole, point, fraction = said.replace(".", "点").partition("点")
    scale = 1
    if point and fraction and fraction[-1] in _LARGE:  # 1.5万
        scale, fraction = _LARGE[fraction[-1]], fraction[:-1]
    found = _whole(whole)
    if found is None or (point and not _digits(fraction)):
        return None
    return Decimal(f"{found}.{_digits(fraction)}" if point else str(found)) * scale


def _whole(said: str) -> int | None:
    if all(_digit(character) for character in said):
        return int("".join(_digit(character) for character in said)) if said else None
    total = 0  # of the large scales that are done
    part = 0  # below the next large scale
    digits = ""  # before their scale
    last = 0  # the scale of which a bare digit is a tenth: 三万五
    for place, character in enumerate(said):
        scale = _SMALL.get(character) or _LARGE.get(character)
        if scale is None:
            zero = _digit(character) == "0" and not digits
            last = 1 if zero else last
            digits += "" if zero and place else _digit(character)
            continue
        if character in _SMALL:
            part += (int(digits) if digits else 1) * scale
        else:
            block = part + int(digits or 0)
            total = (total + block) * scale if scale > total else total + block * scale
            part = 0
        digits, last = "", scale
    if digits:
        colloquial = len(digits) == 1 and last > 10  # noqa: PLR2004  after 十 a digit is itself
        part += int(digits) * (last // 10 if colloquial else 1)
    return total + part


def _digit(character: str) -> str:
    return DIGITS.get(character, character if character in "0123456789" else "")


def _digits(said: str) -> str:
    found = [_digit(character) for character in said]
    return "".join(found) if all(found) else ""
