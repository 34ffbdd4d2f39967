"""Calls that go wrong silently: each is ended in time, says why, and frees its slot."""

import asyncio
import os
import signal
import time

import pytest
from fixtures.leg_worlds import Ear, until
from fixtures.line_house import House

from telephony import line_client
from telephony.legs import Answered, Ended, Held, Leg, Ringing
from voxdesk.kernel.audio import silence
from voxdesk.kernel.call import EndCause, UtteranceId
from voxdesk.testing.softphone import CallFailed, Softphone, answer_after

pytestmark = pytest.mark.integration


async def all_free(house: House, within_s: float = 6.0) -> None:
    await until(house, lambda: house.exchange.lines[0].legs == 0, within_s)
    assert house.exchange.lines[0].legs == 0


async def test_a_caller_whom_nobody_takes_gets_503(hasty: House) -> None:
    hasty.on_leg = lambda _leg: None
    async with await Softphone.open() as phone:
        call = await phone.call(hasty.uri)
        with pytest.raises(CallFailed):
            await call.answered(timeout_s=3.0)

    assert call.final is not None
    assert call.final.status == 503
    assert not call.final.get("X-Voxdesk-Final")
    assert (await (await hasty.leg()).hears(Ended)).cause is EndCause.ERROR


async def test_a_caller_who_hears_only_ringing_gets_480(hasty: House) -> None:
    hasty.on_leg = lambda leg: leg.ring()
    async with await Softphone.open() as phone:
        call = await phone.call(hasty.uri)
        with pytest.raises(CallFailed):
            await call.answered(timeout_s=4.0)

    assert call.final is not None
    assert call.final.status == 480
    assert (await (await hasty.leg()).hears(Ended)).cause is EndCause.NO_ANSWER


async def test_callers_who_never_acknowledge_do_not_keep_the_line(hasty: House) -> None:
    async with await Softphone.open() as scanner, await Softphone.open() as phone:
        for _ in range(4):
            await scanner.call(hasty.uri, send_ack=False)
        await hasty.leg(3)
        await until(hasty, lambda: all(ear.leg.ended for ear in hasty.legs[:4]))
        assert [ear.all(Ended)[0].cause for ear in hasty.legs[:4]] == [EndCause.FAILED] * 4
        assert not any(ear.all(Answered) for ear in hasty.legs[:4])

        await asyncio.sleep(0.5)
        call = await phone.call(hasty.uri)
        await call.answered()


async def test_a_phone_whose_battery_died_is_noticed(hasty: House) -> None:
    async with await Softphone.open() as phone:
        call = await phone.call(hasty.uri)
        await call.answered()
        ear = await hasty.leg()
        await asyncio.sleep(0.3)
        call.vanish()

        ended = await ear.hears(Ended)

    assert (ended.cause, ended.by_us) == (EndCause.MEDIA_LOST, True)


async def test_silence_on_hold_is_no_lost_media(hasty: House) -> None:
    async with await Softphone.open() as phone:
        call = await phone.call(hasty.uri)
        await call.answered()
        ear = await hasty.leg()
        await call.hold()
        await ear.hears(Held)
        await asyncio.sleep(2.7)
        assert not ear.leg.ended
        await call.resume()
        await ear.hears(Held, count=2)
        await asyncio.sleep(0.3)

        assert not ear.leg.ended


async def test_a_call_that_outlives_its_cap_is_ended(hasty: House) -> None:
    async with await Softphone.open() as phone:
        call = await phone.call(hasty.uri)
        await call.answered()
        ended = await (await hasty.leg()).hears(Ended)
        assert (await call.wait_ended()).by == "them"

    assert (ended.cause, ended.by_us) == (EndCause.TOO_LONG, True)


async def test_a_call_that_comes_up_on_hold_is_answered_and_held(house: House) -> None:
    body = (
        "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n"
        "m=audio 40000 RTP/AVP 0\r\na=sendonly\r\n"
    )
    async with await Softphone.open() as phone:
        call = await phone.call(house.uri, body=body)
        await call.answered()
        ear = await house.leg()
        assert (await ear.hears(Held)).on
        assert [type(event) for event in ear.events[:2]] == [Answered, Held]


