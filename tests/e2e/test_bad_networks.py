"""Calls over networks as they are: the caller is understood, and the call ends in order."""

import asyncio

import pytest
from fixtures.system import Speak, System, dialled

from voxdesk.kernel.call import EndCause, EventKind
from voxdesk.testing.bad_network import Impairments
from voxdesk.testing.softphone import PhoneCall

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]

OUTAGE_S = 3.0
NETWORKS = {
    "+15551001": Impairments(loss_share=0.1, both_ways=True),
    "+15551002": Impairments(loss_share=0.05, burst_packets=4, both_ways=True),
    "+15551003": Impairments(
        jitter_ms=60, reorder_share=0.05, duplicate_share=0.05, both_ways=True
    ),
    "+15551004": Impairments(outage_after_s=0.3, outage_s=OUTAGE_S, both_ways=True),
}
NAMES = ("10% lost", "5% lost in bursts", "jitter, reordering, duplicates", "3 s of nothing")


async def is_over(call: PhoneCall) -> None:
    """An outage: packets come again."""
    async with asyncio.timeout(OUTAGE_S + 10):
        while call.stream.received.report.longest_gap_s < OUTAGE_S - 0.5:  # noqa: ASYNC110  no event
            await asyncio.sleep(0.02)


@pytest.mark.parametrize(("caller", "network"), NETWORKS.items(), ids=NAMES)
async def test_a_caller_on_a_bad_network_is_understood(
    system: System, speak: Speak, caller: str, network: Impairments
) -> None:
    agent = speak("Can I speak to a person?")

    async with dialled(system, caller, "talk", impairments=network) as call:
        await system.sees(caller, EventKind.PROMPT_FINISHED)
        if network.outage_s:
            await is_over(call)
        await call.say_all(agent)
        await system.sees(caller, EventKind.STEP, step="person")
        answered = await call.hears_speech()
        assert answered > call.answered_s

    ended = system.seen(caller, EventKind.ENDED)[0].data
    assert ended["cause"] == EndCause.CALLER_HUNG_UP.value
    lost = call.stream.received.report.lost
    assert (lost > 0) == bool(network.loss_share or network.outage_s)
    assert (ended["lost_frames"] > 0) == bool(network.loss_share or network.outage_s)
