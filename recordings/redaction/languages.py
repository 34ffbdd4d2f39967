"""What each language brings: its cues, its numbers, dates and streets."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from recordings.redaction import (
    addresses_en,
    addresses_zh,
    births_en,
    births_zh,
    cues_en,
    cues_zh,
    reading_en,
    reading_zh,
)
from recordings.redaction.cues import CuePattern
from recordings.redaction.runs import Run

Places = Iterator[tuple[int, int]]
_HAN: Final = re.compile(r"[\u3400-\u9fff]")
_LATIN: Final = re.compile(r"[A-Za-z]{2}")
_WORD: Final = re.compile(r"[\w']+")


@dataclass(frozen=True, slots=True)
class Language:
    """One of them; functions take a text that is `plain` and the same as it was written.

    Attributes:
        units: what behind a number makes it an amount.
        reach: characters between a cue and what it announces.
        asking: a line that asks something.
        number_asked: words of a question for a number, not for yes or no.
        going: words that want to hear the rest of what one says.
        left_over: how many words of an answer are more than politeness.
    """

    chinese: bool
    cues: tuple[CuePattern, ...]
    units: "re.Pattern[str]"
    confirming: "re.Pattern[str]"
    agreeing: "re.Pattern[str]"
    asking: "re.Pattern[str]"
    number_asked: "re.Pattern[str]"
    going: "re.Pattern[str]"
    reach: int
    runs: Callable[[str, str, bool], Iterator[Run]]
    dates: Callable[[str], Places]
    months: Callable[[str], Places]
    loose_dates: Callable[[str], Places]
    parts_of_dates: Callable[[str], Places]
    is_old: Callable[[str], bool]
    streets: Callable[[str, str], Places]
    left_over: Callable[[str], int]

    def numbers(self, text: str, original: str) -> Iterator[Run]:
        """Runs of digits alone."""
        letters = False
        return self.runs(text, original, letters)


def language_of(tag: str, text: str = "") -> Language:
    """Chinese for words in Han characters; for "zh-CN" where the text has no words; else English.

    Callers change languages within a call, and a wrong tag must not be what leaves a number to be
    read.
    """
    if _HAN.search(text):
        return CHINESE
    chinese = tag.lower().startswith("zh") and not _LATIN.search(text)
    return CHINESE if chinese else ENGLISH


def _left_over_en(text: str) -> int:
    return sum(word not in cues_en.POLITE for word in _WORD.findall(text))


def _left_over_zh(text: str) -> int:
    return len(cues_zh.POLITE.sub("", text))


ENGLISH: Final = Language(
    chinese=False,
    cues=cues_en.PATTERNS,
    units=re.compile(r"[\s,]*(?:" + cues_en.UNITS.pattern + r")|\s?[%:/$€£]|\s?(?:am|pm)\b"),
    confirming=cues_en.CONFIRMING,
    agreeing=cues_en.AGREEING,
    asking=cues_en.ASKING,
    number_asked=cues_en.NUMBER_ASKED,
    going=cues_en.GOING,
    reach=60,
    runs=lambda text, original, letters: reading_en.runs(text, original, letters=letters),
    dates=births_en.dates,
    months=births_en.months,
    loose_dates=births_en.loose,
    parts_of_dates=births_en.parts,
    is_old=births_en.is_old,
    streets=addresses_en.streets,
    left_over=_left_over_en,
)
CHINESE: Final = Language(
    chinese=True,
    cues=cues_zh.PATTERNS,
    units=cues_zh.UNITS,
    confirming=cues_zh.CONFIRMING,
    agreeing=cues_zh.AGREEING,
    asking=cues_zh.ASKING,
    number_asked=cues_zh.NUMBER_ASKED,
    going=cues_zh.GOING,
    reach=24,
    runs=lambda text, _, letters: reading_zh.runs(text, letters=letters),
    dates=births_zh.dates,
    months=births_zh.months,
    loose_dates=births_zh.loose,
    parts_of_dates=births_zh.parts,
    is_old=births_zh.is_old,
    streets=lambda text, _: addresses_zh.streets(text),
    left_over=_left_over_zh,
)


def other(language: Language) -> Language:
    """The other one: questions may be asked in either."""
    return ENGLISH if language.chinese else CHINESE
