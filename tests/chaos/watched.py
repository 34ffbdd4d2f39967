"""One attack beside a real call: what the call was like, what the line took, what is left after."""

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict

import psutil

from tests.chaos.house import Target
from tests.chaos.report import Outcome
from tests.chaos.witness import Witness, calls_work

MAX_GAP_MS = 150.0
MAX_LOST_SHARE = 0.01
LINE_HOLDS = 4
SLOTS_WITHIN_S = 10.0


@asynccontextmanager
async def beside_a_call(
    house: Target, outcome: Outcome, *, watched_s: float = 60.0, all_slots: bool = True
) -> AsyncIterator[Witness]:
    """Run an attack inside; the outcome gets the figures and the faults.

    Args:
        house: what is attacked.
        outcome: of this attack.
        watched_s: how long it takes at most.
        all_slots: afterwards four calls at once must be answered, within ten seconds.
    """
    crashes, calls = house.crashes, len(house.answerers)
    async with Witness(house.uri, watched_s=watched_s) as witness:
        cpu_s, rss_mb, began_s = house.cpu_s(), house.rss_mb(), time.monotonic()
        machine = psutil.cpu_times()
        yield witness
        seconds = time.monotonic() - began_s
        if house.crashes == crashes:
            outcome.figures["line CPU %"] = round(100 * (house.cpu_s() - cpu_s) / seconds, 1)
            outcome.figures["line memory +MB"] = round(house.rss_mb() - rss_mb, 1)
        idle = psutil.cpu_times().idle - machine.idle
        outcome.figures["machine idle %"] = round(100 * idle / seconds / psutil.cpu_count())
    quality = witness.quality(house.heard("witness"))
    outcome.figures["the call beside it"] = asdict(quality)
    if house.answerers:
        outcome.figures["calls that reached the engine"] = len(house.answerers) - calls - 1
    outcome.figures["crashes"] = house.crashes - crashes
    outcome.expect(house.crashes == crashes, "the line crashed")
    outcome.expect(quality.alive, "the call beside it ended")
    missing = quality.expected - quality.received
    # A generator that was late itself can't tell.
    if quality.late_ms < MAX_GAP_MS:
        outcome.expect_in_time(
            missing <= max(5, MAX_LOST_SHARE * quality.expected), "frames are missing"
        )
        outcome.expect_in_time(quality.longest_gap_ms < MAX_GAP_MS, "the call was interrupted")
    if all_slots:
        free_s = await slots_free(house)
        outcome.figures["all slots usable after s"] = round(free_s, 1)
        outcome.expect(free_s <= SLOTS_WITHIN_S, "slots were not free within 10 s")


async def slots_free(house: Target, *, within_s: float = 40.0) -> float:
    """Seconds until as many calls at once as the line holds are answered."""
    began_s = time.monotonic()
    house.answering = True
    while True:
        if await calls_work(house.uri, at_once=LINE_HOLDS, within_s=1.5) == LINE_HOLDS:
            break
        if time.monotonic() - began_s > within_s:
            break
    seconds = time.monotonic() - began_s
    await house.empty()
    return seconds
