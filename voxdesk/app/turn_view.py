"""Where each turn's milliseconds went, as a waterfall of text. Pure."""

from collections.abc import Sequence

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from crm.calls.turn_timings import Stage, TurnTiming, percentile
from voxdesk.app.call_view import NOT_KEPT
from voxdesk.app.terminal import clean, offset

BAR_COLUMNS = 40
QUEUED_SHOWN_MS = 10

# Why a smaller model heard the turn.
_STEPPED_BACK = {
    "crowded": "the larger model stepped back: no worker was free",
    "recent_wait": "the larger model stepped back: turns had to wait",
}

_LABELS = {
    "pause": "pause noticed",
    "decoding": "decoding",
    "hang_time": "sure that the turn is over",
    "waiting_for_words": "waiting for the words",
    "understanding": "understanding",
    "synthesis": "first sound ready",
    "playout": "first sound played",
}


def render_turns(timings: Sequence[TurnTiming]) -> RenderableType:
    """Every turn, then the sums."""
    if not timings:
        return Text("The caller said nothing in this call that was answered.")
    return Group(*(_turn(timing) for timing in timings), _summary(timings))


def _turn(timing: TurnTiming) -> RenderableType:
    start_ms = float(timing.heard.get("speech_end_ms") or 0)
    title = Text(f"turn {timing.turn} at {offset(start_ms)}  ", "bold")
    if "text" in timing.heard:
        title.append(f"“{clean(timing.heard['text'])}”", "cyan")
    else:
        title.append_text(NOT_KEPT)
    if timing.total_ms is None:
        title.append("  no answer was spoken", "dim")
    else:
        title.append(f"  answered after {timing.total_ms:.0f} ms", "bold")
    table = Table.grid(padding=(0, 1))
    table.add_column(width=28)
    table.add_column(width=BAR_COLUMNS, no_wrap=True)
    table.add_column(justify="right", no_wrap=True)
    table.add_column(style="dim", overflow="fold")
    span_ms = max([stage.end_ms - start_ms for stage in timing.stages], default=0.0)
    for stage in timing.stages:
        table.add_row(
            Text(f"  {_LABELS[stage.name]}", "" if stage.waited else "dim"),
            _bar(stage, start_ms, span_ms),
            f"{stage.start_ms - start_ms:.0f} … {stage.end_ms - start_ms:.0f} ms",
            _remark(stage, timing),
        )
    return Group(title, table, Text())


def _bar(stage: Stage, start_ms: float, span_ms: float) -> Text:
    """The stage's place in the turn; at least a hair, so that nothing vanishes."""
    scale = BAR_COLUMNS / span_ms if span_ms else 0.0
    begin = min(BAR_COLUMNS - 1, max(0, int((stage.start_ms - start_ms) * scale)))
    end = min(BAR_COLUMNS, max(begin + 1, round((stage.end_ms - start_ms) * scale)))
    sign, style = ("█", "cyan") if stage.waited else ("░", "dim")
    if stage.duration_ms <= 0:
        sign, end = "▏", begin + 1
    return Text(" " * begin + sign * (end - begin), style)


def _remark(stage: Stage, timing: TurnTiming) -> str:
    heard, answer = timing.heard, timing.answer
    match stage.name:
        case "decoding":
            queued = float(heard.get("queued_ms") or 0)
            parts = (
                clean(heard.get("engine") or ""),
                _STEPPED_BACK.get(str(heard.get("stepped_back")), ""),
                "speculative" if heard.get("reused") else "",
                f"{queued:.0f} ms in the pool's queue" if queued >= QUEUED_SHOWN_MS else "",
            )
            return ", ".join(part for part in parts if part)
        case "hang_time":
            completeness = clean(heard.get("completeness") or "")
            return f"sounded {completeness}" if completeness else ""
        case "synthesis":
            return "cached" if answer.get("cached") else ""
        case _:
            return ""


def _summary(timings: Sequence[TurnTiming]) -> RenderableType:
    totals = [timing.total_ms for timing in timings if timing.total_ms is not None]
    if not totals:
        return Text("No turn was answered by speech.")
    table = Table.grid(padding=(0, 1))
    table.add_column(width=28)
    table.add_column(justify="right")
    p50, p95 = percentile(totals, 0.5), percentile(totals, 0.95)
    table.add_row(Text(f"{len(totals)} answered turns", "bold"), f"p50 {p50:.0f}, p95 {p95:.0f} ms")
    for name, label in _LABELS.items():
        durations = [
            stage.duration_ms
            for timing in timings
            for stage in timing.stages
            if stage.name == name and stage.waited and timing.total_ms is not None
        ]
        if durations:
            mean = sum(durations) / len(totals)
            table.add_row(f"  {label}", Text(f"{mean:.0f} ms on average", "dim"))
    return table
