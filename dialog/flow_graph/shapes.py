"""The outline of each kind of step, in the language of flow charts: a kind shows without colour."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Shape:
    """How a kind of step is drawn.

    Attributes:
        outline: width and height to the data of a path, around (0, 0).
        pad: room that the outline takes beside its text, left and right together.
        tall: the same above and below.
        flat: share of the width where edges may begin and end.
        stretch: text width to outline width, for those with slanted sides.
        drop: how far below the middle the text stands.
    """

    outline: Callable[[float, float], str]
    pad: float = 28.0
    tall: float = 18.0
    flat: float = 0.7
    stretch: float = 1.0
    drop: float = 0.0


def _round(radius: float) -> Callable[[float, float], str]:
    def outline(width: float, height: float) -> str:
        x, y = width / 2, height / 2
        r = min(radius, x, y)
        arc = f"a{r:g},{r:g} 0 0 1"
        return (
            f"M{-x + r:g},{-y:g}H{x - r:g}{arc} {r:g},{r:g}V{y - r:g}{arc} {-r:g},{r:g}"
            f"H{-x + r:g}{arc} {-r:g},{-r:g}V{-y + r:g}{arc} {r:g},{-r:g}Z"
        )

    return outline


def _polygon(*points: tuple[float, float]) -> str:
    return "M" + "L".join(f"{x:g},{y:g}" for x, y in points) + "Z"


def _slanted(width: float, height: float) -> str:
    x, y, lean = width / 2, height / 2, 8
    return _polygon((-x + lean, -y), (x + lean, -y), (x - lean, y), (-x - lean, y))


def _hexagon(width: float, height: float) -> str:
    x, y, tip = width / 2, height / 2, 14
    return _polygon((-x + tip, -y), (x - tip, -y), (x, 0), (x - tip, y), (-x + tip, y), (-x, 0))


def _diamond(width: float, height: float) -> str:
    x, y = width / 2, height / 2
    return _polygon((0, -y), (x, 0), (0, y), (-x, 0))


def _barred(width: float, height: float) -> str:
    x, y = width / 2, height / 2
    bars = f"M{-x + 8:g},{-y:g}V{y:g}M{x - 8:g},{-y:g}V{y:g}"
    return _polygon((-x, -y), (x, -y), (x, y), (-x, y)) + bars


def _framed(width: float, height: float) -> str:
    x, y, gap = width / 2, height / 2, 5
    inner = _polygon(
        (-x + gap, -y + gap), (x - gap, -y + gap), (x - gap, y - gap), (-x + gap, y - gap)
    )
    return _polygon((-x, -y), (x, -y), (x, y), (-x, y)) + inner


def _drum(width: float, height: float) -> str:
    x, y, lid = width / 2, height / 2, 7
    arc = f"a{x:g},{lid:g} 0 0"
    return (
        f"M{-x:g},{-y + lid:g}{arc} 1 {width:g},0V{y - lid:g}{arc} 1 {-width:g},0Z"
        f"M{-x:g},{-y + lid:g}{arc} 0 {width:g},0"
    )


def _arrow(width: float, height: float) -> str:
    x, y, tip = width / 2, height / 2, 16
    return _polygon((-x, -y), (x - tip, -y), (x, 0), (x - tip, y), (-x, y))


def _note(width: float, height: float) -> str:
    x, y, fold = width / 2, height / 2, 12
    sheet = _polygon((-x, -y), (x - fold, -y), (x, -y + fold), (x, y), (-x, y))
    return sheet + f"M{x - fold:g},{-y:g}V{-y + fold:g}H{x:g}"


_PLAIN = Shape(_round(3))
_SHAPES: Mapping[str, Shape] = {
    "say": Shape(_round(10)),
    "ask": Shape(_slanted, pad=40, flat=0.65),
    "menu": Shape(_hexagon, pad=48),
    "choose": Shape(_diamond, pad=20, tall=18, flat=0.16, stretch=math.sqrt(3)),
    "set": Shape(_barred, pad=36),
    "lookup": Shape(_drum, pad=24, tall=30, drop=6),
    "transfer": Shape(_arrow, pad=44, flat=0.6),
    "queue": Shape(_arrow, pad=44, flat=0.6),
    "message": Shape(_note),
    "survey": Shape(_note),
    "hours": Shape(_diamond, pad=20, tall=18, flat=0.16, stretch=math.sqrt(3)),
    "subflow": Shape(_framed, pad=44),
    "return": Shape(_round(100), pad=40, flat=0.5),
    "anywhere": Shape(_hexagon, pad=48),
    "end": Shape(_round(100), pad=40, flat=0.5),
}
HUES: Mapping[str, str] = {
    "say": "blue",
    "ask": "green",
    "menu": "green",
    "choose": "amber",
    "set": "grey",
    "lookup": "violet",
    "transfer": "rose",
    "queue": "rose",
    "message": "teal",
    "survey": "teal",
    "hours": "amber",
    "subflow": "violet",
    "return": "grey",
    "anywhere": "amber",
    "end": "ink",
}


def shape_of(kind: str) -> Shape:
    """That of a kind; a plain box for one that has none of its own."""
    return _SHAPES.get(kind, _PLAIN)


def hue_of(kind: str) -> str:
    """The name of its colour in the style sheet."""
    return HUES.get(kind, "grey")
