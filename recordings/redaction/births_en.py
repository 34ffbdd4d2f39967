"""Dates in English words and figures."""

import re
from collections.abc import Iterator
from typing import Final

_MONTH: Final = (
    r"(?:january|february|march|april|may|june|july|august|september|october|november|december"
    r"|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec)\.?"
)
_UNITS: Final = "one|two|three|four|five|six|seven|eight|nine"
_TEENS: Final = "ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen"
_TENS: Final = "twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety"
_ORDINAL: Final = (
    r"(?:(?:twenty|thirty)[ -])?(?:first|second|third|fourth|fifth|sixth|seventh|eighth|ninth)"
    r"|tenth|eleventh|twelfth|thirteenth|fourteenth|fifteenth|sixteenth|seventeenth|eighteenth"
    r"|nineteenth|twentieth|thirtieth"
)
_SMALL: Final = (
    rf"(?:(?:{_TENS})(?:[ -](?:{_UNITS}))?|{_TEENS}|(?:oh|o|zero) (?:{_UNITS})|{_UNITS})"
)
_DAY: Final = (
    rf"(?:{_ORDINAL}|\d{{1,2}}(?:st|nd|rd|th)?|(?:twenty|thirty)[ -](?:{_UNITS})|{_TEENS}|{_UNITS})"
)
_YEAR: Final = (
    rf"(?:(?:1[89]|20)\d\d|'?\d\d|(?:nineteen|eighteen|twenty)[ -](?:hundred(?: and)? ?)?{_SMALL}"
    rf"|nineteen hundred|two thousand(?: and)?(?: {_SMALL})?|{_SMALL})"
)
_GAP: Final = r"[ ,]{1,3}(?:um |uh |in |of )?(?:the year )?"
_DATE: Final = re.compile(
    r"\b(?:"
    rf"(?:the )?{_DAY}(?: of)?(?: the)? {_MONTH}(?:{_GAP}{_YEAR})?"
    rf"|{_MONTH}(?: the)? {_DAY}(?:{_GAP}{_YEAR})?"
    rf"|{_YEAR}[ ,]{{1,2}}{_MONTH}(?: the)? {_DAY}"
    rf"|(?:the )?(?:{_ORDINAL}) of the (?:{_ORDINAL}) {_YEAR}"
    rf"|(?:the )?(?:{_ORDINAL}) (?:of )?(?:oh )?(?:{_SMALL}) (?:nineteen|twenty)[ -]{_SMALL}"
    rf"|(?:{_SMALL})[ ,]{{1,2}}(?:{_SMALL})[ ,]{{1,2}}"
    rf"(?:(?:nineteen|twenty)[ -]{_SMALL}|two thousand(?: and)?(?: {_SMALL})?)"
    rf"|\d{{1,2}}[-/. ]{_MONTH}[-/. ]\d{{2,4}}"
    r"|\d{1,4}\s?[/.-]\s?\d{1,2}\s?[/.-]\s?\d{2,4}"
    r")\b(?!')"
)


# "Five fourteen seventy two", "5 14 72": also an amount, so only beside what says more.
_LOOSE: Final = re.compile(
    rf"\b(?:{_SMALL}|\d{{1,2}})[ ,]{{1,2}}(?:{_SMALL}|\d{{1,2}})[ ,]{{1,2}}"
    rf"(?:(?:{_TENS})(?:[ -](?:{_UNITS}))?|(?:oh|o|zero) (?:{_UNITS})|\d\d)\b(?! ?(?:{_UNITS})\b)"
)
_OLD: Final = re.compile(
    rf"\b(?:19\d\d|200\d|201[0-2]|nineteen[ -](?:hundred|{_SMALL})"
    rf"|two thousand(?: and)?(?: (?:{_UNITS}|ten|eleven))?$|twenty (?:oh|o) (?:{_UNITS}))\b"
)
_MONTH_AND_YEAR: Final = re.compile(rf"\b{_MONTH}(?:{_GAP}| of | in )(?:the year )?{_YEAR}\b")
_PART: Final = re.compile(
    r"\b(?:christmas|boxing|new year'?s|valentine'?s|st patrick'?s|saint patrick'?s) (?:day|eve)\b"
    r"|\bhalloween\b"
    rf"|\b(?:(?:the )?(?:{_ORDINAL}|\d{{1,2}}(?:st|nd|rd|th))(?: of)?|{_MONTH}(?:(?: of"
    rf"|,)? {_YEAR})?"
    rf"|{_YEAR})\b"
)
_WHOLE_YEAR: Final = re.compile(
    rf"\W*(?:(?:and|um|uh|in|it's|its|it was|was|that's|oh|yeah|yes|no|year|the year|of)\W+){{0,3}}"
    rf"(?P<year>(?:1[89]|20)\d\d|(?:nineteen|eighteen)[ -](?:hundred|{_SMALL})"
    rf"|two thousand(?: and)?(?: {_SMALL})?|twenty[ -](?:(?:oh|o) (?:{_UNITS})|{_TEENS}"
    rf"|twenty(?:[ -](?:{_UNITS}))?)"
    rf"|(?:{_TENS})[ -](?:{_UNITS}))\b(?! (?:years?|pounds?|dollars?|euros?|percent|times|minutes"
    rf"|of)\b)"
)


def dates(text: str) -> Iterator[tuple[int, int]]:
    """From, to (not included) of each date in a text that is `plain`."""
    for found in _DATE.finditer(text):
        yield found.start(), found.end()


def months(text: str) -> Iterator[tuple[int, int]]:
    """Months with a year, without a day."""
    for found in _MONTH_AND_YEAR.finditer(text):
        yield found.start(), found.end()


def loose(text: str) -> Iterator[tuple[int, int]]:
    """What may be a date as well as an amount."""
    for found in _LOOSE.finditer(text):
        yield found.start(), found.end()


def is_old(date: str) -> bool:
    """Whether a date has a year in which those who call, and their children, were born."""
    return _OLD.search(date) is not None


def parts(text: str) -> Iterator[tuple[int, int]]:
    """Days, months, years alone: a date that is said piece by piece."""
    for found in _PART.finditer(text):
        yield found.start(), found.end()


def year_first(text: str) -> tuple[int, int] | None:
    """A whole year that the text begins with."""
    found = _WHOLE_YEAR.match(text)
    return found.span("year") if found else None


def year_only(text: str) -> tuple[int, int] | None:
    """A spoken or written year, when the text is one with little around it."""
    found = re.search(rf"\b{_YEAR}\b", text)
    return found.span() if found else None
