"""A line is killed at every moment of a call: ringing, in a prompt, listening, in line, bridged."""

import asyncio
import threading
import time
from collections.abc import Mapping
from typing import Any

import pytest
from fixtures.sturdy import SERVES_AGAIN_WITHIN_S, Sturdy, dialled_at
from fixtures.system import Speak

from voxdesk.kernel.audio import SAMPLE_RATE_HZ
from voxdesk.kernel.call import EventKind
from voxdesk.testing.softphone import PhoneCall, Softphone, answer_after, ring_forever

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(120)]
LOST_MS_AT_MOST = 1500


@pytest.fixture(autouse=True)
def nobody_signed_in(sturdy: Sturdy) -> None:
    sturdy.remove_agents()


async def until_rung(phone: Softphone, times: int = 1) -> PhoneCall:
    async with asyncio.timeout(20):
        while len(phone.calls) < times:  # noqa: ASYNC110  the phone has no events
            await asyncio.sleep(0.02)
    return phone.calls[-1]


async def lost(sturdy: Sturdy, caller: str, call: PhoneCall) -> None:
    """The call is closed as lost. The phone was told nothing: whoever would have is dead."""
    await sturdy.sees(caller, EventKind.ENDED, cause="line_lost")
    call.vanish()


def playable(sturdy: Sturdy, caller: str) -> None:
    """The recording is whole, up to where the line died."""
    ended = sturdy.seen(caller, EventKind.ENDED)[-1]
    left, _ = sturdy.recording(caller)
    assert len(left) * 1000 / SAMPLE_RATE_HZ > ended.audio_ms - LOST_MS_AT_MOST
    assert len(left) > 0
    assert sturdy.record(caller).cause == "line_lost"
    assert sturdy.record(caller).ended_at is not None


def test_a_line_that_dies_takes_its_own_calls_and_no_other(
    sturdy: Sturdy, speak: Speak, monkeypatch: pytest.MonkeyPatch
) -> None:
    ringing, prompted, talking, elsewhere = (f"+1555300{n}" for n in range(4))
    lookups = sturdy.engine.services.lookups
    known = lookups.caller_facts
    may_answer = threading.Event()

    def slow(number: str) -> Mapping[str, Any]:
        if number == ringing:
            may_answer.wait(5)
        return known(number)

    monkeypatch.setattr(lookups, "caller_facts", slow)

    async def break_it() -> None:
        async with (
            dialled_at(sturdy, 1, prompted, "talk") as first,
            dialled_at(sturdy, 1, talking, "talk") as second,
            dialled_at(sturdy, 2, elsewhere, "talk") as third,
            await Softphone.open() as phone,
        ):
            first.press("1")
            await sturdy.sees(talking, EventKind.PROMPT_FINISHED)
            await sturdy.sees(prompted, EventKind.PROMPT, text=MENU)
            second.say(speak("I want to return an item."))
            await second.hears_prompt(pause_s=0.1)
            unanswered = await phone.call(sturdy.at_line(1, "talk"), caller=ringing)
            async with asyncio.timeout(10):
                while len(sturdy.engine.sessions) < 4:  # noqa: ASYNC110  it says nothing
                    await asyncio.sleep(0.01)
            sturdy.kill_line(1)
            killed_s = time.monotonic()
            await lost(sturdy, prompted, first)
            await lost(sturdy, talking, second)
            may_answer.set()
            await lost(sturdy, ringing, unanswered)
            await sturdy.whole_again()
            async with asyncio.timeout(SERVES_AGAIN_WITHIN_S + killed_s - time.monotonic()):
                again = await phone.call(sturdy.at_line(1, "talk"), caller="+15553009")
                await again.answered()
            await again.hang_up()
            third.press("5")
            await sturdy.sees(elsewhere, EventKind.STEP, step="sure")
        await sturdy.at_rest()

    asyncio.run(break_it())

    playable(sturdy, prompted)
    playable(sturdy, talking)
    assert sturdy.record(ringing).answered_at is None


