"""`voxdesk explain CALL`: where each turn's milliseconds went."""

import typer
from rich.console import Console

from crm.calls.turn_timings import turn_timings
from voxdesk.app.commands.calls import CallArgument, read_call
from voxdesk.app.database import opened
from voxdesk.app.settings import load_settings
from voxdesk.app.turn_view import render_turns

app = typer.Typer()


@app.command()
def explain(call: CallArgument = "last") -> None:
    """Where each turn's milliseconds went, from the caller's last sound to our first.

    Solid bars follow one another: they are what the caller waits for. Light ones ran beside them.
    """
    with opened(load_settings().database_url) as database:
        _, events = read_call(database, call)
    Console().print(render_turns(turn_timings(events)))
