"""Where vertices stand in their rows: edges straight, nothing on top of anything.

Brandes and Köpf, "Fast and Simple Horizontal Coordinate Assignment" (2001): four alignments, and
the middle of them. Blocks are put in place along longest paths, as dagre does, which is free of the
error that the authors corrected in 2020.
"""

from collections.abc import Callable, Sequence
from itertools import pairwise

from dialog.flow_graph.ordering import Neighbours, Rows

Gap = Callable[[int, int], float]


def places(
    rows: Rows, above: Neighbours, below: Neighbours, gap: Gap, is_bend: Sequence[bool]
) -> list[float]:
    """The horizontal middle of each vertex.

    Args:
        rows: as `ordering.ordered` gives them.
        above: by vertex, those of the row above that it is joined to.
        below: the same of the row below.
        gap: least distance between the middles of two neighbours, left and right.
        is_bend: by vertex, whether it is only a bend of a long edge; these are kept straight.
    """
    conflicts = _conflicts(rows, above, is_bend)
    found = []
    for upward in (False, True):
        turned = rows[::-1] if upward else rows
        others = below if upward else above
        for leftward in (False, True):
            sides = [row[::-1] for row in turned] if leftward else turned
            align = _aligned(sides, others, conflicts, len(is_bend))
            between: Gap = (lambda a, b: gap(b, a)) if leftward else gap
            xs = _compacted(sides, align, between)
            found.append([-x for x in xs] if leftward else xs)
    return _middle(found)


def _conflicts(rows: Rows, above: Neighbours, is_bend: Sequence[bool]) -> set[tuple[int, int]]:
    """Edges that cross a straight piece of a long one; they give way."""
    found: set[tuple[int, int]] = set()
    for upper, lower in pairwise(rows):
        place = {vertex: index for index, vertex in enumerate(upper)}
        left, scanned = 0, 0
        for index, vertex in enumerate(lower):
            inner = next((w for w in above[vertex] if is_bend[vertex] and is_bend[w]), None)
            if inner is None and index < len(lower) - 1:
                continue
            right = len(upper) if inner is None else place[inner]
            for other in lower[scanned : index + 1]:
                for end in above[other]:
                    outside = place[end] < left or place[end] > right
                    if outside and not (is_bend[other] and is_bend[end]):
                        found.add((end, other))
            left, scanned = right, index + 1
    return found


def _aligned(
    rows: Rows, others: Neighbours, conflicts: set[tuple[int, int]], count: int
) -> list[int]:
    """By vertex, the one that its block is named by."""
    root = list(range(count))
    for fixed, row in pairwise(rows):
        place = {vertex: index for index, vertex in enumerate(fixed)}
        last = -1
        for vertex in row:
            joined = sorted(others[vertex], key=place.__getitem__)
            middle = (len(joined) - 1) // 2, len(joined) // 2
            for index in dict.fromkeys(middle if joined else ()):
                other = joined[index]
                crossed = (other, vertex) in conflicts or (vertex, other) in conflicts
                if root[vertex] == vertex and last < place[other] and not crossed:
                    root[vertex] = root[other]
                    last = place[other]
    return root


def _compacted(rows: Rows, root: Sequence[int], gap: Gap) -> list[float]:
    """Blocks as far left as they can be, then drawn to the right where that costs nothing."""
    before: dict[int, dict[int, float]] = {block: {} for block in set(root)}
    after: dict[int, dict[int, float]] = {block: {} for block in before}
    for row in rows:
        for left, right in pairwise(row):
            one, two = root[left], root[right]
            apart = max(gap(left, right), before[two].get(one, 0.0))
            before[two][one] = after[one][two] = apart
    order = _topological(before, after)
    x = dict.fromkeys(before, 0.0)
    for block in order:
        x[block] = max((x[other] + apart for other, apart in before[block].items()), default=0.0)
    for block in reversed(order):
        room = min((x[other] - apart for other, apart in after[block].items()), default=x[block])
        x[block] = max(x[block], room)
    return [x[block] for block in root]


def _topological(
    before: dict[int, dict[int, float]], after: dict[int, dict[int, float]]
) -> list[int]:
    missing = {block: len(others) for block, others in before.items()}
    ready = sorted(block for block, left in missing.items() if not left)
    for block in ready:
        for other in after[block]:
            missing[other] -= 1
            if not missing[other]:
                ready.append(other)
    return ready


def _middle(found: Sequence[Sequence[float]]) -> list[float]:
    """The mean of the two middle ones of four, after all were laid over the narrowest."""
    if not found[0]:
        return []
    narrowest = min(found, key=lambda xs: max(xs) - min(xs))
    laid = []
    for index, xs in enumerate(found):
        edge = max if index % 2 else min
        shift = edge(narrowest) - edge(xs)
        laid.append([x + shift for x in xs])
    return [sum(sorted(four)[1:3]) / 2 for four in zip(*laid, strict=True)]
