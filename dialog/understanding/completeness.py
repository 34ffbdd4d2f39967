# ruff: noqa: RUF001  Chinese text is Chinese

"""Whether words sound like a finished answer; it shrinks or stretches the wait for more."""

import dataclasses
import re

from dialog.understanding.amounts_en import TENS
from dialog.understanding.commands import Command, command
from dialog.understanding.meaning import MAX_BARE_WORDS, meaning, spoken_digits
from dialog.understanding.words import han_only, has_han, plain, primary, tokens
from voxdesk.kernel.speech import AnswerKind, Completeness, Expectation, Transcript

_NUMBERS = {AnswerKind.DIGITS, AnswerKind.ORDER_NUMBER}
_SPELLED = {AnswerKind.CODE, AnswerKind.PHONE}
_OPEN = {AnswerKind.NONE, AnswerKind.FREE}
# After these a number or a code goes on.
_GOES_ON = {"and", "double", "triple", "then", "dash", "as", "in", "like", "plus", "capital"}
# After these a count may: "twenty" may become "twenty one".
_ROUND = set(TENS) | {"hundred", "thousand", "million", "a", "half", "point"}
_HESITATIONS = {
    "um", "umm", "uh", "uhh", "er", "erm", "ah", "hmm", "hm", "like", "well", "so", "let's", "see",
}  # fmt: skip
# Words after which an English sentence goes on.
_OPEN_ENDS = {
    "a", "an", "the", "my", "your", "his", "her", "our", "their", "its", "and", "or", "but",
    "because", "if", "when", "while", "than", "as", "with", "from", "of", "in", "on", "at", "by",
    "into", "about", "between", "under", "is", "are", "was", "were", "am", "be", "been", "it's",
    "i'm", "i'd", "i'll", "i've", "that's", "there's", "he's", "she's", "we're", "they're", "we",
    "he", "she", "they", "i", "would", "could", "should", "will", "can", "want", "wanna", "need",
    "whether", "which", "who", "whose", "very", "really", "just", "also", "maybe",
    "where", "how", "some", "any", "every", "each", "please can", "looking", "trying", "going",
}  # fmt: skip
# "to" and "for" are digits where digits are waited for.
_OPEN_ENDS_IN_SPEECH = _OPEN_ENDS | {"to", "for", "you're"}
# What ends a sentence although its last word could open another ("yes it is", "as far as I can").
_CLOSED_ENDS = re.compile(
    r"(?:\b(?:please|thanks|thank you|that's (?:all|it|right|correct|fine)|"
    r"that is (?:all|it|right|correct|fine)|bye|goodbye|"
    r"(?:yes|no) (?:it|he|she|they|that|you|i|we|there) (?:is|are|was|am|can|would|will)))$"
)
# "What are you looking for" and "who can I talk to" are finished.
_QUESTION_END = re.compile(
    r"\b(?:what|who|which|where|how|anything|something) \w+.* "
    r"(?:with|for|about|to|from|at|in|on|of)$"
)
_BE = {"is", "are", "was", "were", "am"}
# "I want to know where my parcel is" is finished, "where is" is not.
_ASKED = re.compile(r"\b(?:where|what|when|how|who|why|which) \w+.* \w+$")
_WAITS = re.compile(
    r"\b(?:hold on|hang on|wait|one (?:moment|second|sec|minute)|just a (?:moment|second|sec|"
    r"minute)|let me (?:see|check|think|look|find|get)|give me a (?:moment|second|minute))"
    r"(?: please)?$"
)
_QUESTION = re.compile(r"[?？]\s*$")
_BROKEN_OFF = re.compile(r"(?:\.\.\.|…|[-–—,、，:：])\s*$")
_FULL_STOP = re.compile(r"[.!。！]\s*$")
_ZH_OPEN = re.compile(
    r"(?:嗯|呃|那个|这个|就是|然后|因为|所以|但是|还有|和|跟|或者|的话|我想|我要|我的|我|把|在|从|到|给|是|"
    r"如果|号码是|比如|等等|等一下|稍等|我看看|让我想想)$"
)
_ZH_CLOSED = re.compile(r"(?:谢谢|是的|好的|可以|没有了|没了|就这样|吗|呢|吧|了)$")
_CLOSED_WORDS = 3
"""A sentence of fewer words than this may be the start of one, full stop or not."""


