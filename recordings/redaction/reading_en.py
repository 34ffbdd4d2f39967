# ruff: noqa: SIM905  lists of words read best as words
"""Numbers in English words: "four oh one double two", "4, 0, 1", "forty two", "4012-8888"."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from recordings.redaction.runs import Run

_TOKEN: Final = re.compile(r"[a-z0-9]+(?:'[a-z]+)?|[^\sa-z0-9]")
_ONES: Final = {
    word: str(value)
    for value, words in enumerate(
        ("zero oh o nought naught aught", "one", "two", "three", "four", "five fife", "six",
         "seven", "eight", "nine niner")
    )
    for word in words.split()
}  # fmt: skip
_TEENS: Final = {
    word: str(10 + value)
    for value, word in enumerate(
        "ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split()
    )
}
_TENS: Final = {
    word: str(20 + 10 * value)
    for value, word in enumerate("twenty thirty forty fifty sixty seventy eighty ninety".split())
}
_TIMES: Final = {"double": 2, "triple": 3, "treble": 3, "quadruple": 4}
_SOUND_ALIKE: Final = {"for": "4", "to": "2", "too": "2", "ate": "8", "won": "1", "tree": "3"}
_BETWEEN: Final = frozenset(
    "um umm uh uhh er erm hmm hm mm ah and then dash hyphen space like so ok okay yes yeah slash "
    "bracket "
    "brackets open close closed".split()
)
_JOINING: Final = frozenset(",.-()_\u2013\u2014")
_SPELLED: Final = {
    word: word[0].upper()
    for word in (
        "alpha alfa bravo charlie delta echo foxtrot golf hotel india juliet kilo lima mike "
        "november oscar papa quebec romeo sierra tango uniform victor whiskey yankee zulu zed zee"
    ).split()
}
# Whoever breaks off in the middle of a number goes on with it; "one sec" is no digit.
_PAUSE: Final = re.compile(
    r"\b(?:sorry|hang on|hold on|wait|excuse me|let me (?:see|look|check)"
    r"|(?:just )?(?:one|a) (?:sec|second|moment|minute))\b(?! (?:number|digit|half|of)\b)"
)
_LETTER_WORDS: Final = frozenset(
    "capital letter letters uppercase upper case lower lowercase".split()
)
_AFTER_LETTER: Final = frozenset("as for like and dash hyphen then um uh".split())
# Words in capitals that name what follows, not letters of it.
_NAMES: Final = frozenset(
    "nric ssn itin ein pps ppsn tfn cvv cvc csc iban bsb pin otp dob nhs id pan vin sku ref crn "
    "abn hkid utr "
    "dl acct no exp fin uan aba ifsc swift usa uk it brp sms atm imei isbn po inv order my is the "
    "and card "
    "visa amex phone tel mob fax zip code name home call apt unit flat awb ups usps dhl rma pnr "
    "mprn nmi mpan case ticket model job claim "
    "lot bin vat eta".split()
)
_SHORT_WORD: Final = 5
_LONG: Final = 6
_GUESSES: Final = 2  # sound-alikes in a row; more are a sentence


@dataclass
class _Building:
    """A run being read."""

    start: int = -1
    end: int = -1
    value: str = ""
    plus: bool = False
    ten: bool = False  # ends with a whole ten, to which a unit may be added
    guesses: list[tuple[str, int]] = field(default_factory=list)  # sound-alikes not yet believed

    def add(self, read: str, start: int, end: int) -> None:
        if self.start < 0:
            self.start = start
        self.value += "".join(digit for digit, _ in self.guesses) + read
        self.guesses.clear()
        self.end = end
        self.ten = False

    def unit(self, digit: str, start: int, end: int) -> None:
        if self.ten and digit != "0" and not self.guesses:
            self.value = self.value[:-1] + digit
            self.end, self.ten = end, False
        else:
            self.add(digit, start, end)

    def finished(self, *, at_the_end: bool) -> Run:
        if at_the_end and self.guesses and len(self.value) >= _LONG:
            self.value += self.guesses[0][0]
            self.end = self.guesses[0][1]
        return Run(self.start, self.end, self.value, self.plus)


def runs(text: str, original: str, *, letters: bool) -> Iterator[Run]:
    """Every run of a text.

    Args:
        text: `plain`.
        original: the same as it was written; capitals say which short words are spelled.
        letters: read letters too ("A 4 4", "b as in bravo", "S24").
    """
    return _Reader(text, original, letters=letters).runs()


class _Reader:
    """Goes through one text, token by token."""

    def __init__(self, text: str, original: str, *, letters: bool) -> None:
        self._original = original
        self._with_letters = letters
        self._tokens = list(_TOKEN.finditer(_PAUSE.sub(lambda one: " " * len(one[0]), text)))
        self._place = 0  # of the next token
        self._building = _Building()
        self._times = 1  # "double" was said
        self._times_start = 0

    def runs(self) -> Iterator[Run]:
        while self._place < len(self._tokens):
            token = self._tokens[self._place]
            word, start, end = token[0], token.start(), token.end()
            self._place += 1
            if self._number(word, start, end) or self._letter(word, start, end):
                continue
            if word not in _JOINING:
                self._times = 1
            if not self._plus(word, start) and not self._passed_over(word, end):
                yield self._building.finished(at_the_end=False)
                self._building = _Building()
        if self._building.start >= 0:
            yield self._building.finished(at_the_end=True)

    def _number(self, word: str, start: int, end: int) -> bool:
        building, read = self._building, _digits(word)
        if word in _TIMES:
            self._times, self._times_start = _TIMES[word], start
        elif word == "hundred" and building.start >= 0 and not building.guesses:
            building.add("00", start, end)
        elif read is None:
            return False
        else:
            if self._times > 1 and len(read) == 1:
                building.add(read * self._times, self._times_start, end)
            elif word in _ONES:
                building.unit(read, start, end)
            else:
                building.add(read, start, end)
                building.ten = word in _TENS
            self._times = 1
        return True

    def _letter(self, word: str, start: int, end: int) -> bool:
        if not self._with_letters:
            return False
        building = self._building
        spelled = _letters(word, self._original[start:end])
        if spelled is not None and word in "ai" and self._a_word(start, end):
            return False
        alone = len(word) == 1 and self._place == len(self._tokens) and building.start < 0
        if spelled is None or alone:
            return False
        if self._times > 1 and len(spelled) == 1:
            spelled, start = spelled * self._times, self._times_start
        self._times = 1
        building.add(spelled, start, end)
        self._place, building.end = _as_in(self._tokens, self._place, end)
        return True

    def _a_word(self, start: int, end: int) -> bool:
        """Whether "a" or "i" is one: in "six c i started", not in "i d four", "a nine six r"."""
        following = self._tokens[self._place][0] if self._place < len(self._tokens) else ""
        if self._building.start < 0:
            letter = len(following) == 1 and following.isalpha() and following not in "ai"
            digit = following in _ONES or following.isdecimal()
            return not (digit or letter or self._original[start:end] == "A")
        if _digits(following) is not None or following in _TIMES or following in _AFTER_LETTER:
            return False
        return len(following) > 1 and following.isalpha() and following not in _SPELLED

    def _plus(self, word: str, start: int) -> bool:
        if word not in ("+", "plus") or self._building.start >= 0:
            return False
        following = self._tokens[self._place][0] if self._place < len(self._tokens) else ""
        if _digits(following) is not None or following in _TIMES:
            self._building.start, self._building.plus = start, True
        return True

    def _passed_over(self, word: str, end: int) -> bool:
        """Whether a run may go on behind this word."""
        building = self._building
        if building.start < 0 or word in _BETWEEN or word in _JOINING:
            return True
        if self._with_letters and word in _LETTER_WORDS:
            return True
        if word in _SOUND_ALIKE and len(building.guesses) < _GUESSES:
            building.guesses.append((_SOUND_ALIKE[word], end))
            return True
        return False


def _digits(word: str) -> str | None:
    if word.isdecimal():
        return word
    return _ONES.get(word) or _TEENS.get(word) or _TENS.get(word)


def _letters(word: str, written: str) -> str | None:
    """What is spelled by a letter, a spelling word, "S24" or "GB"."""
    if word in _SPELLED:
        return _SPELLED[word]
    if not re.fullmatch(r"[a-z0-9]+", word):
        return None
    if len(word) == 1:
        return word.upper()
    if re.search(r"\d", word):
        return None if re.fullmatch(r"\d+(?:st|nd|rd|th|s)", word) else word.upper()
    if word in _NAMES:
        return None
    return word.upper() if written.isupper() and len(word) <= _SHORT_WORD else None


def _as_in(tokens: list["re.Match[str]"], place: int, end: int) -> tuple[int, int]:
    """Past "as in Charlie", "like kilo", "for apple"."""
    words = [token[0] for token in tokens[place : place + 3]]
    for opening in (["as", "in"], ["like"], ["for"]):
        skipped = len(opening) + 1
        if words[: len(opening)] == opening and len(words) >= skipped:
            named = words[skipped - 1]
            if named.isalpha() and _digits(named) is None and len(named) > 1:
                return place + skipped, tokens[place + skipped - 1].end()
    return place, end
