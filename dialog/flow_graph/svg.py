"""A flow as an SVG: a file of its own, without scripts or references, for bright and dark screens.

Screen readers find a title and a description, and every step as a symbol with its name, its words
and where it leads. Whatever a flow's author wrote is only ever text.
"""

import math
import unicodedata
from collections.abc import Sequence
from itertools import pairwise
from xml.etree import ElementTree as ET

from dialog.flow_graph import boxes
from dialog.flow_graph.boxes import Block, edge_block, node_block, share_text, stacked
from dialog.flow_graph.layered import TooLarge
from dialog.flow_graph.layout import Layout, Leg, Route, Spot, lay_out
from dialog.flow_graph.model import ANYWHERE, Edge, FlowGraph, Marks, Node, Traffic
from dialog.flow_graph.shapes import hue_of, shape_of
from dialog.flow_graph.style import style_sheet
from dialog.flow_graph.words import word
from voxdesk.kernel.errors import FlowError

MARGIN = 28.0
HEAD_HEIGHT = 62.0
START_HEIGHT = 34.0
LEAST_WIDTH = 460.0
THIN = 1.5
THICKEST = 8.0
TIP = 8.0
BACK_AND_FORTH = frozenset(
    "\u200e\u200f\u061c\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
)


def draw(graph: FlowGraph, traffic: Traffic | None = None, marks: Marks | None = None) -> str:
    """The SVG as text.

    Args:
        graph: to be drawn.
        traffic: what calls did: shown as shares and thickness. None: only the flow.
        marks: branches that stand out, with how many calls more or fewer go along them.

    Raises:
        FlowError: it is too large to be drawn.
    """
    counted = traffic if traffic and traffic.calls else None
    return _Drawing(graph, counted, traffic, marks or {}).text()


