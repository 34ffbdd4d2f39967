"""Which edges lead back, and how far down each step is drawn."""

from collections.abc import Iterable, Mapping, Sequence

Pair = tuple[int, int]

_FEWER = 0.7
"""Another order than the file's must spare so much to be worth surprising its author."""
_PASSES = 8


def loops(count: int, edges: Sequence[Pair], start: int) -> frozenset[Pair]:
    """Edges that lead back; without them there is no cycle. Edges to oneself must not be given.

    Whoever writes a flow writes it from the beginning to the end: an edge of a cycle leads back
    when its step is written further up. Where the order of the file makes no sense (it is sorted
    by name, say), the order of a walk from the start is better.
    """
    following = _following(count, edges)
    part = components(count, following)
    inside = [(source, target) for source, target in edges if part[source] == part[target]]
    place = {node: -1 if node == start else node for node in range(count)}
    written = frozenset(edge for edge in inside if place[edge[1]] < place[edge[0]])
    walked = frozenset(_back_in_walk(count, following, start)) & frozenset(inside)
    return walked if len(walked) < _FEWER * len(written) else written


def _following(count: int, edges: Iterable[Pair]) -> list[list[int]]:
    following: list[list[int]] = [[] for _ in range(count)]
    for source, target in edges:
        following[source].append(target)
    return following


def components(count: int, following: Sequence[Sequence[int]]) -> list[int]:
    """The strongly connected component of each node (Tarjan 1972, without recursion)."""
    number = [-1] * count
    low = [0] * count
    part = [-1] * count
    open_: list[int] = []
    clock = parts = 0
    for root in range(count):
        if number[root] >= 0:
            continue
        walk = [(root, iter(following[root]))]
        number[root] = low[root] = clock
        clock += 1
        open_.append(root)
        while walk:
            node, ahead = walk[-1]
            target = next(ahead, None)
            if target is None:
                walk.pop()
                if walk:
                    parent = walk[-1][0]
                    low[parent] = min(low[parent], low[node])
                if low[node] == number[node]:
                    member = -1
                    while member != node:
                        member = open_.pop()
                        part[member] = parts
                    parts += 1
            elif number[target] < 0:
                number[target] = low[target] = clock
                clock += 1
                open_.append(target)
                walk.append((target, iter(following[target])))
            elif part[target] < 0:
                low[node] = min(low[node], number[target])
    return part


def _back_in_walk(count: int, following: Sequence[Sequence[int]], start: int) -> Iterable[Pair]:
    """Edges to a step that the walk is still inside of (depth first, the start first)."""
    entered = [False] * count
    inside = [False] * count
    for root in (start, *range(count)):
        if entered[root]:
            continue
        entered[root] = inside[root] = True
        walk = [(root, iter(following[root]))]
        while walk:
            node, ahead = walk[-1]
            target = next(ahead, None)
            if target is None:
                inside[node] = False
                walk.pop()
            elif inside[target]:
                yield node, target
            elif not entered[target]:
                entered[target] = inside[target] = True
                walk.append((target, iter(following[target])))


def ranks(count: int, forward: Sequence[Pair], back: Iterable[Pair]) -> list[int]:
    """How far down each node is, from 0; every edge leads down, those back lead up.

    Longest path first; then nodes with more edges down than up are let down as far as they can,
    so that edges are short.
    """
    down: Sequence[Pair] = [*forward, *((target, source) for source, target in back)]
    above, below = _following(count, ((b, a) for a, b in down)), _following(count, down)
    order = _in_order(above, below)
    rank = [0] * count
    for node in order:
        rank[node] = max((rank[other] + 1 for other in above[node]), default=0)
    pull = dict.fromkeys(range(count), 0)
    for source, target in forward:
        pull[source] += 1
        pull[target] -= 1
    for _ in range(_PASSES):
        if not _tighten(order, rank, above, below, pull):
            break
    lowest = min(rank, default=0)
    return [value - lowest for value in rank]


def _in_order(above: Sequence[Sequence[int]], below: Sequence[Sequence[int]]) -> list[int]:
    """Each node after all above it."""
    missing = [len(others) for others in above]
    ready = [node for node, left in enumerate(missing) if not left]
    for node in ready:
        for other in below[node]:
            missing[other] -= 1
            if not missing[other]:
                ready.append(other)
    return ready


def _tighten(
    order: Sequence[int],
    rank: list[int],
    above: Sequence[Sequence[int]],
    below: Sequence[Sequence[int]],
    pull: Mapping[int, int],
) -> bool:
    moved = False
    for node in reversed(order):
        if pull[node] > 0 and below[node]:
            wanted = min(rank[other] for other in below[node]) - 1
        elif pull[node] < 0 and above[node]:
            wanted = max(rank[other] for other in above[node]) + 1
        else:
            continue
        moved = moved or wanted != rank[node]
        rank[node] = wanted
    return moved
