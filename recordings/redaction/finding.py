"""Everything of a text that has to be hidden."""

import re
from collections.abc import Iterator, Sequence
from typing import Final

from recordings.redaction import addresses_en, addresses_zh, births_en, checks
from recordings.redaction.cues import Cue, before, find_cues
from recordings.redaction.deciding import Heard, asked_in, kind_of, kinds_asked_in, unannounced
from recordings.redaction.dictating import NUMBERS, dictated
from recordings.redaction.emails import emails, pieces
from recordings.redaction.going_on import MENDS, goes_on, leads_up
from recordings.redaction.languages import Language, other
from recordings.redaction.model import Kind, Span, merged
from recordings.redaction.pieces import said_in_pieces
from recordings.redaction.runs import plain

_IBAN: Final = re.compile(r"\b[a-z]{2}\d{2}(?: ?[a-z0-9]{1,4}){3,8}\b")
# "my password is sunflower 92"; one without a number can't be told from "… is wrong".
_PASSWORD: Final = re.compile(
    r"\bpass(?:word|phrase|code) (?:is|was|should be) (?:now )?"
    r"(?P<word>(?!(?:not|wrong|incorrect|expired|locked|too|blocked|invalid|at|in|on|the|a|for)\b)"
    r"[a-z]+ (?:[a-z]+ )?)$"
)
_FEW: Final = 5
_MOST_LETTERS: Final = 6
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
    r"\b(?:since|dated|bought|purchas\w+|open\w*|start\w*|install\w*|issued?|built|moved|marri\w+"
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
_CODE: Final = re.compile(r"[A-Z]{1,2}\d[A-Z0-9]{3,5}|\d{4}[A-Z]{2}")
_CODE_LENGTHS: Final = range(5, 8)
_HOUSE_NUMBER: Final = re.compile(r"number|no\b")
_SMALL_NUMBER: Final = re.compile(
    rf"\W*(?:(?:is|it's|its|that's|was|should be|now|um"
    rf"|uh)\W+){{0,3}}(?P<number>{addresses_en.NUMBER.pattern})"
)
_PERSON_BEFORE: Final = re.compile(
    r"\b(?:my|her|his|our|the|for|patient|passenger) (?:son|daughter|baby|child|kid|little (?:girl"
    r"|boy|one)|boy|girl"
    r"|patient|passenger|wife|husband|partner|mother|father|mum|mom|dad|nan|gran|granny|brother"
    r"|sister|name(?: is|'s)?)"
    r",?(?: [a-z]+){0,2},? $|(?:儿子|女儿|孩子|宝宝|老公|老婆|我妈|我爸|病人|患者|乘客"
    r"|[我他她]是)[一-鿿]{0,3}$"
)
_ROOM: Final = re.compile(r"房号|房间|门号|\b(?:room|floor|unit)\b")
_BY: Final = re.compile(r"\b(?:by|until|till|before|after|since|from)(?: the)? $")
_FEW_WORDS: Final = 4  # of "no, that's wrong, it's the second"
_YEAR_WITHIN: Final = 40  # characters behind "born in"
_VEHICLE: Final = re.compile(r"bus|flight|gate|seat|platform|order|invoice")
_LETTER_BEFORE: Final = re.compile(r"(?<!')\b[b-hj-z][ -]?$")  # "D 1234567"
LONGEST: Final = 2_400
"""Characters read at once; longer texts are read in pieces that overlap."""
_ANSWER: Final = 400  # characters; longer ones tell of something else
_STEP: Final = 2_000
_OVERLAP: Final = 200


def find(original: str, language: Language, context: str) -> tuple[Span, ...]:
    """Spans of a text, in order, not overlapping; context is what was said before it."""
    if len(original) <= LONGEST:
        return find_in(hear(original, language, context))
    found: list[Span] = []
    for start in range(0, len(original), _STEP):
        window = original[max(0, start - _OVERLAP) : start + _STEP + _OVERLAP]
        shift = max(0, start - _OVERLAP)
        found += (
            Span(span.start + shift, span.end + shift, span.kind)
            for span in find_in(hear(window, language, context))
            if start <= span.start + shift < start + _STEP
        )
    return merged(tuple(found))


def hear(
    original: str, language: Language, context: str, topics: frozenset[Kind] = frozenset()
) -> Heard:
    """What is known of a text before anything is found in it.

    Args:
        original: as it was written.
        language: of it.
        context: what was said before, newest line last.
        topics: what is being spoken of, if the newest question is no other.
    """
    text, context = plain(original), plain(context)
    cues = find_cues(text, language.cues)
    asked = asked_in(context, language) or asked_in(context, other(language))
    if (
        asked is not None
        and asked.kind is Kind.BIRTH
        and language.confirming.search(context)
        and language.agreeing.match(text)
    ):
        return Heard(text, original, cues, None, language, topics)
    kinds = kinds_asked_in(context, asked, language)
    if asked is not None and asked.kind is None and Kind.ADDRESS in topics:
        line = context.splitlines()[-1] if context else ""
        if _ROOM.search(line):  # of a house whose address was given
            return Heard(text, original, cues, None, language, topics)
    if asked is None or asked.kind in topics:
        kinds |= topics
    return Heard(text, original, cues, asked, language, kinds)


