"""A whole replay: what was run again, through what, and what came of it; as data and as lines."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from dialog.flow import Flow
from dialog.replay.comparing import Comparison, Kind, Part, Verdict
from dialog.replay.course import Course, Ending
from dialog.replay.summing import Summary, summarize
from voxdesk.app.replaying.by_ear import Heard
from voxdesk.app.replaying.telling import Line, ends, leads, side_by_side, stopped
from voxdesk.app.replaying.wording import Wording
from voxdesk.app.terminal import clean

EXAMPLES = 2


@dataclass(frozen=True, slots=True)
class Report:
    """Everything that there is to show.

    Attributes:
        draft: the version that calls were run through.
        shown: its file, as a person would type it.
        first: when the first of the calls began; `last` when the last did.
        comparisons: the newest call first.
        recognizer: that heard the calls anew; empty: they went by what was heard then.
        heard: what it had to do.
        words: what callers said may be shown.
    """

    draft: Flow
    shown: str
    first: datetime
    last: datetime
    comparisons: tuple[Comparison, ...]
    recognizer: str = ""
    heard: Heard | None = None
    words: bool = False

    @property
    def summary(self) -> Summary:
        """In figures."""
        return summarize(self.comparisons)


# ------------------------------------------------------------------ for programs


def as_data(report: Report) -> dict[str, Any]:
    """Plain JSON types. What callers said is in it only where the report may show it."""
    summary = report.summary
    return {
        "flow": report.draft.name,
        "draft": report.shown,
        "version": report.draft.version,
        "first": report.first.isoformat(),
        "last": report.last.isoformat(),
        "recognizer": report.recognizer,
        "calls": summary.calls,
        "kinds": {str(kind): count for kind, count in summary.kinds.items()},
        "verdicts": {str(each): count for each, count in summary.verdicts.items()},
        "ends": _ends_data(summary.ends),
        "end_not_known": summary.open,
        "supposed": summary.supposed,
        "partings": [
            {
                "step": one.step,
                "before": one.before,
                "after": one.after,
                "stopped": str(one.stopped) if one.stopped else None,
                "count": len(one.calls),
                "better": one.better,
                "worse": one.worse,
                "ends": _ends_data(one.ends),
                "calls": list(one.calls),
            }
            for one in summary.partings
        ],
        "not_replayed": [
            {"cause": str(one.cause), "step": one.step, "what": one.what, "count": count}
            for one, count in summary.not_replayed
        ],
        "other_words": dict(summary.other_words),
        "other_values": dict(summary.other_values),
        "heard": _heard_data(report.heard, summary),
        "replays": [_one_data(one, words=report.words) for one in report.comparisons],
    }


def _ends_data(found: Mapping[tuple[Ending, Ending], int]) -> list[dict[str, Any]]:
    return [
        {"before": str(before), "after": str(after), "count": count}
        for (before, after), count in found.items()
    ]


def _heard_data(heard: Heard | None, summary: Summary) -> dict[str, Any] | None:
    if heard is None:
        return None
    return {
        "turns": heard.turns,
        "otherwise": summary.misheard,
        "without_sound": heard.silent,
        "failed": heard.failed,
    }


def _one_data(one: Comparison, *, words: bool) -> dict[str, Any]:
    found: dict[str, Any] = {
        "call": one.call_id,
        "version": one.version,
        "kind": str(one.kind),
        "verdict": str(one.verdict) if one.verdict else None,
        "before": _course_data(one.before),
        "after": _course_data(one.after),
        "part": _part_data(one.part),
        "stopped": None,
        "supposed": one.supposed,
        "other_words": list(one.words.said),
        "other_values": list(one.words.values),
        "heard_otherwise": one.words.heard,
    }
    if one.stopped is not None:
        cause, step, what = one.stopped.cause, one.stopped.step, one.stopped.what
        found["stopped"] = {"cause": str(cause), "step": step, "what": what}
    if words:
        sides = side_by_side(one, Wording(), words=True)
        found |= {"then": _lines_data(sides.then), "now": _lines_data(sides.now)}
    return found


def _course_data(course: Course) -> dict[str, Any]:
    return {
        "steps": list(course.steps),
        "ending": str(course.ending),
        "reason": course.reason,
    }


def _part_data(part: Part | None) -> dict[str, Any] | None:
    if part is None:
        return None
    return {"step": part.step, "before": part.before, "after": part.after}


def _lines_data(lines: Sequence[Line]) -> list[dict[str, str]]:
    return [{"who": line.who, "text": line.text} for line in lines]


# ------------------------------------------------------------------ for people at a terminal


def show(report: Report, console: Console, *, html: str = "") -> None:
    """Print it. `html`: where the page with all of it is; empty: there is none."""
    summary, wording = report.summary, Wording()
    parts: list[RenderableType] = [Text(heading(report, wording), "bold"), _kinds(summary, wording)]
    if summary.partings:
        parts += [Text(f"\n{wording('partings')}", "bold"), _partings(summary, wording)]
    if summary.not_replayed:
        parts += [Text(f"\n{wording('not_replayed')}", "bold"), _not_replayed(summary, wording)]
    for title, named in (
        ("words.said", summary.other_words),
        ("words.values", summary.other_values),
    ):
        if named:
            steps = ", ".join(f"{clean(name)} ({count})" for name, count in named)
            parts.append(Text(f"\n{wording(title).capitalize()}: {steps}"))
    parts += [Text(f"\n{line}") for line in remarks(report, summary, wording)]
    if report.words:
        parts += [_sides(one, wording) for one in elsewhere(report)]
    if html:
        parts.append(Text(f"\nAll of it, to look at: {html}"))
    console.print(Group(*parts))


def heading(report: Report, wording: Wording) -> str:
    """What was run again through what."""
    first, last = (moment.astimezone().date().isoformat() for moment in (report.first, report.last))
    calls = wording.calls(len(report.comparisons))
    period = wording("period", first=first, last=last)
    how = (
        wording("by_ear", recognizer=report.recognizer) if report.recognizer else wording("by_log")
    )
    said = wording(
        "through", calls=f"{calls} {period}", draft=report.shown, version=report.draft.version
    )
    return f"{said}, {how}"


def remarks(report: Report, summary: Summary, wording: Wording) -> list[str]:
    """What must be known to judge the figures."""
    found = []
    if report.heard is not None:
        heard = report.heard
        counts = {"turns": heard.turns, "silent": heard.silent, "failed": heard.failed}
        otherwise = wording("words.heard", count=summary.misheard)
        found.append(f"{wording('ears', **counts)} {otherwise.capitalize()}.")
    if summary.supposed:
        found.append(wording("supposed", count=summary.supposed))
    return found


def elsewhere(report: Report) -> list[Comparison]:
    """Calls that went another way: those that end elsewhere first."""
    found = [one for one in report.comparisons if one.kind in {Kind.WAY, Kind.END}]
    return sorted(found, key=lambda one: (one.kind is not Kind.END, one.verdict != Verdict.WORSE))


def detail(kind: Kind, summary: Summary, wording: Wording) -> str:
    """What is to be said beside the number of a kind."""
    if kind is Kind.END:
        return ", ".join(
            wording(f"verdict.{each}", count=count)
            for each, count in summary.verdicts.items()
            if count
        )
    if kind is Kind.WAY and summary.open:
        return wording("open", count=summary.open)
    return ""


def _kinds(summary: Summary, wording: Wording) -> RenderableType:
    table = Table.grid(padding=(0, 2))
    table.add_column()
    table.add_column(justify="right")
    table.add_column(justify="right")
    table.add_column(style="dim")
    for kind, count in summary.kinds.items():
        share = f"{count / summary.calls:.0%}" if summary.calls else ""
        said = detail(kind, summary, wording)
        table.add_row(f"  {wording(f'kind.{kind}')}", str(count), share, said)
    return table


def _partings(summary: Summary, wording: Wording) -> RenderableType:
    table = Table(box=None, header_style="dim", pad_edge=False)
    for key in ("calls", "step", "before", "after", "ends", "examples"):
        table.add_column(wording(f"parting.{key}"), justify="right" if key == "calls" else "left")
    for one in summary.partings:
        cells = (*leads(one, wording), ends(one, wording), " ".join(one.calls[:EXAMPLES]))
        table.add_row(str(len(one.calls)), *(Text(clean(cell)) for cell in cells))
    return Padding(table, (0, 0, 0, 2))


def _not_replayed(summary: Summary, wording: Wording) -> RenderableType:
    table = Table.grid(padding=(0, 2))
    table.add_column(justify="right")
    table.add_column()
    for why, count in summary.not_replayed:
        table.add_row(str(count), Text(clean(stopped(why, wording))))
    return Padding(table, (0, 0, 0, 2))


def _sides(one: Comparison, wording: Wording) -> RenderableType:
    sides = side_by_side(one, wording, words=True)
    table = Table(box=None, header_style="dim", pad_edge=False, title_justify="left")
    table.title = Text(f"\n{one.call_id}", "bold")
    table.add_column(wording("then"), ratio=1, overflow="fold")
    table.add_column(wording("now"), ratio=1, overflow="fold")
    for place in range(max(len(sides.then), len(sides.now))):
        table.add_row(*(_cell(side, place) for side in (sides.then, sides.now)))
    return table


def _cell(lines: Sequence[Line], place: int) -> Text:
    if place >= len(lines):
        return Text()
    line = lines[place]
    style = {"caller": "cyan", "note": "dim", "step": "bold"}.get(line.who, "")
    return Text(clean(line.text), style)
