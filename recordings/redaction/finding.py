"""Everything of a text that has to be hidden."""

import re
from collections.abc import Iterator
from typing import Final

from recordings.redaction import addresses_en, addresses_zh, births_en, checks
from recordings.redaction.cues import before, find_cues
from recordings.redaction.deciding import Heard, asked_in, kind_of, kinds_asked_in, unannounced
from recordings.redaction.emails import emails
from recordings.redaction.going_on import goes_on
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
_WITH_YEAR: Final = re.compile(r"年|(?:18|19|20)\d\d|nineteen|twenty|two thousand")
_BORN_AFTER: Final = re.compile(
    r"\s?(?:号|日)?\s?(?:出生|生的|[这就]?是?我的?生日)"
    r"| (?:is|was) (?:my|her|his) (?:birthday|date of birth)"
)
_VEHICLE: Final = re.compile(r"bus|flight|gate|seat|platform|order|invoice")
_LETTER_BEFORE: Final = re.compile(r"(?<!')\b[b-hj-z][ -]?$")  # "D 1234567"
_LONGEST: Final = 20_000
"""Characters read at once; longer texts are read in pieces."""


def find(original: str, language: Language, context: str) -> tuple[Span, ...]:
    """Spans of a text, in order, not overlapping."""
    if len(original) > _LONGEST:
        middle = _cut(original)
        later = find(original[middle:], language, context)
        return (
            *find(original[:middle], language, context),
            *(Span(span.start + middle, span.end + middle, span.kind) for span in later),
        )
    text = plain(original)
    cues = find_cues(text, language.cues)
    asked = asked_in(plain(context), language) or asked_in(plain(context), other(language))
    if (
        asked is not None
        and asked.kind is Kind.BIRTH
        and language.confirming.search(plain(context))
        and language.agreeing.match(text)
    ):
        heard = Heard(text, cues, None, language)
    else:
        heard = Heard(text, cues, asked, language, kinds_asked_in(context, asked, language))
    found = [Span(start, end, Kind.EMAIL) for start, end in emails(text)]
    for others in (
        _ibans(text),
        _births(heard),
        _addresses(heard, original),
        _runs(heard, original),
        _unannounced(heard, original),
    ):
        found += [span for span in others if not any(_overlap(span, old) for old in found)]
    found += goes_on(text, original, language, found)
    return merged(tuple(found))


def _overlap(one: Span, other: Span) -> bool:
    return one.start < other.end and other.start < one.end


def _cut(text: str) -> int:
    space = text.rfind(" ", _LONGEST // 2, _LONGEST)
    return space if space > 0 else _LONGEST


def _ibans(text: str) -> Iterator[Span]:
    for found in _IBAN.finditer(text):
        if checks.is_iban(found[0].replace(" ", "").upper()):
            yield Span(found.start(), found.end(), Kind.ACCOUNT)


def _births(heard: Heard) -> Iterator[Span]:
    asked = Kind.BIRTH in heard.asked_kinds
    for start, end in heard.language.dates(heard.text):
        cue = before(heard.cues, start, within=heard.language.reach)
        if cue is not None and cue.kind is Kind.ID and _WITH_YEAR.search(heard.text, start, end):
            yield Span(start, end, Kind.BIRTH)  # what stands on an identity card
            continue
        if cue is not None and cue.kind is not Kind.BIRTH:
            continue
        if cue is not None or asked or _BORN_AFTER.match(heard.text, end):
            yield Span(start, end, Kind.BIRTH)
    if asked and not heard.language.chinese:
        year = births_en.year_only(heard.text)
        rest = "" if year is None else heard.text[: year[0]] + heard.text[year[1] :]
        if year is not None and heard.language.left_over(rest) == 0:
            yield Span(*year, Kind.BIRTH)


def _addresses(heard: Heard, original: str) -> Iterator[Span]:
    text = heard.text
    for start, end in heard.language.streets(text, original):
        cue = before(heard.cues, start, within=heard.language.reach)
        if cue is None or cue.kind is not None or not _VEHICLE.search(text, cue.start, cue.end):
            yield Span(start, end, Kind.ADDRESS)
    asked = Kind.ADDRESS in heard.asked_kinds
    announced = [cue for cue in heard.cues if cue.kind is Kind.ADDRESS]
    if heard.language.chinese:
        if asked or announced:
            yield from (
                Span(*place, Kind.ADDRESS) for place in addresses_zh.houses(text, asked=asked)
            )
        return
    if asked or announced:
        yield from (Span(*place, Kind.ADDRESS) for place in addresses_en.postcodes(text))
    for start in [cue.end for cue in announced] + ([0] if asked else []):
        place = addresses_en.house_and_name(text, start)
        if place is None or heard.language.units.match(text[place[0] :]):
            continue
        if heard.language.left_over(text[start : place[0]]) == 0:
            yield Span(*place, Kind.ADDRESS)


def _runs(heard: Heard, original: str) -> Iterator[Span]:
    yield from (Span(run.start, run.end, Kind.CARD) for run in said_in_pieces(heard, original))
    for letters in (False, True):
        for run in heard.language.runs(heard.text, original, letters):
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


def _unannounced(heard: Heard, original: str) -> Iterator[Span]:
    days = [(start, end) for start, end in heard.language.dates(heard.text)]
    for run in heard.language.numbers(heard.text, original):
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