def find_in(heard: Heard) -> tuple[Span, ...]:
    """Spans of what was heard."""
    text = heard.text
    found = [Span(start, end, Kind.EMAIL) for start, end in emails(text)]
    if Kind.EMAIL in heard.asked_kinds and not found and len(text) < _ANSWER:
        found += [Span(start, end, Kind.EMAIL) for start, end in pieces(text)]
    for others in (
        _ibans(text),
        _births(heard),
        _addresses(heard),
        _runs(heard),
        _unannounced(heard),
    ):
        found += [span for span in others if not any(_overlap(span, old) for old in found)]
    if any(span.kind is Kind.ADDRESS for span in found) and not heard.language.chinese:
        found += _further_parts(heard, found)
    found += list(dictated(heard, found))
    found += list(goes_on(heard, found))
    found += list(leads_up(heard, found))
    found += list(_in_company(heard, found))
    found += list(_with_letters(heard, found))
    return merged(tuple(found))


def _overlap(one: Span, other: Span) -> bool:
    return one.start < other.end and other.start < one.end


def _ibans(text: str) -> Iterator[Span]:
    for found in _IBAN.finditer(text):
        if checks.is_iban(found[0].replace(" ", "").upper()):
            yield Span(found.start(), found.end(), Kind.ACCOUNT)


def _births(heard: Heard) -> Iterator[Span]:
    text, language = heard.text, heard.language
    asked = Kind.BIRTH in heard.asked_kinds
    told = False  # the day of birth, so that another day may be the same, mended
    for start, end in heard.dates:
        cue = before(heard.cues, start, within=language.reach)
        if cue is None and _BY.search(text, max(0, start - 12), start):
            continue  # "I need it by March tenth"
        if (
            cue is not None
            and cue.kind is Kind.ID
            and (asked or _WITH_YEAR.search(text, start, end))
        ):
            told = True
            yield Span(start, end, Kind.BIRTH)  # what stands on an identity card
        elif (
            cue is not None and cue.kind is not Kind.BIRTH and not _long_ago(heard, cue, start, end)
        ):
            continue
        elif (
            (cue is not None and cue.kind is Kind.BIRTH)
            or asked
            or told
            or (
                _PERSON_BEFORE.search(text, max(0, start - 60), start)
                and not _happened(heard, start, end)
            )
            or _BORN_AFTER.match(text, end)
            or _long_ago(heard, cue, start, end)
        ):
            told = True
            yield Span(start, end, Kind.BIRTH)
    for cue in heard.cues:
        if cue.kind is Kind.BIRTH and not language.chinese:
            year = births_en.year_first(text[cue.end : cue.end + _YEAR_WITHIN])
            if year is not None:
                yield Span(cue.end + year[0], cue.end + year[1], Kind.BIRTH)
    for start, end in language.months(text):
        cue = before(heard.cues, start, within=language.reach)
        said = cue.kind is Kind.BIRTH if cue is not None else asked
        if said or _BORN_AFTER.match(text, end):
            yield Span(start, end, Kind.BIRTH)
    if not asked:
        return
    if not language.chinese:
        year = births_en.year_first(text)
        if year is not None and language.units.match(text, year[1]) is None:
            yield Span(*year, Kind.BIRTH)
    parts = list(language.parts_of_dates(text))
    rest = text
    for start, end in parts:
        rest = rest[:start] + " " * (end - start) + rest[end:]
    words = language.left_over(rest)
    few = _FEW_WORDS if MENDS.search(text) else 0
    if words <= max(few, int(language.chinese)):
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
        and _WHOLE.search(heard.text, start, end) is not None
    )


def _happened(heard: Heard, start: int, end: int) -> bool:
    if heard.language.chinese:
        return (
            _FROM_CHINESE.search(heard.text, max(0, start - 3), start) is not None
            or _HAPPENED_CHINESE.search(heard.text, end, end + 3) is not None
        )
    return _HAPPENED.search(heard.text) is not None


def _in_company(heard: Heard, found: Sequence[Span]) -> Iterator[Span]:
    """Who gives a name, a date and an address gives the date of birth."""
    if not any(span.kind in _COMPANY for span in found):
        return
    for start, end in heard.language.loose_dates(heard.text):
        cue = before(heard.cues, start, within=heard.language.reach)
        if (
            (cue is None or cue.kind is not None)
            and not _happened(heard, start, end)
            and not any(span.start < end and start < span.end for span in found)
        ):
            yield Span(start, end, Kind.BIRTH)


