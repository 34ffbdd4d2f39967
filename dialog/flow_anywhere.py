"""What holds in a whole flow: what callers may ask anywhere, what is done when they are upset."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # a flow is made of these
    from dialog.flow import Flow
    from dialog.flow_texts import Option, Text


@dataclass(frozen=True, slots=True)
class Anywhere:
    """What callers may ask at any step that waits; then they are asked that step's question again.

    Attributes:
        options: what it is; each leads to a side branch, which comes back by a `return`.
        answers: any question is looked for in the flow's knowledge.
        steps: those of all side branches, as far as nothing else leads to them.
    """

    options: tuple["Option", ...] = ()
    answers: bool = False
    steps: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class WhenUpset:
    """What is done for a caller who is frustrated or angry.

    Attributes:
        soothe: said the first time; ours where there is none.
        priority: added to that of every queue from then on.
        then: the second time, where the words are no answer: a side branch, or a step that the
            call goes on with. Where it is empty, a person is offered.
        line: of the file.
    """

    soothe: "Text | None" = None
    priority: int = 10
    then: str = ""
    line: int = 0


NOWHERE = Anywhere()
ANSWER, ANSWERED, UNKNOWN = "anywhere/answer", "anywhere/answered", "anywhere/unknown"
"""Steps that a flow has by itself where it answers questions anywhere."""
QUESTION = "anywhere.question"
"""The variable that has such a question."""
ASIDES = "/anywhere"
"""What may be asked anywhere, among the steps that have examples; no step has such a name."""


def side_branches(flow: "Flow") -> list[str]:
    """The first steps of all side branches; callers get there from any step that waits."""
    return [name for name in aside_targets(flow) if name in flow.steps]


def aside_targets(flow: "Flow") -> list[str]:
    """The same as it is written, whether or not there are such steps."""
    found = [option.then for option in flow.anywhere.options]
    found += [ANSWER] if flow.anywhere.answers else []
    found += [flow.when_upset.then] if flow.when_upset is not None else []
    return [name for name in dict.fromkeys(found) if name]