def completeness(  # noqa: PLR0911  cases in their order
    transcript: Transcript, expectation: Expectation, language: str | None = None
) -> Completeness:
    """Whether the caller seems to have finished.

    Args:
        transcript: partial or final; only its best hypothesis is read.
        expectation: what the step waits for.
        language: BCP 47; the expectation's where it is None.
    """
    language = language or expectation.language
    text = plain(transcript.text).strip()
    if not tokens(text):
        return Completeness.UNSURE
    chinese = primary(language) == "zh"
    if expectation.kind in _SPELLED:
        return _of_spelled(text, expectation, language)
    if expectation.kind in _NUMBERS:
        return _of_number(text, expectation, language)
    open_end = _open_zh(text) if chinese else _open_en(text)
    closed = expectation.kind not in _OPEN
    asked = command(text, language, closed=closed)
    if asked is not None:
        return Completeness.INCOMPLETE if asked is Command.WAIT else Completeness.COMPLETE
    if closed:
        return _of_closed(text, expectation, language, open_end=open_end)
    if open_end:
        return Completeness.INCOMPLETE
    if _QUESTION.search(text):
        return Completeness.COMPLETE
    finished = _ZH_CLOSED.search(han_only(text)) if chinese else _CLOSED_ENDS.search(_bare(text))
    if finished:
        return Completeness.COMPLETE
    length = len(han_only(text)) // 2 if chinese else len(tokens(text))
    if _FULL_STOP.search(text) and length >= _CLOSED_WORDS:
        return Completeness.COMPLETE
    return Completeness.UNSURE


def _of_number(text: str, expectation: Expectation, language: str) -> Completeness:
    """A number has a length; before its shortest one more is to come."""
    digits = spoken_digits(text, expectation, language)
    if len(digits) >= expectation.max_digits:
        return Completeness.COMPLETE
    if not digits:
        asked = command(text, language)
        if asked is not None:
            return Completeness.INCOMPLETE if asked is Command.WAIT else Completeness.COMPLETE
        opened = _open_zh(text) if primary(language) == "zh" else _open_en(text)
        opened = opened or tokens(text)[-1] == "number"
        return Completeness.INCOMPLETE if opened else Completeness.UNSURE
    if len(digits) < expectation.min_digits:
        return Completeness.INCOMPLETE
    trailing = tokens(text)[-1]
    if trailing in _HESITATIONS | _GOES_ON or _BROKEN_OFF.search(text):
        return Completeness.INCOMPLETE
    return Completeness.UNSURE


def _of_spelled(text: str, expectation: Expectation, language: str) -> Completeness:
    """A phone number that exists, or a code of its form, is finished; others have no known end."""
    asked = command(text, language)
    if asked is not None:
        return Completeness.INCOMPLETE if asked is Command.WAIT else Completeness.COMPLETE
    if tokens(text)[-1] in _HESITATIONS | _GOES_ON or _BROKEN_OFF.search(text):
        return Completeness.INCOMPLETE
    found = meaning(text, expectation, None, language)
    if expectation.kind is AnswerKind.CODE and not expectation.form:
        full = found is not None and len(found[0]) >= expectation.max_digits
        return Completeness.COMPLETE if full else Completeness.UNSURE
    if found is not None:
        return Completeness.COMPLETE
    begun = bool(spoken_digits(text, expectation, language))
    return Completeness.INCOMPLETE if begun else Completeness.UNSURE


def _of_closed(
    text: str, expectation: Expectation, language: str, *, open_end: bool
) -> Completeness:
    """An answer that is there is finished, unless words follow that open something new."""
    found = meaning(text, expectation, None, language)
    if found is None:
        return Completeness.INCOMPLETE if open_end else Completeness.UNSURE
    short = len(tokens(text)) <= MAX_BARE_WORDS
    if open_end and not (short and _is_bare(text)):
        return Completeness.INCOMPLETE
    return Completeness.UNSURE if _may_go_on(text, expectation, language) else Completeness.COMPLETE


def _may_go_on(text: str, expectation: Expectation, language: str) -> bool:
    """Whether "at three" may become "three thirty", "twelve" "twelve ninety-nine", and so on."""
    kind = expectation.kind
    if kind is AnswerKind.CHOICES:
        return True
    if kind is AnswerKind.NAME:
        return len(tokens(text)) == 1 and not has_han(text)
    if kind is AnswerKind.NUMBER:
        return tokens(text)[-1] in _ROUND
    if kind in {AnswerKind.TIME, AnswerKind.MONEY}:
        plainly = dataclasses.replace(expectation, explicit=True)
        return meaning(text, plainly, None, language) is None
    return False


def _is_bare(text: str) -> bool:
    """One word, such as "right" or "on", that is an answer here whatever it is elsewhere."""
    return len(tokens(text)) == 1 and not _BROKEN_OFF.search(text)


def _bare(text: str) -> str:
    return " ".join(tokens(text))


def _open_en(text: str) -> bool:
    said = _bare(text)
    if _BROKEN_OFF.search(text) or _WAITS.search(said):
        return True
    if _QUESTION.search(text) or _CLOSED_ENDS.search(said):
        return False
    last = said.rsplit(" ", 1)[-1]
    if (last in _BE and _ASKED.search(said)) or _QUESTION_END.search(said):
        return False
    return last in _OPEN_ENDS_IN_SPEECH or last in _HESITATIONS


def _open_zh(text: str) -> bool:
    if _QUESTION.search(text) or _ZH_CLOSED.search(han_only(text)):
        return False
    return _BROKEN_OFF.search(text) is not None or _ZH_OPEN.search(han_only(text)) is not None
