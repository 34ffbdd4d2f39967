"""How wide text is about to be, and how it is broken into lines; no font is at hand to ask."""

import unicodedata

_NARROW = frozenset("iljtfrI.,:;'|!()[]{} `·")
_BROAD = frozenset("mwMW@%—…")
_MARGIN = 1.06
"""Fonts differ; what is drawn should rather be too wide than too narrow."""


def width(text: str, size: float, *, bold: bool = False) -> float:
    """About how wide a line is drawn, in the unit of `size`."""
    return sum(map(_em, text)) * size * _MARGIN * (1.06 if bold else 1.0)


def _em(character: str) -> float:
    if unicodedata.combining(character):
        return 0.0
    if unicodedata.east_asian_width(character) in "WF":
        return 1.0
    if character in _NARROW:
        return 0.31
    if character in _BROAD:
        return 0.9
    return 0.68 if character.isupper() else 0.56


def lines(text: str, size: float, at_most: float, count: int, *, bold: bool = False) -> list[str]:
    """The text in at most so many lines, none wider than `at_most`; "…" where it is cut."""
    found: list[str] = []
    rest = " ".join(text.split())
    while rest and len(found) < count:
        line = _head(rest, size, at_most, bold=bold)
        found.append(line.rstrip())
        rest = rest[len(line) :].lstrip()
    if rest and found:
        found[-1] = _shortened(found[-1], size, at_most, bold=bold)
    return found


def _head(text: str, size: float, at_most: float, *, bold: bool) -> str:
    """What fits on a line: whole words where there are any, never nothing."""
    total, fits = 0.0, 0
    for character in text:
        total += width(character, size, bold=bold)
        if total > at_most:
            break
        fits += 1
    if fits >= len(text):
        return text
    fits = max(fits, 1)
    for place in range(fits, 0, -1):
        if text[place] == " " or _breaks(text[place - 1]):
            return text[:place]
    return text[:fits]


def _breaks(character: str) -> bool:
    """Whether a line may end after it: after a space, and after any Chinese character."""
    return character == " " or unicodedata.east_asian_width(character) in "WF"


def _shortened(line: str, size: float, at_most: float, *, bold: bool) -> str:
    while line and width(line + "…", size, bold=bold) > at_most:
        line = line[:-1]
    return line.rstrip() + "…"
