"""`voxdesk surveys`: how content callers are, by flow, version and time."""

import json
from datetime import datetime, timedelta
from typing import Annotated, Any, Final

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from crm.surveys.repository import By, Comment, Result, comments, results
from voxdesk.app.database import opened
from voxdesk.app.settings import load_settings
from voxdesk.app.terminal import clean, local_time

FEW: Final = 30
"""Answers under which a score says little."""
_UNITS: Final = {"csat": "%", "nps": "", "servqual": " of 7", "acsi": " of 100"}

app = typer.Typer()
_out = Console(highlight=False, soft_wrap=True)
_DAY = ["%Y-%m-%d"]


@app.command(name="surveys")
def surveys(
    flow: Annotated[str, typer.Argument(help="Only of this flow.")] = "",
    *,
    days: Annotated[int, typer.Option(min=1, max=3650, help="Calls of so many days.")] = 30,
    since: Annotated[
        datetime | None, typer.Option(formats=_DAY, help="From this day on instead.")
    ] = None,
    until: Annotated[
        datetime | None, typer.Option(formats=_DAY, help="Until this day, which counts too.")
    ] = None,
    by: Annotated[By, typer.Option(help="What is told apart.")] = By.FLOW,
    comment: Annotated[
        bool, typer.Option("--comments", help="What callers said in free words.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """What callers answered in surveys, as the usual scores.

    CSAT: share of 4 and 5 of 5. NPS: share of 9 and 10 less that of 0 to 6. SERVQUAL: mean of its
    dimensions, of 7. ACSI: 0 to 100.
    """
    now = datetime.now().astimezone()
    begins = since.astimezone() if since else now - timedelta(days=days)
    ends = until.astimezone() + timedelta(days=1) if until else None
    with opened(load_settings().database_url) as database, database.reading() as session:
        if comment:
            said = comments(session, flow=flow, since=begins, until=ends, limit=500)
            _tell_comments(list(said), as_json=as_json)
            return
        found = results(session, flow=flow, since=begins, until=ends, by=by)
    if as_json:
        typer.echo(json.dumps([_data(result) for result in found], ensure_ascii=False, indent=2))
    elif not found:
        typer.echo("No caller was asked in this time. A flow asks with the step `survey`.")
    else:
        _out.print(_table(found, by), soft_wrap=False)
        if any(result.score.answered < FEW for result in found):
            _out.print(f"Scores of fewer than {FEW} answers say little; they are in brackets.")


def _table(found: list[Result], by: By) -> Table:
    table = Table(box=None, header_style="bold", pad_edge=False)
    columns = ("flow", "step", "survey", *(() if by is By.FLOW else (str(by),)))
    for column in columns:
        table.add_column(column)
    for column in ("score", "asked", "answered", "all of it"):
        table.add_column(column, justify="right")
    table.add_column("means")
    for result in found:
        own = () if by is By.FLOW else (Text(clean(result.group)),)
        score = result.score
        table.add_row(
            Text(clean(result.flow)),
            Text(clean(result.step)),
            result.survey,
            *own,
            _shown(result),
            str(score.offered),
            f"{score.answered} ({score.response_rate:.0%})",
            str(score.complete),
            Text(", ".join(f"{clean(name)} {mean:.1f}" for name, mean in score.means.items())),
        )
    return table


def _shown(result: Result) -> str:
    score = result.score.score
    if score is None:
        return "–"  # noqa: RUF001  a dash
    digits = 1 if result.survey == "servqual" else 0
    sign = "+" if result.survey == "nps" and score > 0 else ""
    text = f"{sign}{score:.{digits}f}{_UNITS.get(result.survey, '')}"
    return f"({text})" if result.score.answered < FEW else text


def _tell_comments(said: list[Comment], *, as_json: bool) -> None:
    if as_json:
        data = [
            {"call": one.call_id, "flow": one.flow, "step": one.step, "at": one.at.isoformat(),
             "text": one.text}
            for one in said
        ]  # fmt: skip
        typer.echo(json.dumps(data, ensure_ascii=False, indent=2))
        return
    for one in said:
        _out.print(Text(f"{local_time(one.at)}  {one.call_id[:6]}  {clean(one.text)}"))
    if not said:
        typer.echo("No caller said anything in this time. A survey asks for it with `comment`.")


def _data(result: Result) -> dict[str, Any]:
    score = result.score
    return {
        "flow": result.flow,
        "step": result.step,
        "survey": result.survey,
        "group": result.group or None,
        "score": score.score,
        "offered": score.offered,
        "answered": score.answered,
        "complete": score.complete,
        "means": dict(score.means),
    }
