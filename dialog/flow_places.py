"""Finds the place in a flow's file where something was written, for messages about it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from dialog.yaml_tree import LineNumber, Node


@dataclass(frozen=True, slots=True)
class Places:
    """The file again, for checks that see only what was read from it.

    Attributes:
        steps: by name, as they were written.
        lines: of the file.
    """

    steps: Mapping[str, Node] = field(default_factory=dict)
    lines: Sequence[str] = ()

    def of(self, step: str, written: str, otherwise: int, *, part: str = "") -> int:
        """Where a step says something.

        Args:
            step: its name.
            written: the whole value, as it was read.
            otherwise: the line to name when it can't be found.
            part: of the value, to be pointed at where it stands.
        """
        node = self.steps.get(step)
        found = _find(node, written) if node else None
        if found is None:
            return otherwise
        return self._part(found, part) if part else found.at

    def _part(self, node: Node, part: str) -> int:
        start = node.at.column - 1 if isinstance(node.at, LineNumber) else 0
        for number in range(node.at, max(node.end, node.at) + 1):
            text = self.lines[number - 1] if number <= len(self.lines) else ""
            column = text.find(part, start if number == node.at else 0)
            if column >= 0:
                return LineNumber(number, column + 1)
        return node.at


def _find(node: Node, written: str) -> Node | None:
    """The first single value that is this text."""
    if not node.is_map and not node.is_list:
        return node if node.value is not None and node.raw.strip() == written else None
    return next((found for child in node.children() if (found := _find(child, written))), None)
