"""What makes a number a card's or a person's: lengths, first digits, check digits."""

import re
from typing import Final

_CARD: Final = re.compile(
    r"(?:4\d{15}|4\d{12}|5[1-5]\d{14}|2[2-7]\d{14}|3[47]\d{13}|3[068]\d{12}|35\d{14}"
    r"|6(?:011|5\d\d|4[4-9]\d)\d{12}|62\d{14,17})"
)
_CHINESE_ID: Final = re.compile(
    r"[1-689]\d{5}(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dX]"
)
# Papers of other countries: Indian PAN and voters' cards, British national insurance and driving
# licences, Singapore's NRIC and FIN, Hong Kong's and Taiwan's identity cards, the Irish PPS number,
# American Medicare; letters and seven digits in a row are the passports of many.
_PERSONAL: Final = re.compile(
    r"[A-Z]{5}\d{4}[A-Z]|[A-Z]{2}\d{6}[A-D]|[STFGM]\d{7}[A-Z]|[A-Z]{1,2}\d{6}[\dA]|[A-Z][1289]\d{8}"
    r"|\d{7}[A-Z]{1,2}|[A-Z]{3}\d{7}|\d{9,10}[A-Z]|\d[A-Z][A-Z\d]\d[A-Z][A-Z\d]\d[A-Z]{2}\d{2}"
    r"|[A-Z]{2,5}9{0,3}\d{6}[A-Z\d]{5}|[A-Z]{1,3}\d{7,9}[A-Z]{0,2}"
)
_SOCIAL: Final = re.compile(r"(?!000|666)\d{3}-\d{2}-\d{4}")
_AMERICAN: Final = re.compile(r"1?[2-9]\d{2}[2-9]\d{6}")
_BRITISH: Final = re.compile(r"0(?:7\d{9}|2\d{9}|1\d{8,9})")
_CHINESE_MOBILE: Final = re.compile(r"(?:86)?1[3-9]\d{9}")
_IBAN_LENGTHS: Final = range(15, 35)


def is_card(digits: str) -> bool:
    """A network's first digits, its length and the check digit of ISO/IEC 7812 (Luhn)."""
    return _CARD.fullmatch(digits) is not None and luhn(digits)


def luhn(digits: str) -> bool:
    """The check digit is right."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (1 + place % 2)
        total += value - 9 if value > 9 else value  # noqa: PLR2004 - the digit sum of 10..18
    return total % 10 == 0


def is_chinese_id(value: str) -> bool:
    """18 characters with a date of birth in them (GB 11643).

    The check digit isn't asked for: one digit misheard would leave the other 17 readable, and a
    date within 18 digits is seldom chance.
    """
    return _CHINESE_ID.fullmatch(value) is not None


def is_personal(value: str) -> bool:
    """The shape of a number of an identity card, a passport, a tax or health office."""
    return _PERSONAL.fullmatch(value) is not None


def is_social(written: str) -> bool:
    """An American social security number as it is written: 536-22-8814."""
    return _SOCIAL.fullmatch(written) is not None


def is_phone(digits: str, *, chinese: bool) -> bool:
    """The shape of a whole number of the countries whose languages are spoken here."""
    shapes = (_CHINESE_MOBILE,) if chinese else (_AMERICAN, _BRITISH)
    return any(shape.fullmatch(digits) for shape in shapes)


def is_iban(value: str) -> bool:
    """ISO 13616: two letters, two check digits, what is left modulo 97."""
    if len(value) not in _IBAN_LENGTHS or not re.fullmatch(r"[A-Z]{2}\d{2}[A-Z0-9]+", value):
        return False
    turned = value[4:] + value[:4]
    return int("".join(str(int(letter, 36)) for letter in turned)) % 97 == 1
