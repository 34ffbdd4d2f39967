"""What the work after calls costs: processor time a call, by the kind of work, on real calls.

Run as `python -m tests.bench.post_call [FILE]`. Each two-channel call of the data folder becomes a
call of a database of its own: what its left speaker said are turns that were heard, without word
times. The work is then done as the process does it, with one thread. "Of its length" is processor
time by the length of the call; models are loaded before (their loading is given apart).
"""

import json
import os
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import soundfile
import soxr
from rich.console import Console
from rich.table import Table
from threadpoolctl import threadpool_limits

from crm.calls.call_log import CallLog
from crm.calls.entries import NewCall
from crm.transcripts import repository
from recordings.library import RecordingLibrary, recording_path
from tests.bench.speech import data_folder
from voxdesk.app.database import prepare
from voxdesk.app.jobs.house import JobsHouse
from voxdesk.app.jobs.kinds import KINDS
from voxdesk.app.settings import Settings
from voxdesk.db import Database
from voxdesk.kernel.call import CallEvent, CallId, Direction, EventKind
from voxdesk.kernel.clock import SystemClock

PAUSE_S = 0.7


def turns_of(words: list[dict[str, object]]) -> list[tuple[float, float, str]]:
    """What the left speaker said, cut where the other one speaks or at pauses."""
    turns: list[tuple[float, float, str]] = []
    for word in words:
        if word["speaker"] != "A":
            continue
        start, end, text = float(str(word["start"])), float(str(word["end"])), str(word["word"])
        if turns and start - turns[-1][1] < PAUSE_S and end - turns[-1][0] < 20:
            turns[-1] = (turns[-1][0], end, f"{turns[-1][2]} {text}")
        else:
            turns.append((start, end, text))
    return turns


def keep(database: Database, folder: Path, source: Path) -> tuple[CallId, float]:
    """A finished call with this recording; its id and its length in seconds."""
    sound, rate = soundfile.read(source, dtype="int16", always_2d=True)
    channels = [soxr.resample(sound[:, channel], rate, 16_000) for channel in (0, 1)]
    call_id, began = CallId(source.stem), datetime.now(UTC) - timedelta(hours=1)
    name = recording_path(call_id, began)
    path = folder / "recordings" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    soundfile.write(path, np.stack(channels, 1), 16_000, subtype="PCM_16")
    seconds = len(sound) / rate
    log = CallLog(database, folder / "spool" / source.stem)
    log.open_call(NewCall(call_id, Direction.INBOUND, began, language="en"))
    log.record(CallEvent(call_id, EventKind.ANSWERED, began))
    for start, end, text in turns_of(json.loads(source.with_suffix(".json").read_text())):
        data = {"text": text, "speech_start_ms": round(start * 1000)}
        heard = {**data, "speech_end_ms": round(end * 1000)}
        log.record(CallEvent(call_id, EventKind.HEARD, began, round(end * 1000), heard))
    log.record(CallEvent(call_id, EventKind.ENDED, began, round(seconds * 1000), {}))
    log.update_call(call_id, recording_path=name, ended_at=began + timedelta(seconds=seconds))
    log.close()
    return call_id, seconds


def main() -> None:
    """Print the table, and JSON beside it where a file is named."""
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    with tempfile.TemporaryDirectory() as scratch, threadpool_limits(limits=1):
        folder = Path(scratch)
        settings = Settings(state_dir=folder)
        prepare(settings.database_url)
        database = Database(settings.database_url)
        calls = [keep(database, folder, wav) for wav in sorted(data_folder().glob("calls/*.wav"))]
        library = RecordingLibrary(folder / "recordings")
        house = JobsHouse(settings, database, SystemClock(), library)
        began_s = time.process_time()
        for kind in KINDS:
            kind.do(house, calls[0][0])
        first_s = time.process_time() - began_s
        table = Table(title="Work after calls, processor seconds")
        for column in ("call", "length", *(kind.name for kind in KINDS), "of its length"):
            table.add_column(column, justify="right")
        rows = []
        for call_id, seconds in calls:
            costs = {}
            for kind in KINDS:
                began_s = time.process_time()
                kind.do(house, call_id)
                costs[kind.name] = time.process_time() - began_s
            share = sum(costs.values()) / seconds
            with database.reading() as session:
                measured = len(repository.times_of(session, call_id))
            row = {"call": call_id, "seconds": seconds, "share": share, "timed": measured, **costs}
            rows.append(row)
            cells = (f"{seconds:.0f} s", *(f"{cost:.2f}" for cost in costs.values()))
            table.add_row(call_id, *cells, f"{share:.3f}")
        database.close()
        Console().print(table)
        total = sum(seconds for _, seconds in calls)
        share = sum(row["share"] * row["seconds"] for row in rows) / total
        Console().print(
            f"All together {share:.3f} of their length; the very first call, with the loading of "
            f"models, {first_s:.2f} s."
        )
        if len(sys.argv) > 1:
            Path(sys.argv[1]).write_text(json.dumps(rows, indent=2))


if __name__ == "__main__":
    main()
