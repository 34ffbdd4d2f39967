"""A replay as one HTML page: without scripts or references, for bright and dark screens."""

from functools import cache
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, StrictUndefined

from dialog.flow_graph.asides import whole_graph
from dialog.flow_graph.svg import draw
from dialog.replay.comparing import Comparison, Kind
from voxdesk.app.replaying.report import Report, detail, elsewhere, heading, remarks
from voxdesk.app.replaying.telling import ends, leads, merged, side_by_side, stopped
from voxdesk.app.replaying.wording import Wording
from voxdesk.app.terminal import clean
from voxdesk.kernel.errors import FlowError

MOST_CALLS: Final = 200
"""Calls that are shown one by one."""


def page(report: Report, *, language: str = "en") -> str:
    """The page as text.

    Args:
        report: to be shown.
        language: of the page.
    """
    wording = Wording(language)
    summary = report.summary
    shown = elsewhere(report)
    shares = {kind: count / max(1, summary.calls) for kind, count in summary.kinds.items()}
    text: str = _template().render(
        t=wording,
        report=report,
        summary=summary,
        heading=heading(report, wording),
        kinds=[
            {
                "kind": str(kind),
                "name": wording(f"kind.{kind}"),
                "count": count,
                "share": shares[kind],
                "detail": detail(kind, summary, wording),
            }
            for kind, count in summary.kinds.items()
        ],
        partings=[
            {
                "count": len(one.calls),
                "leads": leads(one, wording),
                "ends": ends(one, wording),
                "better": one.better,
                "worse": one.worse,
            }
            for one in summary.partings
        ],
        ends=[
            (wording(f"ending.{before}"), wording(f"ending.{after}"), count)
            for (before, after), count in summary.ends.items()
        ],
        not_replayed=[(stopped(why, wording), count) for why, count in summary.not_replayed],
        remarks=remarks(report, summary, wording),
        picture=_picture(report, language),
        calls=[_call(one, wording, words=report.words) for one in shown[:MOST_CALLS]],
        left_out=max(0, len(shown) - MOST_CALLS),
    )
    return text


def _picture(report: Report, language: str) -> str | None:
    """The draft's drawing, all texts escaped; None: it is too large for one."""
    summary = report.summary
    try:
        graph, traffic = whole_graph(report.draft, language, summary.traffic, summary.marks)
        return draw(graph, traffic, summary.marks)
    except FlowError:
        return None


def _call(one: Comparison, wording: Wording, *, words: bool) -> dict[str, Any]:
    sides = side_by_side(one, wording, words=words)
    return {
        "id": one.call_id,
        "kind": str(one.kind),
        "verdict": str(one.verdict) if one.kind is Kind.END else "",
        "before": wording(f"ending.{one.before.ending}"),
        "after": wording(f"ending.{one.after.ending}"),
        "part": one.part,
        "sides": [
            [(line.who, clean(line.text), count) for line, count in merged(side)]
            for side in (sides.then, sides.now)
        ],
    }


@cache
def _template() -> Any:
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    text = Path(__file__).with_name("page.html.j2").read_text(encoding="utf-8")
    return environment.from_string(text)
