"""Steps that have something done by a system outside of the dialogue."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import ClassVar

from dialog.flow import Step


@dataclass(frozen=True, slots=True, kw_only=True)
class Act(Step):
    """Has something done, once, and goes on by how that ended.

    Attributes:
        what: name of what is done.
        given: name of a value to its template.
        into: variable that takes the answer.
        done: the next step; the same for refused (it may not be) and failed (no answer).
        timeout_s: then it counts as failed.
    """

    kind: ClassVar[str] = "do"

    what: str = ""
    given: Mapping[str, str] = field(default_factory=dict)
    into: str = ""
    done: str = ""
    refused: str = ""
    failed: str = ""
    timeout_s: float = 5.0

    def targets(self) -> Iterator[tuple[str, str, int]]:
        """The three outcomes."""
        outcomes = (("done", self.done), ("refused", self.refused), ("failed", self.failed))
        for key, step in outcomes:
            if step:
                yield key, step, self.line
