"""Calls from phones that are not ours: coming, refused, given up, gone."""

import asyncio

import numpy as np
import pytest
from fixtures.leg_worlds import similarity, speech_like, until
from fixtures.line_house import House

from telephony.legs import Answered, Digit, Ended, Held, Played, Ringing
from voxdesk.kernel.call import EndCause, UtteranceId
from voxdesk.testing.softphone import CallFailed, Softphone, answer_after, refuse_with, ring_forever

pytestmark = pytest.mark.integration

FIRST = UtteranceId(1)
TONE = (8000 * np.sin(np.arange(32000) * 2 * np.pi * 700 / 16000)).astype(np.int16)


async def test_options_is_answered_so_that_a_trunk_knows_we_live(house: House) -> None:
    async with await Softphone.open() as phone:
        response = await phone.options(house.uri)

    assert response.status == 200
    assert "INVITE" in response.get("Allow")


async def test_the_caller_is_who_the_trunk_asserts_and_headers_go_both_ways(house: House) -> None:
    house.on_leg = lambda leg: leg.answer({"X-Session": "abc", "Via": "forged"})
    async with await Softphone.open() as phone:
        call = await phone.call(
            house.uri,
            caller="anonymous",
            caller_name="Ann",
            headers={
                "P-Asserted-Identity": '"Ann Lee" <sip:+15550100@trunk.example>',
                "Diversion": '"Main desk, London" <sip:+15550199@trunk.example>;reason=no-answer',
                "X-Order": "4711 \x01\x7f evil" + "x" * 5000,
                "Authorization": "Digest secret",
            },
        )
        await call.answered()
        invite = (await house.leg()).leg.invite

    assert invite is not None
    assert (invite.caller, invite.caller_name) == ("+15550100", "Ann Lee")
    assert invite.diverted_from == "+15550199"
    assert invite.headers["X-Order"].startswith("4711")
    assert len(invite.headers["X-Order"]) <= 256
    assert invite.headers["X-Order"].isprintable()
    assert "Authorization" not in invite.headers
    assert call.final is not None
    assert call.final.get("X-Session") == "abc"
    assert "forged" not in "".join(call.final.all("Via"))


async def test_prompts_before_the_answer_are_heard(house: House) -> None:
    def early(leg: object) -> None:
        house.legs[0].leg.ring(early_media=True)
        house.legs[0].leg.play(FIRST, TONE, last=True)

    house.on_leg = early
    async with await Softphone.open() as phone:
        call = await phone.call(house.uri)
        await call.hears_speech(timeout_s=3.0)
        assert call.provisional[-1] == 183
        assert not call.answered_s
        played = await (await house.leg()).hears(Played)
        assert played.at_ms <= 20

        house.legs[0].leg.answer()
        await call.answered()
        assert (await house.legs[0].hears(Answered)).codec == "PCMU/8000"


async def test_a_chosen_busy_is_marked_and_a_full_line_is_not(house: House) -> None:
    house.on_leg = lambda leg: leg.reject(486)
    async with await Softphone.open() as phone:
        refused = await phone.call(house.uri)
        with pytest.raises(CallFailed):
            await refused.answered()
        assert refused.final is not None
        assert refused.final.status == 486
        assert refused.final.get("X-Voxdesk-Final") == "yes"

        house.on_leg = lambda leg: leg.answer()
        for _ in range(4):
            await (await phone.call(house.uri)).answered()
        fifth = await phone.call(house.uri)
        with pytest.raises(CallFailed):
            await fifth.answered()

    assert fifth.final is not None
    assert fifth.final.status == 486
    assert not fifth.final.get("X-Voxdesk-Final")


async def test_a_call_without_a_common_codec_is_488_and_frees_its_slot(house: House) -> None:
    body = (
        "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n"
        "m=audio 40000 RTP/AVP 96\r\na=rtpmap:96 opus/48000/2\r\n"
    )
    async with await Softphone.open() as phone:
        for _ in range(6):
            call = await phone.call(house.uri, body=body)
            with pytest.raises(CallFailed):
                await call.answered()
            assert call.final is not None
            assert call.final.status == 488
        await (await phone.call(house.uri)).answered()


