"""Who has said a number goes on with it, or mends it: "no sorry, oh one nine one at the end"."""

import re
from collections.abc import Iterator, Sequence
from typing import Final

from recordings.redaction.cues import before
from recordings.redaction.deciding import NUMBERS, Heard, is_amount
from recordings.redaction.dictating import spelled_alone
from recordings.redaction.model import Kind, Span
from recordings.redaction.runs import Run

_SHORTEST: Final = 2
_SHORT_TURN: Final = 80  # characters
_SHORTEST_MENDED: Final = 3
_APART: Final = 36  # characters
_APART_CHINESE: Final = 10
_LED: Final = 28
_LED_CHINESE: Final = 8
_SOMETHING_ELSE: Final = re.compile(
    r"\b(?:after|before|until|till|at|by|around|from|between|for|on|if|expir|exp|good|valid|thru"
    r"|through|order|ref|extension|ext)|有效期|之后|以后|之前|到期|上午|下午|晚上|早上|今天|明天"
)
# What ends a number of an identity card, said alone: "and then t a for the letters".
_LETTERS: Final = re.compile(
    r"\W*(?:(?:and|then|the|last|letters?|is|are|it's|um|uh|with|ends|in|yeah|yes|okay|so|capital"
    r"|最后|是|字母|然后|大写)\W*)*"
    r"(?P<letters>(?:\b[a-z]\b\W*){1,4}?)"
    r"\W*(?:(?:for|the|letters?|at|end|and|that's|it|all|as|in|please|thanks|字母|结尾)\W*)*"
)
MENDS: Final = re.compile(
    r"^\W*(?:(?:uh|um|oh|嗯|呃)\W*)?"
    r"(?:no\b|nope|sorry|wait|actually|not quite|wrong|不对|不是|错了|等一下)"
    r"|\bat the end\b|\bthe last (?:part|bit|two|three|four)\b|最后(?:是|几位|四位)"
)


def goes_on(heard: Heard, found: Sequence[Span]) -> Iterator[Span]:
    """Digits just behind a hidden number, in the same turn, that nothing says are another's."""
    text, language = heard.text, heard.language
    apart = _APART_CHINESE if language.chinese else _APART
    hidden = [span for span in found if span.kind in NUMBERS]
    if not hidden:
        return
    for run in _unhidden(heard, found):
        last = max((span for span in hidden if span.end <= run.start), default=None)
        if last is None or run.start - last.end > apart:
            continue
        if any(last.end <= cue.start and cue.end <= run.start for cue in heard.cues):
            continue
        if _SOMETHING_ELSE.search(text, last.end, run.start) or is_amount(run, text, language):
            continue
        span = Span(run.start, run.end, last.kind)
        hidden.append(span)
        yield span


def leads_up(heard: Heard, found: Sequence[Span]) -> Iterator[Span]:
    """Digits just before a hidden number that nothing says are another's: its beginning."""
    text, language = heard.text, heard.language
    apart = _LED_CHINESE if language.chinese else _LED
    hidden = [span for span in found if span.kind in NUMBERS]
    if not hidden:
        return
    for run in reversed(list(_unhidden(heard, found))):
        following = min((span for span in hidden if span.start >= run.end), default=None)
        if following is None or following.start - run.end > apart:
            continue
        if run.digits < _SHORTEST_MENDED or is_amount(run, text, language):
            continue
        if any(run.end <= cue.start and cue.end <= following.start for cue in heard.cues):
            continue
        if _SOMETHING_ELSE.search(text, run.end, following.start):
            continue
        cue = before(heard.cues, run.start, within=language.reach)
        if (cue is None and heard.asked is not None and heard.asked.kind is not None) or (
            cue is not None and cue.kind is not None
        ):
            span = Span(run.start, run.end, following.kind)
            hidden.append(span)
            yield span


def mended(heard: Heard, found: Sequence[Span], kind: Kind) -> Iterator[Span]:
    """Digits of a turn that mends the number before it, which was of this kind."""
    text, language = heard.text, heard.language
    if not MENDS.search(text):
        return
    for run in _unhidden(heard, found):
        cue = before(heard.cues, run.start, within=language.reach)
        if is_amount(run, text, language):
            continue
        if cue is None or cue.kind is not None:
            yield Span(run.start, run.end, kind)


def further(heard: Heard, found: Sequence[Span], kind: Kind) -> Iterator[Span]:
    """The next piece of a number after "mm-hm": the turn begins or ends with it."""
    text, language = heard.text, heard.language
    if kind in (Kind.ID, Kind.ACCOUNT) and len(text) < _SHORT_TURN:
        letters = _LETTERS.fullmatch(text)
        if letters is not None:
            yield Span(*letters.span("letters"), kind)
            return
        yield from spelled_alone(heard, found)
    if len(heard.numbers) == 1 and heard.numbers[0].digits == 1:  # its last digit
        run = heard.numbers[0]
        if language.left_over(text[: run.start] + " " + text[run.end :]) == 0:
            yield Span(run.start, run.end, kind)
    for run in _unhidden(heard, found):
        first = language.left_over(text[: run.start]) == 0
        last = language.left_over(text[run.end :]) == 0
        cue = before(heard.cues, run.start, within=language.reach)
        if (first and last and run.digits >= _SHORTEST) or (
            (first or last)
            and run.digits >= _SHORTEST_MENDED
            and cue is None
            and not _SOMETHING_ELSE.search(text, 0, run.start)
            and not is_amount(run, text, language)
        ):
            yield Span(run.start, run.end, kind)


def _unhidden(heard: Heard, found: Sequence[Span]) -> Iterator[Run]:
    for letters, runs in ((False, heard.numbers), (True, heard.spelled)):
        for run in runs:
            whole = run.digits == len(run.value) or (letters and run.digits >= _SHORTEST_MENDED)
            if (
                whole
                and run.digits >= _SHORTEST
                and not any(span.start < run.end and run.start < span.end for span in found)
            ):
                yield run
