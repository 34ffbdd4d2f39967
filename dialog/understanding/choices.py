"""Which of a closed list was said: exactly, inside a sentence, misspelled, or sounding alike."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz import fuzz

from dialog.understanding.words import han_only, has_han, tokens
from voxdesk.kernel.speech import Choice

SURE_RATIO = 82.0
"""Similarity (0..100) from which two wordings count as one; found on misheard menu words."""
SHORT_WORD = 3
MAX_FUZZY_WORDS = 24
"""Beyond these words of a monologue nothing is guessed."""
_STOP = {
    "a", "an", "the", "my", "i", "i'd", "i'm", "to", "of", "for", "please", "is", "it", "that",
    "this", "want", "would", "like", "need", "um", "uh", "er", "and", "me", "can", "you", "your",
}  # fmt: skip
_ENDINGS = ("ing", "ies", "ied", "es", "ed", "s")


def choose(text: str, choices: Sequence[Choice]) -> tuple[str, float] | None:
    """The value of the choice that was said and how sure that is (0..1), or None.

    Words that several choices share tell them apart less; two choices that fit equally are none.
    """
    said = _Phrase.of(text)
    if not said.words or not choices:
        return None
    wanted = _prepare(tuple(choices))
    for score in (_plain_score, _likeness_score):
        scores = [
            max((score(said, phrase) for phrase in phrases), default=(0.0, 0.0))
            for phrases in wanted
        ]
        ranked = sorted(range(len(scores)), key=lambda place: scores[place], reverse=True)
        best = scores[ranked[0]]
        tied = len(ranked) > 1 and scores[ranked[1]][0] == best[0]
        if best[0]:
            return None if tied else (choices[ranked[0]].value, round(best[1], 3))
    return None


def spoken_at(text: str, choices: Sequence[Choice]) -> dict[int, int]:
    """Where each choice is named word for word: index of the choice to its place in the text."""
    han = has_han(text)
    said = list(han_only(text)) if han else [_stem(word) for word in tokens(text)]
    found: dict[int, int] = {}
    for place, phrases in enumerate(_prepare(tuple(choices))):
        starts = [
            start
            for phrase in phrases
            for start in range(len(said) - len(phrase.stems) + 1)
            if phrase.stems and tuple(said[start : start + len(phrase.stems)]) == phrase.stems
        ]
        if starts:
            found[place] = min(starts)
    return found


@dataclass(frozen=True, slots=True)
class _Phrase:
    """A wording, taken apart once.

    Attributes:
        words: content words.
        stems: the same without endings.
        weight: how much its words tell its choice from the others.
        joined: the words as one string.
        sounded: how that sounds.
    """

    words: tuple[str, ...]
    stems: tuple[str, ...]
    weight: float
    joined: str
    sounded: str

    @classmethod
    def of(cls, text: str, common: Mapping[str, int] | None = None) -> "_Phrase":
        words = tuple(_words(text))
        stems = tuple(_stem(word) for word in words)
        weight = sum(1.0 / (common or {}).get(stem, 1) for stem in stems)
        joined = "".join(words)
        return cls(words, stems, weight, joined, sound(joined) if joined.isascii() else joined)


@lru_cache(maxsize=256)
def _prepare(choices: tuple[Choice, ...]) -> tuple[tuple[_Phrase, ...], ...]:
    common = _common(choices)
    return tuple(
        tuple(_Phrase.of(phrase, common) for phrase in choice.phrases if phrase.strip())
        for choice in choices
    )


def _words(text: str) -> list[str]:
    """Content words; all of them when there are no others. Chinese: its characters."""
    if has_han(text):
        return list(han_only(text))
    said = tokens(text)
    return [word for word in said if word not in _STOP] or said


def _common(choices: Sequence[Choice]) -> dict[str, int]:
    """In how many choices each word occurs."""
    counts: dict[str, int] = {}
    for choice in choices:
        for word in {_stem(word) for phrase in choice.phrases for word in _words(phrase)}:
            counts[word] = counts.get(word, 0) + 1
    return counts


def _plain_score(said: _Phrase, phrase: _Phrase) -> tuple[float, float]:
    """(score, confidence) of a phrase that was said as it stands; (0, 0) when it wasn't."""
    if not phrase.words:
        return 0.0, 0.0
    if said.stems == phrase.stems:
        return 1000.0 + len(phrase.words), 1.0
    if _contains(said, phrase):
        return phrase.weight, 0.95
    return 0.0, 0.0


def _contains(said: _Phrase, phrase: _Phrase) -> bool:
    """All words of the phrase, in order; Chinese ones beside each other."""
    if has_han(phrase.joined):
        return phrase.joined in said.joined
    rest = iter(said.stems)
    return all(stem in rest for stem in phrase.stems)


def _likeness_score(said: _Phrase, phrase: _Phrase) -> tuple[float, float]:
    """(score, confidence) of a phrase that was said or written a little differently."""
    if not phrase.words or has_han(phrase.joined):
        return 0.0, 0.0
    best = 0.0
    count, size = len(phrase.words), len(phrase.joined)
    room = max(2, size // 3)
    for start in range(min(len(said.words), MAX_FUZZY_WORDS)):
        for length in {count, count + 1, max(1, count - 1)}:
            heard = "".join(said.words[start : start + length])
            if abs(len(heard) - size) <= room:
                best = max(best, _alike(heard, phrase))
    if best < SURE_RATIO:
        return 0.0, 0.0
    return best * phrase.weight, 0.6 * best / 100.0


def _alike(heard: str, phrase: _Phrase) -> float:
    """0..100, by spelling and by sound."""
    spelled = fuzz.ratio(heard, phrase.joined)
    # A few letters agree by chance: short words must be spelled nearly alike, others half so.
    if len(phrase.joined) <= SHORT_WORD or spelled < SURE_RATIO / 2:
        return spelled
    return max(spelled, (spelled + fuzz.ratio(sound(heard), phrase.sounded)) / 2)


@lru_cache(maxsize=4096)
def _stem(word: str) -> str:
    """A word without its plural or tense: "returns", "returning" and "return" are one."""
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 4:  # noqa: PLR2004
            return word.removesuffix(ending)
    return word


_SOUNDS = (
    (re.compile("ph"), "f"), (re.compile("[ck]n"), "n"), (re.compile("wr"), "r"),
    (re.compile("tch|sh|ch"), "x"), (re.compile("th"), "t"), (re.compile("ck|q|k"), "k"),
    (re.compile("c(?=[iey])"), "s"), (re.compile("c"), "k"), (re.compile("z"), "s"),
    (re.compile("d"), "t"), (re.compile("b"), "p"), (re.compile("v"), "f"),
    (re.compile("g(?=[iey])|j"), "x"), (re.compile("g"), "k"), (re.compile("(?<=.)[hw]"), ""),
    (re.compile("(?<=.)[aeiouy]+"), "a"),
)  # fmt: skip


@lru_cache(maxsize=4096)
def sound(word: str) -> str:
    """A rough spelling of how English sounds over a telephone: voiced is unvoiced, vowels one."""
    for pattern, spelled in _SOUNDS:
        word = pattern.sub(spelled, word)
    return re.sub(r"(.)\1+", r"\1", word)
