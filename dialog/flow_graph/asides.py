"""A whole flow as a picture: one node more leads to the side branches that callers may ask for."""

import dataclasses
from collections.abc import Iterator

from dialog.flow import Flow, Step
from dialog.flow_anywhere import ANSWER, side_branches
from dialog.flow_graph.model import (
    ANYWHERE,
    Edge,
    FlowGraph,
    Label,
    Marks,
    Node,
    Traffic,
    graph_of,
    option_label,
)
from dialog.flow_graph.svg import draw
from dialog.flow_graph.words import word
from dialog.flow_subflow import Return


def _anywhere(flow: Flow, language: str) -> tuple[Node, list[tuple[str, Label]]] | None:
    """The node and where it leads; None where nothing can be asked anywhere."""
    ways = list(_ways(flow, language))
    if not ways:
        return None
    return Node(_name_of(flow), ANYWHERE, word(language, "anywhere.about")), ways


def _name_of(flow: Flow) -> str:
    """A name for it that no step has."""
    name = ANYWHERE
    while name in flow.steps:
        name += "*"
    return name


def _ways(flow: Flow, language: str) -> Iterator[tuple[str, Label]]:
    for option in flow.anywhere.options:
        if option.then in flow.steps:
            yield option.then, option_label(option, language)
    if flow.anywhere.answers and ANSWER in flow.steps:
        yield ANSWER, Label(word(language, "question"))
    care = flow.when_upset
    if care is not None and care.then in flow.steps:
        yield care.then, Label(word(language, "upset"))


def from_anywhere(flow: Flow, traffic: Traffic) -> Traffic:
    """The same calls, with those who asked something aside coming from that node.

    That they came back to the question they had interrupted is no way of its own.
    """
    begins = set(side_branches(flow))
    if not begins:
        return traffic
    node = _name_of(flow)
    moves: dict[tuple[str, str], int] = {}
    asked = 0
    for (source, target), count in traffic.moves.items():
        step = flow.steps.get(source)
        if step is None or _leads(step, target):
            moves[source, target] = moves.get((source, target), 0) + count
        elif target in begins:
            moves[node, target] = moves.get((node, target), 0) + count
            asked += count
        elif not (isinstance(step, Return) and not step.then):
            moves[source, target] = moves.get((source, target), 0) + count
    return dataclasses.replace(traffic, moves=moves, reached={**traffic.reached, node: asked})


def _leads(step: Step, target: str) -> bool:
    return any(found == target for _, found, _ in step.targets())


def with_anywhere(graph: FlowGraph, flow: Flow) -> FlowGraph:
    """The graph and that node, where something can be asked."""
    found = _anywhere(flow, graph.language)
    if found is None:
        return graph
    node, ways = found
    labels: dict[str, list[Label]] = {}
    for target, label in ways:
        labels.setdefault(target, []).append(label)
    edges = tuple(Edge(node.name, target, tuple(said)) for target, said in labels.items())
    return dataclasses.replace(graph, nodes=(*graph.nodes, node), edges=(*graph.edges, *edges))


def whole_graph(
    flow: Flow, language: str = "", traffic: Traffic | None = None, marks: Marks | None = None
) -> tuple[FlowGraph, Traffic | None]:
    """A whole flow, and the traffic to draw it with; arguments as of `graph_of`."""
    told = from_anywhere(flow, traffic) if traffic else None
    return with_anywhere(graph_of(flow, language, told, marks), flow), told


def picture(flow: Flow, language: str = "", traffic: Traffic | None = None) -> str:
    """A whole flow as an SVG; arguments as of `graph_of`.

    Raises:
        FlowError: it is too large to be drawn.
    """
    return draw(*whole_graph(flow, language, traffic))
