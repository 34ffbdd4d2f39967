"""The order of what stands side by side, such that few edges cross.

Barycentres up and down, then exchanges of neighbours (Gansner, Koutsofios, North and Vo, "A
Technique for Drawing Directed Graphs", 1993, section 3, with barycentres in place of medians).
"""

from bisect import bisect_left, bisect_right, insort
from collections.abc import Sequence
from itertools import pairwise

Rows = list[list[int]]
Neighbours = Sequence[Sequence[int]]

_SWEEPS = 24
_EXCHANGES = 6
_FEW = 4000
"""Vertices up to which neighbours are exchanged; more would take too long."""


def ordered(rows: Rows, above: Neighbours, below: Neighbours) -> Rows:
    """The rows in a better order.

    Args:
        rows: vertices of each row, top to bottom.
        above: by vertex, those of the row above that it is joined to.
        below: the same of the row below.
    """
    best = [list(row) for row in rows]
    fewest = crossings(best, below)
    current = [list(row) for row in best]
    small = sum(map(len, rows)) <= _FEW
    for sweep in range(_SWEEPS if small else _SWEEPS // 4):
        if not fewest:
            break
        _sweep(current, above, below, down=sweep % 2 == 0)
        if small:
            _exchange(current, above, below)
        count = crossings(current, below)
        if count < fewest:
            best, fewest = [list(row) for row in current], count
    return best


def crossings(rows: Rows, below: Neighbours) -> int:
    """How many pairs of edges cross."""
    total = 0
    for upper, lower in pairwise(rows):
        place = {vertex: index for index, vertex in enumerate(lower)}
        seen: list[int] = []
        for vertex in upper:
            ends = [place[other] for other in below[vertex]]
            total += sum(len(seen) - bisect_right(seen, end) for end in ends)
            for end in ends:
                insort(seen, end)
    return total


def _sweep(rows: Rows, above: Neighbours, below: Neighbours, *, down: bool) -> None:
    order = range(1, len(rows)) if down else range(len(rows) - 2, -1, -1)
    others = above if down else below
    for index in order:
        fixed = rows[index - 1 if down else index + 1]
        place = {vertex: at for at, vertex in enumerate(fixed)}
        row = rows[index]
        weight = {
            vertex: sum(place[other] for other in joined) / len(joined)
            for vertex in row
            if (joined := others[vertex])
        }
        moving = iter(
            sorted((vertex for vertex in row if vertex in weight), key=weight.__getitem__)
        )
        # Those that nothing is joined to keep their places.
        rows[index] = [next(moving) if vertex in weight else vertex for vertex in row]


def _exchange(rows: Rows, above: Neighbours, below: Neighbours) -> None:
    """Exchange neighbours as long as that helps."""
    for _ in range(_EXCHANGES):
        better = False
        for index, row in enumerate(rows):
            up = _places(rows[index - 1]) if index else {}
            down = _places(rows[index + 1]) if index + 1 < len(rows) else {}
            ends = {
                vertex: (
                    sorted(up[other] for other in above[vertex]) if up else [],
                    sorted(down[other] for other in below[vertex]) if down else [],
                )
                for vertex in row
            }
            for at in range(len(row) - 1):
                left, right = ends[row[at]], ends[row[at + 1]]
                kept = _crossed(left[0], right[0]) + _crossed(left[1], right[1])
                turned = _crossed(right[0], left[0]) + _crossed(right[1], left[1])
                if turned < kept:
                    row[at], row[at + 1] = row[at + 1], row[at]
                    better = True
        if not better:
            return


def _places(row: Sequence[int]) -> dict[int, int]:
    return {vertex: index for index, vertex in enumerate(row)}


def _crossed(left: Sequence[int], right: Sequence[int]) -> int:
    """Crossings of the edges of two neighbours; the ends are sorted."""
    return sum(bisect_left(right, end) for end in left)
