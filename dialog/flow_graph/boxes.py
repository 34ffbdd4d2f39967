"""The text in each step and beside each branch, broken into lines, and the room that it takes."""

from collections.abc import Sequence
from dataclasses import dataclass

from dialog.flow_graph.layout import Size
from dialog.flow_graph.lettering import lines, width
from dialog.flow_graph.model import Edge, Label, Mark, Node, Traffic
from dialog.flow_graph.shapes import shape_of
from dialog.flow_graph.words import word

TEXT_WIDTH = 160.0
LABEL_WIDTH = 128.0
MOST_LABELS = 4
"""Branches to the same step beyond these are counted, not named; their list is in the tooltip."""


@dataclass(frozen=True, slots=True)
class Font:
    """A class of the style sheet, with its size and the height of its line."""

    name: str
    size: float
    leading: float
    bold: bool = False


KIND = Font("kind", 10.5, 15, bold=True)
NAME = Font("name", 14, 18, bold=True)
PROMPT = Font("prompt", 11.5, 15)
COUNT = Font("count", 10.5, 15)
LABEL = Font("label", 11.5, 15)
KEY = Font("key", 10.5, 14)
SHARE = Font("share", 11, 15, bold=True)
MORE = Font("more", 11, 15, bold=True)
FEWER = Font("fewer", 11, 15, bold=True)

Line = tuple[Font, str]


@dataclass(frozen=True, slots=True)
class Block:
    """Lines under each other, centred; `size` is that of what is drawn around them."""

    lines: tuple[Line, ...]
    size: Size

    @property
    def height(self) -> float:
        """Of the lines alone."""
        return sum(font.leading for font, _ in self.lines)


def node_block(node: Node, language: str, traffic: Traffic | None) -> Block:
    """What stands in a step."""
    head = f"{node.kind} · {node.about}" if node.about else node.kind
    found: list[Line] = _set(KIND, head, TEXT_WIDTH, 1)
    found += _set(NAME, node.name, TEXT_WIDTH, 1)
    found += _set(PROMPT, node.prompt, TEXT_WIDTH, 2)
    if traffic is not None and traffic.calls:
        found += _set(COUNT, calls_at(node.name, language, traffic), TEXT_WIDTH, 1)
    shape = shape_of(node.kind)
    text = max((_wide(line) for line in found), default=0.0)
    tall = sum(font.leading for font, _ in found)
    size = Size(
        max(96.0, text * shape.stretch) + shape.pad,
        tall * shape.stretch + shape.tall,
        shape.flat,
    )
    return Block(tuple(found), size)


def edge_block(
    edge: Edge, language: str, traffic: Traffic | None, mark: Mark | None = None
) -> Block:
    """What stands beside a branch."""
    found: list[Line] = []
    for label in edge.labels[:MOST_LABELS]:
        found += _label(label, language)
    if len(edge.labels) > MOST_LABELS:
        found.append((KEY, f"+ {len(edge.labels) - MOST_LABELS}"))
    if traffic is not None and traffic.calls and traffic.left(edge.source):
        found.append((SHARE, share_text(traffic.share(edge.source, edge.target))))
    found += marked(mark, language)
    tall = sum(font.leading for font, _ in found)
    wide = max((_wide(line) for line in found), default=0.0)
    return Block(tuple(found), Size(wide + 8 if found else 0.0, tall))


def _label(label: Label, language: str) -> list[Line]:
    if not label.text:
        return []
    text = f"“{label.text}”" if label.spoken else label.text
    found = _set(LABEL, text, LABEL_WIDTH, 2)
    if label.key:
        found += _set(KEY, word(language, "key", key=label.key), LABEL_WIDTH, 1)
    return found


def marked(mark: Mark | None, language: str) -> list[Line]:
    """How many calls more, and fewer, go along a branch."""
    counts = ((MORE, mark.more), (FEWER, mark.fewer)) if mark else ()
    return [(font, word(language, font.name, count=count)) for font, count in counts if count]


def calls_at(step: str, language: str, traffic: Traffic) -> str:
    """How many calls came to a step, and what share of its visits ended there."""
    count = traffic.reached.get(step, 0)
    said = word(language, "one_call") if count == 1 else word(language, "calls", count=count)
    ended, left = traffic.ended.get(step, 0), traffic.left(step)
    if ended and ended < left:
        said += f" · {word(language, 'hung_up', share=share_text(ended / left))}"
    return said


def share_text(share: float) -> str:
    """In whole per cent; little is not nothing, and nearly all is not all."""
    if 0 < share < 0.01:  # noqa: PLR2004  one per cent
        return "<1%"
    return "99%" if 0.99 < share < 1 else f"{round(share * 100)}%"  # noqa: PLR2004  the same


def _set(font: Font, text: str, at_most: float, count: int) -> list[Line]:
    return [(font, line) for line in lines(text, font.size, at_most, count, bold=font.bold)]


def _wide(line: Line) -> float:
    font, text = line
    return width(text, font.size, bold=font.bold)


def stacked(block: Sequence[Line], middle: float) -> list[tuple[Font, str, float]]:
    """Each line with its baseline, such that all of them are around `middle`."""
    y = middle - sum(font.leading for font, _ in block) / 2
    found = []
    for font, text in block:
        found.append((font, text, y + font.leading * 0.5 + font.size * 0.35))
        y += font.leading
    return found
