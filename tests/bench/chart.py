"""A small chart as SVG, by hand: lines over a common x axis, panels below each other. Pure."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape

WIDTH, PANEL, LEFT, RIGHT, TOP, BOTTOM = 720, 210, 64, 150, 40, 36
COLOURS = ("#1f6feb", "#d1242f", "#1a7f37", "#9a6700", "#8250df", "#57606a")
_GRID_LINES = 4
_Place = Callable[[float, float], tuple[float, float]]


@dataclass(frozen=True, slots=True)
class Line:
    """One curve: its name, and (x, y) points in order of x."""

    name: str
    points: Sequence[tuple[float, float]]


@dataclass(frozen=True, slots=True)
class Panel:
    """One diagram: what y is, its curves, and a goal to be drawn across, if there is one."""

    title: str
    lines: Sequence[Line]
    goal: float | None = None


def chart(title: str, x_title: str, panels: Sequence[Panel]) -> str:
    """All panels as one SVG document."""
    xs = [x for panel in panels for line in panel.lines for x, _ in line.points] or [0.0]
    x_end = max(1.0, *xs)
    height = TOP + len(panels) * (PANEL + BOTTOM) + 10
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}">',
        "<style>text {font: 12px sans-serif}</style>",
        f'<rect width="{WIDTH}" height="{height}" fill="white"/>',
        f'<text x="{LEFT}" y="18" style="font-size: 15px">{escape(title)}</text>',
    ]
    for index, panel in enumerate(panels):
        parts += _panel(panel, TOP + index * (PANEL + BOTTOM), x_end, sorted(set(xs)))
    parts.append(f'<text x="{WIDTH - RIGHT}" y="{height - 6}">{escape(x_title)}</text></svg>')
    return "\n".join(parts)


def _panel(panel: Panel, top: float, x_end: float, ticks: Sequence[float]) -> list[str]:
    values = [y for line in panel.lines for _, y in line.points] + [panel.goal or 0.0]
    y_end = _round_up(max([*values, 1e-9]))
    wide, high = WIDTH - LEFT - RIGHT, PANEL - 34

    def at(x: float, y: float) -> tuple[float, float]:
        return LEFT + wide * x / x_end, top + 20 + high * (1 - y / y_end)

    parts = [
        f'<text x="{LEFT}" y="{top + 10}" style="font-weight: bold">{escape(panel.title)}</text>'
    ]
    for step in range(_GRID_LINES + 1):
        value = y_end * step / _GRID_LINES
        x, y = at(0, value)
        parts.append(f'<path d="M{x:.1f} {y:.1f}h{wide}" stroke="#d0d7de"/>')
        parts.append(f'<text x="{x - 6:.1f}" y="{y + 4:.1f}" text-anchor="end">{value:g}</text>')
    for tick in ticks:
        x, y = at(tick, 0)
        parts.append(f'<text x="{x:.1f}" y="{y + 15:.1f}" text-anchor="middle">{tick:g}</text>')
    if panel.goal is not None:
        x, y = at(0, panel.goal)
        parts.append(
            f'<path d="M{x:.1f} {y:.1f}h{wide}" stroke="#57606a" stroke-dasharray="4 3"/>'
            f'<text x="{x + wide + 6:.1f}" y="{y + 4:.1f}" fill="#57606a">goal</text>'
        )
    for index, line in enumerate(panel.lines):
        parts += _line(line, COLOURS[index % len(COLOURS)], index, top, at)
    return parts


def _line(line: Line, colour: str, index: int, top: float, at: _Place) -> list[str]:
    if not line.points:
        return []
    places = [at(x, y) for x, y in line.points]
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
    dots = [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="2.5" fill="{colour}"/>' for x, y in places]
    name_y = top + 24 + 16 * index
    return [
        f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="1.8"/>',
        *dots,
        f'<text x="{WIDTH - RIGHT + 30}" y="{name_y}" fill="{colour}">{escape(line.name)}</text>',
    ]


def _round_up(value: float) -> float:
    """The next of 1, 2, 2.5, 4, 5 times a power of ten."""
    power = 1.0
    while power * 10 <= value:
        power *= 10
    while power > value:
        power /= 10
    return next((step * power for step in (1, 2, 2.5, 4, 5) if step * power >= value), 10 * power)
