"""Numbers as English speakers say them: "double four", "forty seven eleven", "oh", "to for"."""

import enum
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from dialog.understanding.digits import Runs
from dialog.understanding.words import listed, plain

_UNITS = {
    word: str(value)
    for value, words in enumerate(
        (
            "zero nought naught nil null zeros zeroes",
            "one ones",
            "two twos",
            "three threes",
            "four fours",
            "five fives fife",
            "six sixes",
            "seven sevens",
            "eight eights",
            "nine nines niner",
        )
    )
    for word in words.split()
}
_PLURALS = {"zeros", "zeroes"} | {word for word in _UNITS if word.endswith("s")}
_TEENS = {
    word: str(10 + value)
    for value, word in enumerate(
        listed("ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen")
    )
}
_TENS = {
    word: str(20 + 10 * value)
    for value, word in enumerate(
        ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
    )
} | {"fourty": "40", "ninty": "90"}
_HOMOPHONES = {
    "to": "2", "too": "2", "for": "4", "fore": "4", "won": "1", "ate": "8", "tree": "3",
    "free": "3", "oh": "0", "o": "0", "sicks": "6", "sics": "6", "fur": "4",
}  # fmt: skip
_REPEATS = {"double": 2, "triple": 3, "treble": 3, "quadruple": 4}
_CORRECTIONS = {"no", "nope", "sorry", "wait", "correction", "actually", "rather", "mean", "oops"}
_FILLERS = {
    "um", "uh", "er", "erm", "ah", "hmm", "dash", "hyphen", "space", "then", "comma", "followed",
    "by", "slash", "minus", "and",
}  # fmt: skip
NATO = {
    word: word[0].upper()
    for word in listed(
        "alpha alfa bravo charlie delta echo foxtrot golf hotel india juliet "
        "juliett kilo lima mike november oscar papa quebec romeo sierra tango "
        "uniform victor whiskey whisky xray yankee zulu"
    )
}
_LEADS = {"is", "was", "number", "it's", "its", "that's", "code", "yes", "yeah", "not"}
_AS_IN = {"for", "as", "like"}
_TOKEN = re.compile(r"\d+(?![a-z])|\d+(?=st\b|nd\b|rd\b|th\b)|[A-Za-z]+(?:'[a-z]+)?|\d+", re.ASCII)


class _Kind(enum.Enum):
    UNIT = enum.auto()  # one spoken digit
    NUMERAL = enum.auto()  # digits as the recognizer wrote them
    TEEN = enum.auto()
    TENS = enum.auto()
    HUNDRED = enum.auto()
    THOUSAND = enum.auto()
    REPEAT = enum.auto()
    HOMOPHONE = enum.auto()
    LETTER = enum.auto()
    FILLER = enum.auto()
    CORRECTION = enum.auto()
    OTHER = enum.auto()


_DIGITS = {_Kind.UNIT, _Kind.NUMERAL, _Kind.TEEN, _Kind.TENS}
_SOLID = _DIGITS | {_Kind.HUNDRED, _Kind.THOUSAND}
_NUMBERS = _DIGITS | {_Kind.HUNDRED, _Kind.THOUSAND, _Kind.REPEAT, _Kind.LETTER}


_WORDS: dict[str, tuple[_Kind, str]] = {
    **dict.fromkeys(_FILLERS, (_Kind.FILLER, "")),
    **dict.fromkeys(_CORRECTIONS, (_Kind.CORRECTION, "")),
    **{word: (_Kind.REPEAT, str(times)) for word, times in _REPEATS.items()},
    **dict.fromkeys(("hundred", "hundreds"), (_Kind.HUNDRED, "100")),
    **dict.fromkeys(("thousand", "thousands"), (_Kind.THOUSAND, "1000")),
    **{word: (_Kind.HOMOPHONE, digit) for word, digit in _HOMOPHONES.items()},
    **{word: (_Kind.TENS, value) for word, value in _TENS.items()},
    **{word: (_Kind.TEEN, value) for word, value in _TEENS.items()},
    **{word: (_Kind.UNIT, digit) for word, digit in _UNITS.items()},
}


@dataclass(frozen=True, slots=True)
class _Atom:
    kind: _Kind
    value: str
    word: str


