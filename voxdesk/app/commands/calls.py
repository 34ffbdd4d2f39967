"""`voxdesk calls`: list, show and follow calls, and find their recordings."""

import json
import os
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, BinaryIO

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from crm.audit.models import Act
from crm.calls.follow import FollowedCall, FollowedCalls
from crm.calls.models import Call
from crm.calls.repository import CallFilter, events_of, list_calls, list_messages
from crm.customers.phone import normalize_phone, plan_of
from voxdesk.app.call_view import CallView, render_events
from voxdesk.app.calls.found import the_call
from voxdesk.app.calls.hidden import hidden_stretches, toned
from voxdesk.app.calls.hidden_events import EventsShown, key_times
from voxdesk.app.calls.transcript import said_in
from voxdesk.app.commands import calls_export, calls_find
from voxdesk.app.commands.noting import Original, Reason, demand_reason, note
from voxdesk.app.database import opened
from voxdesk.app.recordings_kept import library_of
from voxdesk.app.settings import load_settings
from voxdesk.app.terminal import clean, length, local_time, offset
from voxdesk.db import Database
from voxdesk.kernel.call import CallEvent, EventKind
from voxdesk.kernel.errors import VoxdeskError

POLL_EVERY_S = 0.25
SHORT_ID = 6
COPY_BYTES = 1 << 20

app = typer.Typer(help="Calls: what was said, when, and what came of it.", no_args_is_help=True)
app.command("find")(calls_find.find)
app.command("export")(calls_export.export)

CallArgument = Annotated[
    str, typer.Argument(metavar="CALL", help='A call\'s id, the beginning of it, or "last".')
]


@app.command("list")
def list_(
    *,
    limit: Annotated[int, typer.Option("--limit", "-n", min=1, help="At most so many.")] = 20,
    caller: Annotated[str, typer.Option(help="Only calls from this number.")] = "",
    live: Annotated[bool, typer.Option("--live", help="Only calls that go on now.")] = False,
) -> None:
    """The newest calls."""
    settings = load_settings()
    with opened(settings.database_url) as database, database.reading() as session:
        plan = plan_of(settings.calls.country)
        spellings = {caller, normalize_phone(caller, plan) or caller} if caller else set()
        wanted = CallFilter(callers=frozenset(spellings), live=live, limit=limit)
        calls = list_calls(session, wanted)
    console = Console()
    if not calls:
        console.print("No calls.")
        return
    table = Table(box=None, header_style="bold", pad_edge=False)
    for column in ("time", "call", "caller", "outcome", "length", "agent"):
        table.add_column(column, justify="right" if column == "length" else "left")
    for call in calls:
        table.add_row(
            local_time(call.started_at),
            call.id,
            Text(_caller(call)),
            Text(_outcome(call)),
            length(_seconds(call)),
            Text(clean(call.agent)),
        )
    console.print(table)


@app.command()
def show(
    call: CallArgument,
    *,
    details: Annotated[bool, typer.Option("--details", "-d", help="Every event.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object an event.")] = False,
    original: Original = False,
    reason: Reason = "",
) -> None:
    """One call as a conversation, with the time of each turn and its latency."""
    why = demand_reason(reason, original=original)
    with opened(load_settings().database_url) as database:
        found, events = read_call(database, call)
        act = Act.SAW_ORIGINAL if original else Act.READ_CALL
        with database.transaction() as session:
            note(session, act, f"call {found.id}", why)
    if not original:
        hiding = EventsShown(found.language, key_times(events))
        events = [hiding.shown(event) for event in events]
    if as_json:
        for event in events:
            typer.echo(_json_line(event))
        return
    console = Console()
    console.print(_heading(found))
    console.print(render_events(events, details=details))


@app.command()
def follow(
    call: Annotated[
        str, typer.Argument(metavar="[CALL]", help="Only this call, from its beginning.")
    ] = "",
    *,
    details: Annotated[bool, typer.Option("--details", "-d", help="Every event.")] = False,
) -> None:
    """Conversations while they happen. Ends with the call, or with Ctrl-C."""
    console = Console()
    with opened(load_settings().database_url) as database:
        try:
            if call:
                _follow_one(console, database, call, details=details)
            else:
                _follow_all(console, database, details=details)
        except KeyboardInterrupt:
            return


@app.command()
def recording(
    call: CallArgument,
    *,
    to: Annotated[Path | None, typer.Option(help="Write it there, as a WAV file.")] = None,
    original: Original = False,
    reason: Reason = "",
) -> None:
    """Where a call's recording is: caller on the left, answer on the right.

    What is written has a tone where something is hidden.
    """
    why = demand_reason(reason, original=original)
    settings = load_settings()
    with opened(settings.database_url) as database:
        found, _ = read_call(database, call)
        if to is not None and found.recording_path:
            act = Act.SAW_ORIGINAL if original else Act.HEARD_RECORDING
            with database.transaction() as session:
                note(session, act, f"{'sound of ' if original else ''}call {found.id}", why)
        with database.reading() as session:
            hidden = () if original else hidden_stretches(session, found, said_in(session, found))
    if not found.recording_path:
        raise VoxdeskError(f"call {found.id} was not recorded")
    library = library_of(settings)
    info = library.info(found.recording_path)
    if to is not None:
        with toned(library.open(found.recording_path), hidden) as source:
            _write(to, source)
    typer.echo(to or info.shown_at)
    typer.echo(
        f"{length(info.seconds)}, stereo: caller left, answer right; "
        f"to hear it: voxdesk calls recording {found.id} --to {found.id}.wav, and any player",
        err=True,
    )


