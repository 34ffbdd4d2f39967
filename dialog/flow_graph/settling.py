"""Drawn together: what is joined moves as near to each other as order and size allow.

Straight edges alone make wide drawings. What was found to be in line is kept in one piece. Again
and again all pieces move to where their edges pull them, and push away whom they come too near
(least squares with bounds, by projection on one bound after another).
"""

from collections.abc import Iterable, Sequence
from itertools import pairwise

from dialog.flow_graph.ordering import Neighbours, Rows
from dialog.flow_graph.placing import Gap

_ROUNDS = 120
_PUSHES = 10
_MANY = 2000
_SAME = 0.01
_STRAIGHT = 2.0
"""How much more two pieces of a long edge want to be in line than two steps do."""


def settled(
    rows: Rows,
    above: Neighbours,
    below: Neighbours,
    gap: Gap,
    *,
    is_bend: Sequence[bool],
    start: Sequence[float],
) -> list[float]:
    """The places of `start`, settled. Other arguments as of `placing.places`."""
    pieces = _pieces(below, is_bend, start)
    pulls = _pulls(above, below, is_bend)
    return _Settling(rows, gap, pulls, pieces, start).xs()


def _pieces(below: Neighbours, is_bend: Sequence[bool], xs: Sequence[float]) -> list[list[int]]:
    """Bends in line under each other, and everything else by itself."""
    root = list(range(len(xs)))
    for upper, others in enumerate(below):
        for lower in others:
            in_line = abs(xs[upper] - xs[lower]) < _SAME
            if is_bend[upper] and is_bend[lower] and in_line:
                root[_find(root, lower)] = _find(root, upper)
    found: dict[int, list[int]] = {}
    for vertex in range(len(xs)):
        found.setdefault(_find(root, vertex), []).append(vertex)
    return list(found.values())


def _pulls(
    above: Neighbours, below: Neighbours, is_bend: Sequence[bool]
) -> list[list[tuple[int, float]]]:
    """By vertex, who pulls it and how strongly."""
    return [
        [
            (other, _STRAIGHT if is_bend[vertex] and is_bend[other] else 1.0)
            for other in (*above[vertex], *below[vertex])
        ]
        for vertex in range(len(is_bend))
    ]


def _find(root: list[int], vertex: int) -> int:
    while root[vertex] != vertex:
        root[vertex] = root[root[vertex]]
        vertex = root[vertex]
    return vertex


class _Settling:
    """Pieces on their way."""

    def __init__(
        self,
        rows: Rows,
        gap: Gap,
        pulls: Sequence[Sequence[tuple[int, float]]],
        pieces: Sequence[Sequence[int]],
        start: Sequence[float],
    ) -> None:
        self._piece_of = [0] * len(start)
        for place, piece in enumerate(pieces):
            for vertex in piece:
                self._piece_of[vertex] = place
        self._x = [start[piece[0]] for piece in pieces]
        apart: dict[tuple[int, int], float] = {}
        for row in rows:
            for left, right in pairwise(row):
                pair = self._piece_of[left], self._piece_of[right]
                apart[pair] = max(gap(left, right), apart.get(pair, 0.0))
        # From left to right, so that one pass pushes all whom it concerns.
        self._apart = sorted(apart.items(), key=lambda bound: self._x[bound[0][0]])
        self._pulls = [
            [
                (self._piece_of[other], pull)
                for vertex in piece
                for other, pull in pulls[vertex]
                if self._piece_of[other] != place
            ]
            for place, piece in enumerate(pieces)
        ]
        self._weight = [sum(pull for _, pull in pulls) or 0.1 for pulls in self._pulls]

    def xs(self) -> list[float]:
        """By vertex, where it came to rest."""
        for _ in range(_ROUNDS if len(self._x) < _MANY else _ROUNDS // 10):
            self._pull()
            for turn in range(_PUSHES):
                if not self._push(self._apart if turn % 2 else reversed(self._apart)):
                    break
        found = self._kept_apart()
        return [found[piece] for piece in self._piece_of]

    def _pull(self) -> None:
        self._x = [
            x
            if not pulls
            else (x + sum(self._x[other] * pull for other, pull in pulls) / weight) / 2
            for x, pulls, weight in zip(self._x, self._pulls, self._weight, strict=True)
        ]

    def _push(self, bounds: Iterable[tuple[tuple[int, int], float]]) -> bool:
        """Lighter pieces give way more. Whether any was too near."""
        pushed = False
        for (left, right), apart in bounds:
            short = apart - (self._x[right] - self._x[left])
            if short > _SAME:
                share = short / (self._weight[left] + self._weight[right])
                self._x[left] -= share * self._weight[right]
                self._x[right] += share * self._weight[left]
                pushed = True
        return pushed

    def _kept_apart(self) -> list[float]:
        """What is still too near is put right: the mean of pushing all right and all left."""
        rightward, leftward = list(self._x), list(self._x)
        for (left, right), apart in self._apart:
            rightward[right] = max(rightward[right], rightward[left] + apart)
        for (left, right), apart in reversed(self._apart):
            leftward[left] = min(leftward[left], leftward[right] - apart)
        return [(one + two) / 2 for one, two in zip(rightward, leftward, strict=True)]
