"""How fast calls are run again: `python -m tests.bench.replay`.

Generated callers call the shop; what an engine would have logged is written to a database, and all
of it is replayed, through the version that the calls ran on (which must change nothing) and through
a draft that is different. `--audio`: calls of real telephone speech (`VOXDESK_DATA`) are recognized
anew by the installed recognizer. `--keep FOLDER` leaves the calls there, to try the command with.
"""

import argparse
import csv
import io
import json
import os
import tempfile
import time
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import soundfile
import soxr
from rich.console import Console
from rich.table import Table
from ruamel.yaml import YAML

from crm.calls.entries import Entry, change
from crm.calls.of_flow import FlowCallsFilter
from crm.calls.repository import store
from dialog.dialogue import Dialogue
from dialog.flow import Flow
from dialog.flow_file import check_text
from dialog.flow_tests.answers import Answers
from dialog.flow_tests.walker import Walk
from dialog.flow_tests.worlds import Worlds
from dialog.prompts import Prompts
from dialog.replay.summing import summarize
from dialog.text_call import TextCall
from recordings.library import recording_path
from recordings.wav_file import WavFile
from tests.fixtures.written_logs import entries, written
from voxdesk.app import database as schema
from voxdesk.app.replaying.calls import stored_calls
from voxdesk.app.replaying.running import Outcome, Source, by_ear, by_log, read_versions
from voxdesk.app.settings import Settings
from voxdesk.db import Database
from voxdesk.kernel.audio import SAMPLE_RATE_HZ, SAMPLES_PER_MS
from voxdesk.kernel.call import CallEvent, CallId, EventKind

ROOT = Path(__file__).resolve().parents[2]
SHOP = ROOT / "config" / "flows" / "shop.yaml"
DATA = Path(os.environ.get("VOXDESK_DATA", ROOT.parent / "shared" / "data")) / "speech-dev"
MOST_EVENTS = 15
TURNS = 6
PAUSE_MS = 1500
ASKED = "{ask: free, prompt: Tell me., confirm: never"
TALK = "steps:\n"
TALK += "".join(f"  s{turn}: {ASKED}, then: s{turn + 1}}}\n" for turn in range(TURNS))
TALK += f"  s{TURNS}: {{end: Goodbye.}}\n"
console = Console(width=120)


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--calls", type=int, default=1000)
    parser.add_argument("--audio", action="store_true", help="real speech, recognized anew")
    parser.add_argument("--audio-calls", type=int, default=10)
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--keep", type=Path, help="leave the state directory here")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        state_dir = arguments.keep or Path(folder)
        figures = _by_log(state_dir, arguments.calls)
        if arguments.audio:
            figures |= _by_ear(state_dir, arguments.audio_calls, arguments.workers)
    table = Table(title="calls run again")
    for heading in ("what", "figure"):
        table.add_column(heading)
    for name, value in figures.items():
        table.add_row(name.replace("_", " "), f"{value:.1f}" if value % 1 else f"{value:.0f}")
    console.print(table)
    results = ROOT / "bench-results" / "replay.json"
    results.parent.mkdir(exist_ok=True)
    results.write_text(json.dumps(figures, indent=1))
    console.print(f"details in {results}")


# ------------------------------------------------------------------ by what was heard then


def _by_log(state_dir: Path, count: int) -> dict[str, float]:
    settings, database = _house(state_dir)
    text = SHOP.read_text()
    flow = _flow(text, "shop")
    calls = generated(flow, Prompts.load(ROOT / "config" / "prompts"), count)
    _keep(database, flow, calls)
    draft = state_dir / "draft.yaml"
    draft.write_text(changed(text))
    figures: dict[str, float] = {"calls": count}
    for name, path in (("same version", None), ("draft", draft)):
        begun, began = time.perf_counter(), time.process_time()
        outcome = _run(settings, database, "shop", path)
        took_s, cpu_s = time.perf_counter() - begun, time.process_time() - began
        summary = summarize(outcome.comparisons)
        figures[f"{name}: calls a second"] = summary.calls / took_s
        figures[f"{name}: calls a second of one core"] = summary.calls / cpu_s
        figures |= {f"{name}: {kind}": n for kind, n in summary.kinds.items()}
    database.close()
    return figures


def changed(text: str) -> str:
    """A flow as somebody might try it: numbers are read back, menus give up sooner …"""
    yaml = YAML()
    document = yaml.load(text)
    for step in document["steps"].values():
        if str(step.get("ask", "")) in {"order_number", "digits", "code"}:
            step["confirm"] = "always"
        if "menu" in step:
            step["attempts"] = 1
        if "lookup" in step and "missing" in step:
            step["missing"], step["failed"] = step["failed"], step["missing"]
    written = io.StringIO()
    yaml.dump(document, written)
    return written.getvalue()


def generated(flow: Flow, prompts: Prompts, count: int) -> Iterator[tuple[TextCall, Dialogue]]:
    """Calls of generated callers; the same every time."""
    dialogue = Dialogue(flow, prompts)
    worlds = Worlds(flow, dialogue.languages)
    for number in range(count):
        random = Random(f"replay/{number}")  # noqa: S311  nothing secret
        world = worlds.make(random)
        one = Walk(dialogue, world)
        answers = Answers(flow, world, random)
        for _ in range(random.randint(1, MOST_EVENTS)):
            if one.call is None or one.over or (doing := answers.next(one.call)) is None:
                break
            one.does(doing)
        if one.call is not None:
            yield one.call, dialogue


