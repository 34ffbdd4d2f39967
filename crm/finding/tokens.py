"""The words of a text as the index has them. Pure.

The same for what is stored and for what is looked for, so that no database's own idea of a word
counts: compatibility forms, case and accents are folded; Han is cut into words by jieba.
"""

import re
import unicodedata
from dataclasses import dataclass
from typing import Final

import rjieba

LONGEST: Final = 64
"""Characters of a word; the rest is cut off."""
_HAN: Final = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_RUN = re.compile(rf"(?P<han>[{_HAN}]+)|[^\W_{_HAN}]+")


@dataclass(frozen=True, slots=True)
class Token:
    """A word as the index has it, and where in the text it stands; `end` is not included."""

    text: str
    start: int
    end: int


def folded(text: str) -> str:
    """Without case, accents and compatibility forms."""
    spread = unicodedata.normalize("NFKD", text).casefold()
    bare = "".join(sign for sign in spread if not unicodedata.combining(sign))
    return unicodedata.normalize("NFKC", bare)


def tokens(text: str) -> list[str]:
    """The words of a text in order."""
    found: list[str] = []
    for run in _RUN.finditer(folded(text)):
        if run["han"]:
            found += rjieba.cut(run["han"])
        else:
            found.append(run[0][:LONGEST])
    return found


def placed(text: str) -> list[Token]:
    """The same with their places in the text as it was written."""
    letters: list[str] = []
    origins: list[int] = []  # of each folded sign: which sign of the text it comes from
    for place, sign in enumerate(text):
        shape = sign if sign.isascii() else folded(sign)
        shape = shape.lower() if sign.isascii() else shape
        letters.append(shape)
        origins += [place] * len(shape)
    whole = "".join(letters)
    found: list[Token] = []
    for run in _RUN.finditer(whole):
        words = rjieba.cut(run["han"]) if run["han"] else [run[0]]
        start = run.start()
        for word in words:
            end = start + len(word)
            found.append(Token(word[:LONGEST], origins[start], origins[end - 1] + 1))
            start = end
    return found


def is_han(token: str) -> bool:
    """Whether this word came from a run of Han."""
    return bool(re.match(rf"[{_HAN}]", token))


def parts(token: str) -> list[str]:
    """Shorter words within a Han word, under which it is found, too."""
    if len(token) <= 2 or not is_han(token):  # noqa: PLR2004  no word is within a pair
        return []
    return [part for part in rjieba.cut_for_search(token) if part != token]
