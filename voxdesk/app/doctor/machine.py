"""Processors, memory, and limits of the operating system."""

import os
import resource
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from voxdesk.app.doctor.finding import Finding, Machine, ok, problem, warning

AREA: Final = "machine"
THREADS: Final = "OMP_NUM_THREADS"
DESCRIPTORS_BASE: Final = 300  # database, models, sockets, lines' pipes
DESCRIPTORS_A_CALL: Final = 8
LEGS_A_LINE: Final = 4
MEMORY_BASE_MB: Final = 1200
MEMORY_A_LINE_MB: Final = 100


def check_machine(machine: Machine) -> Sequence[Finding]:
    """What it has, against what the lines may need."""
    cpus = len(os.sched_getaffinity(0))
    lines = machine.settings.sip.lines
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return [
        *judge_processors(cpus, machine.settings.recognition.workers, machine.env.get(THREADS, "")),
        judge_descriptors(soft, lines),
        *_memory(lines),
    ]


def judge_processors(cpus: int, workers: int, threads: str) -> Iterator[Finding]:
    """Pure: decodings at the same time beside processors that there are."""
    if workers > cpus:
        yield warning(
            AREA,
            f"recognition.workers is {workers}, and there are {cpus} processors: decodings slow "
            "each other and the calls down.",
            f"Set recognition.workers to {cpus} or less.",
        )
    if threads and threads.isdigit() and int(threads) > 1:
        yield warning(
            AREA,
            f"{THREADS} is {threads}: numerical libraries start as many threads for each decoding.",
            f"Set {THREADS}=1; several calls use the processors better.",
        )
    yield ok(AREA, f"{cpus} processor{'s' if cpus > 1 else ''}, {workers} decodings at a time.")


def judge_descriptors(limit: int, lines: int) -> Finding:
    """Pure: open files."""
    needed = DESCRIPTORS_BASE + lines * LEGS_A_LINE * DESCRIPTORS_A_CALL
    if 0 <= limit < needed:
        return problem(
            AREA,
            f"A process may have {limit} files open, and {lines} lines may need {needed}.",
            "Raise the limit: `ulimit -n 4096`, or LimitNOFILE=4096 in the service.",
        )
    return ok(AREA, f"A process may have {limit if limit >= 0 else 'any number of'} files open.")


def _memory(lines: int) -> Iterator[Finding]:
    try:
        text = Path("/proc/meminfo").read_text(encoding="ascii")
    except OSError:
        return
    yield judge_memory(available_mb(text), lines)


def available_mb(meminfo: str) -> int:
    """Out of /proc/meminfo. Pure."""
    for line in meminfo.splitlines():
        if line.startswith("MemAvailable:"):
            return int(line.split()[1]) >> 10
    return 0


def judge_memory(available: int, lines: int) -> Finding:
    """Pure: what is available beside what is needed, in MB."""
    needed = MEMORY_BASE_MB + lines * MEMORY_A_LINE_MB
    if available < needed:
        return warning(
            AREA,
            f"{available} MB of memory are available; {lines} lines and the models take up to "
            f"{needed} MB.",
            "Give the machine more memory, or stop what else runs on it.",
        )
    return ok(AREA, f"{available} MB of memory are available.")
