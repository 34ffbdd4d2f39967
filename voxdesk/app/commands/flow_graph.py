"""`voxdesk flow graph`: a flow as a drawing, with what calls did in it."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer

from dialog.flow import Flow
from dialog.flow_file import check_text
from dialog.flow_graph.asides import picture
from dialog.flow_graph.model import Traffic
from voxdesk.app import publishing
from voxdesk.app.database import opened
from voxdesk.app.flow_choice import OneFlowArgument, one_flow
from voxdesk.app.flow_traffic import traffic_of
from voxdesk.app.settings import Settings, load_settings
from voxdesk.kernel.errors import DatabaseError, FlowError, PublishRefused, SettingsError

USUAL_DAYS = 30

app = typer.Typer()


@app.command()
def graph(
    flow_name: OneFlowArgument = "",
    *,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help='The SVG to write; "-" prints it.  [FLOW.svg]'),
    ] = None,
    version: Annotated[
        str,
        typer.Option(
            metavar="NUMBER", help='A published version, or "live", with its own calls alone.'
        ),
    ] = "",
    days: Annotated[
        int | None,
        typer.Option(min=0, max=3650, help="Count calls of so many days; 0 counts none.  [30]"),
    ] = None,
    since: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Count calls from this day on.")
    ] = None,
    until: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Count calls up to this day.")
    ] = None,
    language: Annotated[str, typer.Option(help="Of prompts and phrases, e.g. zh.")] = "",
) -> None:
    """Draw a flow: its steps, its branches, and the shares of real calls on them.

    All versions' calls count on the file, those of a version on that version.
    """
    settings = load_settings()
    if days is not None and (since or until):
        raise SettingsError("--days counts back from today; say it, or --since and --until")
    drawn = _published(settings, flow_name, version) if version else _Drawn(one_flow(flow_name)[1])
    flow = drawn.flow
    if language and language not in flow.languages:
        raise SettingsError(
            f'flow "{flow.name}" has no language "{language}".\n'
            f"  Languages: {', '.join(flow.languages)}"
        )
    first, last = _period(days, since, until, drawn)
    traffic = _traffic(settings, drawn, first, last) if days != 0 else None
    text = picture(flow, language, traffic)
    if output == Path("-"):
        typer.echo(text, nl=False)
        return
    target = output or Path(f"{flow.name}.svg")
    try:
        target.write_text(text, encoding="utf-8")
    except OSError as error:
        raise SettingsError(f"{target}: can't be written: {error.strerror}") from None
    calls = f"{traffic.calls} call{'' if traffic.calls == 1 else 's'}" if traffic else ""
    counted = f", {calls} of {traffic.period}" if traffic else ""
    typer.echo(f"{target}: {len(flow.steps)} steps{counted}.")


@dataclass(frozen=True, slots=True)
class _Drawn:
    """What is drawn. `published_at`: None for a file, on which all versions' calls count."""

    flow: Flow
    published_at: datetime | None = None


def _published(settings: Settings, flow_name: str, version: str) -> _Drawn:
    """A published version.

    Raises:
        PublishRefused: there is no such version.
        FlowError: this program can't read it any more.
        DatabaseError: the database is away.
    """
    name = flow_name or settings.calls.flow
    if version != "live" and not (version.isdecimal() and len(version) < len("9999999999")):
        raise PublishRefused(f'"{version}" is no version: say its number, or live.')
    with opened(settings.database_url) as database:
        found = publishing.find(database, name, None if version == "live" else int(version))
    path = publishing.name_of(found)
    checked = check_text(found.text.encode(), name=name, path=path)
    if checked.flow is None or checked.problems:
        raise FlowError(f"This program can't read {path} any more:\n{checked.report}")
    return _Drawn(checked.flow, found.published_at)


def _period(
    days: int | None, since: datetime | None, until: datetime | None, drawn: _Drawn
) -> tuple[datetime, datetime]:
    """From when until when calls count: of a version all of its calls, unless days are named."""
    last = min(datetime.now(UTC), (until + timedelta(days=1)).astimezone() if until else _NEVER)
    if since is not None:
        return since.astimezone(), last
    if days is None and drawn.published_at is not None:
        return min(drawn.published_at, last), last
    return last - timedelta(days=USUAL_DAYS if days is None else days), last


_NEVER = datetime.max.replace(tzinfo=UTC)


def _traffic(settings: Settings, drawn: _Drawn, since: datetime, until: datetime) -> Traffic | None:
    """What calls did in it; None, and a word about it, where there is no database to ask."""
    flow = drawn.flow
    version = flow.version if drawn.published_at else ""
    try:
        with opened(settings.database_url) as database:
            return traffic_of(database, flow.name, since, until, version)
    except DatabaseError as error:
        typer.echo(f"Without calls: {error}", err=True)
        return None
