"""What each process holds, over time, and how fast that grows."""

import asyncio
import contextlib
import itertools
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Self

import psutil

from tests.bench.machine import memory_mb, process_tree

KINDS = ("pss_mb", "rss_mb", "descriptors", "threads")
WARM_SHARE = 0.25  # of a run, left out of slopes: caches and pools fill in it


@dataclass(frozen=True, slots=True)
class Sample:
    """One process at one moment (`time.monotonic()`); megabytes are 10**6 bytes."""

    at_s: float
    process: str
    pss_mb: float
    rss_mb: float
    descriptors: int
    threads: int


def look(pids: Iterable[int]) -> list[Sample]:
    """Every process of the system, now."""
    now_s = time.monotonic()
    found = []
    for process in process_tree(pids):
        with contextlib.suppress(psutil.Error, OSError):
            rss, pss = memory_mb([process])
            name = name_of(process.cmdline())
            found.append(Sample(now_s, name, pss, rss, process.num_fds(), process.num_threads()))
    return found


def name_of(command: Sequence[str]) -> str:
    """ "line-1" of a line's command line, "engine" of `serve`'s, else its program."""
    if "--name" in command[:-1]:
        return command[command.index("--name") + 1]
    if "voxdesk.app.supervisor" in command:
        return "supervisor"
    if "serve" in command or "voxdesk.app.cli" in command:
        return "engine"
    program = command[0].rpartition("/")[2] if command else "?"
    if not program.startswith("python"):
        return program
    return next((after for flag, after in itertools.pairwise(command) if flag == "-m"), program)


def total(samples: Iterable[Sample]) -> dict[str, float]:
    """Sums over processes."""
    samples = list(samples)
    return {kind: round(sum(getattr(each, kind) for each in samples), 1) for kind in KINDS}


def slope_per_hour(points: Sequence[tuple[float, float]]) -> float:
    """Least squares through (seconds, value); 0 of fewer than three points."""
    if len(points) < 3:
        return 0.0
    mean_x = sum(x for x, _ in points) / len(points)
    mean_y = sum(y for _, y in points) / len(points)
    spread = sum((x - mean_x) ** 2 for x, _ in points)
    if not spread:
        return 0.0
    return 3600 * sum((x - mean_x) * (y - mean_y) for x, y in points) / spread


def growth(samples: Sequence[Sample]) -> dict[str, dict[str, float]]:
    """For each process, what it gains in an hour, of each kind; its warming-up left out."""
    if not samples:
        return {}
    first_s, last_s = samples[0].at_s, samples[-1].at_s
    warm = [each for each in samples if each.at_s >= first_s + WARM_SHARE * (last_s - first_s)]
    names = dict.fromkeys(each.process for each in warm)
    return {
        name: {kind: round(slope_per_hour(_over_time(warm, name, kind)), 1) for kind in KINDS}
        for name in names
    }


def _over_time(samples: Iterable[Sample], name: str, kind: str) -> list[tuple[float, float]]:
    """What all processes of this name hold together, at each look."""
    sums: dict[float, float] = {}
    for each in samples:
        if each.process == name:
            sums[each.at_s] = sums.get(each.at_s, 0.0) + getattr(each, kind)
    return list(sums.items())


def percent_more(before: Mapping[str, float], after: Mapping[str, float]) -> dict[str, float]:
    """By how much each sum grew."""
    return {
        kind: round(100 * (after[kind] - before[kind]) / before[kind], 2) if before[kind] else 0.0
        for kind in before
    }


class Watch:
    """Looks at the system's processes while its block runs."""

    def __init__(self, pids: Sequence[int], *, every_s: float) -> None:
        self.samples: list[Sample] = []
        self._pids = pids
        self._every_s = every_s

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(self._run())
        return self

    async def __aexit__(self, *_: object) -> None:
        self._task.cancel()

    async def _run(self) -> None:
        while True:
            self.samples += look(self._pids)
            await asyncio.sleep(self._every_s)
