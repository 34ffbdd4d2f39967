# ruff: noqa: RUF001  Chinese text is Chinese
"""Days of birth in a text: announced, asked for, or so long ago that they can be nothing else."""

import re
from collections.abc import Iterator, Sequence
from typing import Final

from recordings.redaction import births_en
from recordings.redaction.cues import Cue, before
from recordings.redaction.deciding import Heard
from recordings.redaction.going_on import MENDS
from recordings.redaction.model import Kind, Span

_WITH_YEAR: Final = re.compile(r"年|(?:18|19|20)\d\d|nineteen|twenty|two thousand")
_BORN_AFTER: Final = re.compile(
    r"\s?(?:号|日)?\s?(?:出生|生的|的(?:[，。,.]|$)|[这就]?是?我的?生日)"
    r"| (?:is|was) (?:my|her|his) (?:birthday|date of birth)"
)
_COMPANY: Final = frozenset({Kind.ADDRESS, Kind.PHONE, Kind.EMAIL, Kind.ID, Kind.CARD})
# A day and a month in it: two parts of three.
_WHOLE: Final = re.compile(r"[a-z]{3}|\d\D{1,3}\d{1,2}\D|月")
# What else happens on a day.
_HAPPENED: Final = re.compile(
    r"\b(?:since|replac\w+|repair\w*|fix\w*|paint\w*|clean\w*|dated|bought|purchas\w+|open\w*"
    r"|start\w*|install\w*|issued?|built|moved|marri\w+"
    r"|wedding"
    r"|anniversary|invoices?|statements?|letters?|polic(?:y|ies)|contracts?|founded|established"
    r"|deliver\w*"
    r"|order\w*|model|from|between|until|war|died|passed|joined|sign\w*|closed|expir\w+|flew"
    r"|graduat\w+"
    r"|hired|appointments?|effective|regist\w+|sold|visit\w*|took|began|ended|due|reports?|film"
    r"|movie|song"
    r"|book\w*|vintage|charged?|paid|pay\w*|arriv\w*|change\w*|call\w*|happened|fil(?:ed|ing)|tax"
    r"|meter|reading"
    r"|warranty|photo\w*|test\w*|surgery|operation|diagnos\w+|accident|incident|loan|mortgage|deed"
    r"|lease|rent\w*)\b"
)
_FROM_CHINESE: Final = re.compile("从|自|于")
_HAPPENED_CHINESE: Final = re.compile(
    r"买|购|开|通|开通|办|装|签|入|成立|结婚|生效|到期|下单|登记|发货|寄|付|缴|交|起|至今|以来|建"
    r"|毕业|退|借|贷|出院|手术|检查|投诉|出版|上映|发票|下|到|收|订|去|来|坐|住|约|打|报|投|丢|坏"
    r"|停|改|换|搬|修|领|取|送"
)
_PERSON_BEFORE: Final = re.compile(
    r"\b(?:my|her|his|our|the|for|patient|passenger) (?:son|daughter|baby|child|kid|little (?:girl"
    r"|boy|one)|boy|girl"
    r"|patient|passenger|wife|husband|partner|mother|father|mum|mom|dad|nan|gran|granny|brother"
    r"|sister|name(?: is|'s)?)"
    r",?(?: [a-z]+){0,2},? $|(?:儿子|女儿|孩子|宝宝|老公|老婆|我妈|我爸|病人|患者|乘客"
    r"|[我他她]是)[一-鿿]{0,3}$"
)
_BY: Final = re.compile(r"\b(?:by|until|till|before|after|since|from)(?: the)? $")
_FEW_BESIDE: Final = 16  # words, or Chinese letters, beside a date of long ago
_NAME: Final = re.compile(r"\b(?:my name|name's|name is|the name)\b")
_FEW_WORDS: Final = 4  # of "no, that's wrong, it's the second"
_YEAR_WITHIN: Final = 40  # characters behind "born in"
_PERSON_WITHIN: Final = 60  # characters
_BY_WITHIN: Final = 12


def births(heard: Heard) -> Iterator[Span]:
    """Whole dates, then months and years alone where one is spoken of."""
    told = False  # the day of birth, so that another day may be the same, mended
    for start, end in heard.dates:
        if _is_birth(heard, start, end) or (told and not _of_another(heard, start)):
            told = True
            yield Span(start, end, Kind.BIRTH)
    yield from _announced(heard)
    if Kind.BIRTH in heard.asked_kinds:
        yield from _answered(heard)


