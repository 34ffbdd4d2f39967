"""Everything of a text that has to be hidden."""

import re
from collections.abc import Iterator, Sequence
from typing import Final

from recordings.redaction import checks
from recordings.redaction.addresses import addresses, further_parts
from recordings.redaction.births import births, in_company
from recordings.redaction.cues import find_cues
from recordings.redaction.deciding import (
    NUMBERS,
    Heard,
    asked_in,
    kind_of,
    kinds_asked_in,
    unannounced,
)
from recordings.redaction.dictating import dictated
from recordings.redaction.emails import emails, pieces
from recordings.redaction.going_on import goes_on, leads_up
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
_ROOM: Final = re.compile(r"房号|房间|门号|\b(?:room|floor|unit)\b")
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
        births(heard),
        addresses(heard),
        _runs(heard),
        _unannounced(heard),
    ):
        found += [span for span in others if not any(_overlap(span, old) for old in found)]
    found += further_parts(heard, found)
    found += list(dictated(heard, found))
    found += list(goes_on(heard, found))
    found += list(leads_up(heard, found))
    found += list(in_company(heard, found))
    found += list(_with_letters(heard, found))
    return merged(tuple(found))


def _overlap(one: Span, other: Span) -> bool:
    return one.start < other.end and other.start < one.end


def _ibans(text: str) -> Iterator[Span]:
    for found in _IBAN.finditer(text):
        if checks.is_iban(found[0].replace(" ", "").upper()):
            yield Span(found.start(), found.end(), Kind.ACCOUNT)


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