async def test_a_caller_who_cancels_while_it_rings_is_told_to_the_engine(house: House) -> None:
    house.on_leg = lambda leg: leg.ring()
    async with await Softphone.open() as phone:
        call = await phone.call(house.uri)
        await until(house, lambda: 180 in call.provisional)
        await call.hang_up()

        assert call.final is not None
        assert call.final.status == 487
    ended = await (await house.leg()).hears(Ended)
    assert (ended.cause, ended.sip_code) == (EndCause.CANCELLED, 487)


async def test_a_cancel_that_crosses_the_answer_leaves_nothing_behind(house: House) -> None:
    async with await Softphone.open() as phone:
        for _ in range(8):
            call = await phone.call(house.uri)
            await asyncio.sleep(0.002)
            await call.hang_up()
        await until(house, lambda: house.exchange.lines[0].legs == 0)

    assert house.exchange.lines[0].legs == 0
    assert all(ear.leg.ended for ear in house.legs)


async def test_hang_ups_during_playback_leave_nothing_behind(house: House) -> None:
    house.on_leg = lambda leg: (leg.answer(), leg.play(FIRST, TONE, last=True))[0]
    async with await Softphone.open() as phone:
        for round_ in range(6):
            call = await phone.call(house.uri)
            await call.answered()
            await asyncio.sleep(0.03 * round_)
            await call.hang_up()
        await until(house, lambda: all(ear.leg.ended for ear in house.legs))

    assert [ear.all(Ended)[0].cause for ear in house.legs] == [EndCause.CALLER_HUNG_UP] * 6
    assert house.exchange.lines[0].legs == 0


async def test_the_phone_hears_us_and_we_hear_the_phone(house: House) -> None:
    ours, theirs = speech_like(1.5, seed=1), speech_like(1.5, seed=2)
    async with await Softphone.open() as phone:
        call = await phone.call(house.uri)
        await call.answered()
        ear = await house.leg()
        await until(house, lambda: len(ear.audio) > 10)
        ear.leg.play(FIRST, ours, last=True)
        call.say(theirs, sample_rate_hz=16000)
        await asyncio.sleep(2.2)
        heard_there = call.heard

    assert similarity(theirs, ear.heard) > 0.98
    assert similarity(ours[::2], heard_there.pcm) > 0.8  # every second sample, unfiltered


async def test_a_phone_holds_us_and_takes_us_back(house: House) -> None:
    async with await Softphone.open() as phone:
        call = await phone.call(house.uri)
        await call.answered()
        ear = await house.leg()
        await call.hold()
        assert (await ear.hears(Held)).on
        await call.resume()
        assert not (await ear.hears(Held, count=2)).on
        call.say(TONE, sample_rate_hz=16000)
        frames = len(ear.audio)
        await until(house, lambda: np.abs(ear.heard[frames * 320 :]).max(initial=0) > 4000)

    assert np.abs(ear.heard[frames * 320 :]).max() > 4000


async def test_we_hold_a_phone_and_take_it_back(house: House) -> None:
    async with await Softphone.open() as phone:
        call = await phone.call(house.uri)
        await call.answered()
        ear = await house.leg()
        await until(house, lambda: ear.audio)
        ear.leg.hold(on=True)
        await until(house, lambda: call.held_by_them)
        assert call.held_by_them
        ear.leg.hold(on=False)
        await until(house, lambda: not call.held_by_them)
        assert not call.held_by_them
        ear.leg.play(FIRST, TONE, last=True)
        await call.hears_speech(timeout_s=3.0)


