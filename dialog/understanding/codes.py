"""Codes of letters and digits, spelled over the phone: "B as in boy, double four, tango"."""

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from dialog.understanding import digits_zh
from dialog.understanding.amounts_en import TEENS, TENS, UNITS
from dialog.understanding.digits_en import NATO
from dialog.understanding.revised import segments
from dialog.understanding.words import plain

_LETTER_NAMES = {
    name: letter
    for letter, names in {
        "A": "ay eh", "B": "bee", "C": "cee see sea", "D": "dee", "E": "ee", "F": "ef eff",
        "G": "gee", "H": "aitch haitch", "J": "jay", "K": "kay", "L": "el ell", "M": "em",
        "N": "en", "P": "pee", "Q": "cue queue", "R": "ar are", "S": "es ess", "T": "tee tea",
        "U": "you", "V": "vee", "X": "ex", "Y": "why wye", "Z": "zed zee",
    }.items()
    for name in names.split()
}  # fmt: skip
_WORDS_TOO = {"a", "i", "see", "sea", "are", "tea", "you", "why", "be", "en", "es", "el", "eh"}
"""Letters and their names that are words besides: alone they spell nothing."""
_HOMOPHONES = {"to": "2", "too": "2", "for": "4", "fore": "4", "won": "1", "ate": "8"}
_REPEATS = {"double": 2, "triple": 3, "treble": 3, "quadruple": 4}
_AS_IN = {"for", "as", "like"}
_BETWEEN = {
    "um", "uh", "er", "erm", "ah", "hmm", "dash", "hyphen", "then", "and", "space", "slash", "dot",
    "capital", "uppercase", "upper", "lowercase", "lower", "case", "small", "big", "letter",
    "number", "digit", "the",
}  # fmt: skip
_TOKEN = re.compile(r"\d+|[A-Za-z]+(?:'[a-z]+)?")
_LONGEST_ABBREVIATION = 4
_MAX_TRIES = 256
_ZH_NOISE = re.compile(r"(?:大写|小写)的?|字母|数字")
_ZH_REPEATED = re.compile(r"([两三四2-4])个([A-Za-z])")
_ZH_COUNTS = {"两": 2, "三": 3, "四": 4}


@dataclass(frozen=True, slots=True)
class _Atom:
    """What one or more words spell: the likeliest first; weak: the word may be no spelling."""

    spelled: tuple[str, ...]
    weak: bool = False


def code_en(text: str, form: str = "", shortest: int = 2, longest: int = 32) -> list[str]:
    """Every code that the words may spell, in upper case, the likeliest first.

    Args:
        text: what was said.
        form: what codes look like, such as "AA9999" (A a letter, 9 a digit, ? either); empty: any.
        shortest: fewest characters; of no meaning with a form.
        longest: most characters.
    """
    wanted = "".join(character for character in form if character in "A9?")
    found: list[str] = []
    for part in segments(text):
        runs = list(_runs(_spelled(_TOKEN.findall(plain(part)))))
        runs.sort(key=lambda run: -len(run))
        if len(runs) > 1:
            runs.append([atom for run in _runs(_spelled(_TOKEN.findall(plain(part))))
                         for atom in run])  # fmt: skip
        for run in runs:
            found += _codes(run, wanted)
    fits = (code for code in found if wanted or shortest <= len(code) <= longest)
    return list(dict.fromkeys(fits))


def code_zh(text: str, form: str = "", shortest: int = 2, longest: int = 32) -> list[str]:
    """The same for Mandarin, in which letters are said in English."""
    wanted = "".join(character for character in form if character in "A9?")
    said = _ZH_NOISE.sub(" ", plain(text))
    said = _ZH_REPEATED.sub(
        lambda match: match[2] * (_ZH_COUNTS.get(match[1]) or int(match[1])), said
    )
    found = digits_zh.readings(said, letters=True)
    if not wanted:
        return [code for code in found if shortest <= len(code) <= longest]
    return [code for code in found if _matches(code, wanted)]


def _spelled(words: Sequence[str]) -> Iterator[_Atom | None]:
    """The words as atoms; None is a word that spells nothing and ends a run."""
    place = 0
    while place < len(words):
        atom, used = _example(words, place) or _repeated(words, place) or _one(words, place)
        if atom is not None or words[place].lower() not in _BETWEEN:
            yield atom
        place += used


def _letter(word: str) -> str:
    """The letter that a word names, or nothing."""
    if len(word) == 1 and word.isalpha():
        return word.upper()
    return NATO.get(word) or _LETTER_NAMES.get(word, "")


