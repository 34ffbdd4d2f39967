"""`voxdesk callbacks`: whom we promised to call, and what came of it."""

from datetime import UTC, datetime
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from crm.callbacks import repository
from crm.callbacks.models import Callback, CallbackState
from voxdesk.app.database import opened
from voxdesk.app.settings import load_settings
from voxdesk.app.terminal import clean, local_time
from voxdesk.kernel.errors import VoxdeskError

app = typer.Typer(help="Callers who want to be called back.", no_args_is_help=True)


@app.command("list")
def list_(
    *,
    all_: Annotated[bool, typer.Option("--all", help="Those that are over, too.")] = False,
    limit: Annotated[int, typer.Option("--limit", "-n", min=1, help="At most so many.")] = 20,
) -> None:
    """Who is to be called, the next first."""
    with opened(load_settings().database_url) as database, database.reading() as session:
        found = repository.list_callbacks(session, all_=all_, limit=limit)
        tries = {one.id: repository.attempts_of(session, one.id) for one in found}
    table = Table(box=None, header_style="bold", pad_edge=False)
    for column in ("callback", "number", "queue", "next", "state", "attempts"):
        table.add_column(column)
    for callback in found:
        outcomes = ", ".join(one.outcome or "ringing" for one in tries[callback.id])
        table.add_row(
            str(callback.id),
            Text(clean(callback.phone)),
            Text(clean(callback.queue)),
            _next(callback),
            callback.state,
            outcomes.replace("_", " "),
        )
    Console().print(table if found else "Nobody is to be called back.")


@app.command()
def cancel(
    callback: Annotated[int, typer.Argument(metavar="CALLBACK", help="Its number in the list.")],
) -> None:
    """Don't call."""
    with opened(load_settings().database_url) as database, database.transaction() as session:
        if repository.cancel(session, callback, now=datetime.now(UTC)):
            typer.echo(f"{callback} cancelled.")
            return
        found = session.get(Callback, callback)
    if found is None:
        raise VoxdeskError(f"there is no callback {callback}; see: voxdesk callbacks list --all")
    if found.state == CallbackState.CALLING:
        raise VoxdeskError(f"callback {callback} is being called just now")
    raise VoxdeskError(f"callback {callback} is over already: {found.state}")


def _next(callback: Callback) -> str:
    if callback.ended_at is not None:
        return ""
    return "now" if callback.next_at <= datetime.now(UTC) else local_time(callback.next_at)
