"""`voxdesk messages`: what callers left in mailboxes, in words and as sound."""

import socket
from datetime import UTC, datetime
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from crm.calls.models import Call
from crm.messages import repository
from crm.messages.models import TextState
from crm.messages.repository import LeftMessage
from voxdesk.app.database import opened
from voxdesk.app.recordings_kept import library_of
from voxdesk.app.settings import load_settings
from voxdesk.app.terminal import clean, length, local_time, offset
from voxdesk.kernel.errors import VoxdeskError

SHORT = 60

app = typer.Typer(help="Messages that callers left.", no_args_is_help=True)

MessageArgument = Annotated[int, typer.Argument(metavar="MESSAGE", help="Its number in the list.")]


@app.command("list")
def list_(
    mailbox: Annotated[str, typer.Argument(help="Only this mailbox.")] = "",
    *,
    unheard: Annotated[bool, typer.Option("--unheard", help="Only those nobody heard.")] = False,
    limit: Annotated[int, typer.Option("--limit", "-n", min=1, help="At most so many.")] = 20,
) -> None:
    """The newest messages."""
    with opened(load_settings().database_url) as database, database.reading() as session:
        found = repository.list_left(session, mailbox=mailbox, unheard=unheard, limit=limit)
    table = Table(box=None, header_style="bold", pad_edge=False)
    for column in ("message", "time", "mailbox", "caller", "length", "said"):
        table.add_column(column, justify="right" if column == "length" else "left")
    for left in found:
        new = left.message.heard_at is None
        table.add_row(
            f"{left.message.id}{' new' if new else ''}",
            local_time(left.message.left_at),
            Text(clean(left.message.mailbox)),
            Text(_caller(left.call)),
            length(left.message.seconds),
            _short(left),
        )
    Console().print(table if found else "No messages.")


@app.command()
def show(message: MessageArgument) -> None:
    """One message: who, when, what was said, and where to hear it. It counts as heard then."""
    settings = load_settings()
    with opened(settings.database_url) as database, database.transaction() as session:
        left = _found(repository.find_left(session, message), message)
        repository.heard(session, left.message, now=datetime.now(UTC))
    typer.echo(
        f"{local_time(left.message.left_at)}  {clean(left.message.mailbox)}  {_caller(left.call)}  "
        f"{length(left.message.seconds)}  call {left.call.id}"
    )
    typer.echo(_whole(left))
    try:
        info = library_of(settings).info(left.recording_path)
    except VoxdeskError as error:
        typer.echo(str(error), err=True)
        return
    typer.echo(f"{info.shown_at}, from {offset(left.message.start_ms)}")


@app.command()
def transcribe() -> None:
    """Write down what is waiting on this machine now; the engine does so by itself."""
    from voxdesk.app.transcripts.worker import run  # noqa: PLC0415  loads models

    count = run(load_settings(), socket.gethostname())
    typer.echo(f"{count} message{'s' if count != 1 else ''} done.")


def _found(left: LeftMessage | None, number: int) -> LeftMessage:
    if left is None:
        raise VoxdeskError(f"there is no message {number}; see: voxdesk messages list")
    return left


def _caller(call: Call) -> str:
    number = clean(call.caller) or "withheld"
    return f"{number} ({clean(call.caller_name)})" if call.caller_name else number


def _whole(left: LeftMessage) -> str:
    if left.text is None:
        return "(its words are not written down)"
    if left.text.state == TextState.FAILED:
        return "(its words could not be written down)"
    if left.text.state != TextState.DONE:
        return "(its words are being written down)"
    return f'"{clean(left.text.text)}"' if left.text.text else "(no words)"


def _short(left: LeftMessage) -> Text:
    whole = _whole(left)
    is_text = whole.startswith('"')
    shown = whole if len(whole) <= SHORT else whole[: SHORT - 1] + "…"
    return Text(shown, style="" if is_text else "dim")