def _example(words: Sequence[str], place: int) -> tuple[_Atom, int] | None:
    """Letters with examples: "B as in boy", "F for Frank", "K like kilo"."""
    if _digits_of(words[place].lower()):
        return None
    after = [word.lower() for word in words[place + 1 : place + 4]]
    letter = _letter(words[place].lower())
    if after[:2] == ["as", "in"] and len(after) == 3:  # noqa: PLR2004  as, in, the example
        example, used = after[2], 4
    elif len(after) > 1 and after[0] in _AS_IN and len(after[1]) > 1 and not (
        after[0] == "for" and after[1] in UNITS
    ):  # fmt: skip
        example, used = after[1], 3
    else:
        return None
    # The example is heard better than the letter: "b as in peter" was P.
    if not letter or (used == 3 and letter != example[0].upper()):  # noqa: PLR2004
        return None
    return _Atom((example[0].upper(),)), used


def _repeated(words: Sequence[str], place: int) -> tuple[_Atom, int] | None:
    """Repeated ones: "double four", "triple A"; "double u" is W."""
    times = _REPEATS.get(words[place].lower())
    if times is None or place + 1 == len(words):
        return None
    after = words[place + 1].lower()
    if times == 2 and after in {"u", "you"}:  # noqa: PLR2004
        return _Atom(("W", "UU")), 2
    digits = _digits_of(after)
    if digits:
        return _Atom((digits[0] * times + digits[1:],)), 2
    letter = _letter(after) or _HOMOPHONES.get(after, "")
    if after in {"oh", "o"}:
        return _Atom(("0" * times, "O" * times)), 2
    return (_Atom((letter * times,)), 2) if letter else None


def _one(  # noqa: PLR0911  cases in their order
    words: Sequence[str], place: int
) -> tuple[_Atom | None, int]:
    word = words[place]
    low = word.lower()
    after = words[place + 1].lower() if place + 1 < len(words) else ""
    if low == "x" and after == "ray":
        return _Atom(("X",)), 2
    if low in {"oh", "o"}:
        named = place and words[place - 1].lower() == "letter"
        return _Atom(("O", "0") if named else ("0", "O"), weak=not named), 1
    if low in TENS and UNITS.get(after, 0):
        return _Atom((str(TENS[low] + UNITS[after]),)), 2
    digits = _digits_of(low)
    if digits:
        return _Atom((digits,)), 1
    letter = _letter(low)
    if letter:
        return _Atom((letter,), weak=low in _WORDS_TOO and word != "A"), 1
    if low in _HOMOPHONES:
        return _Atom((_HOMOPHONES[low],), weak=True), 1
    capitals = word.isupper() and len(word) <= _LONGEST_ABBREVIATION
    beside_digits = after.isdigit() and len(word) <= 3 and low not in _BETWEEN  # noqa: PLR2004
    if capitals:
        return _Atom((word.upper(),)), 1
    if beside_digits and low not in {"is", "it's", "its", "was", "not", "it", "my"}:
        return _Atom((word.upper(),), weak=True), 1
    return None, 1


def _digits_of(word: str) -> str:
    if word.isascii() and word.isdigit():
        return word
    table = UNITS | TEENS | TENS
    return str(table[word]) if word in table else {"nought": "0", "niner": "9"}.get(word, "")


def _runs(atoms: Iterator[_Atom | None]) -> Iterator[list[_Atom]]:
    run: list[_Atom] = []
    for atom in itertools.chain(atoms, [None]):
        if atom is not None:
            run.append(atom)
            continue
        if any(not each.weak for each in run):
            yield run
        run = []


def _codes(run: Sequence[_Atom], form: str) -> Iterator[str]:
    """What a run spells: as it stands, then without the words at its edges that may be words."""
    first, last = 0, len(run)
    while run[first].weak:
        first += 1
    while run[last - 1].weak:
        last -= 1
    for atoms in (run, run[first:], run[:last], run[first:last]):
        tries = itertools.islice(itertools.product(*(atom.spelled for atom in atoms)), _MAX_TRIES)
        for spelled in tries:
            code = "".join(spelled)
            if not form or _matches(code, form):
                yield code
            if not form:
                break


def _matches(code: str, form: str) -> bool:
    return len(code) == len(form) and all(
        wanted == "?" or (character.isdigit() if wanted == "9" else character.isalpha())
        for character, wanted in zip(code, form, strict=True)
    )
