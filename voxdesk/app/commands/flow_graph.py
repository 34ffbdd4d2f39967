"""`voxdesk flow graph`: a flow as a drawing, with what calls did in it."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from dialog.flow import Flow
from dialog.flow_graph.model import Traffic, graph_of
from dialog.flow_graph.svg import draw
from voxdesk.app.database import opened
from voxdesk.app.flow_choice import OneFlowArgument, one_flow
from voxdesk.app.flow_traffic import traffic_of
from voxdesk.app.settings import Settings, load_settings
from voxdesk.kernel.errors import DatabaseError, SettingsError

app = typer.Typer()


@app.command()
def graph(
    flow_name: OneFlowArgument = "",
    *,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help='The SVG to write; "-" prints it.  [FLOW.svg]'),
    ] = None,
    days: Annotated[
        int, typer.Option(min=0, max=3650, help="Count calls of so many days; 0 counts none.")
    ] = 30,
    language: Annotated[str, typer.Option(help="Of prompts and phrases, e.g. zh.")] = "",
) -> None:
    """Draw a flow: its steps, its branches, and the shares of real calls on them."""
    settings = load_settings()
    _, flow = one_flow(flow_name)
    if language and language not in flow.languages:
        raise SettingsError(
            f'flow "{flow.name}" has no language "{language}".\n'
            f"  Languages: {', '.join(flow.languages)}"
        )
    traffic = _traffic(settings, flow, days) if days else None
    drawn = draw(graph_of(flow, language, traffic), traffic)
    if output == Path("-"):
        typer.echo(drawn, nl=False)
        return
    target = output or Path(f"{flow.name}.svg")
    try:
        target.write_text(drawn, encoding="utf-8")
    except OSError as error:
        raise SettingsError(f"{target}: can't be written: {error.strerror}") from None
    counted = f", {traffic.calls} calls of {days} days" if traffic else ""
    typer.echo(f"{target}: {len(flow.steps)} steps{counted}.")


def _traffic(settings: Settings, flow: Flow, days: int) -> Traffic | None:
    """What calls did in it; None, and a word about it, where there is no database to ask."""
    try:
        with opened(settings.database_url) as database:
            return traffic_of(database, flow.name, days, datetime.now(UTC))
    except DatabaseError as error:
        typer.echo(f"Without calls: {error}", err=True)
        return None