async def test_a_call_whose_offer_comes_with_the_ack_is_served(house: House) -> None:
    async with await Softphone.open() as phone:
        call = await phone.call(house.uri, body="")
        await call.answered()
        ear = await house.leg()
        await ear.hears(Answered)
        await until(house, lambda: ear.audio)

        assert ear.audio


# ------------------------------------------------------------------ the line itself


async def test_a_line_that_crashes_ends_its_calls_and_is_replaced(house: House) -> None:
    async with await Softphone.open() as phone:
        call = await phone.call(house.uri)
        await call.answered()
        before = house.exchange.lines[0]

        os.kill(before.pid, signal.SIGKILL)

        assert (await (await house.leg()).hears(Ended)).cause is EndCause.LINE_LOST
        await until(house, lambda: house.exchange.lines[0].ready, within_s=10.0)
        after = house.exchange.lines[0]
        assert after.pid not in (0, before.pid)
        assert after.restarts == before.restarts + 1
        again = await phone.call(house.uri)
        await again.answered()


@pytest.mark.parametrize("playing_s", [0, 120])
async def test_a_line_that_stands_still_is_given_up(
    house: House, playing_s: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The shorter of the two limits finds it: silence, or what it leaves unread.
    monkeypatch.setattr(line_client, "UNREAD_FOR_S" if playing_s else "SILENT_FOR_S", 1.5)
    async with await Softphone.open() as phone:
        call = await phone.call(house.uri)
        await call.answered()
        ear = await house.leg()
        before = house.exchange.lines[0]

        os.kill(before.pid, signal.SIGSTOP)
        started_s = time.monotonic()
        ear.leg.play(UtteranceId(1), silence(16000 * playing_s), last=True)
        assert time.monotonic() - started_s < 1.0

        assert (await ear.hears(Ended, within_s=12.0)).cause is EndCause.LINE_LOST
        await until(house, lambda: house.exchange.lines[0].ready, within_s=10.0)
        assert house.exchange.lines[0].pid != before.pid


async def test_an_engine_that_stands_still_for_a_while_loses_no_call(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(line_client, "SILENT_FOR_S", 2.0)
    async with await Softphone.open() as phone:
        call = await phone.call(house.uri)
        await call.answered()
        ear = await house.leg()
        await until(house, lambda: ear.audio)

        time.sleep(3.0)  # noqa: ASYNC251  the loop itself stands still, as under a long task

        await asyncio.sleep(1.2)
        assert not ear.leg.ended
        assert len(ear.audio) > 150
        assert [event.heard.offset for event in ear.audio] == list(
            range(0, 320 * len(ear.audio), 320)
        )


async def test_a_burst_of_callers_does_not_break_the_line(house: House) -> None:
    house.on_leg = lambda leg: leg.reject(486)
    before = house.exchange.lines[0]
    async with await Softphone.open(keep_pcm=False) as phone:
        for _ in range(2):
            calls = [await phone.call(house.uri) for _ in range(50)]
            await asyncio.sleep(0.2)
        assert (await calls[-1].wait_ended()).code == 486
        house.on_leg = lambda leg: leg.answer()
        await until(house, lambda: house.exchange.lines[0].legs == 0)
        call = await phone.call(house.uri)
        await call.answered()

    assert house.exchange.lines[0].pid == before.pid


async def test_an_engine_that_stops_hangs_up_properly(house: House) -> None:
    ears: list[Ear] = []

    def take(leg: Leg) -> None:
        ears.append(Ear(house, leg))
        leg.answer()

    async with await Softphone.open(on_invite=answer_after(9.0)) as phone:
        async with House(house.run_dir / "own") as own:
            own.exchange.on_incoming(take)
            call = await phone.call(own.uri)
            await call.answered()
            ears.append(Ear(house, own.exchange.dial(phone.uri)))
            await ears[1].hears(Ringing)
            started_s = time.monotonic()
        assert time.monotonic() - started_s < 5.0
        assert (await call.wait_ended(1.0)).by == "them"

    assert {ear.all(Ended)[0].cause for ear in ears} == {EndCause.SHUTDOWN}
