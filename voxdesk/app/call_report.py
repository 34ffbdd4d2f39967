"""What is left of a call when it is over: its record and its recording, for a terminal."""

import numpy as np
from rich.console import Console
from rich.rule import Rule
from rich.table import Table
from rich.text import Text
from sqlalchemy.orm import Session

from crm.calls.models import Call
from crm.calls.repository import events_of, find_call, transfers_of
from crm.customers.models import Customer
from recordings.sound import read_frames, sound_format
from voxdesk.app.recordings_kept import library_of
from voxdesk.app.settings import Settings
from voxdesk.app.terminal import clean, length, local_time
from voxdesk.db import Database
from voxdesk.kernel.audio import level_dbfs
from voxdesk.kernel.call import EventKind

BLOCK_FRAMES = 1 << 16


def print_call(console: Console, settings: Settings, call_id: str) -> None:
    """Record and recording of a finished call."""
    database = Database(settings.database_url)
    try:
        with database.reading() as session:
            call = find_call(session, call_id)
            if call is None:
                console.print(f"There is no record of call {call_id}.", style="red")
                return
            table = _record(session, call)
    finally:
        database.close()
    console.print(Rule("Its record in the CRM"))
    console.print(table)
    if call.recording_path:
        console.print(Rule("Its recording"))
        _print_recording(console, settings, call.recording_path)


def _record(session: Session, call: Call) -> Table:
    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_column(style="bold")
    customer = session.get(Customer, call.customer_id) if call.customer_id else None
    events = [logged.event for logged in events_of(session, call.id)]
    turns = sum(event.kind is EventKind.HEARD for event in events)
    transfers = [
        f"{transfer.mode} to {transfer.target}: {transfer.outcome or 'in progress'}"
        for transfer in transfers_of(session, call.id)
    ]
    rows = {
        "call": call.id,
        "when": local_time(call.started_at),
        "caller": call.caller,
        "customer": customer.display_name if customer else "not known",
        "flow": f"{call.flow_name}, version {call.flow_version}",
        "length": length(_seconds(call)),
        "turns": f"{turns} of the caller's, {len(events)} events in the log",
        "handed over": "; ".join(transfers) or "no",
        "agent": call.agent or "none",
        "ended": (call.cause or "").replace("_", " "),
    }
    for name, value in rows.items():
        table.add_row(name, Text(clean(value)))
    return table


def _seconds(call: Call) -> float | None:
    if call.answered_at is None or call.ended_at is None:
        return None
    return (call.ended_at - call.answered_at).total_seconds()


def _print_recording(console: Console, settings: Settings, name: str) -> None:
    library = library_of(settings)
    with library.open(name) as sound:
        blocks = [
            read_frames(sound, first, BLOCK_FRAMES)
            for first in range(0, sound_format(sound).frames, BLOCK_FRAMES)
        ]
    levels = [
        [level_dbfs(np.ascontiguousarray(block[:, side])) for side in (0, 1)] for block in blocks
    ]
    loudest = np.max(np.array(levels or [[-100.0, -100.0]]), axis=0)
    info = library.info(name)
    console.print(info.shown_at, soft_wrap=True)
    console.print(
        f"{length(info.seconds)}, stereo: caller left (loudest {loudest[0]:.0f} dBFS), "
        f"answer right (loudest {loudest[1]:.0f} dBFS)"
    )