async def test_keys_arrive_once_by_either_method_and_when_a_phone_uses_both(house: House) -> None:
    async with await Softphone.open() as phone:
        call = await phone.call(house.uri)
        await call.answered()
        ear = await house.leg()
        call.press("12")
        await call.pressed()
        await ear.hears(Digit, count=2)
        await call.press_by_info("34")
        await ear.hears(Digit, count=4)
        for key in "5*5":
            call.press(key)
            await call.press_by_info(key)
            await call.pressed()
        await ear.hears(Digit, count=7)
        await asyncio.sleep(0.3)

        digits = ear.all(Digit)
        assert "".join(digit.digit for digit in digits) == "12345*5"
        assert [digit.method for digit in digits[:4]] == ["rfc4733"] * 2 + ["info"] * 2

        ear.leg.send_digits("90#")
        assert await call.wait_key(3) == "90#"


async def test_confused_rtp_harms_nobody(house: House) -> None:
    async with await Softphone.open() as phone:
        call = await phone.call(house.uri)
        await call.answered()
        ear = await house.leg()
        call.stream.payload_type = 77
        call.say(TONE, sample_rate_hz=16000)
        await asyncio.sleep(0.5)
        call.stream.payload_type = 0
        frames = len(ear.audio)
        await until(house, lambda: np.abs(ear.heard[frames * 320 :]).max(initial=0) > 4000)

        assert np.abs(ear.heard[frames * 320 :]).max() > 4000
        assert not ear.leg.ended


# ------------------------------------------------------------------ calls that we make


async def test_a_phone_that_we_call_sees_who_calls_and_why(house: House) -> None:
    async with await Softphone.open(user="agent", on_invite=answer_after(0.1)) as phone:
        ear = await house.dial(
            phone.uri, caller="+15550100", caller_name='Ann "A"\r\nX: y', headers={"X-Why": "order"}
        )
        invite = phone.calls[0].invite_request

        assert ear.all(Ringing)[0].code == 180
        assert "sip:+15550100@" in invite.get("From")
        assert "\n" not in invite.get("From")
        assert "+15550100" in invite.get("P-Asserted-Identity")
        assert invite.get("X-Why") == "order"
        await phone.calls[0].hang_up()
        assert (await ear.hears(Ended)).cause is EndCause.CALLER_HUNG_UP


@pytest.mark.parametrize(
    ("code", "cause"), [(486, EndCause.BUSY), (603, EndCause.REFUSED), (500, EndCause.FAILED)]
)
async def test_a_phone_that_refuses(house: House, code: int, cause: EndCause) -> None:
    async with await Softphone.open(on_invite=refuse_with(code)) as phone:
        leg = house.exchange.dial(phone.uri)
        house._take(leg)
        ended = await house.legs[0].hears(Ended)

    assert (ended.cause, ended.sip_code, ended.by_us) == (cause, code, False)


async def test_a_phone_that_nobody_picks_up_is_cancelled_in_time(house: House) -> None:
    async with await Softphone.open(on_invite=ring_forever()) as phone:
        house._take(house.exchange.dial(phone.uri, timeout_s=0.5))
        ended = await house.legs[0].hears(Ended)
        assert (await phone.calls[0].wait_ended()).code == 487

    assert (ended.cause, ended.by_us) == (EndCause.NO_ANSWER, True)


async def test_an_address_where_nobody_is_fails_in_time(house: House) -> None:
    house._take(house.exchange.dial("sip:nobody@127.0.0.1:9", timeout_s=0.7))

    ended = await house.legs[0].hears(Ended)

    assert ended.cause in {EndCause.NO_ANSWER, EndCause.FAILED}


async def test_a_redirection_is_not_followed(house: House) -> None:
    async with (
        await Softphone.open(on_invite=answer_after()) as premium,
        await Softphone.open(
            on_invite=lambda call: call.refuse(302, {"Contact": f"<{premium.uri}>"})
        ) as phone,
    ):
        house._take(house.exchange.dial(phone.uri))
        ended = await house.legs[0].hears(Ended)
        assert not premium.calls

    assert (ended.cause, ended.sip_code) == (EndCause.REFUSED, 302)
