"""Blind transfers, followed to their end."""

import asyncio

import pytest
from fixtures.leg_worlds import Ear, until
from fixtures.line_house import House

from telephony.legs import Ended, Played, TransferProgress
from voxdesk.kernel.audio import silence
from voxdesk.kernel.call import EndCause, UtteranceId
from voxdesk.testing.softphone import (
    PhoneCall,
    ReferPlan,
    Softphone,
    answer_after,
    pretend,
    refuse_refer,
    refuse_with,
)

pytestmark = pytest.mark.integration


async def call_of(house: House, phone: Softphone, plan: ReferPlan | None) -> tuple[PhoneCall, Ear]:
    call = await phone.call(house.uri)
    if plan is not None:
        call.on_refer = lambda _target: plan
    await call.answered()
    ear = await house.leg()
    await until(house, lambda: ear.audio)
    return call, ear


async def final(house: House, ear: Ear) -> TransferProgress:
    await until(house, lambda: any(progress.final for progress in ear.all(TransferProgress)))
    last = ear.all(TransferProgress)[-1]
    assert isinstance(last, TransferProgress)
    assert last.final
    return last


async def still_ours(house: House, ear: Ear) -> None:
    ear.leg.play(UtteranceId(9), silence(640), last=True)
    assert (await ear.hears(Played)).utterance == 9
    assert not ear.leg.ended


async def test_a_transfer_that_is_answered_lets_us_go(house: House) -> None:
    async with (
        await Softphone.open() as caller,
        await Softphone.open(user="agent", on_invite=answer_after(0.1)) as agent,
    ):
        call, ear = await call_of(house, caller, None)
        ear.leg.transfer(agent.uri, timeout_s=5.0)
        assert (await final(house, ear)).code == 200
        ear.leg.hangup()
        assert (await ear.hears(Ended)).cause is EndCause.TRANSFERRED

        assert (await call.wait_ended()).by == "them"
        assert agent.calls[0].ended is None
        assert call.referred is not None


async def test_a_busy_target_leaves_the_caller_with_us(house: House) -> None:
    async with (
        await Softphone.open() as caller,
        await Softphone.open(user="agent", on_invite=refuse_with(486)) as agent,
    ):
        _, ear = await call_of(house, caller, None)
        ear.leg.transfer(agent.uri, timeout_s=5.0)

        assert (await final(house, ear)).code == 486
        await still_ours(house, ear)


async def test_a_phone_that_refuses_the_transfer(house: House) -> None:
    async with await Softphone.open() as caller:
        _, ear = await call_of(house, caller, refuse_refer(405))
        ear.leg.transfer("sip:agent@127.0.0.1:9", timeout_s=5.0)

        assert (await final(house, ear)).code == 405
        await still_ours(house, ear)


async def test_a_phone_that_never_reports_is_given_up(house: House) -> None:
    async with await Softphone.open() as caller:
        _, ear = await call_of(house, caller, pretend())
        ear.leg.transfer("sip:agent@127.0.0.1:9", timeout_s=0.6)

        assert (await final(house, ear)).code == 408
        await still_ours(house, ear)
        assert len([p for p in ear.all(TransferProgress) if p.final]) == 1


async def test_a_report_that_comes_too_late_is_no_second_end(house: House) -> None:
    async with await Softphone.open() as caller:
        _, ear = await call_of(house, caller, pretend(180, 200, pause_s=0.5))
        ear.leg.transfer("sip:agent@127.0.0.1:9", timeout_s=0.7)
        assert (await final(house, ear)).code == 408
        await asyncio.sleep(0.6)

        assert len([p for p in ear.all(TransferProgress) if p.final]) == 1
        assert (180, False) in [(p.code, p.final) for p in ear.all(TransferProgress)]


async def test_a_target_that_is_no_address_fails_like_a_refusal(house: House) -> None:
    async with await Softphone.open() as caller:
        _, ear = await call_of(house, caller, None)
        ear.leg.transfer("premium-rate\r\nX: y", timeout_s=5.0)

        assert (await final(house, ear)).code == 400
        await still_ours(house, ear)


async def test_a_caller_who_hangs_up_while_being_transferred(house: House) -> None:
    async with await Softphone.open() as caller:
        call, ear = await call_of(house, caller, pretend(180, pause_s=0.1))
        ear.leg.transfer("sip:agent@127.0.0.1:9", timeout_s=5.0)
        await ear.hears(TransferProgress)
        await call.hang_up()

        assert (await ear.hears(Ended)).cause is EndCause.CALLER_HUNG_UP
