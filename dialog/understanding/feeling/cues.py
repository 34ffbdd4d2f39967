"""Tables of words that show a feeling, as they are written and as they are searched for."""

import re
from collections.abc import Iterator

Cues = tuple[tuple[float, re.Pattern[str]], ...]
"""Weights, 0..1 (how surely one of the words alone shows the feeling), with patterns."""


def read_cues(table: str, *, edge: str = r"\b", **parts: str) -> Cues:
    r"""The cues of a table, one a paragraph: a weight and patterns, with " | " between them.

    A line that begins with white space goes on where the one before stopped: at a " |", or at a
    "|" inside of a group.

    Args:
        table: the text; lines that begin with "#" are comments.
        edge: what must be around each pattern: the end of a word, unless the script has none.
        parts: what `<name>` stands for in patterns.

    >>> [(weight, cue.pattern) for weight, cue in read_cues("0.6 <who> lied | liars?", who="you")]
    [(0.6, '\\b(?:you lied|liars?)\\b')]
    """
    found = []
    for line in _joined(table):
        weight, patterns = line.split(maxsplit=1)
        words = patterns.replace(" | ", "|")
        for name, part in parts.items():
            words = words.replace(f"<{name.replace('_', ' ')}>", part)
        found.append((float(weight), re.compile(f"{edge}(?:{words}){edge}")))
    return tuple(found)


def _joined(table: str) -> Iterator[str]:
    cue = ""
    for line in filter(str.strip, table.splitlines()):
        if line.startswith("#"):
            continue
        if line[0].isspace() and cue:
            inside = cue.endswith("|") and not cue.endswith(" |")
            cue += line.strip() if inside else f" {line.strip()}"
            continue
        if cue:
            yield cue
        cue = line.strip()
    if cue:
        yield cue
