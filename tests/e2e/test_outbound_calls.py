"""Calls that the machine makes."""

import asyncio
from typing import Any

import pytest
from fixtures.system import System

from voxdesk.kernel.call import EventKind
from voxdesk.kernel.errors import TelephonyError
from voxdesk.testing.softphone import Softphone, answer_after, refuse_with, ring_forever
from voxdesk.testing.softphone_call import InviteHandler

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]


async def place(system: System, uri: str, **options: Any) -> None:
    async def work() -> None:
        system.engine.place_call(uri, **options)

    await asyncio.to_thread(system.do, work())


async def test_a_flow_runs_when_they_answer_and_the_customer_is_known(system: System) -> None:
    async with await Softphone.open(user="+15550100", on_invite=answer_after(0.3)) as anna:
        uri = anna.uri
        await place(system, uri, flow="shop")
        await system.sees(uri, EventKind.PROMPT, utterance=1)
        call = anna.calls[-1]
        await call.hears_speech(since_s=call.answered_s)
        call.press("3")
        await system.sees(uri, EventKind.STEP, step="more")
        call.press("9")
        await call.wait_ended(20)
        await system.sees(uri, EventKind.ENDED)

    record = system.record(uri)
    assert (record.direction, record.cause, record.caller) == ("outbound", "hung_up", "+15550100")
    assert record.customer_id is not None
    assert system.said(uri)[0].startswith("Hello Anna.")
    left, right = system.recording(uri)
    assert len(left) == len(right) > 16_000
    assert abs(right).max() > 1000


@pytest.mark.parametrize(
    ("cause", "handler"),
    [("busy", refuse_with(486)), ("refused", refuse_with(603)), ("no_answer", ring_forever())],
)
async def test_who_does_not_take_the_call_is_in_the_record(
    system: System, cause: str, handler: InviteHandler
) -> None:
    async with await Softphone.open(user=cause, on_invite=handler) as phone:
        uri = phone.uri
        await place(system, uri, flow="talk", timeout_s=2)
        await system.sees(uri, EventKind.ENDED, cause=cause)
        assert phone.calls[-1].ended is not None

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
