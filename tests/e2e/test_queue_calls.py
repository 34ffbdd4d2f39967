"""Waiting for a person in whole calls: music, places, messages, agents and their phones."""

import asyncio
import time

import pytest
from fixtures.system import Speak, System, dialled

from voxdesk.app import waiting_music
from voxdesk.kernel.audio import SAMPLE_RATE_HZ
from voxdesk.kernel.call import EventKind
from voxdesk.testing.signal_checks import share_heard
from voxdesk.testing.softphone import (
    PhoneCall,
    Softphone,
    answer_after,
    ring_forever,
)

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(120)]
RATE = 8000


@pytest.fixture(autouse=True)
def nobody_signed_in(system: System) -> None:
    system.remove_agents()


async def until_rung(phone: Softphone, timeout_s: float = 15.0) -> PhoneCall:
    async with asyncio.timeout(timeout_s):
        while not phone.calls:  # noqa: ASYNC110  the phone has no events
            await asyncio.sleep(0.02)
    return phone.calls[-1]


def test_callers_hear_their_place_and_music_and_move_up(
    system: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Announcements come between two pieces of music; short ones make for a short test.
    monkeypatch.setattr(waiting_music, "MUSIC_PIECE", 2 * SAMPLE_RATE_HZ)
    served, second, first = "+15550501", "+15550502", "+15550503"

    async def talk() -> None:
        async with await Softphone.open(user="eve", on_invite=answer_after()) as eve:
            system.sign_in("eve", eve.uri)
            async with dialled(system, served, "desk"):
                await system.sees(served, EventKind.BRIDGED)
                async with dialled(system, first, "desk") as next_one:
                    await system.sees(first, EventKind.PROMPT, text="You are next.")
                    async with dialled(system, second, "desk") as waiting:
                        await system.sees(
                            second, EventKind.PROMPT, text="You are number 2 in line."
                        )
                        announced = len(system.said(second))
                        await waiting.quiet(0.1)
                        await next_one.hang_up()
                        await waiting.hears_speech()  # music
                        assert len(system.said(second)) <= announced + 1
                        await system.sees(second, EventKind.QUEUE_POSITION, position=1)
                        await system.sees(second, EventKind.PROMPT, text="You are next.")

    asyncio.run(talk())

    assert system.said(first) == ["You are next.", "To leave a message instead, press star."]


def test_a_message_is_where_the_record_says(system: System, speak: Speak) -> None:
    """Left by key; ended by pound, by silence, and by hanging up."""
    words = speak("Please call me back about the green lamp.")
    ways = {"+15550504": "#", "+15550505": "", "+15550506": "hang up"}

    async def leave(caller: str, way: str) -> None:
        async with dialled(system, caller, "desk") as call:
            await system.sees(caller, EventKind.QUEUED)
            call.press("*")
            await system.sees(caller, EventKind.STEP, step="message")
            await system.sees(caller, EventKind.PROMPT_FINISHED, count=1)
            await call.hears_prompt(pause_s=0.6)
            await call.say_all(words)
            if way == "#":
                call.press("#")
            if way != "hang up":
                await system.sees(
                    caller, EventKind.PROMPT, text="Thank you. Your message is saved."
                )
                await call.wait_ended(15)

    async def talk() -> None:
        async with await Softphone.open(user="eve", on_invite=ring_forever()) as eve:
            system.sign_in("eve", eve.uri)
            await asyncio.gather(*(leave(caller, way) for caller, way in ways.items()))

    asyncio.run(talk())

    for caller in ways:
        [message] = system.messages(caller)
        assert message.mailbox == "desk"
        spoken_s = len(words) / RATE
        assert spoken_s - 1.0 < message.seconds < spoken_s + 2.0
        record = system.record(caller)
        assert record.disposition == "message_left"
        assert message.recording_path == record.recording_path
        left, _ = system.recording(caller)
        start = message.start_ms * SAMPLE_RATE_HZ // 1000
        part = left[start : start + round(message.seconds * SAMPLE_RATE_HZ)]
        assert share_heard(words, part[::2], RATE, like=0.7) > 0.6, "it begins where it should"
        assert [transfer.outcome for transfer in system.transfers(caller)] == ["left_queue"]


def test_the_key_to_leave_works_before_the_queue_is_reached(system: System) -> None:
    caller = "+15550513"

    async def talk() -> None:
        async with dialled(system, caller) as call:
            await system.sees(caller, EventKind.STEP, step="menu")
            call.press("0")
            await system.sees(caller, EventKind.STEP, step="people")
            call.press("*")
            await system.sees(caller, EventKind.STEP, step="call_back")

    asyncio.run(talk())

    assert not system.seen(caller, EventKind.QUEUED)
    assert not system.transfers(caller)


def test_with_nobody_signed_in_the_caller_is_told(system: System) -> None:
    caller = "+15550512"

    async def talk() -> None:
        async with dialled(system, caller, "desk") as call:
            await system.sees(caller, EventKind.PROMPT, text="Nobody is here.")
            await call.wait_ended(15)

    asyncio.run(talk())

    assert [transfer.outcome for transfer in system.transfers(caller)] == ["no_agents"]


def test_an_agent_who_does_not_answer_is_set_away_and_the_caller_waits_on(system: System) -> None:
    caller = "+15550507"

    async def talk() -> None:
        async with (
            await Softphone.open(user="nora", on_invite=ring_forever()) as nora,
            await Softphone.open(user="sam", on_invite=answer_after(0.2)) as sam,
        ):
            system.sign_in("nora", nora.uri)
            async with dialled(system, caller, "desk"):
                await system.sees(caller, EventKind.AGENT_MISSED, agent="nora", why="no_answer")
                assert system.agent_status("nora") == "away"
                assert nora.calls[-1].ended is not None
                system.sign_in("sam", sam.uri)
                await system.sees(caller, EventKind.BRIDGED, agent="sam")

    asyncio.run(talk())

    assert not system.seen(caller, EventKind.QUEUE_POSITION, position=2)


def test_the_agent_alone_hears_who_calls_then_both_are_joined(system: System, speak: Speak) -> None:
    caller = "+15550508"
    hello = speak("Hello, is anybody there?")

    async def talk() -> None:
        async with await Softphone.open(user="sam", on_invite=answer_after(0.1)) as sam:
            system.sign_in("sam", sam.uri)
            async with dialled(system, caller, "desk") as call:
                agent = await until_rung(sam)
                call.say(hello)  # over the whisper: the agent must not hear it
                await agent.answered()
                await agent.hears_speech()
                await system.sees(caller, EventKind.BRIDGED, agent="sam")
                whisper = agent.heard.between(0, time.monotonic())
                assert share_heard(hello, whisper.pcm, RATE) == 0
                assert share_heard(whisper.pcm, call.heard.pcm, RATE) == 0, "for the agent only"
                asked = call.say(hello)
                await asked.done(10)
                await agent.hears_speech(since_s=asked.sent_s[0])
                await agent.hang_up()
                await system.sees(caller, EventKind.STEP, step="after")
                call.press("2")
                await call.wait_ended(15)

    asyncio.run(talk())

    assert [transfer.outcome for transfer in system.transfers(caller)] == ["connected"]
    assert system.record(caller).agent == "sam"


def test_an_agent_who_hangs_up_on_the_whisper_is_passed_over(system: System) -> None:
    caller = "+15550509"

    async def gone(call: PhoneCall) -> None:
        await call.hears_speech()
        await call.hang_up()

    async def talk() -> None:
        async with (
            await Softphone.open(user="nora", on_invite=answer_after(0.1, gone)) as nora,
            await Softphone.open(user="sam", on_invite=answer_after(0.1)) as sam,
        ):
            system.sign_in("nora", nora.uri)
            async with dialled(system, caller, "desk"):
                await system.sees(caller, EventKind.AGENT_MISSED, agent="nora")
                system.sign_in("sam", sam.uri)
                await system.sees(caller, EventKind.BRIDGED, agent="sam")

    asyncio.run(talk())

    assert [event.data["agent"] for event in system.seen(caller, EventKind.BRIDGED)] == ["sam"]


def test_a_caller_who_vanishes_stops_the_agents_phone(system: System) -> None:
    caller = "+15550510"

    async def talk() -> None:
        async with await Softphone.open(user="sam", on_invite=ring_forever()) as sam:
            system.sign_in("sam", sam.uri)
            async with dialled(system, caller, "desk"):
                ringing = await until_rung(sam)
            ended = await ringing.wait_ended(10)
            assert (ended.by, ended.code) == ("them", 487)
            await system.at_rest()
        assert system.agent_status("sam") == "available"

    asyncio.run(talk())

    assert [transfer.outcome for transfer in system.transfers(caller)] == ["abandoned"]


def test_an_agent_signs_in_and_out_by_phone(system: System) -> None:
    async def keyed(*keys: str) -> None:
        """Each when the question before it has begun to be asked."""
        async with await Softphone.open(user="sam") as phone:
            call = await phone.call(system.uri("agents"), caller="+15550511")
            await call.answered()
            for pressed in keys:
                await call.hears_speech()
                call.press(pressed)
                await call.pressed()
            await call.hears_speech()
            await call.wait_ended(20)

    system.put_agent("sam", "sip:sam@127.0.0.1:9", code="42", pin="007")
    assert system.agent_status("sam") == "away"

    asyncio.run(keyed("42#", "007#", "1"))
    assert system.agent_status("sam") == "available"

    asyncio.run(keyed("42#", "999#", "42#", "007#", "2"))
    assert system.agent_status("sam") == "away"
