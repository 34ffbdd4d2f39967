"""Calls in conversation: voice-to-voice latency, turns cut off, barge-in; one call or many."""

import asyncio
import contextlib
import os
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from tests.bench.conversation import Caller, Turn
from tests.bench.figures import Conversation, ms, percentile, report, turns_as_json, usage_row
from tests.bench.machine import Sampler, Usage, settle
from tests.bench.speech import PlannedTurn, load_utterances, plan_calls
from tests.bench.system import System
from voxdesk.testing.bad_network import Impairments
from voxdesk.testing.rtp_receive import ReceptionReport
from voxdesk.testing.softphone import CallFailed, Softphone

STAGGER_S = 6.0
LATE_S = 0.020
AHEAD = 10  # of nice


@dataclass(slots=True)
class Talk:
    """What came of some calls at once."""

    callers: list[Caller]
    failures: list[str]
    lateness_s: list[float]
    reception: list[ReceptionReport]
    usage: Usage

    @property
    def turns(self) -> list[Turn]:
        """Of all callers; those that others on the machine disturbed are marked."""
        turns = [turn for caller in self.callers for turn in caller.turns]
        self.usage.mark_noisy(turns)
        return turns

    @property
    def is_on_time(self) -> bool:
        """Whether the phone kept time, so that what it measured counts."""
        return (percentile(self.lateness_s, 0.99) or 0.0) <= LATE_S


@contextlib.contextmanager
def ahead_of_others() -> Iterator[None]:
    """Let threads that begin in this block come first, where that is allowed: a meter that is late
    measures itself.
    """
    usual = os.getpriority(os.PRIO_PROCESS, 0)
    with contextlib.suppress(PermissionError):
        os.setpriority(os.PRIO_PROCESS, 0, usual - AHEAD)
    try:
        yield
    finally:
        os.setpriority(os.PRIO_PROCESS, 0, usual)


@contextlib.asynccontextmanager
async def meter(*, keep_pcm: bool) -> AsyncIterator[Softphone]:
    """The phone that measures."""
    with ahead_of_others():
        phone = await Softphone.open(user="bench", keep_pcm=keep_pcm)
    async with phone:
        yield phone


async def hold(
    system: System,
    flow: str | Sequence[str],
    plans: Sequence[Sequence[PlannedTurn]],
    *,
    starts_s: Sequence[float],
    longest_s: float = float("inf"),
    networks: Sequence[Impairments] = (),
    keep_pcm: bool = False,
) -> Talk:
    """One call for each plan, all at once.

    Args:
        system: is dialled; its lines in turn.
        flow: what answers, all or each.
        plans: what is said.
        starts_s: when each dials, seconds from now.
        longest_s: nobody begins another turn later than this from now.
        networks: of each call; perfect ones by default.
        keep_pcm: keep what is heard, not only its moments.
    """
    until_s = time.monotonic() + longest_s
    flows = [flow] * len(plans) if isinstance(flow, str) else flow
    async with meter(keep_pcm=keep_pcm) as phone:

        async def one(number: int) -> Caller | str:
            await asyncio.sleep(starts_s[number])
            try:
                call = await phone.call(
                    system.uri(flows[number], number),
                    caller=f"+1555010{number:04}",
                    impairments=networks[number] if networks else None,
                )
                await call.answered(10.0)
            except CallFailed as failure:
                return f"call {number}: {failure}"
            caller = Caller(number, call, plans[number])
            await caller.talk(until_s=until_s)
            await call.hang_up()
            return caller

        async with Sampler(system.pids) as sampler:
            outcomes = await asyncio.gather(*(one(number) for number in range(len(plans))))
        callers = [outcome for outcome in outcomes if isinstance(outcome, Caller)]
        failures = [outcome for outcome in outcomes if isinstance(outcome, str)]
        failures += [f"call {each.number}: {each.failure}" for each in callers if each.failure]
        return Talk(
            callers,
            failures,
            phone.lateness_s,
            [call.stream.received.report for call in phone.calls],
            sampler.usage,
        )


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
    starts_s = [number * STAGGER_S / calls for number in range(calls)]
    talk = await hold(system, flow, plans, starts_s=starts_s, longest_s=longest_s)
    heard = talk.turns
    quiet = [turn for turn in heard if not turn.noisy]
    rows: dict[str, dict[str, Any]] = {
        "all turns": asdict(Conversation.of(heard)),
        "without noisy turns": asdict(Conversation.of(quiet)),
    }
    lateness = [
        ms(percentile(talk.lateness_s, 0.5)),
        ms(percentile(talk.lateness_s, 0.99)),
        ms(max(talk.lateness_s, default=0.0)),
    ]
    packets, lost, gaps = (
        sum(getattr(each, key) for each in talk.reception) for key in ("packets", "lost", "gaps")
    )
    notes = [
        f"{calls} call(s); others used over 25% of a core in {len(heard) - len(quiet)} turns",
        "the phone's packets left late by {} / {} / {} ms (p50 / p99 / max)".format(*lateness),
        f"the phone received {packets} packets, {lost} lost, {gaps} gaps above 40 ms",
        ", ".join(f"{name} {value}" for name, value in usage_row(talk.usage, calls).items()),
        *talk.failures,
    ]
    if not talk.is_on_time:
        notes.insert(0, "NOT TO BE TRUSTED: this machine was too busy for the phone to keep time")
    report(mode, rows, notes=notes, usage=asdict(talk.usage), turns=turns_as_json(heard))
