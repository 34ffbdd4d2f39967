"""The engine is killed while people talk to it: `python -m tests.bench.killed --calls 8 --times 3`.

Each caller has heard a prompt; then the engine gets SIGKILL. A call went on when the caller hears
the machine again; then all say something at once, and wait 10 s for an answer. The pause is what
the callers heard: from the kill to the first sound after the next engine has taken the calls.
"""

import argparse
import asyncio
import os
import signal
import time
from typing import Any

import psutil

from tests.bench.figures import ms, percentile, report
from tests.bench.machine import settle
from tests.bench.speech import CONVERSATIONAL, Utterance, load_utterances
from tests.bench.system import NO_LIMITS, System, start_system
from voxdesk.testing.softphone import CallFailed, PhoneCall, Softphone

TALKS_AGAIN_WITHIN_S = 40.0
NEXT_WITHIN_S = 60.0
STAGGER_S = 0.4


class Survivor:
    """One caller."""

    def __init__(self, call: PhoneCall, utterance: Utterance) -> None:
        self.call = call
        self.went_on = False
        self.answered = False
        self.why = ""
        self.recovered_s = 0.0
        self._utterance = utterance

    async def go_on(self, next_s: float) -> None:
        """After the kill: is the machine there again, and does it answer?"""
        try:
            self.recovered_s = await self.call.hears_speech(TALKS_AGAIN_WITHIN_S, since_s=next_s)
            await self.call.quiet(1.0)
            self.went_on = self.call.ended is None
            playing = await self.call.say_all(self._utterance.pcm)
            await self.call.hears_speech(10.0, since_s=playing.sent_s[self._utterance.last])
            self.answered = self.call.ended is None
        except CallFailed as failure:
            self.why = str(failure)


async def once(system: System, calls: int) -> dict[str, Any]:
    """One kill; figures in seconds."""
    await settle(system.pids)
    asks = load_utterances(CONVERSATIONAL, shortest_s=1.5, longest_s=2.5)
    async with await Softphone.open(user="bench", keep_pcm=False) as phone:
        survivors = []
        for number in range(calls):
            call = await phone.call(system.uri("cached", number), caller=f"+1555012{number:04}")
            await call.answered(10.0)
            survivors.append(Survivor(call, asks[number % len(asks)]))
            await asyncio.sleep(STAGGER_S)
        for each in survivors:
            await each.call.hears_speech(10.0, since_s=each.call.answered_s)
        engine = psutil.Process(system.pids[0]).children()[0].pid
        killed_s = time.monotonic()
        os.kill(engine, signal.SIGKILL)
        next_s = await _next_engine(system, engine)
        await asyncio.gather(*(each.go_on(next_s) for each in survivors))
        pauses = [each.recovered_s - killed_s for each in survivors if each.recovered_s]
        return {
            "calls": calls,
            "went on": sum(each.went_on for each in survivors),
            "answered at once": sum(each.answered for each in survivors),
            "adopted after s": round(next_s - killed_s, 1),
            "first sound after s, p50": round((percentile(pauses, 0.5) or 0.0), 1),
            "first sound after s, max": round(max(pauses, default=0.0), 1),
            "failures": [each.why for each in survivors if each.why],
        }


async def _next_engine(system: System, before: int) -> float:
    """When another engine has said, in its log, that it took calls over."""
    deadline_s = time.monotonic() + NEXT_WITHIN_S
    told = system.log.count("calls go on that an earlier engine had")
    while system.log.count("calls go on that an earlier engine had") == told:
        if time.monotonic() > deadline_s:
            raise SystemExit(f"no engine after {before} took the calls over:\n{system.log}")
        await asyncio.sleep(0.02)
    return time.monotonic()


async def run(calls: int, times: int) -> None:
    """As often as asked, one system for all."""
    system = await start_system(calls=calls, **NO_LIMITS)
    rows: dict[str, dict[str, Any]] = {}
    try:
        for number in range(times):
            rows[f"kill {number + 1}"] = await once(system, calls)
    finally:
        await system.close()
    lost = sum(row["calls"] - row["went on"] for row in rows.values())
    notes = [f"start to ready was {ms(system.start_s)} ms", f"{lost} calls lost"]
    report("killed", rows, notes=notes)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m tests.bench.killed", description=__doc__)
    parser.add_argument("--calls", type=int, default=8)
    parser.add_argument("--times", type=int, default=3)
    options = parser.parse_args()
    asyncio.run(run(options.calls, options.times))
