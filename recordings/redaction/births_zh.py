# ruff: noqa: RUF001  Chinese text is Chinese
"""Dates in Chinese words and figures."""

import re
from collections.abc import Iterator
from typing import Final

_DIGIT: Final = "零〇一幺二两三四五六七八九0-9"
_NUMBER: Final = rf"[{_DIGIT}十廿卅]{{1,4}}"
_DATE: Final = re.compile(
    rf"(?:民国)[{_DIGIT}十百]{{1,5}} ?年(?: ?{_NUMBER} ?月(?:份)? ?{_NUMBER} ?[号日]?)?"
    rf"|(?:农历|阴历)?[正腊冬二三四五六七八九十一]{{1,2}}月[初十廿二]?[一二三四五六七八九十]{{1,2}}"
    rf"[，, ]{{1,2}}[{_DIGIT}]{{2,4}} ?年"
    rf"|(?:今年|去年|前年|[{_DIGIT}]{{2,4}} ?年 ?)?{_NUMBER} ?月(?:份)? ?{_NUMBER} ?[号日]?"
    rf"|(?:[{_DIGIT}]{{2,4}} ?年 ?)?(?:农历|阴历)?"
    r"[正腊冬二三四五六七八九十一]{1,2}月(?:初|十|廿)[一二三四五六七八九十]?"
    r"|(?:18|19|20)\d\d\s?[-/.]\s?\d{1,2}\s?[-/.]\s?\d{1,2}"
    rf"|[{_DIGIT}]{{4}} ?年(?:生|出生)"
)


_MONTH_AND_YEAR: Final = re.compile(rf"[{_DIGIT}]{{2,4}} ?年 ?[正腊冬{_DIGIT}十]{{1,3}} ?月(?:份)?")
_PART: Final = re.compile(
    rf"(?:民国)?[{_DIGIT}]{{2,4}} ?年(?:的|生)?"
    rf"|(?<![个{_DIGIT}十])[正腊冬{_DIGIT}十]{{1,2}} ?月(?:份)?|{_NUMBER} ?[号日]"
    rf"|(?<![{_DIGIT}十])[{_DIGIT}十]{{2,3}}(?![{_DIGIT}十个])"
    r"|(?:初|廿)[一二三四五六七八九十]{1,2}"
)
_OLD: Final = re.compile(
    r"民国|(?:19\d\d|200\d|201[0-2]|[一幺]九[零〇一幺二三四五六七八九]{2}"
    r"|二[零〇]{2}[零〇一幺二三四五六七八九]|二[零〇][一幺][零〇一幺二])"
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
    """What may be a date as well as an amount: nothing in Chinese."""
    del text
    yield from ()


def is_old(date: str) -> bool:
    """Whether a date has a year in which those who call, and their children, were born."""
    return _OLD.search(date) is not None


def parts(text: str) -> Iterator[tuple[int, int]]:
    """Days, months, years alone: a date that is said piece by piece."""
    for found in _PART.finditer(text):
        yield found.start(), found.end()
