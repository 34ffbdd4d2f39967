"""What one text means to one expectation, whichever language it is in."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time

from dialog.understanding import digits_en, digits_zh
from dialog.understanding.choices import choose
from dialog.understanding.clock import time_en
from dialog.understanding.clock_zh import time_zh
from dialog.understanding.codes import code_en, code_zh
from dialog.understanding.counts import count_en, count_zh
from dialog.understanding.dates import date_en
from dialog.understanding.dates_named import Nearest
from dialog.understanding.dates_zh import date_zh
from dialog.understanding.moments import moment_en, moment_zh
from dialog.understanding.money import money_en, money_zh
from dialog.understanding.names import name_of
from dialog.understanding.phones import phone
from dialog.understanding.revised import segments
from dialog.understanding.several import nth, one_of, several
from dialog.understanding.words import even, has_han, plain, primary, tokens
from dialog.understanding.yes_no import yes_no_en, yes_no_zh
from voxdesk.kernel.speech import AnswerKind, Choice, Expectation

MAX_BARE_WORDS = 3
DECLINED = "declined"
"""The value of words by which a caller wants no more questions."""
_SOME_DAY = date(2000, 1, 1)  # any day tells whether a text is a date at all
_SOME_TIME = time(12)

Accept = Callable[[str], bool] | None
Found = tuple[str, float] | None


@dataclass(frozen=True, slots=True)
class _Rules:
    """How one language is understood. A new language is a new entry of `_LANGUAGES`."""

    digits: Callable[..., list[str]]
    yes_no: Callable[[str], Found]
    day: Callable[[str, date, Nearest], date | None]
    clock: Callable[..., tuple[time, float] | None]
    moment: Callable[[str, date, time | None, Nearest], tuple[datetime, float] | None]
    money: Callable[..., Found]
    code: Callable[[str, str, int, int], list[str]]
    count: Callable[..., Found]


_ENGLISH = _Rules(
    digits_en.readings, yes_no_en, date_en, time_en, moment_en, money_en, code_en, count_en
)
_CHINESE = _Rules(
    digits_zh.readings, yes_no_zh, date_zh, time_zh, moment_zh, money_zh, code_zh, count_zh
)
_LANGUAGES = {"en": _ENGLISH, "zh": _CHINESE}


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
    accept: Accept = None,
    *,
    now: time | None = None,
) -> Found:
    """The value that the text has for this expectation and how sure that is (0..1), or None.

    Args:
        text: one hypothesis.
        expectation: what is waited for.
        today: what "tomorrow" counts from; None tells only whether it is a date.
        language: BCP 47; the expectation's where it is None.
        accept: whether a number can be right (a check digit, a known number).
        now: what "in two hours" counts from.
    """
    if expectation.kind is not AnswerKind.FREE:
        text = even(text)
    by = rules(language or expectation.language, text)
    read = _READERS.get(expectation.kind)
    if read is not None:
        return read(by, text, expectation, accept)
    when = Nearest(expectation.when)
    if expectation.kind is AnswerKind.DATE:
        found = by.day(text, today or _SOME_DAY, when)
        return (found.isoformat(), 1.0) if found else None
    if expectation.kind is AnswerKind.DATETIME:
        clock = _SOME_TIME if today is None else now
        moment = by.moment(text, today or _SOME_DAY, clock, when)
        return (moment[0].isoformat(timespec="minutes"), moment[1]) if moment else None
    return None


def _number(by: _Rules, text: str, expectation: Expectation, accept: Accept) -> Found:
    for rank, value in enumerate(by.digits(text, letters=expectation.letters)):
        fits = expectation.min_digits <= len(value) <= expectation.max_digits
        if fits and (accept is None or accept(value)):
            return value, 1.0 if rank == 0 else 0.8
    return None


def _code(by: _Rules, text: str, expectation: Expectation, accept: Accept) -> Found:
    found = by.code(text, expectation.form, expectation.min_digits, expectation.max_digits)
    fits = [code for code in found if accept is None or accept(code)]
    return (fits[0], 1.0 if fits[0] == found[0] else 0.8) if fits else None


def _clock(by: _Rules, text: str, expectation: Expectation, _: Accept) -> Found:
    found = by.clock(text, explicit=expectation.explicit)
    return (found[0].isoformat(timespec="minutes"), found[1]) if found else None


def _choice(by: _Rules, text: str, expectation: Expectation, _: Accept) -> Found:
    choices = expectation.choices
    revised = one_of(text, choices) if _is_revised(text) else None
    if revised:
        return revised
    found = choose(text, choices) or _yes_no_option(by, text, expectation)
    if found or expectation.explicit:
        return found
    place = nth(text, choices)
    return (place, 0.9) if place else None


def _is_revised(text: str) -> bool:
    """Whether the words deny or take back something ("not the red one", "no, I mean")."""
    denied = {"not", "instead"} & set(tokens(text))
    return bool(denied) or any(mark in text for mark in "不别错") or len(segments(text)) > 1


def _choices(_by: _Rules, text: str, expectation: Expectation, _: Accept) -> Found:
    found = several(text, expectation.choices)
    return (",".join(found[0]), found[1]) if found else None


_SOUNDS_LIKE = {"to": "2", "too": "2", "for": "4", "fore": "4", "ate": "8", "won": "1"}
"""What a recognizer makes of a number that is all that was said."""


def _count(by: _Rules, text: str, expectation: Expectation, accept: Accept) -> Found:
    found = by.count(text)
    if expectation.decline and found is None:  # a rating: a number, or no more of it
        alone = _SOUNDS_LIKE.get(plain(text).strip().lower())
        if alone is None:
            return choose(text, (Choice(DECLINED, expectation.decline),))
        found = (alone, 0.6)
    return found if found is None or accept is None or accept(found[0]) else None


def _phone(by: _Rules, text: str, expectation: Expectation, _: Accept) -> Found:
    return phone(text, by.digits, expectation.country)


def _free(_by: _Rules, text: str, _expectation: Expectation, _: Accept) -> Found:
    return (plain(text).strip(), 1.0) if tokens(text) else None


_READERS: dict[AnswerKind, Callable[[_Rules, str, Expectation, Accept], Found]] = {
    AnswerKind.DIGITS: _number,
    AnswerKind.ORDER_NUMBER: _number,
    AnswerKind.CODE: _code,
    AnswerKind.YES_NO: lambda by, text, _, __: by.yes_no(text),
    AnswerKind.TIME: _clock,
    AnswerKind.MONEY: lambda by, text, expectation, _: by.money(
        text, expectation.currency, explicit=expectation.explicit
    ),
    AnswerKind.NUMBER: _count,
    AnswerKind.PHONE: _phone,
    AnswerKind.NAME: lambda _, text, expectation, __: name_of(text, expectation.names),
    AnswerKind.CHOICE: _choice,
    AnswerKind.CHOICES: _choices,
    AnswerKind.FREE: _free,
}


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