class _Drawing:
    """One drawing in the making."""

    def __init__(
        self, graph: FlowGraph, traffic: Traffic | None, asked: Traffic | None, marks: Marks
    ) -> None:
        self._graph, self._traffic, self._asked = graph, traffic, asked
        self._marks = [marks.get((edge.source, edge.target)) for edge in graph.edges]
        self._number = {node.name: place for place, node in enumerate(graph.nodes)}
        self._nodes = [node_block(node, graph.language, traffic) for node in graph.nodes]
        self._labels = [
            edge_block(edge, graph.language, traffic, mark)
            for edge, mark in zip(graph.edges, self._marks, strict=True)
        ]
        self._pairs = [(self._number[e.source], self._number[e.target]) for e in graph.edges]
        sizes = {pair: label.size for pair, label in zip(self._pairs, self._labels, strict=True)}
        try:
            self._layout: Layout = lay_out(
                [block.size for block in self._nodes], sizes, self._number[graph.start]
            )
        except TooLarge:
            raise FlowError(
                f'flow "{graph.name}" has {graph.steps} steps and {len(graph.edges)} '
                "branches, too many for a drawing; cut it into several flows"
            ) from None
        self._most = max(traffic.moves.values(), default=0) if traffic else 0

    def text(self) -> str:
        width = max(self._layout.width + 2 * MARGIN, LEAST_WIDTH)
        height = self._layout.height + HEAD_HEIGHT + START_HEIGHT + 2 * MARGIN
        root = ET.Element(
            "svg",
            {
                "xmlns": "http://www.w3.org/2000/svg",
                "class": "voxdesk-flow",
                "role": "graphics-document document",
                "aria-labelledby": "flow-title flow-description",
                "lang": self._graph.language,
                "width": _n(width),
                "height": _n(height),
                "viewBox": f"0 0 {_n(width)} {_n(height)}",
            },
        )
        _add(root, "title", self._title(), id="flow-title")
        _add(root, "desc", self._description(), id="flow-description")
        _add(root, "style", style_sheet())
        _add(root, "rect", **{"class": "paper", "width": "100%", "height": "100%"})
        self._head(root)
        left = (width - self._layout.width) / 2
        shift = f"translate({_n(left)},{_n(HEAD_HEIGHT + START_HEIGHT + MARGIN)})"
        inner = _add(root, "g", transform=shift)
        self._trunks(inner)
        for place in range(len(self._graph.edges)):
            self._edge(inner, place)
        self._start(inner)
        for node, block, spot in zip(
            self._graph.nodes, self._nodes, self._layout.nodes, strict=True
        ):
            self._node(inner, node, block, spot)
        for place in range(len(self._graph.edges)):
            self._label(inner, place)
        return ET.tostring(root, encoding="unicode") + "\n"

    # -------------------------------------------------------------- words

    def _title(self) -> str:
        return f"{self._word('flow')} {self._graph.name}"

    def _description(self) -> str:
        graph = self._graph
        branches = sum(len(edge.labels) for edge in graph.edges if not edge.outside)
        said = self._word("described", steps=graph.steps, branches=branches, start=graph.start)
        return f"{said} {self._counted()}".strip()

    def _counted(self) -> str:
        if self._asked is None:
            return ""
        calls = self._asked.calls
        if not calls:
            return f"{self._word('no_calls')} ({self._asked.period})"
        said = self._word("one_call") if calls == 1 else self._word("calls", count=calls)
        period = f", {self._asked.period}" if self._asked.period else ""
        return f"{said}{period} · {self._word('shares')}"

    def _word(self, key: str, /, **values: object) -> str:
        return word(self._graph.language, key, **values)

    def _head(self, parent: ET.Element) -> None:
        graph = self._graph
        _add(parent, "text", graph.name, **{"class": "head", "x": _n(MARGIN), "y": _n(MARGIN + 14)})
        about = f"{self._word('steps', count=graph.steps)} · {graph.language}"
        lines = [f"{about} · {self._word('version')} {graph.version}", self._counted()]
        for place, line in enumerate(lines):
            y = _n(MARGIN + 33 + 17 * place)
            _add(parent, "text", line, **{"class": "sub", "x": _n(MARGIN), "y": y})

    # -------------------------------------------------------------- steps

    def _start(self, parent: ET.Element) -> None:
        """The place where calls come in."""
        spot = self._layout.nodes[self._number[self._graph.start]]
        top = spot.y - spot.height / 2
        group = _add(parent, "g", **{"class": "start-mark"})
        path = f"M{_n(spot.x)},{_n(top - 26)}V{_n(top - TIP)}"
        _add(group, "path", d=path, **{"class": "line", "stroke-width": _n(THIN)})
        _tip(group, spot.x, top, THIN, up=False)
        _add(group, "circle", cx=_n(spot.x), cy=_n(top - 29), r="5", **{"class": "start"})
        place = {"class": "sub", "x": _n(spot.x + 13), "y": _n(top - 25)}
        _add(group, "text", self._word("start"), **place)

    def _node(self, parent: ET.Element, node: Node, block: Block, spot: Spot) -> None:
        group = _add(
            parent,
            "g",
            role="graphics-symbol img",
            transform=f"translate({_n(spot.x)},{_n(spot.y)})",
            **{"class": f"step {hue_of(node.kind)}", "data-step": _clean(node.name)},
        )
        _add(group, "title", self._about(node))
        shape = shape_of(node.kind)
        _add(group, "path", d=shape.outline(spot.width, spot.height), **{"class": "shape"})
        _write(group, block, 0.0, shape.drop)

    def _about(self, node: Node) -> str:
        """The step in words: what the drawing shows by lines and shape."""
        ways = [
            f"{edge.target} ({labels})" if (labels := _named(edge)) else edge.target
            for edge in self._graph.edges
            if edge.source == node.name
        ]
        goes = self._word("goes", steps=", ".join(ways)) if ways else ""
        calls = (
            boxes.calls_at(node.name, self._graph.language, self._traffic) if self._traffic else ""
        )
        kind = "" if node.kind == ANYWHERE else f": {node.kind}"
        head = f"{node.name}{kind}{f' ({node.about})' if node.about else ''}"
        return "\n".join(part for part in (head, node.prompt, goes, calls) if part)

    # -------------------------------------------------------------- branches

    def _weight(self, times: int) -> float:
        if not self._most:
            return THIN
        return THIN + (THICKEST - THIN) * math.sqrt(times / self._most)

    def _times(self, edge: Edge) -> int:
        return self._traffic.moves.get((edge.source, edge.target), 0) if self._traffic else 0

    def _edge(self, parent: ET.Element, place: int) -> None:
        edge = self._graph.edges[place]
        route = self._layout.routes.get(self._pairs[place])
        up = route is not None and route.up
        names = ["branch"]
        names += ["loop"] if up or route is None else []
        names += ["outside"] if edge.outside else []
        names += self._standing_out(place)
        group = _add(
            parent,
            "g",
            **{
                "class": " ".join(names),
                "data-from": _clean(edge.source),
                "data-to": _clean(edge.target),
            },
        )
        _add(group, "title", self._way(place, up=up))
        weight = self._weight(self._times(edge))
        line = {"class": "line", "stroke-width": _n(weight)}
        if route is None:
            spot = self._layout.nodes[self._pairs[place][0]]
            x, y = spot.x + spot.width / 2, spot.y
            label = self._layout.own_loops[self._pairs[place][0]]
            out = label.x - label.width / 2
            curve = f"M{_n(x)},{_n(y + 8)}C{_n(out)},{_n(y + 26)} {_n(out)},{_n(y - 26)} "
            _add(group, "path", d=f"{curve}{_n(x + TIP)},{_n(y - 9)}", **line)
            points = ((x, y - 8), (x + TIP, y - 14), (x + TIP + 1, y - 5))
            _add(group, "polygon", points=_points(points), **{"class": "tip"})
            return
        _add(group, "path", d=_path(route, weight), **line)
        end = route.legs[-1]
        _tip(group, end[0], end[2], weight, up=up)

    def _standing_out(self, place: int) -> list[str]:
        """More or fewer calls go along it, or none; by its classes."""
        mark = self._marks[place]
        if mark is not None:
            return ["gained"] if mark.more >= mark.fewer else ["lost"]
        return ["unused"] if self._traffic and not self._times(self._graph.edges[place]) else []

    def _way(self, place: int, *, up: bool) -> str:
        edge = self._graph.edges[place]
        labels = _named(edge)
        said = f"{edge.source} → {edge.target}{f': {labels}' if labels else ''}"
        if up:
            said += f" ({self._word('back')})"
        if self._traffic:
            share = share_text(self._traffic.share(edge.source, edge.target))
            said += f"\n{self._word('times', count=self._times(edge), share=share)}"
        lines = boxes.marked(self._marks[place], self._graph.language)
        return "\n".join([said, *(text for _, text in lines)])

    def _trunks(self, parent: ET.Element) -> None:
        """Where branches run together, a line as thick as all of them."""
        if not self._traffic:
            return
        total: dict[tuple[Leg, Leg, bool], list[int]] = {}
        for edge, pair in zip(self._graph.edges, self._pairs, strict=True):
            if route := self._layout.routes.get(pair):
                for one, other in pairwise(route.legs[1:]):
                    total.setdefault((one, other, route.up), []).append(self._times(edge))
        for (one, other, up), times in total.items():
            if len(times) > 1 and any(times):
                weight = self._weight(min(sum(times), self._most))
                loop = " loop" if up else ""
                ink = {"class": f"line{loop}", "stroke-width": _n(weight)}
                _add(parent, "path", d=_through(one, other), **ink)

    def _label(self, parent: ET.Element, place: int) -> None:
        block, pair = self._labels[place], self._pairs[place]
        if not block.lines:
            return
        route = self._layout.routes.get(pair)
        spot = route.label if route else self._layout.own_loops[pair[0]]
        names = " ".join(["words", *self._standing_out(place)])
        # What the label says is in the branch's title already.
        group = _add(parent, "g", **{"class": names, "aria-hidden": "true"})
        _add(
            group,
            "rect",
            x=_n(spot.x - block.size.width / 2),
            y=_n(spot.y - block.height / 2),
            width=_n(block.size.width),
            height=_n(block.height),
            rx="4",
            **{"class": "mask"},
        )
        _write(group, block, spot.x, spot.y)


