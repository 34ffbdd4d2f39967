"""Calls that the machine makes."""

import asyncio
from typing import Any

import pytest
from fixtures.system import System

from voxdesk.kernel.call import EventKind
from voxdesk.kernel.errors import TelephonyError
from voxdesk.testing.softphone import Softphone, answer_after, refuse_with, ring_forever

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(60)]


async def place(system: System, uri: str, **options: Any) -> None:
    async def work() -> None:
        system.engine.place_call(uri, **options)

    await asyncio.to_thread(system.do, work())


def test_a_flow_runs_when_they_answer_and_the_customer_is_known(system: System) -> None:
    async def talk() -> str:
        handler = answer_after(0.3)
        async with await Softphone.open(user="+15550100", on_invite=handler) as anna:
            await place(system, anna.uri, flow="shop")
            await system.sees(anna.uri, EventKind.PROMPT, utterance=1)
            call = anna.calls[-1]
            await call.hears_speech(since_s=call.answered_s)
            call.press("3")
            await system.sees(anna.uri, EventKind.STEP, step="more")
            call.press("9")
            await call.wait_ended(20)
            await system.sees(anna.uri, EventKind.ENDED)
            return anna.uri

    uri = asyncio.run(talk())

    record = system.record(uri)
    assert (record.direction, record.cause, record.caller) == ("outbound", "hung_up", "+15550100")
    assert record.customer_id is not None
    assert system.said(uri)[0].startswith("Hello Anna.")
    left, right = system.recording(uri)
    assert len(left) == len(right) > 16_000
    assert abs(right).max() > 1000


def test_who_does_not_take_the_call_is_in_the_record(system: System) -> None:
    handlers = {"busy": refuse_with(486), "refused": refuse_with(603), "no_answer": ring_forever()}

    async def call(cause: str) -> str:
        async with await Softphone.open(user=cause, on_invite=handlers[cause]) as phone:
            await place(system, phone.uri, flow="talk", timeout_s=2)
            await system.sees(phone.uri, EventKind.ENDED, cause=cause)
            assert phone.calls[-1].ended is not None
            return phone.uri

    async def talk() -> list[str]:
        uris = await asyncio.gather(*(call(cause) for cause in handlers))
        await system.at_rest()
        return uris

    for uri, cause in zip(asyncio.run(talk()), handlers, strict=True):
        record = system.record(uri)
        assert (record.cause, record.answered_at) == (cause, None)
        assert record.ended_at is not None
        assert not system.said(uri)


def test_what_cannot_be_dialled_is_said_at_once(system: System) -> None:
    async def talk() -> None:
        with pytest.raises(TelephonyError, match="there is no flow"):
            await place(system, "sip:anna@127.0.0.1:9", flow="shpo")
        with pytest.raises(TelephonyError, match="not a SIP URI"):
            await place(system, "anna")
        await system.at_rest()

    asyncio.run(talk())
