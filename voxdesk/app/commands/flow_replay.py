"""`voxdesk flow replay`: recorded calls, run again through a draft."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated, Final

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from crm.calls.of_flow import FlowCallsFilter
from crm.lookups import Lookups
from dialog.file_keys import shown_path
from voxdesk.app.database import opened
from voxdesk.app.replaying.calls import stored_calls
from voxdesk.app.replaying.page import page
from voxdesk.app.replaying.report import Report, as_data, show
from voxdesk.app.replaying.running import Source, by_ear, by_log, read_versions
from voxdesk.app.replaying.wording import LANGUAGES
from voxdesk.app.settings import load_settings
from voxdesk.kernel.errors import SettingsError

USUAL: Final = 200
MOST: Final = 100_000
STOPPED: Final = 130  # as of a shell, after Ctrl-C

app = typer.Typer()


@app.command()
def replay(  # noqa: PLR0913  one for each option
    flow: Annotated[str, typer.Argument(help="Name of the flow that calls ran on.")],
    *,
    draft: Annotated[
        Path | None, typer.Option(help="The version to try.  [config/flows/FLOW.yaml]")
    ] = None,
    last: Annotated[
        int, typer.Option(min=1, max=MOST, help="At most so many calls, the newest.")
    ] = USUAL,
    since: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Calls from this day on.")
    ] = None,
    until: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Calls up to this day.")
    ] = None,
    call: Annotated[
        list[str] | None, typer.Option(help="This call, by the beginning of its id; repeatable.")
    ] = None,
    audio: Annotated[
        bool, typer.Option("--audio", help="Recognize the recordings anew; takes its time.")
    ] = False,
    workers: Annotated[int, typer.Option(min=1, max=16, help="With --audio: calls at once.")] = 1,
    crm: Annotated[
        bool, typer.Option("--crm", help="Ask the CRM what the calls didn't look up.")
    ] = False,
    words: Annotated[
        bool, typer.Option("--words", help="Show what callers said: personal data.")
    ] = False,
    html: Annotated[Path | None, typer.Option(help="Write a page to look at.")] = None,
    language: Annotated[str, typer.Option(help="Of that page: en or zh.")] = "en",
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """Say which calls would have gone differently through a draft, where and how.

    Nobody is called and nothing is changed: what callers said, what was looked up and how transfers
    ended is taken from the calls.
    """
    if language not in LANGUAGES:
        raise SettingsError(f'--language: a page is in {" or ".join(LANGUAGES)}, not "{language}"')
    settings = load_settings()
    with opened(settings.database_url) as database:
        versions, path = read_versions(settings, database, flow, draft)
        wanted = FlowCallsFilter(flow, _day(since), _day(until, 1), tuple(call or ()), last)
        calls = stored_calls(database, wanted)
        if not calls:
            raise SettingsError(
                f'There are no finished calls of the flow "{flow}" like that.\n'
                "  See which there are: voxdesk calls list"
            )
        lookups = Lookups(database, default_country=settings.calls.country) if crm else None
        source = Source(settings, database, versions, lookups)
        with _progress(len(calls)) as on_done:
            if audio:
                outcome = by_ear(source, calls, on_done, workers=workers)
            else:
                outcome = by_log(source, calls, on_done)
    report = Report(
        draft=versions.flow,
        shown=shown_path(path),
        first=calls[-1].started_at,
        last=calls[0].started_at,
        comparisons=outcome.comparisons,
        recognizer=outcome.recognizer,
        heard=outcome.heard,
        words=words,
    )
    if html is not None:
        _write(html, page(report, language=language))
    if as_json:
        typer.echo(json.dumps(as_data(report), ensure_ascii=False))
    else:
        show(report, Console(highlight=False), html=str(html or ""))


def _day(moment: datetime | None, later: int = 0) -> datetime | None:
    """Midnight here, so many days later."""
    return (moment + timedelta(days=later)).astimezone() if moment is not None else None


@contextmanager
def _progress(calls: int) -> Iterator[Callable[[], None]]:
    """Shows how many calls are done, where somebody looks on."""
    console = Console(stderr=True)
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
    )
    try:
        with Progress(
            *columns, console=console, transient=True, disable=not console.is_terminal
        ) as bar:
            task = bar.add_task("calls run again", total=calls)
            yield lambda: bar.advance(task)
    except KeyboardInterrupt:
        typer.echo("Stopped. With --audio, the same command goes on where it was.", err=True)
        raise typer.Exit(STOPPED) from None


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise SettingsError(f"{path}: can't be written: {error.strerror}") from None
