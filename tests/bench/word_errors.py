"""Word errors as a person would count them: spelling, digits and fillers are no errors."""

import re
from collections.abc import Iterable

from rapidfuzz.distance import Levenshtein

_SMALL = """zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen
fifteen sixteen seventeen eighteen nineteen twenty"""
_NUMBERS = {word: str(value) for value, word in enumerate(_SMALL.split())} | {
    "thirty": "30",
    "forty": "40",
    "fifty": "50",
}
_SAME = {
    "ok": "okay",
    "alright": "all right",
    "goodbye": "good bye",
    "timewise": "time wise",
    "centre": "center",
    "theatre": "theater",
    "cannot": "can not",
    "cant": "can not",
    "dont": "do not",
    "im": "i am",
    "ive": "i have",
    "its": "it is",
    "thats": "that is",
    "youre": "you are",
    "whats": "what is",
    "theres": "there is",
}
_FILLERS = {"um", "uh", "mmhmm", "mhm", "hmm", "mm", "ah", "er", "erm", "umm", "uhh", "oh"}
_REWRITES = (
    (r"\buh[- ]huh\b|\bmm[- ]hmm\b", " "),
    (r"\bo'clock\b", "oclock"),
    (r"\b(\w+)'ll\b", r"\1 will"),
    (r"\b(\w+)'re\b", r"\1 are"),
    (r"\b(\w+)'ve\b", r"\1 have"),
    (r"\b(i)'m\b", r"\1 am"),
    (r"\b(i)'d\b", r"\1 would"),
    (r"\b(that|it|what|there|he|she|where)'s\b", r"\1 is"),
    (r"£", " pounds "),
    (r":00\b", ""),
    (r"'", ""),
    (r"[^a-z0-9]+", " "),
)


def normal(text: str) -> list[str]:
    """Words in lower case, contractions written out, numbers digit by digit, fillers dropped."""
    text = text.lower().replace("\u2019", "'")
    for pattern, replacement in _REWRITES:
        text = re.sub(pattern, replacement, text)
    words: list[str] = []
    for token in text.split():
        for word in _SAME.get(token, token).split():
            said = _NUMBERS.get(word, word)
            if said in _FILLERS:
                continue
            if any(character.isdigit() for character in said):
                words.extend(re.sub(r"(?<=\d)(st|nd|rd|th)$", "", said))
            else:
                words.append(said)
    return words


def word_error_rate(pairs: Iterable[tuple[str, str]]) -> float:
    """Errors for each word of the references, in percent; pairs are (reference, heard)."""
    errors = total = 0
    for reference, heard in pairs:
        wanted = normal(reference)
        errors += Levenshtein.distance(wanted, normal(heard))
        total += len(wanted)
    return 100.0 * errors / total if total else 0.0
