"""Short calls, so many a second, through the front door: `python -m tests.bench doors`.

sipp dials, is answered (or properly refused), hangs up after a moment. Nothing may be lost: no call
without a final answer, no BYE without its 200, no leg in use afterwards.
"""

import asyncio
import csv
import re
import shutil
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from tests.bench.figures import report
from tests.bench.machine import Sampler, settle
from tests.bench.system import System, start_system

SCENARIO = Path(__file__).with_name("short_calls.xml")
LINES = 5
TALK_MS = 200
AFTERWARDS_S = 10.0


async def measure_doors(*, rate: int, seconds: float) -> None:
    """So many set-ups a second, for so long, at five lines behind one door."""
    for program in ("sipp", "kamailio"):
        if not shutil.which(program) and not shutil.which(program, path="/usr/sbin"):
            sys.exit(f"doors needs {program}: apt-get install sip-tester kamailio")
    system = await start_system(calls=4 * LINES)
    try:
        calls = round(rate * seconds)
        await settle(system.pids)
        async with Sampler(system.pids) as sampler:
            figures = await _dial(system.addresses[0], rate=rate, calls=calls)
        left = await _left_after(system, AFTERWARDS_S)
    finally:
        await system.close()
    usage = sampler.usage
    figures |= {
        "calls in progress afterwards": left,
        "CPU of the system / of others, % of a core": (
            f"{usage.system_cpu_percent:.0f} / {usage.others_cpu_percent:.0f}"
        ),
        "RSS / PSS MB": f"{usage.rss_mb:.0f} / {usage.pss_mb:.0f}",
    }
    report("doors", {f"{rate} a second": figures})


async def _left_after(system: System, within_s: float) -> int:
    """How many calls the engine still has; waits until there are none, for so long."""
    deadline_s = time.monotonic() + within_s
    while True:
        status = system.status()
        calls = int(status.get("calls", -1))
        if not calls or time.monotonic() > deadline_s:
            return calls
        await asyncio.sleep(0.2)


async def _dial(address: str, *, rate: int, calls: int) -> dict[str, Any]:
    with tempfile.TemporaryDirectory(prefix="voxdesk-doors-") as folder:
        process = await asyncio.create_subprocess_exec(
            "sipp", address, "-sf", str(SCENARIO), "-i", "127.0.0.1", "-m", str(calls),
            "-r", str(rate), "-l", "1000", "-d", str(TALK_MS), "-nostdin", "-timeout",
            f"{calls // rate + 60}s", "-trace_stat", "-stf", f"{folder}/stat.csv", "-fd", "1",
            "-trace_rtt", "-rtt_freq", "1", "-trace_err", "-error_file", f"{folder}/errors.log",
            cwd=folder,
            stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL,
        )  # fmt: skip
        await process.wait()
        return _read(Path(folder), calls)


def _read(folder: Path, calls: int) -> dict[str, Any]:
    """What sipp counted."""
    with (folder / "stat.csv").open() as file:
        last = list(csv.DictReader(file, delimiter=";"))[-1]
    times: list[float] = []
    for path in folder.glob("*rtt*.csv"):
        with path.open() as file:
            times += [float(row["response_time_ms"]) for row in csv.DictReader(file, delimiter=";")]
    answered, busy, unavailable = (int(last[f"GenericCounter{n}(C)"]) for n in (1, 2, 3))
    return {
        "calls": calls,
        "answered": answered,
        "486": busy,
        "503": unavailable,
        "lost": calls - int(last["SuccessfulCall(C)"]),
        "messages repeated": int(last["Retransmissions(C)"]),
        "to 200, p50 / p95 / max ms": _spread(sorted(times)),
        "sipp's first complaint": _complaint(folder / "errors.log"),
    }


def _complaint(path: Path) -> str:
    text = path.read_text(errors="replace") if path.exists() else ""
    for wanted in (r"while expecting.{0,100}", r"Aborting.{0,80}", r"Dead.{0,80}"):
        if found := re.search(wanted, text, re.DOTALL):
            return " ".join(found[0].split())
    return "-"


def _spread(times: list[float]) -> str:
    if not times:
        return "-"
    picked = (times[round(share * (len(times) - 1))] for share in (0.5, 0.95, 1.0))
    return " / ".join(f"{each:.0f}" for each in picked)
