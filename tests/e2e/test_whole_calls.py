"""Whole calls over SIP and RTP: a phone dials, speaks, presses keys and listens."""

import asyncio

import pytest
from fixtures.system import Speak, System, dialled

from crm.calls.repository import find_call, transfers_of
from voxdesk.kernel.call import EventKind
from voxdesk.testing.softphone import Softphone, answer_after, refuse_with

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]


async def test_an_order_number_said_aloud_brings_the_status(system: System, speak: Speak) -> None:
    caller = "+15550301"

    async with dialled(system, caller) as call:
        await call.hears_prompt()
        await call.say_all(speak("Where is my order?"))
        await system.sees(caller, EventKind.STEP, step="number")
        await call.hears_prompt()
        await call.say_all(speak("four seven one one"))
        await system.sees(caller, EventKind.UNDERSTOOD, value="4711")
        if system.seen(caller, EventKind.CONFIRM):
            await call.hears_prompt()
            await call.say_all(speak("Yes."))
        await system.sees(caller, EventKind.LOOKUP, outcome="found")


async def test_keys_do_the_same_as_words(system: System) -> None:
    caller = "+15550302"

    async with dialled(system, caller) as call:
        await system.sees(caller, EventKind.PROMPT, utterance=2)
        call.press("1")
        await system.sees(caller, EventKind.STEP, step="number")
        call.press("4711#")
        await system.sees(caller, EventKind.LOOKUP, outcome="found")


async def test_speaking_over_the_greeting_stops_it(system: System, speak: Speak) -> None:
    caller = "+15550303"

    async with dialled(system, caller) as call:
        await system.sees(caller, EventKind.PROMPT_FINISHED)
        await system.sees(caller, EventKind.PROMPT, utterance=2)
        await call.say_all(speak("I want to return an item"))
        await system.sees(caller, EventKind.HEARD)

    assert system.seen(caller, EventKind.PROMPT_STOPPED, by="speech")


def test_an_agent_and_a_caller_hear_each_other(system: System, speak: Speak) -> None:
    caller = "+15550304"

    async def talk() -> None:
        async with await Softphone.open(user="sam", on_invite=answer_after(0.5)) as desk:
            system.sign_in("sam", desk.uri, "support")
            async with dialled(system, caller) as call:
                await system.sees(caller, EventKind.PROMPT)
                call.press("0")
                await system.sees(caller, EventKind.BRIDGED, agent="sam")
                agent = desk.calls[-1]
                await call.quiet(0.5)
                asked = agent.say(speak("How can I help you?"))
                await asked.done(10)
                await call.hears_speech(since_s=asked.sent_s[0])
                replied = call.say(speak("My parcel is broken."))
                await replied.done(10)
                await agent.hears_speech(since_s=replied.sent_s[0])
            await system.sees(caller, EventKind.ENDED)
        system.remove_agents()

    asyncio.run(talk())
    assert system.engine.services.call_log.flush()

    with system.database.reading() as session:
        record = find_call(session, system.call_of(caller))
        assert record is not None
        assert record.agent == "sam"
        assert [transfer.mode for transfer in transfers_of(session, record.id)] == ["queue"]


def test_an_agent_who_refuses_is_set_away_and_the_caller_keeps_the_place(system: System) -> None:
    caller = "+15550305"

    async def talk() -> None:
        async with (
            await Softphone.open(user="nora", on_invite=refuse_with(603)) as refusing,
            await Softphone.open(user="sam", on_invite=answer_after(0.2)) as answering,
        ):
            system.sign_in("nora", refusing.uri, "support")
            async with dialled(system, caller) as call:
                await system.sees(caller, EventKind.PROMPT)
                call.press("0")
                await system.sees(caller, EventKind.AGENT_MISSED, agent="nora")
                system.sign_in("sam", answering.uri, "support")
                await system.sees(caller, EventKind.BRIDGED, agent="sam")

    asyncio.run(talk())

    assert system.agent_status("nora") == "away"
    system.remove_agents()
