"""A step that arranges a call back: which number, when; and what is kept for that call.

It is written as one step. When the flow is read, its questions become steps of their own:
"later:number", whose answers are fields of the step's, `{{ later.number }}`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from dialog.flow import Say
from dialog.flow_outside import Act
from dialog.flow_texts import NOTHING, Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Callback(Say):
    """Asks which number we should call and when, and promises the call.

    Attributes:
        queue: whose agents talk with the caller then.
        prompt: said first, before the questions.
        skills: what the agent must know.
        priority: as of a queue; who waited in that queue before keeps their place in it.
        greeting: what they hear first when they are called.
        note: what the agent hears before the two are connected.
        country: by whose numbering plan a number is read.
        failed: the next step when no call could be arranged.
        after: the next step when it was; then `then` leads to the questions.
    """

    kind: ClassVar[str] = "callback"

    queue: str = ""
    skills: tuple[str, ...] = ()
    priority: int = 0
    greeting: Text = NOTHING
    note: Text = NOTHING
    country: str = ""
    failed: str = ""
    after: str = ""

    def targets(self) -> Iterator[tuple[str, str, int]]:
        """The questions alone; they lead on."""
        yield from Say.targets(self)
        if self.failed and not self.after:
            yield "failed", self.failed, self.line


@dataclass(frozen=True, slots=True, kw_only=True)
class CallbackRequest(Act):
    """Has the call promised.

    Attributes:
        greeting: as of `Callback`, in the language of this call; the same for note.
    """

    greeting: Text = NOTHING
    note: Text = NOTHING
