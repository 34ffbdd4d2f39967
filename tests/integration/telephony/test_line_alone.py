"""A line whose engine is gone: calls go on, and the next engine gets them as they are."""

import asyncio
import os
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from fixtures.leg_worlds import Ear, similarity, speech_like, until
from fixtures.line_house import House

from telephony.legs import Answered, Digit, Ended, KeptLeg, Played
from telephony.messages import MOMENT, SORRY, Clip, clip_name
from telephony.wire_events import pcm_to_wire
from voxdesk.kernel.call import EndCause, UtteranceId
from voxdesk.testing.signal_checks import share_heard
from voxdesk.testing.softphone import CallFailed, PhoneCall, Softphone

pytestmark = pytest.mark.integration

MOMENT_SOUND, SORRY_SOUND, ANSWER = (speech_like(0.9, seed) for seed in (11, 12, 13))
WAITS_S = 2.5
RATE_HZ = 8000


@asynccontextmanager
async def a_line(tmp_path: Path, **settings: object) -> AsyncIterator[House]:
    """One whose engine is lost in the test: `next_engine` is needed to end it."""
    house = House(tmp_path, engine_timeout_s=WAITS_S, **settings)
    await house.start()
    house.exchange.give_clips(
        [
            Clip(clip_name(MOMENT, "en"), pcm_to_wire(MOMENT_SOUND)),
            Clip(clip_name(SORRY, "en"), pcm_to_wire(SORRY_SOUND)),
        ]
    )
    yield house


@asynccontextmanager
async def next_engine(tmp_path: Path) -> AsyncIterator[tuple[House, list[KeptLeg]]]:
    """Another engine in the same directory, and the calls that it is given."""
    async with House(tmp_path, engine_timeout_s=WAITS_S) as house:
        yield house, house.exchange.take_kept()


async def answered(house: House, phone: Softphone, *, keep: str = "the dialogue") -> PhoneCall:
    call = await phone.call(house.uri)
    await call.answered()
    ear = await house.leg()
    await ear.hears(Answered)
    if keep:
        ear.leg.keep(keep, language="en")
    return call


def hears(sound_16k: object, call: PhoneCall) -> bool:
    heard = call.heard.pcm
    return bool(share_heard(sound_16k[::2], heard, RATE_HZ, part_s=0.25, like=0.6) > 0.6)  # type: ignore[index]


async def comes(sound_16k: object, call: PhoneCall, within_s: float) -> None:
    deadline_s = time.monotonic() + within_s
    while not hears(sound_16k, call):
        assert time.monotonic() < deadline_s, "it is not heard"
        await asyncio.sleep(0.25)


async def test_a_call_goes_on_with_the_next_engine_where_it_was(tmp_path: Path) -> None:
    async with a_line(tmp_path) as first, await Softphone.open() as phone:
        call = await answered(first, phone)
        pid = first.exchange.lines[0].pid
        first.legs[0].leg.play(UtteranceId(7), speech_like(0.4), last=True)
        await first.legs[0].hears(Played)
        position = first.legs[0].audio[-1].heard.offset

        await first.exchange.let_go()
        call.press("4")
        await comes(MOMENT_SOUND, call, 4.0)

        async with next_engine(tmp_path) as (second, kept):
            assert [(each.text, each.utterance) for each in kept] == [("the dialogue", 7)]
            assert second.exchange.lines[0].pid == pid
            assert kept[0].lost_ms >= position // 16
            assert kept[0].now_ms > kept[0].lost_ms
            ear = Ear(second, kept[0].leg)
            kept[0].leg.adopt()
            assert (await ear.hears(Digit)).digit == "4", "pressed while nobody was there"
            kept[0].leg.play(UtteranceId(8), ANSWER, last=True)
            await ear.hears(Played, count=2)
            assert ear.audio[0].heard.offset > position, "one clock for the whole call"
            await comes(ANSWER, call, 3.0)
            caller_says = speech_like(1.0, seed=5)
            call.say(caller_says, sample_rate_hz=16_000)
            await until(second, lambda: len(ear.audio) > 120, 4.0)
            assert similarity(caller_says, ear.heard) > 0.7
            assert call.ended is None
            kept[0].leg.hangup()
            assert (await ear.hears(Ended)).cause is EndCause.HUNG_UP
            again = await phone.call(second.uri)
            await again.answered()


async def test_who_hangs_up_meanwhile_is_told_to_the_next_engine(tmp_path: Path) -> None:
    async with a_line(tmp_path) as first, await Softphone.open() as phone:
        call = await answered(first, phone)

        await first.exchange.let_go()
        await comes(MOMENT_SOUND, call, 4.0)
        await call.hang_up()

        async with next_engine(tmp_path) as (second, kept):
            ear = Ear(second, kept[0].leg)
            kept[0].leg.adopt()
            assert (await ear.hears(Ended)).cause is EndCause.CALLER_HUNG_UP
            assert second.exchange.lines[0].legs == 0


async def test_a_call_with_nothing_kept_ends_with_its_engine(tmp_path: Path) -> None:
    async with a_line(tmp_path) as first, await Softphone.open() as phone:
        call = await answered(first, phone, keep="")

        await first.exchange.let_go()

        assert (await call.wait_ended(3.0)).by == "them"
        async with next_engine(tmp_path) as (_, kept):
            assert kept == []


async def test_a_new_call_is_refused_until_an_engine_is_there(tmp_path: Path) -> None:
    async with a_line(tmp_path) as first, await Softphone.open() as phone:
        await answered(first, phone)
        uri = first.uri
        await first.exchange.let_go()

        refused = await phone.call(uri)
        with pytest.raises(CallFailed):
            await refused.answered()
        assert refused.final is not None
        assert refused.final.status == 503

        async with next_engine(tmp_path) as (second, kept):
            kept[0].leg.adopt()
            taken = await phone.call(second.uri)
            await taken.answered()


async def test_when_no_engine_comes_the_caller_hears_so_and_the_line_ends(tmp_path: Path) -> None:
    async with a_line(tmp_path) as first, await Softphone.open() as phone:
        call = await answered(first, phone)
        pid = first.exchange.lines[0].pid
        lost_s = time.monotonic()

        await first.exchange.let_go()

        assert (await call.wait_ended(WAITS_S + 6)).by == "them"
        assert time.monotonic() - lost_s > WAITS_S
        assert hears(SORRY_SOUND, call)
        os.kill(pid, 15)  # it would wait some seconds longer for somebody to come


async def test_when_no_engine_comes_the_call_goes_to_the_fallback(tmp_path: Path) -> None:
    target = "sip:desk@127.0.0.1:5999"
    async with a_line(tmp_path, fallback=target) as first, await Softphone.open() as phone:
        call = await answered(first, phone)
        pid = first.exchange.lines[0].pid

        await first.exchange.let_go()
        await until(first, lambda: any(r.method == "REFER" for r in call.requests), WAITS_S + 3)

        refer = next(request for request in call.requests if request.method == "REFER")
        assert target in (refer.get("Refer-To") or "")
        os.kill(pid, 15)
        await asyncio.wait_for(call.wait_ended(5.0), 6.0)
