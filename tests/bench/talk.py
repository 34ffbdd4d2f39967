"""Calls in conversation: voice-to-voice latency, turns cut off, barge-in; one call or many."""

import asyncio
import time
from dataclasses import asdict
from typing import Any

from tests.bench.conversation import Caller, Turn
from tests.bench.figures import Conversation, ms, percentile, report, turns_as_json, usage_row
from tests.bench.machine import Sampler, settle
from tests.bench.speech import load_utterances, plan_calls
from tests.bench.system import System
from voxdesk.testing.softphone import CallFailed, Softphone

STAGGER_S = 6.0
LATE_S = 0.020


async def measure(
    system: System,
    mode: str,
    *,
    flow: str,
    calls: int,
    turns: int,
    interruptions: int,
    longest_s: float = float("inf"),
) -> None:
    """So many calls at once, each through its own plan; report as `mode`."""
    await settle(system.pids)
    plans = plan_calls(load_utterances(), calls, turns, interruptions)
    until_s = time.monotonic() + longest_s
    async with await Softphone.open(user="bench", keep_pcm=False) as phone:

        async def one(number: int) -> Caller | str:
            await asyncio.sleep(number * STAGGER_S / calls)
            try:
                call = await phone.call(system.uri(flow, number), caller=f"+1555010{number:04}")
                await call.answered(10.0)
            except CallFailed as failure:
                return f"call {number}: {failure}"
            caller = Caller(number, call, plans[number])
            await caller.talk(until_s=until_s)
            await call.hang_up()
            return caller

        async with Sampler(system.pids) as sampler:
            outcomes = await asyncio.gather(*(one(number) for number in range(calls)))
        callers = [outcome for outcome in outcomes if isinstance(outcome, Caller)]
        failures = [outcome for outcome in outcomes if isinstance(outcome, str)]
        failures += [f"call {each.number}: {each.failure}" for each in callers if each.failure]
        late_s = phone.lateness_s
        reception = [asdict(call.stream.received.report) for call in phone.calls]

    heard: list[Turn] = [turn for caller in callers for turn in caller.turns]
    usage = sampler.usage
    usage.mark_noisy(heard)
    quiet = [turn for turn in heard if not turn.noisy]
    rows: dict[str, dict[str, Any]] = {
        "all turns": asdict(Conversation.of(heard)),
        "without noisy turns": asdict(Conversation.of(quiet)),
    }
    lateness = [
        ms(percentile(late_s, 0.5)),
        ms(percentile(late_s, 0.99)),
        ms(max(late_s, default=0.0)),
    ]
    packets, lost, gaps = (
        sum(each[key] for each in reception) for key in ("packets", "lost", "gaps")
    )
    notes = [
        f"{calls} call(s); others used over 25% of a core in {len(heard) - len(quiet)} turns",
        "the phone's packets left late by {} / {} / {} ms (p50 / p99 / max)".format(*lateness),
        f"the phone received {packets} packets, {lost} lost, {gaps} gaps above 40 ms",
        ", ".join(f"{name} {value}" for name, value in usage_row(usage, calls).items()),
        *failures,
    ]
    if (percentile(late_s, 0.99) or 0.0) > LATE_S:
        notes.insert(0, "NOT TO BE TRUSTED: this machine was too busy for the phone to keep time")
    report(mode, rows, notes=notes, usage=asdict(usage), turns=turns_as_json(heard))