@app.command()
def messages(
    mailbox: Annotated[str, typer.Argument(help="Only this mailbox.")] = "",
    *,
    limit: Annotated[int, typer.Option("--limit", "-n", min=1, help="At most so many.")] = 20,
) -> None:
    """What callers left in mailboxes, and where to hear it."""
    with opened(load_settings().database_url) as database, database.reading() as session:
        found = list_messages(session, mailbox=mailbox, limit=limit)
    table = Table(box=None, header_style="bold", pad_edge=False)
    for column in ("time", "mailbox", "caller", "length", "recording", "from"):
        table.add_column(column, justify="right" if column in {"length", "from"} else "left")
    for message, call in found:
        table.add_row(
            local_time(message.left_at),
            Text(clean(message.mailbox)),
            Text(_caller(call)),
            length(message.seconds),
            Text(clean(message.recording_path or call.recording_path or "not recorded")),
            offset(message.start_ms),
        )
    Console().print(table if found else "No messages.")


def _write(path: Path, source: BinaryIO) -> None:
    """A copy for its owner's eyes, since it is somebody's voice.

    Raises:
        VoxdeskError: it can't be written there; what is there already stays.
    """
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as target:
            shutil.copyfileobj(source, target, COPY_BYTES)
    except FileExistsError:
        raise VoxdeskError(f"{path} is there already; name another file") from None
    except OSError as error:
        raise VoxdeskError(f"{path} can't be written: {error.strerror or error}") from error


def read_call(database: Database, wanted: str) -> tuple[Call, list[CallEvent]]:
    """A call and its log.

    Raises:
        VoxdeskError: there is no such call, or more than one begins like this.
    """
    with database.reading() as session:
        call = the_call(session, wanted)
        return call, [logged.event for logged in events_of(session, call.id)]


def _follow_one(console: Console, database: Database, wanted: str, *, details: bool) -> None:
    call, _ = read_call(database, wanted)
    with database.transaction() as session:
        note(session, Act.READ_CALL, f"call {call.id}")
    console.print(_heading(call))
    followed, view = FollowedCall(database, call.id), CallView(details=details)
    hiding = EventsShown(call.language)
    for event in _polled(followed):
        if (line := view.line(hiding.shown(event))) is not None:
            console.print(line)
        if event.kind is EventKind.ENDED:
            return


def _follow_all(console: Console, database: Database, *, details: bool) -> None:
    with database.transaction() as session:
        note(session, Act.READ_CALL, "live calls")
    console.print("Waiting for calls; Ctrl-C ends.", style="dim")
    views: dict[str, CallView] = {}
    hidings: dict[str, EventsShown] = {}
    for event in _polled(FollowedCalls(database)):
        prefix = event.call_id[:SHORT_ID]
        view = views.setdefault(event.call_id, CallView(details=details, prefix=prefix))
        hiding = hidings.setdefault(event.call_id, EventsShown(""))
        if (line := view.line(hiding.shown(event))) is not None:
            console.print(line)
        if event.kind is EventKind.ENDED:
            del views[event.call_id], hidings[event.call_id]


def _polled(followed: FollowedCall | FollowedCalls) -> Iterator[CallEvent]:
    while True:
        for logged in followed.poll():
            yield logged.event
        time.sleep(POLL_EVERY_S)


def _heading(call: Call) -> Text:
    text = Text(f"call {call.id}  ", "bold")
    text.append(f"{local_time(call.started_at)}  {_caller(call)}  {_outcome(call)}")
    if (seconds := _seconds(call)) is not None:
        text.append(f"  {length(seconds)}")
    return text


def _caller(call: Call) -> str:
    number = clean(call.caller) or "withheld"
    return f"{number} ({clean(call.caller_name)})" if call.caller_name else number


def _outcome(call: Call) -> str:
    if call.ended_at is None:
        return "in progress" if call.answered_at else "ringing"
    return clean(call.disposition or call.cause or "ended").replace("_", " ")


def _seconds(call: Call) -> float | None:
    if call.answered_at is None or call.ended_at is None:
        return None
    return (call.ended_at - call.answered_at).total_seconds()


def _json_line(event: CallEvent) -> str:
    return json.dumps(
        {
            "at": event.at.isoformat(),
            "audio_ms": event.audio_ms,
            "kind": event.kind.value,
            "data": dict(event.data),
        },
        ensure_ascii=False,
    )
