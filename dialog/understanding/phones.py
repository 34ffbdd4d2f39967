"""Phone numbers as they are said, in E.164, by the numbering plan of the caller's country."""

import re
from collections.abc import Callable

import phonenumbers

from dialog.understanding.words import plain

DEFAULT_COUNTRY = "US"
LONGEST = 15
"""Digits of the longest number that E.164 allows."""
_PLUS = re.compile(r"\+|\bplus\b|加号?", re.IGNORECASE)
_NOISE = re.compile(r"\barea code\b|\bextension\b|\bcountry code\b|区号", re.IGNORECASE)


def phone(
    text: str, digits: Callable[[str], list[str]], country: str = ""
) -> tuple[str, float] | None:
    """The number in E.164 and how sure that is, or None when no such number can exist.

    Args:
        text: what was said.
        digits: reads digit strings of that language, the likeliest first.
        country: ISO 3166 of the caller; the United States where it is empty.
    """
    said = _NOISE.sub(" ", plain(text))
    international = _PLUS.search(said) is not None
    said = _PLUS.sub(" ", re.sub(r"(?<=\d)[().\-/ ]+(?=[\d(])", "", said))
    for rank, number in enumerate(digits(said)):
        found = e164(f"+{number}" if international else number, country)
        if found:
            return found, 1.0 if rank == 0 else 0.8
    return None


def e164(number: str, country: str = "") -> str | None:
    """A dialled number in E.164, or None when no such number can exist."""
    if len(number) > LONGEST + 5:
        return None
    try:
        parsed = phonenumbers.parse(number, (country or DEFAULT_COUNTRY).upper())
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(parsed):
        return None
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)


def example(country: str = "") -> str:
    """A number as people of that country dial it, which reaches nobody in most of them."""
    found = phonenumbers.example_number((country or DEFAULT_COUNTRY).upper())
    return phonenumbers.national_significant_number(found) if found else ""


def countries() -> frozenset[str]:
    """ISO 3166 codes of the countries whose numbers are known."""
    return frozenset(phonenumbers.SUPPORTED_REGIONS)


def dialled(number: str, country: str = "") -> str:
    """The number as people of that country read it, groups apart: "(415) 555-2671"."""
    try:
        parsed = phonenumbers.parse(number, (country or DEFAULT_COUNTRY).upper())
    except phonenumbers.NumberParseException:
        return number
    home = parsed.country_code == phonenumbers.country_code_for_region(
        (country or DEFAULT_COUNTRY).upper()
    )
    style = phonenumbers.PhoneNumberFormat
    return phonenumbers.format_number(parsed, style.NATIONAL if home else style.INTERNATIONAL)
