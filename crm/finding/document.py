"""What of a call goes into the text index. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from crm.finding.tokens import parts, tokens
from crm.transcripts.model import Segment, Side

VERSION: Final = 1
"""Of the document: those of another one are made again."""
GAP: Final = "\ue000"
"""Stands between segments, so that no phrase goes over from one to the next."""
MOST_TOKENS: Final = 100_000


class Column(StrEnum):
    """Where in a call a word stands; names of the index's columns."""

    CALLER = "caller"
    VOXDESK = "voxdesk"
    AGENT = "agent"
    ABOUT = "about"


WEIGHTS: Final = {Column.CALLER: "A", Column.VOXDESK: "B", Column.AGENT: "C", Column.ABOUT: "D"}
"""How PostgreSQL tells columns apart."""
_OF_SIDE = {
    Side.CALLER: Column.CALLER,
    Side.VOXDESK: Column.VOXDESK,
    Side.AGENT: Column.AGENT,
}
# PostgreSQL's own bounds of a tsvector.
_LAST_POSITION = 16_383
_MOST_POSITIONS = 255
_BETWEEN_COLUMNS = 50


@dataclass(frozen=True, slots=True)
class Document:
    """The words of a call by column, in order, with `GAP`s."""

    columns: dict[Column, tuple[str, ...]]

    def as_texts(self) -> dict[str, str]:
        """For SQLite's FTS5: words between blanks."""
        return {column.value: " ".join(words) for column, words in self.columns.items()}

    def as_tsvector(self) -> str:
        """For PostgreSQL: a tsvector's literal, columns as weights."""
        places: dict[str, list[str]] = {}
        position = 0
        for column, words in self.columns.items():
            for word in words:
                position += 1
                if word == GAP:
                    continue
                of_word = places.setdefault(word, [])
                if len(of_word) < _MOST_POSITIONS:
                    of_word.append(f"{min(position, _LAST_POSITION)}{WEIGHTS[column]}")
            position += _BETWEEN_COLUMNS
        return " ".join(f"'{word}':{','.join(where)}" for word, where in places.items())


def document_of(segments: Sequence[Segment], about: Iterable[str] = ()) -> Document:
    """The document of a call.

    Args:
        segments: what was said, as it may be shown.
        about: names and numbers that it is to be found by as well.
    """
    said: dict[Column, list[str]] = {column: [] for column in Column}
    for segment in segments:
        _add(said[_OF_SIDE[segment.side]], segment.text)
    for text in about:
        _add(said[Column.ABOUT], text)
    return Document({column: _complete(words) for column, words in said.items()})


def _add(words: list[str], text: str) -> None:
    found = tokens(text)
    if found and len(words) < MOST_TOKENS:
        words += [*found, GAP]


def _complete(words: Sequence[str]) -> tuple[str, ...]:
    """With the shorter words within long ones behind all others, where they break no phrase."""
    inner = dict.fromkeys(part for word in dict.fromkeys(words) for part in parts(word))
    separated = [piece for part in inner for piece in (part, GAP)]
    return (*words[:MOST_TOKENS], *separated)