MENU = (
    "On weekdays we open very early in the morning, on Saturdays we open around noon, "
    "and every Sunday the whole shop stays closed because we go swimming in the river. "
    "Tea or coffee?"
)


def test_a_caller_whose_agent_is_lost_with_a_line_keeps_the_place_and_gets_the_agent_again(
    sturdy: Sturdy, speak: Speak
) -> None:
    caller = "+15553010"
    hello = speak("Hello, is anybody there?")

    async def break_it() -> None:
        async with await Softphone.open(user="sam", on_invite=answer_after(0.1)) as sam:
            sturdy.sign_in("sam", sam.uri)
            async with dialled_at(sturdy, 2, caller, "desk") as call:
                await sturdy.sees(caller, EventKind.BRIDGED, agent="sam")
                agents_first = await until_rung(sam)
                sturdy.kill_line(1)
                await sturdy.sees(caller, EventKind.AGENT_MISSED, agent="sam", why="line_lost")
                agents_first.vanish()
                await sturdy.sees(caller, EventKind.BRIDGED, count=2, agent="sam")
                agents_second = await until_rung(sam, 2)
                said = call.say(hello)
                await said.done(10)
                await agents_second.hears_speech(since_s=said.sent_s[0])
                await agents_second.hang_up()
                await sturdy.sees(caller, EventKind.STEP, step="after")
        await sturdy.whole_again()
        await sturdy.at_rest()

    asyncio.run(break_it())

    assert [transfer.outcome for transfer in sturdy.transfers(caller)] == ["connected"]


def test_an_agent_whose_caller_is_lost_with_a_line_is_free_again(sturdy: Sturdy) -> None:
    talking, waiting = "+15553020", "+15553021"

    async def break_it() -> None:
        async with (
            await Softphone.open(user="sam", on_invite=answer_after(0.1)) as sam,
            await Softphone.open(user="nora", on_invite=ring_forever()) as nora,
        ):
            sturdy.sign_in("sam", sam.uri)
            async with dialled_at(sturdy, 1, talking, "desk") as first:
                await sturdy.sees(talking, EventKind.BRIDGED, agent="sam")
                sturdy.sign_in("nora", nora.uri)
                async with dialled_at(sturdy, 1, waiting, "desk") as second:
                    await sturdy.sees(waiting, EventKind.AGENT_RINGING, agent="nora")
                    # Both agents' legs are at the line with more room, the second.
                    await until_rung(nora)
                    sturdy.kill_line(1)
                    await lost(sturdy, talking, first)
                    await lost(sturdy, waiting, second)
                    assert (await sam.calls[-1].wait_ended(10)).by == "them"
                    assert (await nora.calls[-1].wait_ended(10)).code == 487
        await sturdy.at_rest()
        await sturdy.whole_again()

    asyncio.run(break_it())

    assert {sturdy.agent_status("sam"), sturdy.agent_status("nora")} == {"available"}
    playable(sturdy, talking)
    playable(sturdy, waiting)


@pytest.mark.bench
def test_a_transfer_whose_other_end_is_lost_with_a_line_failed_for_the_flow(
    sturdy: Sturdy,
) -> None:
    caller = "+15553030"

    async def break_it() -> None:
        async with (
            await Softphone.open(user="desk", on_invite=answer_after(0.1)) as desk,
            dialled_at(sturdy, 1, caller, "transfers") as call,
        ):
            await sturdy.sees(caller, EventKind.PROMPT)
            call.press(f"{desk.address[1]}#")
            await sturdy.sees(caller, EventKind.STEP, step="how")
            call.press("2")
            await sturdy.sees(caller, EventKind.BRIDGED)
            theirs = desk.calls[-1]
            sturdy.kill_line(2)
            await sturdy.sees(caller, EventKind.STEP, step="failed")
            theirs.vanish()
            await call.hears_speech()
        await sturdy.whole_again()
        await sturdy.at_rest()

    asyncio.run(break_it())

    assert [transfer.outcome for transfer in sturdy.transfers(caller)] == ["failed"]
