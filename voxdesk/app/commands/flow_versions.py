"""`voxdesk flow history`, `diff`, `show` and `draft`: versions of flows, to look at and to use."""

import json
from collections.abc import Iterable
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from crm.flows.models import FlowVersion
from dialog.flow_diff import FlowDiff
from dialog.flow_diff_shown import as_data, lines
from dialog.flow_diff_words import Mark
from voxdesk.app import publishing
from voxdesk.app.database import opened
from voxdesk.app.drafts import KEPT_SUFFIX, path_of, read_draft, take_draft
from voxdesk.app.settings import load_settings
from voxdesk.app.terminal import clean, local_time
from voxdesk.kernel.errors import PublishRefused

STYLES = {Mark.SAME: "", Mark.REMOVED: "red", Mark.ADDED: "green"}

app = typer.Typer()
_out = Console(highlight=False, soft_wrap=True)
AsJson = Annotated[bool, typer.Option("--json", help="For programs.")]
Which = typer.Argument(help='A version\'s number, "live", "draft", or "nothing".')


@app.command()
def history(
    flow: Annotated[
        str | None, typer.Argument(help="Name of the flow; what is live of all when left out.")
    ] = None,
    limit: Annotated[int, typer.Option("--limit", "-n", min=1, help="At most so many.")] = 20,
    *,
    as_json: AsJson = False,
) -> None:
    """Who published what, when and why; the first is live."""
    with opened(load_settings().database_url) as database:
        if flow is None:
            versions = publishing.published_flows(database)
        else:
            versions = publishing.history(database, flow, limit=limit)
    if as_json:
        typer.echo(json.dumps([_data(each) for each in versions], ensure_ascii=False, indent=2))
    elif not versions:
        typer.echo("No flow was ever published; calls run the files.")
    else:
        _out.print(_table(versions, with_flow=flow is None), soft_wrap=False)


@app.command()
def diff(
    flow: Annotated[str, typer.Argument(help="Name of the flow.")],
    before: Annotated[str, Which] = publishing.LIVE,
    after: Annotated[str, Which] = publishing.DRAFT,
    *,
    as_json: AsJson = False,
) -> None:
    """What is different between two versions, by step; from what is live to the draft."""
    with opened(load_settings().database_url) as database:
        folder = load_settings().config_dir / "flows"
        sides = [publishing.side(database, folder, flow, which) for which in (before, after)]
    if sides[1] is None:
        raise PublishRefused('Compare with a version, "live" or "draft".')
    difference = publishing.difference(sides[0], sides[1])
    if as_json:
        typer.echo(json.dumps(as_data(difference), ensure_ascii=False, indent=2))
        return
    names = [clean(publishing.name_of(side)) for side in sides]
    _out.print(Text(f"From {names[0]} to {names[1]}:"))
    show_diff(difference)


@app.command()
def show(
    flow: Annotated[str, typer.Argument(help="Name of the flow.")],
    version: Annotated[
        int | None, typer.Argument(min=1, help="Its number; what is live by default.")
    ] = None,
) -> None:
    """The text of a version, to the letter."""
    with opened(load_settings().database_url) as database:
        found = publishing.find(database, flow, version)
    typer.echo(found.text.encode(), nl=False)


@app.command()
def draft(
    flow: Annotated[str, typer.Argument(help="Name of the flow.")],
    version: Annotated[
        int | None, typer.Argument(min=1, help="Its number; what is live by default.")
    ] = None,
    *,
    force: Annotated[
        bool, typer.Option("--force", help="Even when the draft has changes of its own.")
    ] = False,
) -> None:
    """Make a published version the draft, to go on from there."""
    folder = load_settings().config_dir / "flows"
    with opened(load_settings().database_url) as database:
        found = publishing.find(database, flow, version)
        path = path_of(folder, flow)
        if path.exists() and not force:
            present = read_draft(folder, flow)
            if not publishing.is_published(database, present):
                raise PublishRefused(
                    f"{path} has changes that were never published; they would be lost.\n  See "
                    f"them: voxdesk flow diff {flow}\n  With --force they are kept in "
                    f"{path.name}{KEPT_SUFFIX}"
                )
    parts = take_draft(folder, flow, found.text.encode(), found.number)
    typer.echo(f"{path} is version {found.number} now.")
    for file in parts:
        verb = "runs" if file.parent == folder else "uses"
        typer.echo(f"{file}, which it {verb}, is as it was in that version.")


def show_diff(difference: FlowDiff) -> None:
    """In colours where the terminal has some; without them it says the same."""
    for line in lines(difference):
        text = Text()
        for piece in line:
            text.append(clean(piece.text), STYLES[piece.mark])
        _out.print(text)


def _table(versions: Iterable[FlowVersion], *, with_flow: bool) -> Table:
    table = Table(box=None, header_style="bold", pad_edge=False)
    columns = ("version", "published", "by", "reason", "what changed", "tests")
    for column in ("flow", *columns) if with_flow else columns:
        table.add_column(column)
    for place, version in enumerate(versions):
        live = " (live)" if place == 0 and not with_flow else ""
        again = f"; version {version.restores} again" if version.restores else ""
        cells = [
            f"{version.number}{live}",
            local_time(version.published_at),
            clean(version.author),
            clean(version.reason),
            f"{version.changes}{again}",
            version.tests or "none",
        ]
        row = [version.flow, *cells] if with_flow else cells
        table.add_row(*(Text(cell) for cell in row))
    return table


def _data(version: FlowVersion) -> dict[str, Any]:
    """All of it but the text."""
    return {
        "flow": version.flow,
        "version": version.number,
        "base": version.base,
        "restores": version.restores or None,
        "hash": version.hash,
        "author": version.author,
        "reason": version.reason,
        "tests": version.tests,
        "changes": version.changes,
        "published_at": version.published_at.isoformat(),
    }
