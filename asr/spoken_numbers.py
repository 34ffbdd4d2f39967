"""Digit strings inside readings: enough to compare them; what they mean is the dialogue's business.

English only: other languages are left as the recognizer wrote them.
"""

import re
from typing import Final

UNITS: Final = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
REPEATS: Final = {"double": 2, "triple": 3}
_DIGITS: Final = {word: str(digit) for digit, word in enumerate(UNITS)} | {"oh": "0", "o": "0"}
_TOKEN: Final = re.compile(r"[a-z']+|\d+", re.ASCII)


def digit_string(text: str) -> str | None:
    """The digits that a text spells, "double four" as two; None when it holds anything else."""
    digits = ""
    times = 1
    for token in _TOKEN.findall(text.lower()):
        if token in REPEATS:
            times = REPEATS[token]
            continue
        said = token if token.isdecimal() else _DIGITS.get(token)
        if said is None:
            return None
        digits += said[0] * (times - 1) + said
        times = 1
    return digits or None


def split_at_digits(text: str) -> tuple[str, str]:
    """A reading as what was said before its digits and what from there on ("it's", "4711")."""
    for token in re.finditer(r"\S+", text):
        first = _TOKEN.findall(token.group().lower())[:1]
        if first and (first[0].isdecimal() or first[0] in _DIGITS or first[0] in REPEATS):
            return text[: token.start()].rstrip(), text[token.start() :]
    return text, ""


def share_of_digits(text: str) -> float:
    """How many of the tokens of a text are digits or repeat one, 0..1."""
    tokens = _TOKEN.findall(text.lower())
    if not tokens:
        return 0.0
    found = sum(1 for token in tokens if token.isdecimal() or token in _DIGITS or token in REPEATS)
    return found / len(tokens)
