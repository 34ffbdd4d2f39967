"""What is wrong in a flow's file, said so that its author can put it right."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

from rapidfuzz import fuzz, process

from dialog.yaml_tree import LineNumber, YamlProblem
from voxdesk.kernel.worded import NO_WORDS, Worded, together, worded

NEAR_ENOUGH = 60.0
"""Similarity (0..100) from which a name is offered as the one that was meant."""
LISTED = 24


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong.

    Attributes:
        line: of the file, from 1; a `LineNumber` carries the column too.
        text: what is wrong, a sentence.
        hint: what to do, or empty.
    """

    line: int
    text: Worded
    hint: Worded = NO_WORDS

    @classmethod
    def of(cls, problem: YamlProblem) -> Self:
        """What is wrong with a file that is no usable YAML."""
        return cls(problem.line, problem.worded, problem.hint)

    @property
    def column(self) -> int:
        """Of the line, from 1; 0 where it isn't known."""
        return self.line.column if isinstance(self.line, LineNumber) else 0

    @property
    def path(self) -> str:
        """The file, where it is another one than that which was read: a subflow's; or empty."""
        return path_of(self.line)

    def shown(self, path: str) -> Worded:
        """The message as it is printed: file, line, column, what is wrong, what to do."""
        column = f":{self.column}" if self.column else ""
        head = together([f"{self.path or path}:{self.line:d}{column}", self.text], "  ")
        return together([head, self.hint], "\n  ") if self.hint else head


def path_of(line: int) -> str:
    """The file that a line is in, where that is a subflow's; or empty."""
    return line.path if isinstance(line, LineNumber) else ""


class Problems:
    """Gathers problems of one file; never stops at the first."""

    def __init__(self) -> None:
        """Nothing is wrong yet."""
        self._found: dict[tuple[str, int, int, str, str], Problem] = {}

    def add(self, line: int, text: Worded, hint: Worded = NO_WORDS) -> None:
        """One more; the same one twice counts once."""
        problem = Problem(line, text, hint)
        self._found[(problem.path, int(line), problem.column, text, hint)] = problem

    @property
    def all(self) -> tuple[Problem, ...]:
        """In the order of their places."""
        return tuple(self._found[place] for place in sorted(self._found))


def nearest(wrong: str, names: Iterable[str]) -> str:
    """The name that is most like a misspelled one; empty where none is like it."""
    found = process.extractOne(wrong, list(names), scorer=fuzz.ratio, score_cutoff=NEAR_ENOUGH)
    return found[0] if found else ""


def meant(wrong: str, names: Iterable[str], what: Worded) -> Worded:
    """The hint for a misspelled name: the nearest right one, and all of them.

    >>> meant("aggent", ["greet", "agent"], worded("Steps"))
    'Did you mean "agent"?  Steps: greet, agent'
    """
    known = list(names)
    listed = ", ".join(known[:LISTED]) + (", …" if len(known) > LISTED else "")
    names = listed or worded("none")
    if near := nearest(wrong, known):
        return worded('Did you mean "{near}"?  {what}: {names}', near=near, what=what, names=names)
    return worded("{what}: {names}", what=what, names=names)
