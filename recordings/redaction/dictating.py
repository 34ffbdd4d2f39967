# ruff: noqa: RUF001  Chinese text is Chinese
"""A number that was announced or asked for, said in pieces or not to its end yet.

"My number's oh eight five … hang on … one two three": what each piece is can't be seen from its
length; that all of them follow one announcement says it.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Final

from recordings.redaction.cues import Cue
from recordings.redaction.deciding import ENOUGH, NUMBERS, Heard, is_amount
from recordings.redaction.model import Kind, Span
from recordings.redaction.runs import Run

_WITH_LETTERS: Final = frozenset({Kind.ID, Kind.ACCOUNT})
_SHORTEST: Final = 2  # characters of a piece
_SHORTEST_ALONE: Final = 3
_SHORT_TURN: Final = 100  # characters
_BETWEEN_WORDS: Final = 6  # between two pieces
_APART: Final = 44  # characters
_FAR: Final = 200
_APART_CHINESE: Final = 14
# "Card", "account", "phone" may speak of the thing itself; these name its number.
_NAMES_NUMBER: Final = re.compile(
    r"number|\bno\b|code|pin\b|o ?t ?p|digits|ssn|s s n|social|iban|passcode|password|cv[vc]|nric"
    r"|aadh"
    r"|pps|tfn|nino|[号码]|口令|位"
)
_LINK: Final = re.compile(
    r"[\s,:;.–—-]*(?:(?:number|no|one|is|are|was|it's|it is|its|it|that's|that is|that|there|here"
    r"|here's|now|should be"
    r"|would be|will be|starts?|begins?|starting|with|reads|says|as|um+|uh+|er+|erm|oh so|so|sorry"
    r"|okay|ok|yes|yeah|right|the"
    r"|mine|mine's|well|changed to|'s|s|i think|i believe|let me see|first|goes|on it|like|just"
    r"|please|for you|you ready|ready"
    r"|是的?|为|呢|就是|嗯|呃|啊|那个|这个|开头|现在|改成|应该|念|给你|说|报|我|你|系|换成|了|叫"
    r"|记一下|听好)[\s,:;.，：。、]*){0,6}[\s，：。、]*"
)
_YEAR: Final = re.compile(r"(?:19|20)\d\d")
_YEAR_BEFORE: Final = re.compile(r"\b(?:in|since|from|until|till|of|before|after) $")
_CLOCK: Final = re.compile(r"\b(?:at|by|after|before|around|about|until|till|from|between|for) $")


def dictated(heard: Heard, found: Sequence[Span]) -> Iterator[Span]:
    """Pieces that are enough together, and a last piece that stays unfinished in this turn."""
    announced = [
        (cue.end, cue, True)
        for cue in heard.cues
        if cue.kind in NUMBERS and (cue.strong or cue.kind is Kind.CARD) and not cue.last
    ]
    if any(kind in heard.asked_kinds for kind in (*_WITH_LETTERS, Kind.ADDRESS)):
        yield from spelled_alone(heard, found)
    if heard.asked is not None and heard.asked.kind in NUMBERS:
        announced.insert(0, (0, heard.asked, False))
    for start, cue, here in announced:
        assert cue.kind is not None  # noqa: S101 - it is one of NUMBERS
        pieces = _pieces(heard, start, cue.kind)
        if not pieces:
            continue
        total = sum(len(piece.value) for piece in pieces)
        enough = ENOUGH[cue.kind].strong if cue.strong else ENOUGH[cue.kind].weak
        if total < enough and not _begun(heard, pieces, start, cue, here=here):
            continue
        for piece in pieces:
            if not any(span.start < piece.end and piece.start < span.end for span in found):
                yield Span(piece.start, piece.end, cue.kind)


def spelled_alone(heard: Heard, found: Sequence[Span]) -> Iterator[Span]:
    """Letters and digits that are all there is of an answer: "it's p w", "one nine b"."""
    if len(heard.text) > _SHORT_TURN:
        return
    kinds = [kind for kind in (Kind.ID, Kind.ACCOUNT, Kind.ADDRESS) if kind in heard.asked_kinds]
    for run in heard.spelled:
        rest = heard.text[: run.start] + " " + heard.text[run.end :]
        if (len(run.value) < _SHORTEST and run.digits) or heard.language.left_over(rest) > 0:
            continue
        if not any(span.start <= run.start and run.end <= span.end for span in found):
            yield Span(run.start, run.end, kinds[0] if kinds else Kind.ID)


def _begun(heard: Heard, pieces: Sequence[Run], start: int, cue: Cue, *, here: bool) -> bool:
    """Whether a number begins here, though it's too short for a whole one."""
    text = heard.text
    if max(piece.digits for piece in pieces) < _SHORTEST_ALONE:
        return False
    linked = _LINK.fullmatch(text, start, pieces[0].start) is not None
    last = heard.language.left_over(text[pieces[-1].end : pieces[-1].end + _FAR]) == 0
    year = len(pieces) == 1 and _YEAR.fullmatch(pieces[0].value) is not None
    if here and year and not _NAMES_NUMBER.search(text, cue.start, cue.end):
        return False  # "my first account was nineteen eighty four"
    if here and not cue.strong:
        return linked and last and len(pieces) == 1 and pieces[0].digits > _SHORTEST_ALONE
    if here:
        named = _NAMES_NUMBER.search(text, cue.start, cue.end) is not None
        return linked and (named or last)
    return linked or last


def _pieces(heard: Heard, start: int, kind: Kind) -> list[Run]:
    text, language = heard.text, heard.language
    apart = _APART_CHINESE if language.chinese else _APART
    pieces: list[Run] = []
    place = start
    for run in _read(heard, kind):
        if run.start < start:
            continue
        if run.start - place > _FAR or run.start - start > 2 * _FAR:
            break
        gap = text[place : run.start]
        reach = apart if pieces else max(apart, language.reach)
        others = any(
            cue.kind is not kind and place <= cue.start and cue.end <= run.start
            for cue in heard.cues
        )
        if len(gap) > reach or others or (pieces and language.left_over(gap) > _BETWEEN_WORDS):
            break
        if len(run.value) < _SHORTEST or is_amount(run, text, language):
            if pieces:
                break
            continue
        if len(run.value) <= 4 and (_YEAR_BEFORE.search(gap) or _CLOCK.search(gap)):  # noqa: PLR2004
            break
        pieces.append(run)
        place = run.end
    return pieces


def _read(heard: Heard, kind: Kind) -> Sequence[Run]:
    if kind not in _WITH_LETTERS:
        return heard.numbers
    return [run for run in heard.spelled if run.digits >= _SHORTEST]
