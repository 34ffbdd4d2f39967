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
_WORD: Final = re.compile(r"[\w']+")


@dataclass(frozen=True, slots=True)
class Language:
    """One of them; functions take a text that is `plain` and the same as it was written.

    Attributes:
        units: what behind a number makes it an amount.
        reach: characters between a cue and what it announces.
        left_over: how many words of an answer are more than politeness.
    """

    chinese: bool
    cues: tuple[CuePattern, ...]
    units: "re.Pattern[str]"
    confirming: "re.Pattern[str]"
    agreeing: "re.Pattern[str]"
    reach: int
    runs: Callable[[str, str, bool], Iterator[Run]]
    dates: Callable[[str], Places]
    streets: Callable[[str, str], Places]
    left_over: Callable[[str], int]


def language_of(tag: str) -> Language:
    """Chinese for "zh" and "zh-CN"; everything else is read as English."""
    return CHINESE if tag.lower().startswith("zh") else ENGLISH


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
    reach=60,
    runs=lambda text, original, letters: reading_en.runs(text, original, letters=letters),
    dates=births_en.dates,
    streets=addresses_en.streets,
    left_over=_left_over_en,
)
CHINESE: Final = Language(
    chinese=True,
    cues=cues_zh.PATTERNS,
    units=cues_zh.UNITS,
    confirming=cues_zh.CONFIRMING,
    agreeing=cues_zh.AGREEING,
    reach=24,
    runs=lambda text, _, letters: reading_zh.runs(text, letters=letters),
    dates=births_zh.dates,
    streets=lambda text, _: addresses_zh.streets(text),
    left_over=_left_over_zh,
)