def _addresses(heard: Heard) -> Iterator[Span]:
    text = heard.text
    for start, end in heard.language.streets(text, heard.original):
        cue = before(heard.cues, start, within=heard.language.reach)
        if cue is None or cue.kind is not None or not _VEHICLE.search(text, cue.start, cue.end):
            yield Span(start, end, Kind.ADDRESS)
    asked = Kind.ADDRESS in heard.asked_kinds
    announced = [cue for cue in heard.cues if cue.kind is Kind.ADDRESS]
    if not asked and not announced:
        yield from (
            Span(*place, Kind.ADDRESS)
            for place in addresses_en.written_postcodes(heard.original)
            if not heard.language.chinese and _harmless(heard, place[0]) is None
        )
        return
    if heard.language.chinese:
        yield from (Span(*place, Kind.ADDRESS) for place in addresses_zh.houses(text, asked=asked))
        return
    yield from (Span(*place, Kind.ADDRESS) for place in addresses_en.postcodes(text))
    yield from (Span(*place, Kind.ADDRESS) for place in _codes(heard))
    if asked:
        days = list(heard.dates)
        for start, end in addresses_en.answers(text):
            if heard.language.units.match(text, end) or _harmless(heard, start) is not None:
                continue
            if _amount_within(heard, start, end) or any(a < end and start < b for a, b in days):
                continue
            yield Span(start, end, Kind.ADDRESS)
    for cue in announced:
        start = cue.end
        for place in addresses_en.parts(text, start):
            yield Span(*place, Kind.ADDRESS)
        if not cue.strong:
            continue
        one = addresses_en.house_and_name(text, start)
        if one is None or _amount_within(heard, *one):
            continue
        if heard.language.left_over(text[start : one[0]]) == 0:
            yield Span(*one, Kind.ADDRESS)
    for cue in announced:
        if _HOUSE_NUMBER.search(text, cue.start, cue.end):
            found = _SMALL_NUMBER.match(text, cue.end)
            if found and not heard.language.units.match(text, found.end()):
                yield Span(*found.span("number"), Kind.ADDRESS)


def _further_parts(heard: Heard, found: Sequence[Span]) -> list[Span]:
    """The flat and the like behind a street."""
    first = min(span.end for span in found if span.kind is Kind.ADDRESS)
    return [
        Span(*place, Kind.ADDRESS)
        for place in addresses_en.parts(heard.text, first)
        if _harmless(heard, place[0]) is None
        and not any(span.start < place[1] and place[0] < span.end for span in found)
    ]


def _harmless(heard: Heard, place: int) -> Cue | None:
    cue = before(heard.cues, place, within=heard.language.reach)
    return cue if cue is not None and cue.kind is None else None


def _amount_within(heard: Heard, start: int, end: int) -> bool:
    """A number in it that has a unit behind it: "12 working days"."""
    number = addresses_en.NUMBER.match(heard.text, start, end)
    return number is not None and heard.language.units.match(heard.text, number.end()) is not None


def _codes(heard: Heard) -> Iterator[tuple[int, int]]:
    """Letters and digits of a postcode of any country."""
    for run in heard.spelled:
        if run.value.isdigit() or len(run.value) not in _CODE_LENGTHS:
            continue
        if _CODE.fullmatch(run.value) and _harmless(heard, run.start) is None:
            start = run.start
            if Kind.ADDRESS in heard.asked_kinds:
                start = addresses_en.town_before(heard.text, start)
            yield start, run.end


def _runs(heard: Heard) -> Iterator[Span]:
    yield from (Span(run.start, run.end, Kind.CARD) for run in said_in_pieces(heard))
    for letters, runs in ((False, heard.numbers), (True, heard.spelled)):
        for run in runs:
            if letters and run.value.isdigit():
                continue
            if letters and run.digits < _FEW - 2:
                continue
            password = _PASSWORD.search(heard.text, 0, run.start)
            if password is not None:
                yield Span(password.start("word"), run.end, Kind.PIN)
                continue
            kind = kind_of(run, heard)
            if kind is not None:
                yield Span(run.start, run.end, kind)


def _with_letters(heard: Heard, found: Sequence[Span]) -> Iterator[Span]:
    """The letters that belong to a hidden number: "s seven three one two double four oh b"."""
    for run in heard.spelled:
        if (
            run.value.isdigit()
            or len(run.value) - run.digits > _MOST_LETTERS
            or run.digits < _FEW - 1
        ):
            continue
        for span in found:
            if span.kind in NUMBERS and run.start <= span.start and span.end <= run.end:
                yield Span(run.start, run.end, span.kind)
                break


def _unannounced(heard: Heard) -> Iterator[Span]:
    days = [(start, end) for start, end in heard.dates]
    runs = [*heard.numbers]
    runs += [
        run for run in heard.spelled if not run.value.isdigit() and checks.is_personal(run.value)
    ]
    for run in runs:
        if any(start < run.end and run.start < end for start, end in days):
            continue
        kind = unannounced(run, heard)
        if kind is None:
            continue
        letter = _LETTER_BEFORE.search(heard.text, 0, run.start)
        if letter is None:
            yield Span(run.start, run.end, kind)
        else:
            yield Span(letter.start(), run.end, Kind.ID)
