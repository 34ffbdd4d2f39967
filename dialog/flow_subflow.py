"""Steps that run another flow and come back."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import ClassVar

from dialog.flow import Step


@dataclass(frozen=True, slots=True, kw_only=True)
class Subflow(Step):
    """Runs another flow of the same folder, and goes on where that returns to.

    Attributes:
        flow: its name.
        values: what it is given: names of its variables to templates.
        then: the next step when it returns without an outcome.
        outcomes: an outcome that it returns to the step that follows.
        entry: its first step, once its steps are part of this flow.
    """

    kind: ClassVar[str] = "subflow"

    flow: str = ""
    values: Mapping[str, str] = field(default_factory=dict)
    outcomes: Mapping[str, str] = field(default_factory=dict)
    entry: str = ""

    def targets(self) -> Iterator[tuple[str, str, int]]:
        """Its first step; where it leads to as long as that isn't known."""
        if self.entry:
            yield "then", self.entry, self.line
            return
        yield from Step.targets(self)
        for outcome, step in self.outcomes.items():
            yield outcome, step, self.line


@dataclass(frozen=True, slots=True, kw_only=True)
class Return(Step):
    """Goes back to the flow that runs this one; where none does, it ends the call.

    Attributes:
        outcome: how it ended, for the flow that runs it; may be empty.
    """

    kind: ClassVar[str] = "return"

    outcome: str = ""

    @property
    def reason(self) -> str:
        """Of the end of the call, where there is nowhere to go back to."""
        return self.outcome or "done"
