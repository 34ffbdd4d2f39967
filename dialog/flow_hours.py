"""A step that goes on by whether a place is open."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from dialog.flow import Step


@dataclass(frozen=True, slots=True, kw_only=True)
class ByHours(Step):
    """Goes on by whether a place is open now.

    Attributes:
        hours: name of the hours at the top of the flow.
        open: the next step then; the same for closed.
        holiday: the next step on a holiday; `closed` where it is empty.
    """

    kind: ClassVar[str] = "hours"

    hours: str = ""
    open: str = ""
    closed: str = ""
    holiday: str = ""

    def targets(self) -> Iterator[tuple[str, str, int]]:
        """What may be."""
        for key, step in (("open", self.open), ("closed", self.closed), ("holiday", self.holiday)):
            if step:
                yield key, step, self.line