def _named(edge: Edge) -> str:
    found = (
        (f"“{label.text}”" if label.spoken else label.text)
        + (f" [{label.key}]" if label.key else "")
        for label in edge.labels
        if label.text
    )
    return ", ".join(found)


def _write(parent: ET.Element, block: Block, x: float, middle: float) -> None:
    for font, text, y in stacked(block.lines, middle):
        place = {"class": font.name, "x": _n(x), "y": _n(y), "text-anchor": "middle"}
        _add(parent, "text", text, **place)


def _path(route: Route, weight: float) -> str:
    """The line from leg to leg; between two it swings, upright at both ends. It ends at its tip."""
    x, start, end = route.legs[0]
    found = [f"M{_n(x)},{_n(start)}V{_n(end)}"]
    *_, last = route.legs
    short = _tip_length(weight) * (-1 if route.up else 1)
    for (x, _, end), following in pairwise(route.legs):
        to_x, to, leaves = following
        if following is last and to == leaves:
            to = leaves = to - short
        elif following is last:
            leaves -= short
        half = (end + to) / 2
        found.append(f"C{_n(x)},{_n(half)} {_n(to_x)},{_n(half)} {_n(to_x)},{_n(to)}V{_n(leaves)}")
    return "".join(found)


def _through(one: Leg, other: Leg) -> str:
    (x, start, end), (to_x, to, _) = one, other
    half = (end + to) / 2
    swing = f"C{_n(x)},{_n(half)} {_n(to_x)},{_n(half)} {_n(to_x)},{_n(to)}"
    return f"M{_n(x)},{_n(start)}V{_n(end)}{swing}"


def _tip_length(weight: float) -> float:
    return TIP + weight


def _tip(parent: ET.Element, x: float, y: float, weight: float, *, up: bool) -> None:
    """The head of an arrow that points down to (x, y), or up."""
    long, wide = _tip_length(weight) * (1 if up else -1), 3.2 + weight * 0.8
    points = ((x, y), (x - wide, y + long), (x + wide, y + long))
    _add(parent, "polygon", points=_points(points), **{"class": "tip"})


def _points(points: Sequence[tuple[float, float]]) -> str:
    return " ".join(f"{_n(x)},{_n(y)}" for x, y in points)


def _n(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")


def _clean(text: str) -> str:
    """Text that XML can hold, and that can't turn the words around it."""
    return "".join(
        character
        for character in text
        if character == "\n"
        or (
            unicodedata.category(character) not in {"Cc", "Cs", "Cn"}
            and character not in BACK_AND_FORTH
        )
    )


def _add(parent: ET.Element, tag: str, text: str = "", /, **attributes: str) -> ET.Element:
    element = ET.SubElement(parent, tag, attributes)
    if text:
        element.text = _clean(text)
    return element
