"""Transfers in whole calls: away for good by REFER, and bridged to a second phone."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest
from fixtures.system import Speak, System, dialled

from voxdesk.kernel.audio import Pcm
from voxdesk.kernel.call import EventKind
from voxdesk.testing.signal_checks import share_heard
from voxdesk.testing.softphone import (
    PhoneCall,
    ReferPlan,
    Softphone,
    answer_after,
    pretend,
    refuse_refer,
    refuse_with,
    ring_forever,
)

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]
RATE = 8000
BLIND, BRIDGED = "1", "2"


@asynccontextmanager
async def asked_how(system: System, caller: str, port: int) -> AsyncIterator[PhoneCall]:
    """A call that has keyed whom to call, and is asked how."""
    async with dialled(system, caller, "transfers") as call:
        call.press(f"{port}#")
        await system.sees(caller, EventKind.STEP, step="how")
        await call.pressed()
        yield call


async def back_in_the_dialogue(system: System, caller: str, call: PhoneCall, *way: str) -> None:
    """The caller hears what became of it, is asked on, and can answer."""
    await system.sees(caller, EventKind.STEP, step="back")
    assert system.steps(caller)[-1 - len(way) :] == [*way, "back"]
    await call.hears_speech()
    call.press("2")
    await call.wait_ended(15)


async def until(condition: Callable[[], bool], timeout_s: float = 10.0) -> None:
    async with asyncio.timeout(timeout_s):
        while not condition():  # noqa: ASYNC110  the phone's own state, which has no events
            await asyncio.sleep(0.02)


async def test_a_blind_transfer_that_is_accepted_ends_the_call_as_transferred(
    system: System,
) -> None:
    caller = "+15550401"

    async with (
        await Softphone.open(user="desk", on_invite=answer_after(0.3)) as desk,
        asked_how(system, caller, desk.address[1]) as call,
    ):
        call.press(BLIND)
        ended = await call.wait_ended(20)
        assert ended.by == "them"
        assert call.referred is not None
        assert call.referred.ended is None  # the new call stands on its own

    record = system.record(caller)
    assert record.cause == "transferred"
    [transfer] = system.transfers(caller)
    assert (transfer.mode, transfer.outcome) == ("blind", "connected")


@pytest.mark.parametrize(
    ("caller", "plan", "step"),
    [
        ("+15550402", refuse_refer(603), "refused"),
        ("+15550403", pretend(100, 486), "busy"),
        ("+15550404", pretend(100), "no_answer"),  # and never says more
    ],
)
async def test_a_blind_transfer_that_fails_brings_the_caller_back(
    system: System, caller: str, plan: ReferPlan, step: str
) -> None:
    async with asked_how(system, caller, 5999) as call:
        call.on_refer = lambda _target: plan
        call.press(BLIND)
        await back_in_the_dialogue(system, caller, call, step)

    assert system.record(caller).cause == "hung_up"
    assert [transfer.outcome for transfer in system.transfers(caller)] == [step]


@pytest.mark.legs(2)
async def test_a_bridged_transfer_is_music_then_both_voices_and_the_recording_has_them(
    system: System, speak: Speak
) -> None:
    caller = "+15550405"
    question, answer = speak("Do you still have the green lamp?"), speak("Yes, we have two of it.")

    handler = answer_after(2.5)
    async with (
        await Softphone.open(user="desk", on_invite=handler) as desk,
        asked_how(system, caller, desk.address[1]) as call,
    ):
        call.press(BRIDGED)
        await system.sees(caller, EventKind.STEP, step="bridged")
        await until(lambda: bool(desk.calls))
        rings_s = time.monotonic()
        music_s = await call.hears_speech(since_s=rings_s + 0.3)
        assert not system.seen(caller, EventKind.BRIDGED), "it rings while music plays"
        assert music_s - rings_s < 2.5
        await system.sees(caller, EventKind.BRIDGED)
        person = desk.calls[-1]
        await call.quiet(0.5)
        asked = call.say(question)
        await asked.done(10)
        replied = person.say(answer)
        await replied.done(10)
        await until(lambda: _mostly(answer, call.heard.pcm))
        assert _mostly(question, person.heard.pcm)
        call.press("7")
        assert await person.wait_key() == "7"
        await person.hang_up()
        await back_in_the_dialogue(system, caller, call)

    left, right = system.recording(caller)
    assert _mostly(question, left[::2])
    assert _mostly(answer, right[::2])
    [transfer] = system.transfers(caller)
    assert (transfer.mode, transfer.outcome) == ("bridged", "connected")
    assert transfer.connected_at is not None


@pytest.mark.legs(2)
@pytest.mark.parametrize(
    ("caller", "handler", "step"),
    [
        ("+15550406", refuse_with(486, after_s=0.3), "busy"),
        ("+15550407", refuse_with(603), "refused"),
        ("+15550408", ring_forever(), "no_answer"),
        ("+15550409", refuse_with(500), "failed"),
    ],
)
async def test_a_bridged_transfer_that_fails_brings_the_caller_back(
    system: System, caller: str, handler: Callable[[PhoneCall], Awaitable[None]], step: str
) -> None:
    async with (
        await Softphone.open(user="desk", on_invite=handler) as desk,
        asked_how(system, caller, desk.address[1]) as call,
    ):
        call.press(BRIDGED)
        await back_in_the_dialogue(system, caller, call, step)
        assert desk.calls[-1].ended is not None

    assert [transfer.outcome for transfer in system.transfers(caller)] == [step]


def test_whoever_hangs_up_frees_the_other(system: System) -> None:
    """The caller while it rings, the caller while they talk."""
    ringing, talking = "+15550410", "+15550411"

    async def hangs_up_ringing() -> None:
        async with await Softphone.open(user="desk", on_invite=ring_forever()) as desk:
            async with asked_how(system, ringing, desk.address[1]) as call:
                call.press(BRIDGED)
                await until(lambda: bool(desk.calls))
                await call.hears_speech()
            ended = await desk.calls[-1].wait_ended(10)
            assert (ended.by, ended.code) == ("them", 487)

    async def hangs_up_talking() -> None:
        async with await Softphone.open(user="desk", on_invite=answer_after()) as desk:
            async with asked_how(system, talking, desk.address[1]) as call:
                call.press(BRIDGED)
                await system.sees(talking, EventKind.BRIDGED)
            ended = await desk.calls[-1].wait_ended(10)
            assert ended.by == "them"

    async def talk() -> None:
        await asyncio.gather(hangs_up_ringing(), hangs_up_talking())
        await system.at_rest()

    asyncio.run(talk())

    assert [transfer.outcome for transfer in system.transfers(ringing)] == ["abandoned"]
    assert [transfer.outcome for transfer in system.transfers(talking)] == ["connected"]
    for caller in (ringing, talking):
        assert system.record(caller).cause == "caller_hung_up"


def _mostly(said: Pcm, heard: Pcm) -> bool:
    """Live sound that comes late is dropped, and a busy machine is late now and then."""
    return share_heard(said, heard, RATE, part_s=0.25, like=0.7) > 0.6
