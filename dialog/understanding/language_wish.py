"""Whether a caller asks for another language: "speak Chinese", 说中文, "español"."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from dialog.understanding.words import han_only, has_han, listed, squeezed

_AROUND_EN = frozenset(
    listed(
        "can could would will may you we i i'd do does let's lets please speak talk say it in to "
        "me the language like want need prefer rather switch change continue go on with hello hi "
        "sorry um uh this call a an have is are there version into now instead thanks thank for "
        "my some"
    )
)
_ASKS_EN = frozenset({"speak", "talk", "switch", "change", "continue", "prefer", "in", "language"})
_AROUND_ZH = re.compile(
    r"能不能|可不可以|会不会|可以|换成|切换到?|改成|请|麻烦|能|你们?|您|我们?|想|要|用|说|讲|换|转|吧|吗|呢|"
    r"一下|好吗|给|会|服务|跟|和|到|的"
)
_ASKS_ZH = re.compile(r"说|讲|换|切换|用|改成")


@dataclass(frozen=True, slots=True)
class Wish:
    """A language that is asked for.

    Attributes:
        language: primary tag.
        plainly: it is asked for ("speak Chinese"), not only named ("Chinese").
    """

    language: str
    plainly: bool


def language_wish(text: str, names: Mapping[str, tuple[str, ...]]) -> Wish | None:
    """The language that the words ask for, and nothing else; or None.

    Args:
        text: what was said, in whatever language.
        names: primary tag to how callers name that language.
    """
    said = _folded(text)
    by_name = _by_name(tuple(names.items()))
    if said in by_name:
        return Wish(by_name[said], plainly=len(said.split()) > 1)
    if has_han(text):
        whole = han_only(text)
        rest = _AROUND_ZH.sub("", whole)
        asks = _ASKS_ZH.search(whole) is not None
    else:
        words = said.split()
        rest = " ".join(word for word in words if word not in _AROUND_EN)
        asks = bool(_ASKS_EN.intersection(words))
    found = by_name.get(rest)
    return Wish(found, plainly=asks) if found else None


@lru_cache(maxsize=8)
def _by_name(names: tuple[tuple[str, tuple[str, ...]], ...]) -> dict[str, str]:
    return {_folded(name): tag for tag, several in names for name in several}


def _folded(text: str) -> str:
    """Lower case, without accents: recognizers of another language leave them away."""
    if has_han(text):
        return han_only(text)
    apart = unicodedata.normalize("NFD", squeezed(text))
    plain = "".join(letter for letter in apart if not unicodedata.combining(letter))
    return unicodedata.normalize("NFC", plain)