def readings(text: str, *, letters: bool = False) -> list[str]:
    """Every digit string that the words may mean, the likeliest first; empty when there is none.

    Args:
        text: what was said, as any recognizer writes it.
        letters: whether single letters belong to it ("A B 4711"); they come out in upper case.
    """
    runs = Runs()
    denied: list[list[str]] = []
    run: list[_Atom] = []
    before = first = ""
    edge_word = False  # a real word stands before the run: "waiting for 4711"
    for atom in [*_atoms(text, letters=letters), _Atom(_Kind.OTHER, "", "")]:
        if atom.kind in _NUMBERS or atom.kind is _Kind.HOMOPHONE:
            if not run:
                edge_word = before not in {"", *_LEADS}
                first = before
            run.append(atom)
        elif atom.kind is not _Kind.FILLER:
            found = _run_readings(run, edge_word=edge_word)
            (denied.append if first == "not" else runs.add)(found)
            run, first = [], ""
            if atom.kind is _Kind.CORRECTION:
                runs.corrected()
        before = "" if atom.kind is _Kind.FILLER else atom.word
    candidates = runs.candidates()
    for found in denied:
        candidates += [value for value in map(_after_denied, found) if value]
    return candidates


def _after_denied(digits: str) -> str:
    """What follows the number that is denied: "not 4711, 4712", with the comma unheard.

    The right number is as long as the wrong one. Without it nothing is left.
    """
    half, odd = divmod(len(digits), 2)
    return digits[half:] if half > 2 and not odd else ""  # noqa: PLR2004  shorter ones are one number


def _atoms(text: str, *, letters: bool) -> list[_Atom]:
    found: list[_Atom] = []
    words = _TOKEN.findall(plain(text))
    position = 0
    while position < len(words):
        word = words[position]
        atoms, used = _letter(words, position) if letters else ([], 0)
        found += atoms or [_atom(word.lower())]
        position += max(used, 1)
    return found


def _letter(words: Sequence[str], position: int) -> tuple[list[_Atom], int]:
    """Letters spelled at this place ("B", "ATR", "bravo", "B as in boy"), and words used."""
    word = words[position]
    after = [other.lower() for other in words[position + 1 : position + 4]]
    if len(word) == 1 and word.isalpha():
        letter = [_Atom(_Kind.LETTER, word.upper(), word)]
        if after[:2] == ["as", "in"] and len(after) > 2:  # noqa: PLR2004  as, in, the example
            return letter, 4
        if len(after) > 1 and after[0] in _AS_IN and after[1].startswith(word.lower()):
            return letter, 3
        return letter, 1
    if word.lower() in NATO:
        return [_Atom(_Kind.LETTER, NATO[word.lower()], word)], 1
    next_is_number = bool(after) and after[0].isdigit()
    capitals = word.isupper() and len(word) <= 4  # noqa: PLR2004  longer ones are shouted words
    unknown = word.isalpha() and len(word) <= 3 and _atom(word.lower()).kind is _Kind.OTHER  # noqa: PLR2004
    if next_is_number and (capitals or (unknown and not _common(word.lower()))):
        return [_Atom(_Kind.LETTER, character, word) for character in word.upper()], 1
    return [], 0


def _common(word: str) -> bool:
    return word in {
        "the", "it", "is", "my", "was", "its", "i", "in", "on", "of", "at", "be", "has", "got",
        "a", "an", "or", "as", "so", "yes", "not", "but", "hey", "hi",
    }  # fmt: skip


def _atom(word: str) -> _Atom:
    if word.isdigit():
        return _Atom(_Kind.NUMERAL, word, word)
    kind, value = _WORDS.get(word, (_Kind.OTHER, ""))
    return _Atom(kind, value, word)