def _keep(database: Database, flow: Flow, calls: Iterable[tuple[TextCall, Dialogue]]) -> None:
    """Write the logs as an engine would have."""
    began = datetime.now(UTC) - timedelta(days=20)
    with database.transaction() as session:
        for number, (call, dialogue) in enumerate(calls):
            began += timedelta(minutes=1)
            call_id = f"{number:06x}{'0' * 6}"
            log = written(call, flow, dialogue.languages, call_id=call_id, answered_at=began)
            store(session, entries(flow, call_id, log, call.state.language))


# ------------------------------------------------------------------ by their sound


def _by_ear(state_dir: Path, count: int, workers: int) -> dict[str, float]:
    if not (DATA / "manifest.tsv").is_file():
        console.print(f"no speech in {DATA}; set VOXDESK_DATA", style="yellow")
        return {}
    settings, database = _house(state_dir)
    flow = _flow(TALK, "talk")
    draft = state_dir / "talk.yaml"
    draft.write_text(TALK)
    _record(state_dir, database, flow, count)
    begun, began = time.perf_counter(), time.process_time()
    outcome = _run(settings, database, "talk", draft, workers=workers)
    took_s, cpu_s = time.perf_counter() - begun, time.process_time() - began
    database.close()
    heard = outcome.heard
    if heard is None:
        return {}
    spoken_s = heard.speech_s
    return {
        "by ear: calls": count,
        "by ear: turns": heard.turns,
        "by ear: speech recognized, s": spoken_s,
        "by ear: took, models included, s": took_s,
        "by ear: processor, s": cpu_s,
        "by ear: x real time of the speech": spoken_s / took_s,
        "by ear: the same of one core": spoken_s / cpu_s,
        "by ear: calls a minute": 60 * count / took_s,
    }


def _record(state_dir: Path, database: Database, flow: Flow, count: int) -> None:
    """Calls whose caller says real utterances."""
    utterances = list(_utterances())
    began = datetime.now(UTC) - timedelta(days=1)
    for number in range(count):
        began += timedelta(minutes=1)
        call_id = f"ear{number:06x}"
        chosen = [utterances[(number * TURNS + turn) % len(utterances)] for turn in range(TURNS)]
        call = TextCall(Dialogue(flow, Prompts.load(ROOT / "config" / "prompts")))
        path = recording_path(CallId(call_id), began)
        file = WavFile(state_dir / "recordings" / path, SAMPLE_RATE_HZ)
        spans: list[tuple[int, int]] = []
        for text, pcm in chosen:
            start = file.samples + PAUSE_MS * SAMPLES_PER_MS
            file.write(start, np.stack([pcm, np.zeros_like(pcm)], axis=1))
            spans.append((start // SAMPLES_PER_MS, file.samples // SAMPLES_PER_MS))
            call.says(text)
        file.close()
        log = _placed(written(call, flow, ["en"], call_id=call_id, answered_at=began), spans)
        with database.transaction() as session:
            store(session, [*entries(flow, call_id, log, "en"), _recorded(call_id, path)])


def _utterances() -> Iterator[tuple[str, Any]]:
    with (DATA / "manifest.tsv").open() as lines:
        for row in csv.DictReader(lines, delimiter="\t"):
            if row["kind"] == "call-turn" and row["text"]:
                narrow, rate = soundfile.read(DATA / row["path"], dtype="float32")
                wide = soxr.resample(narrow, rate, SAMPLE_RATE_HZ)
                yield row["text"], (np.clip(wide, -1, 1) * 32767).astype(np.int16)


def _placed(log: list[CallEvent], spans: list[tuple[int, int]]) -> list[CallEvent]:
    """The log with each turn where it is in the recording."""
    left = iter(spans)
    found = []
    for event in log:
        data = dict(event.data)
        if event.kind is EventKind.HEARD:
            data["speech_start_ms"], data["speech_end_ms"] = next(left)
        found.append(CallEvent(event.call_id, event.kind, event.at, event.audio_ms, data))
    return found


def _recorded(call_id: str, path: str) -> Entry:
    return change(call_id, {"recording_path": path})


# ------------------------------------------------------------------ both


def _house(state_dir: Path) -> tuple[Settings, Database]:
    state_dir.mkdir(parents=True, exist_ok=True)
    settings = Settings.model_validate(
        {"state_dir": state_dir, "config_dir": ROOT / "config", "calls": {"flow": "shop"}}
    )
    schema.prepare(settings.database_url)
    return settings, Database(settings.database_url)


def _flow(text: str, name: str) -> Flow:
    checked = check_text(text.encode(), name=name, path=f"{name}.yaml")
    if checked.flow is None or checked.problems:
        raise SystemExit(checked.report)
    return checked.flow


def _run(
    settings: Settings, database: Database, flow: str, draft: Path | None, *, workers: int = 0
) -> Outcome:
    """Replay all calls of a flow; by ear where there are workers."""
    versions, _ = read_versions(settings, database, flow, draft)
    calls = stored_calls(database, FlowCallsFilter(flow, limit=1_000_000))
    source = Source(settings, database, versions)
    if workers:
        return by_ear(source, calls, lambda: None, workers=workers)
    return by_log(source, calls, lambda: None)


if __name__ == "__main__":
    main()
