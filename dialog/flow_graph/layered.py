"""A graph in rows: what stands in each, and the bends of the edges that pass through them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from dialog.flow_graph.ranks import Pair, loops, ranks

MAX_VERTICES = 20_000


class TooLarge(Exception):
    """A graph that can't be drawn in bounded time; nobody could read it either."""


@dataclass(slots=True)
class Layered:
    """Vertices are numbers: nodes first, then labels and bends as they were added.

    Attributes:
        rows: top to bottom. Nodes stand in even rows, labels in odd ones.
        row_of: by vertex.
        above: by vertex, those of the row above that it is joined to; below: the same.
        chains: by edge, its vertices from source to target.
        label_at: by edge, the vertex where its label is.
        back: edges that lead up.
    """

    rows: list[list[int]]
    row_of: list[int]
    above: list[list[int]]
    below: list[list[int]]
    chains: dict[Pair, list[int]] = field(default_factory=dict)
    label_at: dict[Pair, int] = field(default_factory=dict)
    back: frozenset[Pair] = frozenset()

    def add(self, row: int) -> int:
        """A new vertex in this row."""
        vertex = len(self.row_of)
        if vertex >= MAX_VERTICES:
            raise TooLarge
        self.row_of.append(row)
        self.above.append([])
        self.below.append([])
        return vertex

    def join(self, one: int, other: int) -> None:
        """Join vertices of neighbouring rows, once."""
        upper, lower = sorted((one, other), key=self.row_of.__getitem__)
        if lower not in self.below[upper]:
            self.below[upper].append(lower)
            self.above[lower].append(upper)


def layered(count: int, edges: Sequence[Pair], start: int) -> Layered:
    """The rows of a graph.

    Each edge has its label right after its source, where people look for it. Beyond it, edges to
    the same target run as one: a step that everything leads to has one trunk and not forty lines.

    Args:
        count: of nodes, numbered from 0.
        edges: without those from a node to itself, each once.
        start: the node at the top.

    Raises:
        TooLarge: it would take too long.
    """
    back = loops(count, edges, start)
    rank = ranks(count, [edge for edge in edges if edge not in back], back)
    graph = Layered(
        rows=[],
        row_of=[2 * value for value in rank],
        above=[[] for _ in range(count)],
        below=[[] for _ in range(count)],
        back=back,
    )
    trunks: dict[tuple[int, int, bool], int] = {}
    for edge in edges:
        source, target = edge
        leads_up = edge in back
        step = -1 if leads_up else 1
        label = graph.add(graph.row_of[source] + step)
        chain = [source, label]
        for row in range(graph.row_of[label] + step, graph.row_of[target], step):
            key = (target, row, leads_up)
            if key not in trunks:
                trunks[key] = graph.add(row)
            chain.append(trunks[key])
        chain.append(target)
        for one, other in pairwise(chain):
            graph.join(one, other)
        graph.chains[edge], graph.label_at[edge] = chain, label
    graph.rows = _first_order(graph, start)
    return graph


def _first_order(graph: Layered, start: int) -> list[list[int]]:
    """As a walk from the start meets them, depth first: few crossings to begin with."""
    rows: list[list[int]] = [[] for _ in range(max(graph.row_of, default=-1) + 1)]
    seen = [False] * len(graph.row_of)
    for root in (start, *range(len(graph.row_of))):
        waiting = [root]
        while waiting:
            vertex = waiting.pop()
            if seen[vertex]:
                continue
            seen[vertex] = True
            rows[graph.row_of[vertex]].append(vertex)
            waiting += reversed([*graph.below[vertex], *graph.above[vertex]])
    return rows
