"""Cardinals, ordinals and fractions in English: "two and a half thousand", "the twenty-first"."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from dialog.understanding.words import listed, plain

UNITS = {
    word: value
    for value, word in enumerate(listed("zero one two three four five six seven eight nine"))
}
TEENS = {
    word: 10 + value
    for value, word in enumerate(
        listed("ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen")
    )
}
TENS = {
    word: 20 + 10 * value
    for value, word in enumerate(listed("twenty thirty forty fifty sixty seventy eighty ninety"))
} | {"fourty": 40, "ninty": 90}
_ORDINAL_UNITS = {
    word: 1 + value
    for value, word in enumerate(
        listed("first second third fourth fifth sixth seventh eighth ninth")
    )
}
_ORDINAL_TEENS = {
    word: 10 + value
    for value, word in enumerate(
        listed(
            "tenth eleventh twelfth thirteenth fourteenth fifteenth sixteenth seventeenth "
            "eighteenth nineteenth"
        )
    )
}
_ORDINAL_TENS = {
    word: 20 + 10 * value
    for value, word in enumerate(
        listed("twentieth thirtieth fortieth fiftieth sixtieth seventieth eightieth ninetieth")
    )
}
_SCALES = {
    "thousand": 1000, "thousands": 1000, "grand": 1000, "k": 1000, "million": 1_000_000,
    "millions": 1_000_000, "billion": 1_000_000_000, "dozen": 12, "dozens": 12,
}  # fmt: skip
_HUNDRED = {"hundred", "hundreds"}
_ZERO = {"oh", "o", "nought", "naught", "nil"}
_NUMERAL = re.compile(r"\d{1,15}(?:\.\d+)?$")
_TOKEN = re.compile(r"\d[\d,]*(?:\.\d+)?|[a-z]+(?:'[a-z]+)?")
_HALF = Decimal("0.5")


@dataclass(frozen=True, slots=True)
class Amount:
    """A number in a list of words.

    Attributes:
        value: what it is.
        start: index of its first word; `end` is the index after its last.
        places: digits that it fills after a decimal point: "fifty" and "oh five" 2, "five" 1.
        ordinal: "third", "3rd".
    """

    value: Decimal
    start: int
    end: int
    places: int = 0
    ordinal: bool = False


def number_words(text: str) -> list[str]:
    """Words and numerals in lower case, thousands separators gone, hyphens split."""
    return [
        re.sub(r",(?=\d{3}\b)", "", word).strip(",") for word in _TOKEN.findall(plain(text).lower())
    ]


def amounts(words: list[str]) -> Iterator[Amount]:
    """Every number from left to right; "twelve ninety" is two of them."""
    place = 0
    while place < len(words):
        found = _Reader(words, place).read()
        if found is None:
            place += 1
        else:
            yield found
            place = found.end


class _Reader:
    """Reads one number. A word that can't continue it ends it."""

    def __init__(self, words: list[str], start: int) -> None:
        self.words = words
        self.start = self.at = start
        self.total = Decimal(0)
        self.part: Decimal | None = None
        self.room = Decimal(0)  # how large the next addend may be; 0: none may follow
        self.scale = Decimal(10) ** 15
        self.places = 0
        self.ordinal = False

    def read(self) -> Amount | None:
        self._lead()
        while not self.ordinal and (self._addend() or self._scaled() or self._fraction()):
            pass
        if self.part is None and not self.total:
            return None
        value = self.total + (self.part or 0)
        return Amount(value, self.start, self.at, self.places, self.ordinal)

    def _word(self, ahead: int = 0) -> str:
        place = self.at + ahead
        return self.words[place] if place < len(self.words) else ""

    def _lead(self) -> None:
        """Openings: "a hundred", "half a million", "a couple (of) hundred", "oh five"."""
        word, after = self._word(), self._word(1)
        if word == "half" and after in {"a", "an"} and self._word(2) in _SCALES:
            self.part, self.at = _HALF, self.at + 2
        elif word in {"a", "an"} and (after in _HUNDRED or after in _SCALES):
            self.part, self.at = Decimal(1), self.at + 1
        elif word == "couple":
            self.part, self.at = Decimal(2), self.at + 1 + (after == "of")
        elif word in _ZERO and _digit(after) is not None and after not in _ZERO:
            # "oh five": cents, or minutes
            self.part, self.at, self.places = _digit(after), self.at + 2, 2
        elif word == "half" and after != "a":
            self.part, self.at = _HALF, self.at + 1

    def _addend(self) -> bool:
        """A number below a hundred, or a numeral, where one may stand."""
        skip = 1 if self._word() == "and" and self.room and self.part != _HALF else 0
        value, used, ordinal, numeral = self._below_hundred(skip)
        if value is None:
            return False
        if self.part is None and not self.total:
            if skip:
                return False
            self.part = value
            self.places = len(self._word()) if numeral else (1 if value < 10 else 2)  # noqa: PLR2004
        elif value and value < self.room and not (numeral and "." in self._word(skip)):
            self.part = (self.part or Decimal(0)) + value
            self.places = 3
        else:
            return False
        self.at += skip + used
        self.ordinal = ordinal
        self.room = Decimal(0)
        return True

    def _below_hundred(self, skip: int) -> tuple[Decimal | None, int, bool, bool]:
        """Value, words used, whether ordinal, whether a numeral."""
        word, after = self._word(skip), self._word(skip + 1)
        if _NUMERAL.match(word):
            return Decimal(word), (2 if after in {"st", "nd", "rd", "th"} else 1), after in {
                "st", "nd", "rd", "th"}, True  # fmt: skip
        for table, ordinal in ((UNITS, False), (TEENS, False), (_ORDINAL_UNITS, True),
                               (_ORDINAL_TEENS, True), (_ORDINAL_TENS, True)):  # fmt: skip
            if word in table:
                return Decimal(table[word]), 1, ordinal, False
        if word in TENS:
            if UNITS.get(after, 0) > 0:
                return Decimal(TENS[word] + UNITS[after]), 2, False, False
            if after in _ORDINAL_UNITS:
                return Decimal(TENS[word] + _ORDINAL_UNITS[after]), 2, True, False
            return Decimal(TENS[word]), 1, False, False
        return None, 0, False, False

    def _scaled(self) -> bool:
        word = self._word()
        if word in _HUNDRED and self.part is not None and 0 < self.part < 100:  # noqa: PLR2004
            self.part *= 100
            self.room = Decimal(100)
        elif word in _SCALES and self.part is not None and _SCALES[word] < self.scale:
            self.scale = Decimal(_SCALES[word])
            self.total += self.part * self.scale
            self.part, self.room = None, self.scale
        else:
            return False
        self.places = 3
        self.at += 1
        # "two thousand five hundred": the hundreds follow as a part of their own.
        return True

    def _fraction(self) -> bool:
        """Fractions: "point five", "and a half"."""
        if self.part is None and not self.total:
            return False
        if [self._word(ahead) for ahead in range(3)] == ["and", "a", "half"]:
            unit = self.scale if self.part is None else Decimal(1)
            self.part = (self.part or Decimal(0)) + _HALF * unit
            self.at += 3
            return True
        if self._word() != "point" or self.part is None:
            return False
        digits = ""
        while (digit := _digit(self._word(1 + len(digits)))) is not None:
            digits += str(digit)
        if not digits:
            return False
        self.part += Decimal(f"0.{digits}")
        self.at += 1 + len(digits)
        self.room = Decimal(0)
        return True


def _digit(word: str) -> Decimal | None:
    if word in _ZERO:
        return Decimal(0)
    if len(word) == 1 and word.isascii() and word.isdigit():
        return Decimal(word)
    return Decimal(UNITS[word]) if word in UNITS else None
