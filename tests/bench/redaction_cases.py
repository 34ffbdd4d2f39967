"""The cases of tests/bench/redaction_cases/, read: what is said, and what of it must be hidden."""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from ruamel.yaml import YAML

CASES: Final = Path(__file__).parent / "redaction_cases"
_MARK: Final = re.compile(r"<(?P<kind>[a-z]+|~)\|(?P<words>[^>]*)>")


@dataclass(frozen=True)
class Mark:
    """Characters from `start` to `end` (not included); kind "~": may be hidden or not."""

    start: int
    end: int
    kind: str


@dataclass(frozen=True)
class Said:
    """One turn."""

    caller: bool
    text: str
    marks: tuple[Mark, ...]


@dataclass(frozen=True)
class Case:
    """A piece of a call; what was asked before it is its first turn."""

    language: str
    turns: tuple[Said, ...]
    set: str = ""

    @property
    def part(self) -> str:
        """Developed, held out; fresh or later: each written afterwards by another person."""
        if self.set:
            return self.set
        return "held out" if self.held_out else "developed"

    @property
    def words(self) -> str:
        return "\n".join(turn.text for turn in self.turns)

    @property
    def held_out(self) -> bool:
        """The rule: the first byte of the SHA-256 of its words is odd."""
        return hashlib.sha256(self.words.encode()).digest()[0] % 2 == 1

    @property
    def negative(self) -> bool:
        return not any(mark.kind != "~" for turn in self.turns for mark in turn.marks)


def cases() -> Iterator[Case]:
    for path in sorted(CASES.rglob("*.yaml")):
        later = path.parent.name if path.parent != CASES else ""
        for group in YAML(typ="safe").load(path):
            asked = [Said(caller=False, text=group["asked"], marks=())] if "asked" in group else []
            for written in group["cases"]:
                yield Case(group["language"], (*asked, *_turns(written)), later)


def _turns(written: Any) -> Iterator[Said]:
    for line in [f"C {written}"] if isinstance(written, str) else written:
        who, _, marked = line.partition(" ")
        assert who in ("V", "C"), line
        text, marks = "", []
        place = 0
        for found in _MARK.finditer(marked):
            text += marked[place : found.start()]
            marks.append(Mark(len(text), len(text) + len(found["words"]), found["kind"]))
            text += found["words"]
            place = found.end()
        yield Said(who == "C", text + marked[place:], tuple(marks))
