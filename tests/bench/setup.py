"""How fast a call is answered and greeted, how fast the system starts, what it weighs."""

import asyncio
import time
from typing import Any

from tests.bench.figures import ms, percentile, report
from tests.bench.machine import cpu_s, memory_mb, process_tree, settle
from tests.bench.system import System, start_system
from voxdesk.testing.softphone import Softphone

HOLD_S = 10.0


async def measure_setup(system: System, *, calls: int, starts: int) -> None:
    """Calls one after the other, then further cold starts of the system."""
    answered: list[float] = []
    greeted: list[float] = []
    async with await Softphone.open(user="bench", keep_pcm=False) as phone:
        for number in range(calls):
            call = await phone.call(system.uri("cached", number))
            await call.answered(10.0)
            first_s = await call.hears_speech(10.0, since_s=call.answered_s)
            answered.append(call.answered_s - call.invited_s)
            greeted.append(first_s - call.answered_s)
            await call.hang_up()
            await asyncio.sleep(0.3)
    started = [system] if system.start_s else []
    for _ in range(starts - 1 if system.pids else 0):
        another = await start_system()
        started.append(another)
        await another.close()
    rows = {
        "INVITE to 200": _spread(answered),
        "200 to first heard prompt": _spread(greeted),
        "start to ready": _spread([each.start_s for each in started]),
        "the same, CPU time": _spread([each.start_cpu_s for each in started]),
    }
    report("setup", rows)


async def measure_memory(system: System, *, calls: int) -> None:
    """At rest, and with so many calls up and greeted."""
    await settle(system.pids)
    processes = process_tree(system.pids)
    rows = {"at rest": _weight(system, 0.0, 0)}
    async with await Softphone.open(user="bench", keep_pcm=False) as phone:
        for number in range(calls):
            call = await phone.call(system.uri("cached", number))
            await call.answered(10.0)
        before_s, began_s = cpu_s(processes), time.monotonic()
        await asyncio.sleep(HOLD_S)
        percent = 100 * (cpu_s(processes) - before_s) / (time.monotonic() - began_s)
        rows[f"{calls} calls, listening"] = _weight(system, percent, calls)
    report("memory", rows)


def _weight(system: System, cpu_percent: float, calls: int) -> dict[str, Any]:
    processes = process_tree(system.pids)
    rss, pss = memory_mb(processes)
    return {
        "processes": len(processes),
        "RSS MB": round(rss),
        "PSS MB": round(pss),
        "CPU % a call": round(cpu_percent / calls, 1) if calls else None,
    }


def _spread(values: list[float]) -> dict[str, Any]:
    return {
        "n": len(values),
        "p50 ms": ms(percentile(values, 0.5)),
        "p95 ms": ms(percentile(values, 0.95)),
        "max ms": ms(max(values, default=None)),
    }
