"""What the measured processes, this generator and everybody else take of the machine."""

import asyncio
import contextlib
import statistics
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

import psutil

from tests.bench.conversation import Turn

PERIOD_S = 0.5
IDLE_FOR_S = 3.0
IDLE_SHARE = 0.1  # of a core
NOISY_PERCENT = 25.0  # of one core, used by others during a turn


@dataclass(slots=True)
class Usage:
    """Over one measurement; percent are of one core, megabytes are 10**6 bytes.

    Attributes:
        others: moments and percent of a core that processes outside of the measurement used.
    """

    wall_s: float = 0.0
    system_cpu_percent: float = 0.0
    generator_cpu_percent: float = 0.0
    machine_busy_percent: float = 0.0
    rss_mb: float = 0.0
    pss_mb: float = 0.0
    others_cpu_percent: float = 0.0
    others: list[tuple[float, float]] = field(default_factory=list)

    def mark_noisy(self, turns: Iterable[Turn]) -> None:
        """Mark the turns during which others used more than a quarter of a core."""
        for turn in turns:
            until_s = turn.t_end + (turn.voice_to_voice_s or 5.0) + 1.0
            seen = [p for at, p in self.others if turn.t_start - PERIOD_S <= at <= until_s]
            turn.noisy = bool(seen) and statistics.mean(seen) > NOISY_PERCENT


def process_tree(pids: Iterable[int]) -> list[psutil.Process]:
    """These processes and all below them."""
    found: dict[int, psutil.Process] = {}
    for pid in pids:
        with contextlib.suppress(psutil.Error):
            process = psutil.Process(pid)
            found.update({each.pid: each for each in [process, *process.children(recursive=True)]})
    return list(found.values())


def cpu_s(processes: Iterable[psutil.Process]) -> float:
    """CPU seconds so far, of those that still live."""
    total = 0.0
    for process in processes:
        with contextlib.suppress(psutil.Error):
            times = process.cpu_times()
            total += times.user + times.system
    return total


def memory_mb(processes: Iterable[psutil.Process]) -> tuple[float, float]:
    """Resident and proportional set size of all together, in 10**6 bytes.

    The second counts a page shared by n processes as 1/n in each: it is what they really take.
    """
    rss, pss = 0.0, 0.0
    for process in processes:
        with contextlib.suppress(psutil.Error, OSError):
            rss += process.memory_info().rss / 1e6
            text = Path(f"/proc/{process.pid}/smaps_rollup").read_text(encoding="ascii")
            line = next(line for line in text.splitlines() if line.startswith("Pss:"))
            pss += int(line.split()[1]) * 1024 / 1e6
    return rss, pss


async def settle(pids: Iterable[int], *, at_most_s: float = 90.0) -> None:
    """Wait until these processes have been idle for 3 s.

    What a fresh system does in the background (filling its prompt cache) is no conversation.
    """
    pids = list(pids)
    deadline_s = time.monotonic() + at_most_s
    quiet_s = 0.0
    while pids and quiet_s < IDLE_FOR_S and time.monotonic() < deadline_s:
        before_s = cpu_s(process_tree(pids))
        await asyncio.sleep(PERIOD_S)
        busy = (cpu_s(process_tree(pids)) - before_s) / PERIOD_S
        quiet_s = 0.0 if busy > IDLE_SHARE else quiet_s + PERIOD_S


class Sampler:
    """Samples twice a second while its block runs: `async with Sampler(pids) as sampler`."""

    def __init__(self, pids: Iterable[int]) -> None:
        self.usage = Usage()
        self._pids = list(pids)
        self._processes = process_tree(self._pids)  # finding them costs more than asking them
        self._me = psutil.Process()

    async def __aenter__(self) -> Self:
        self._began = self._now()
        self._task = asyncio.create_task(self._sample())
        return self

    async def __aexit__(self, *_: object) -> None:
        self._task.cancel()
        self._note_memory()
        wall_s, system_s, mine_s, busy_s, idle_s = (
            now - began for now, began in zip(self._now(), self._began, strict=True)
        )
        usage = self.usage
        usage.wall_s = wall_s
        usage.system_cpu_percent = 100 * system_s / wall_s
        usage.generator_cpu_percent = 100 * mine_s / wall_s
        usage.machine_busy_percent = 100 * busy_s / max(1e-9, busy_s + idle_s)
        if usage.others:
            usage.others_cpu_percent = statistics.mean(percent for _, percent in usage.others)

    def _now(self) -> tuple[float, float, float, float, float]:
        """Wall, system's CPU, generator's CPU, machine busy, machine idle; all in seconds."""
        machine = psutil.cpu_times()
        idle_s = machine.idle + machine.iowait
        return (
            time.monotonic(),
            cpu_s(self._processes),
            cpu_s([self._me]),
            sum(machine) - idle_s,
            idle_s,
        )

    def _note_memory(self) -> None:
        rss, pss = memory_mb(process_tree(self._pids))
        self.usage.rss_mb, self.usage.pss_mb = (
            max(self.usage.rss_mb, rss),
            max(self.usage.pss_mb, pss),
        )

    async def _sample(self) -> None:
        last = self._now()
        rounds = 0
        while True:
            await asyncio.sleep(PERIOD_S)
            now = self._now()
            wall_s, system_s, mine_s, busy_s, _ = (b - a for a, b in zip(last, now, strict=True))
            others = 100 * (busy_s - system_s - mine_s) / wall_s
            self.usage.others.append((now[0], max(0.0, others)))
            last = now
            rounds += 1
            if rounds % 10 == 0:  # reading page tables costs the measured process time
                self._note_memory()
