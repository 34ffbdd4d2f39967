"""Stretches of a text that spell a number, and what they spell."""

import unicodedata
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Run:
    """One such stretch.

    Attributes:
        start: first character.
        end: after its last one.
        value: what it spells: digits, and letters (upper case) where they were read too.
        plus: it begins with "+" or "plus".
    """

    start: int
    end: int
    value: str
    plus: bool = False

    @property
    def digits(self) -> int:
        """How many of its characters are digits."""
        return sum(letter.isdigit() for letter in self.value)


def plain(text: str) -> str:
    """Lower case, half-width, digits of every script as 0-9; each character stays in its place."""
    return "".join(map(_plain, text))


def _plain(letter: str) -> str:
    digit = unicodedata.digit(letter, None)
    if digit is not None:
        return str(digit)
    for made in (unicodedata.normalize("NFKC", letter).lower(), letter.lower()):
        if len(made) == 1:
            return made
    return letter
