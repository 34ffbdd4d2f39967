"""Percentiles, tables for people, JSON for later."""

import json
import math
import platform
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from tests.bench.conversation import Turn
from tests.bench.machine import Usage

RESULTS = Path("bench-results")
console = Console()


def percentile(values: Sequence[float], share: float) -> float | None:
    """Nearest rank; None of nothing."""
    if not values:
        return None
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, max(0, math.ceil(share * len(ordered)) - 1))]


def ms(seconds: float | None) -> int | None:
    """Seconds as whole milliseconds."""
    return None if seconds is None else round(seconds * 1000)


@dataclass(frozen=True, slots=True)
class Conversation:
    """The figures of some turns."""

    turns: int
    v2v_p50_ms: int | None
    v2v_p95_ms: int | None
    v2v_max_ms: int | None
    cut_off: int
    missed: int
    barge_ins: int
    pause_p50_ms: int | None
    pause_p95_ms: int | None
    silence_p50_ms: int | None
    silence_p95_ms: int | None

    @classmethod
    def of(cls, turns: Iterable[Turn]) -> "Conversation":
        """Latencies of the turns that weren't cut off; a late answer stays in the percentiles."""
        all_turns = list(turns)
        plain = [turn for turn in all_turns if not turn.interrupts]
        waits = [t.voice_to_voice_s for t in plain if t.voice_to_voice_s is not None]
        clean = [
            t.voice_to_voice_s for t in plain if t.voice_to_voice_s is not None and not t.cut_off
        ]
        pauses = [turn.pause_s for turn in all_turns if turn.pause_s is not None]
        silences = [turn.silence_s for turn in all_turns if turn.silence_s is not None]
        return cls(
            turns=len(plain),
            v2v_p50_ms=ms(percentile(clean, 0.5)),
            v2v_p95_ms=ms(percentile(clean, 0.95)),
            v2v_max_ms=ms(max(waits, default=None)),
            cut_off=sum(turn.cut_off for turn in plain),
            missed=sum(turn.missed for turn in plain),
            barge_ins=len(silences),
            pause_p50_ms=ms(percentile(pauses, 0.5)),
            pause_p95_ms=ms(percentile(pauses, 0.95)),
            silence_p50_ms=ms(percentile(silences, 0.5)),
            silence_p95_ms=ms(percentile(silences, 0.95)),
        )


def report(
    mode: str, rows: Mapping[str, Mapping[str, Any]], *, notes: Iterable[str] = (), **details: Any
) -> None:
    """Print one table, a column each, and write everything to bench-results/<mode>.json."""
    table = Table(mode, *rows)
    for key in dict.fromkeys(key for row in rows.values() for key in row):
        table.add_row(key, *(_shown(row.get(key)) for row in rows.values()))
    console.print(table)
    for note in notes:
        console.print(f"  {note}", highlight=False)
    RESULTS.mkdir(exist_ok=True)
    document = {
        "mode": mode,
        "at": time.strftime("%Y-%m-%dT%H:%M:%S%z"),
        "machine": {"processor": platform.machine(), "python": platform.python_version()},
        "figures": rows,
        "notes": list(notes),
        **details,
    }
    path = RESULTS / f"{mode}.json"
    path.write_text(json.dumps(document, indent=1, default=str), encoding="utf-8")
    console.print(f"  details: {path}\n")


def usage_row(usage: Usage, calls: int) -> dict[str, Any]:
    """The machine's side of a measurement."""
    return {
        "CPU % of a core": round(usage.system_cpu_percent),
        "CPU % a call": round(usage.system_cpu_percent / max(1, calls), 1),
        "RSS MB": round(usage.rss_mb),
        "PSS MB": round(usage.pss_mb),
        "generator CPU %": round(usage.generator_cpu_percent),
        "others CPU %": round(usage.others_cpu_percent),
    }


def turns_as_json(turns: Iterable[Turn]) -> list[dict[str, Any]]:
    """Every turn, for whoever wants to look closer."""
    return [asdict(turn) for turn in turns]


def _shown(value: Any) -> str:
    if value is None:
        return "-"
    return f"{value:g}" if isinstance(value, float) else str(value)
