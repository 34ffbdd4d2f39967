"""`voxdesk jobs`: what is done for calls when they are over."""

from datetime import UTC, datetime
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from crm.jobs import repository
from crm.jobs.models import JobState
from voxdesk.app.database import opened
from voxdesk.app.settings import load_settings
from voxdesk.app.terminal import clean, local_time

app = typer.Typer(help="Work after calls: word times, search, waveforms and more.")
_out = Console(highlight=False)


@app.callback(invoke_without_command=True)
def work(
    context: typer.Context,
    *,
    once: Annotated[bool, typer.Option(help="Do what waits now, and end.")] = False,
    supervised: Annotated[bool, typer.Option(hidden=True)] = False,
) -> None:
    """Do the work until stopped. `voxdesk serve` does it too, unless jobs.run is false."""
    if context.invoked_subcommand is not None:
        return
    from voxdesk.app.jobs import process  # noqa: PLC0415  models load only where they are used
    from voxdesk.app.serve import configure_logging  # noqa: PLC0415
    from voxdesk.app.with_parent import end_with_parent  # noqa: PLC0415

    settings = load_settings()
    configure_logging(settings)
    if supervised:
        end_with_parent()
    count = process.run(settings, once=once)
    if once:
        typer.echo(f"{count} pieces of work were begun; see how they went: voxdesk jobs status")


@app.command()
def status() -> None:
    """What waits, what is done, and what failed, with the reason."""
    with opened(load_settings().database_url) as database, database.reading() as session:
        kinds = repository.counts(session)
        periodic = repository.periodic(session)
        troubles = repository.in_trouble(session)
    if not kinds and not periodic:
        typer.echo("There was no work yet; it comes with the first call that ends.")
        return
    table = Table(box=None, header_style="bold", pad_edge=False)
    for column in ("work", "waiting", "working", "done", "set aside"):
        table.add_column(column, justify="left" if column == "work" else "right")
    for kind in kinds:
        numbers = (kind.waiting, kind.working, kind.done, kind.set_aside)
        table.add_row(kind.kind, *map(str, numbers))
    _out.print(table)
    for each in periodic:
        ended = f"done {local_time(each.ended_at)}" if each.ended_at else "not done yet"
        failed = f": {clean(each.error)}" if each.error else ""
        _out.print(Text(f"{each.name} on {clean(each.node)}: {ended}{failed}"))
    for job in troubles:
        aside = job.state == JobState.SET_ASIDE.value
        then = "set aside" if aside else f"tried again {local_time(job.due_at)}"
        told = f"{job.kind} of call {clean(job.call_id)}: {clean(job.error)} ({then})"
        _out.print(Text(told, style="red" if aside else "yellow"), soft_wrap=True)
    if any(job.state == JobState.SET_ASIDE.value for job in troubles):
        typer.echo("Have what was set aside tried again: voxdesk jobs retry")


@app.command()
def retry(
    kind: Annotated[str, typer.Option(help="Only this work.")] = "",
    call: Annotated[str, typer.Option(help="Only this call's.")] = "",
    *,
    done: Annotated[bool, typer.Option(help="Do again what was done, too.")] = False,
) -> None:
    """Have what was set aside tried again."""
    with opened(load_settings().database_url) as database, database.transaction() as session:
        count = repository.again(
            session, now=datetime.now(UTC), kind=kind, call_id=call, done_too=done
        )
    typer.echo(f"{count} pieces of work wait for another try.")
