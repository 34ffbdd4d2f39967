"""From sizes to places: the drawing without its ink."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dialog.flow_graph.layered import Layered, layered
from dialog.flow_graph.ordering import ordered
from dialog.flow_graph.placing import places
from dialog.flow_graph.ranks import Pair
from dialog.flow_graph.settling import settled

NODE_GAP = 34.0
LABEL_GAP = 12.0
BEND_WIDTH = 8.0
ROW_GAP = 22.0
STEEPNESS = 0.055
"""Room between rows for each unit that an edge goes sideways: flat lines run into each other."""
MOST_GAP = 56.0
PORT_GAP = 18.0
LOOP_ROOM = 30.0


@dataclass(frozen=True, slots=True)
class Size:
    """Of a node or a label. `flat`: share of a node's width at which edges may begin and end."""

    width: float
    height: float
    flat: float = 0.7


@dataclass(frozen=True, slots=True)
class Spot:
    """A rectangle by its middle and size."""

    x: float
    y: float
    width: float
    height: float


Leg = tuple[float, float, float]
"""An upright piece of an edge: x, from y, to y."""


@dataclass(frozen=True, slots=True)
class Route:
    """The way of an edge.

    Attributes:
        legs: in the order of travel; between them it swings.
        label: where its label is.
        up: it leads back.
    """

    legs: tuple[Leg, ...]
    label: Spot
    up: bool = False


@dataclass(frozen=True, slots=True)
class Layout:
    """Everything in its place, from (0, 0) on. Routes by edge; those to oneself have none."""

    nodes: tuple[Spot, ...]
    routes: Mapping[Pair, Route]
    own_loops: Mapping[int, Spot]
    width: float
    height: float


def lay_out(sizes: Sequence[Size], labels: Mapping[Pair, Size], start: int) -> Layout:
    """Places for nodes and edges.

    Args:
        sizes: of the nodes.
        labels: by edge; an edge has a label, be it of no size.
        start: the node at the top.

    Raises:
        TooLarge: it would take too long.
    """
    own = {source: label for (source, target), label in labels.items() if source == target}
    edges = [edge for edge in labels if edge[0] != edge[1]]
    graph = layered(len(sizes), edges, start)
    boxes = _boxes(graph, sizes, labels, own)
    graph.rows = ordered(graph.rows, graph.above, graph.below)
    is_bend = [vertex >= len(sizes) for vertex in range(len(boxes))]

    def gap(left: int, right: int) -> float:
        room = NODE_GAP if not (is_bend[left] or is_bend[right]) else LABEL_GAP
        return (boxes[left].width + boxes[right].width) / 2 + room

    xs = places(graph.rows, graph.above, graph.below, gap, is_bend)
    xs = settled(graph.rows, graph.above, graph.below, gap, is_bend=is_bend, start=xs)
    leftmost = min((x - box.width / 2 for x, box in zip(xs, boxes, strict=True)), default=0.0)
    xs = [x - leftmost for x in xs]
    rows = _bounds(graph, boxes, xs)
    spots = tuple(
        Spot(xs[node], rows[graph.row_of[node]][0] + size.height / 2, size.width, size.height)
        for node, size in enumerate(sizes)
    )
    routes = _Router(graph, xs=xs, rows=rows, boxes=boxes, sizes=sizes, spots=spots).routes()
    width = max((x + box.width / 2 for x, box in zip(xs, boxes, strict=True)), default=0.0)
    own_spots = {
        node: Spot(
            spots[node].x + sizes[node].width / 2 + LOOP_ROOM + label.width / 2,
            spots[node].y,
            label.width,
            label.height,
        )
        for node, label in own.items()
    }
    return Layout(spots, routes, own_spots, width, rows[-1][1] if rows else 0.0)


def _boxes(
    graph: Layered,
    sizes: Sequence[Size],
    labels: Mapping[Pair, Size],
    own: Mapping[int, Size],
) -> list[Size]:
    """The room that each vertex takes; a node with a loop to itself needs some beside it."""
    found = [
        Size(size.width + (2 * (LOOP_ROOM + own[node].width) if node in own else 0), size.height)
        for node, size in enumerate(sizes)
    ]
    found += [Size(BEND_WIDTH, 0)] * (len(graph.row_of) - len(sizes))
    for edge, vertex in graph.label_at.items():
        found[vertex] = Size(max(labels[edge].width, BEND_WIDTH), labels[edge].height)
    return found


def _bounds(
    graph: Layered, boxes: Sequence[Size], xs: Sequence[float]
) -> list[tuple[float, float]]:
    """Top and bottom of each row."""
    bounds, y = [], 0.0
    for row in graph.rows:
        bottom = y + max((boxes[vertex].height for vertex in row), default=0.0)
        bounds.append((y, bottom))
        aside = (abs(xs[vertex] - xs[other]) for vertex in row for other in graph.below[vertex])
        y = bottom + min(MOST_GAP, max(ROW_GAP, STEEPNESS * max(aside, default=0.0)))
    return bounds


class _Router:
    """Finds where edges leave, pass, and arrive."""

    def __init__(
        self,
        graph: Layered,
        *,
        xs: Sequence[float],
        rows: Sequence[tuple[float, float]],
        boxes: Sequence[Size],
        sizes: Sequence[Size],
        spots: Sequence[Spot],
    ) -> None:
        self._graph, self._xs, self._rows = graph, xs, rows
        self._boxes, self._sizes, self._spots = boxes, sizes, spots
        self._ports = self._all_ports()

    def routes(self) -> dict[Pair, Route]:
        return {edge: self._route(edge) for edge in self._graph.chains}

    def _all_ports(self) -> dict[tuple[int, int], float]:
        """(node, neighbour) to the place at the node's edge; side by side as the neighbours are."""
        found: dict[tuple[int, int], float] = {}
        for node, size in enumerate(self._sizes):
            for others in (self._graph.above[node], self._graph.below[node]):
                ranked = sorted(others, key=self._xs.__getitem__)
                room = size.width * size.flat
                apart = min(PORT_GAP, room / max(1, len(ranked) - 1))
                for index, other in enumerate(ranked):
                    offset = (index - (len(ranked) - 1) / 2) * apart
                    found[node, other] = self._xs[node] + offset
        return found

    def _route(self, edge: Pair) -> Route:
        chain, up = self._graph.chains[edge], edge in self._graph.back
        source, target = chain[0], chain[-1]
        leave, arrive = self._ports[source, chain[1]], self._ports[target, chain[-2]]
        legs = [self._leg(source, leave, up=up)]
        legs += [self._leg(vertex, self._xs[vertex], up=up) for vertex in chain[1:-1]]
        top, bottom = self._rim(target)
        end = self._row(target)[1]
        legs.append((arrive, end, bottom) if up else (arrive, top, top))
        label = self._graph.label_at[edge]
        box = self._boxes[label]
        middle = sum(self._row(label)) / 2
        return Route(tuple(legs), Spot(self._xs[label], middle, box.width, box.height), up)

    def _leg(self, vertex: int, x: float, *, up: bool) -> Leg:
        """The upright piece in a vertex's row: from the node's rim, or all through the row."""
        top, bottom = self._row(vertex)
        if vertex < len(self._sizes):
            rim = self._rim(vertex)
            return (x, rim[0], top) if up else (x, rim[1], bottom)
        return (x, bottom, top) if up else (x, top, bottom)

    def _rim(self, node: int) -> tuple[float, float]:
        spot = self._spots[node]
        return spot.y - spot.height / 2, spot.y + spot.height / 2

    def _row(self, vertex: int) -> tuple[float, float]:
        return self._rows[self._graph.row_of[vertex]]