def _run_readings(run: list[_Atom], *, edge_word: bool) -> list[str]:
    """Readings of one run: homophones at its edges may be plain words, tens may stand alone."""
    if not any(atom.kind in _SOLID for atom in run):
        spoken = len(run) > 1 and not edge_word
        if spoken and all(atom.kind is _Kind.HOMOPHONE for atom in run):
            return ["".join(atom.value for atom in run)]
        return []
    first = _leading(run)
    last = len(run)
    while run[last - 1].kind is _Kind.HOMOPHONE:
        last -= 1
    whole, trimmed = run, run[first:last]
    numeral = any(atom.kind is _Kind.NUMERAL and len(atom.value) > 1 for atom in run)
    order = (trimmed, whole) if edge_word or numeral else (whole, trimmed)
    found = [_assemble(atoms, merge=merge) for merge in (True, False) for atoms in order]
    return [reading for reading in found if any(character.isdigit() for character in reading)]


def _leading(run: list[_Atom]) -> int:
    """Where the number begins when what may be a plain word ("for", "a", "I") is left out."""
    place = 0
    while run[place].kind is _Kind.HOMOPHONE or _article(run, place):
        place += 1
    return place


def _article(run: Sequence[_Atom], place: int) -> bool:
    spelled = _kind(run, place + 1) is _Kind.LETTER
    return run[place].word in {"a", "i", "I", "A"} and not spelled


def _assemble(atoms: Sequence[_Atom], *, merge: bool) -> str:
    out = ""
    place = 0
    while place < len(atoms):
        text, used = _one(atoms, place, merge=merge)
        out += text
        place += used
    return out


def _one(atoms: Sequence[_Atom], place: int, *, merge: bool) -> tuple[str, int]:
    """The digits that start at this atom, and how many atoms they take."""
    atom = atoms[place]
    after = atoms[place + 1] if place + 1 < len(atoms) else None
    if atom.kind is _Kind.REPEAT:
        if after and after.kind in {_Kind.UNIT, _Kind.NUMERAL, _Kind.HOMOPHONE, _Kind.LETTER}:
            return after.value[0] * int(atom.value) + after.value[1:], 2
        return "", 1
    if atom.kind is _Kind.UNIT and after and after.word in _PLURALS and atom.word not in _PLURALS:
        return after.value * int(atom.value), 2  # "two fours"
    if atom.kind in {_Kind.HUNDRED, _Kind.THOUSAND}:
        return (atom.value if place == 0 else atom.value[1:]), 1  # "a hundred", or said apart
    if merge and atom.kind in _DIGITS:
        return _cardinal(atoms, place)
    return atom.value, 1


def _cardinal(atoms: Sequence[_Atom], place: int) -> tuple[str, int]:
    """The longest cardinal that starts here: "four thousand seven hundred and eleven"."""
    text, used = _scaled(atoms, place, _Kind.HUNDRED, _below_hundred)
    if _kind(atoms, place + used) is _Kind.THOUSAND:
        return _scaled(
            atoms, place, _Kind.THOUSAND, lambda a, p: _scaled(a, p, _Kind.HUNDRED, _below_hundred)
        )
    return text, used


_Part = Callable[[Sequence[_Atom], int], tuple[str, int]]


def _scaled(atoms: Sequence[_Atom], place: int, scale: _Kind, part: _Part) -> tuple[str, int]:
    """A part, and if a scale word follows, that part times it plus the part after it."""
    size = 1000 if scale is _Kind.THOUSAND else 100
    text, used = part(atoms, place)
    if _kind(atoms, place + used) is not scale or text.startswith("0") or int(text) >= size:
        return text, used
    value = int(text) * size
    used += 1
    if _kind(atoms, place + used) in _DIGITS:
        rest, more = part(atoms, place + used)
        if not rest.startswith("0") and int(rest) < size:
            return str(value + int(rest)), used + more
    return str(value), used


def _below_hundred(atoms: Sequence[_Atom], place: int) -> tuple[str, int]:
    """A number such as "forty seven", "eleven", "four", or a written numeral."""
    atom = atoms[place]
    after = atoms[place + 1] if place + 1 < len(atoms) else None
    if (
        atom.kind is _Kind.TENS
        and after
        and after.kind in {_Kind.UNIT, _Kind.NUMERAL}
        and len(after.value) == 1
        and after.value != "0"
        and after.word not in _PLURALS
    ):
        return str(int(atom.value) + int(after.value)), 2
    return atom.value, 1


def _kind(atoms: Sequence[_Atom], place: int) -> _Kind | None:
    return atoms[place].kind if place < len(atoms) else None
