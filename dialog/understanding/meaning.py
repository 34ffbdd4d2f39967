"""What one text means to one expectation, whichever language it is in."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from dialog.understanding import digits_en, digits_zh
from dialog.understanding.choices import choose
from dialog.understanding.dates import date_en
from dialog.understanding.dates_zh import date_zh
from dialog.understanding.words import has_han, plain, primary, tokens
from dialog.understanding.yes_no import yes_no_en, yes_no_zh
from voxdesk.kernel.speech import AnswerKind, Expectation

MAX_BARE_WORDS = 3
_SOME_DAY = date(2000, 1, 1)  # any day tells whether a text is a date at all

YesNo = Callable[[str], tuple[str, float] | None]


@dataclass(frozen=True, slots=True)
class _Rules:
    """How one language is understood. A new language is a new entry of `_LANGUAGES`."""

    digits: Callable[..., list[str]]
    yes_no: YesNo
    day: Callable[[str, date], date | None]


_ENGLISH = _Rules(digits_en.readings, yes_no_en, date_en)
_LANGUAGES = {
    "en": _ENGLISH,
    "zh": _Rules(digits_zh.readings, yes_no_zh, date_zh),
}


def rules(language: str, text: str) -> _Rules:
    """The rules to read a text with: its own script counts before the call's language."""
    if has_han(text):
        return _LANGUAGES["zh"]
    found = _LANGUAGES.get(primary(language), _ENGLISH)
    # "yes" and "four seven" in a Chinese call are still English words.
    return _ENGLISH if found is _LANGUAGES["zh"] and _latin(text) else found


def _latin(text: str) -> bool:
    return any(character.isascii() and character.isalpha() for character in text)


def meaning(
    text: str,
    expectation: Expectation,
    today: date | None,
    language: str | None = None,
    accept: Callable[[str], bool] | None = None,
) -> tuple[str, float] | None:
    """The value that the text has for this expectation and how sure that is (0..1), or None.

    Args:
        text: one hypothesis.
        expectation: what is waited for.
        today: what "tomorrow" counts from; None tells only whether it is a date.
        language: BCP 47; the expectation's where it is None.
        accept: whether a number can be right (a check digit, a known number).
    """
    by = rules(language or expectation.language, text)
    kind = expectation.kind
    if kind in {AnswerKind.DIGITS, AnswerKind.ORDER_NUMBER}:
        return _number(by, text, expectation, accept)
    if kind is AnswerKind.YES_NO:
        return by.yes_no(text)
    if kind is AnswerKind.DATE:
        found = by.day(text, today or _SOME_DAY)
        return (found.isoformat(), 1.0) if found else None
    if kind is AnswerKind.CHOICE:
        return choose(text, expectation.choices) or _yes_no_option(by, text, expectation)
    if kind is AnswerKind.FREE and tokens(text):
        return plain(text).strip(), 1.0
    return None


def _number(
    by: _Rules, text: str, expectation: Expectation, accept: Callable[[str], bool] | None
) -> tuple[str, float] | None:
    for rank, value in enumerate(by.digits(text, letters=expectation.letters)):
        fits = expectation.min_digits <= len(value) <= expectation.max_digits
        if fits and (accept is None or accept(value)):
            return value, 1.0 if rank == 0 else 0.8
    return None


def _yes_no_option(by: _Rules, text: str, expectation: Expectation) -> tuple[str, float] | None:
    """Options named "yes" and "no" understand all the ways of saying so."""
    found = by.yes_no(text)
    values = {choice.value for choice in expectation.choices}
    return found if found and found[0] in values else None


def spoken_digits(text: str, expectation: Expectation, language: str | None = None) -> str:
    """The digits in a text whether or not their number fits; for "I got three digits"."""
    by = rules(language or expectation.language, text)
    found = by.digits(text, letters=expectation.letters)
    fitting = [value for value in found if len(value) <= expectation.max_digits]
    return (fitting or found or [""])[0]