def in_company(heard: Heard, found: Sequence[Span]) -> Iterator[Span]:
    """Who gives a name, a date and an address gives the date of birth."""
    if not any(span.kind in _COMPANY for span in found) and not _NAME.search(heard.text):
        return
    for start, end in heard.language.loose_dates(heard.text):
        cue = before(heard.cues, start, within=heard.language.reach)
        if (
            (cue is None or cue.kind is not None)
            and not _happened(heard, start, end)
            and not any(span.start < end and start < span.end for span in found)
        ):
            yield Span(start, end, Kind.BIRTH)


def _of_another(heard: Heard, start: int) -> bool:
    cue = before(heard.cues, start, within=heard.language.reach)
    return (cue is not None and cue.kind is not Kind.BIRTH) or _by(heard, start)


def _by(heard: Heard, start: int) -> bool:
    """Whether it's a term: "I need it by March tenth"."""
    return _BY.search(heard.text, max(0, start - _BY_WITHIN), start) is not None


def _is_birth(heard: Heard, start: int, end: int) -> bool:
    text = heard.text
    asked = Kind.BIRTH in heard.asked_kinds
    cue = before(heard.cues, start, within=heard.language.reach)
    if cue is None:
        person = _PERSON_BEFORE.search(text, max(0, start - _PERSON_WITHIN), start)
        return not _by(heard, start) and bool(
            (asked and (_WITH_YEAR.search(text, start, end) or not _happened(heard, start, end)))
            or (person is not None and not _happened(heard, start, end))
            or _BORN_AFTER.match(text, end) is not None
            or _long_ago(heard, cue, start, end)
        )
    if cue.kind is Kind.BIRTH:
        return True
    if cue.kind is Kind.ID and (asked or _WITH_YEAR.search(text, start, end)):
        return True  # what stands on an identity card
    return _long_ago(heard, cue, start, end)


def _announced(heard: Heard) -> Iterator[Span]:
    text, language = heard.text, heard.language
    for cue in heard.cues:
        if cue.kind is Kind.BIRTH and not language.chinese:
            year = births_en.year_first(text[cue.end : cue.end + _YEAR_WITHIN])
            if year is not None:
                yield Span(cue.end + year[0], cue.end + year[1], Kind.BIRTH)
    for start, end in language.months(text):
        nearest = before(heard.cues, start, within=language.reach)
        asked = Kind.BIRTH in heard.asked_kinds
        said = nearest.kind is Kind.BIRTH if nearest is not None else asked
        if said or _BORN_AFTER.match(text, end):
            yield Span(start, end, Kind.BIRTH)


def _answered(heard: Heard) -> Iterator[Span]:
    """A year that an answer begins with, and days and months where there is little else."""
    text, language = heard.text, heard.language
    if not language.chinese:
        year = births_en.year_first(text)
        if year is not None and language.units.match(text, year[1]) is None:
            yield Span(*year, Kind.BIRTH)
    parts = list(language.parts_of_dates(text))
    rest, place = "", 0
    for start, end in parts:
        rest, place = rest + text[place:start] + " ", end
    few = _FEW_WORDS if MENDS.search(text) else 0
    if language.left_over(rest + text[place:]) <= max(few, int(language.chinese)):
        yield from (Span(*part, Kind.BIRTH) for part in parts)


def _long_ago(heard: Heard, cue: Cue | None, start: int, end: int) -> bool:
    """A whole date of so many years ago, and nothing says what else happened then."""
    if cue is not None and cue.kind in (None, Kind.BIRTH):
        return False
    asked = heard.asked
    return (
        (asked is None or asked.kind is not None)
        and heard.language.is_old(heard.text[start:end])
        and not _happened(heard, start, end)
        and heard.language.left_over(heard.text[:start] + " " + heard.text[end:]) <= _FEW_BESIDE
        and _WHOLE.search(heard.text, start, end) is not None
    )


def _happened(heard: Heard, start: int, end: int) -> bool:
    if heard.language.chinese:
        return (
            _FROM_CHINESE.search(heard.text, max(0, start - 3), start) is not None
            or _HAPPENED_CHINESE.search(heard.text, end, end + 3) is not None
        )
    return _HAPPENED.search(heard.text) is not None
