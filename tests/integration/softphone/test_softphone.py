"""The test phone against itself: what a test relies on must be true of the phone first."""

import asyncio
import time
from collections.abc import Awaitable, Callable

import numpy as np
import pytest

from voxdesk.kernel.audio import Pcm
from voxdesk.testing.signal_checks import find, share_heard
from voxdesk.testing.softphone import (
    CallFailed,
    CallState,
    Credentials,
    Echo,
    Impairments,
    PhoneCall,
    Softphone,
    answer_after,
    pretend,
    refuse_refer,
    refuse_with,
    ring_forever,
)

pytestmark = pytest.mark.integration

RATE = 8000


def run(scenario: Callable[[Softphone, Softphone], Awaitable[None]]) -> None:
    """A caller and somebody to call, for at most 20 s."""

    async def both() -> None:
        async with (
            asyncio.timeout(20),
            await Softphone.open(user="caller") as caller,
            await Softphone.open(user="ivr", on_invite=answer_after()) as called,
        ):
            await scenario(caller, called)

    asyncio.run(both())


async def connect(
    here: Softphone, there: Softphone, **options: object
) -> tuple[PhoneCall, PhoneCall]:
    call = await here.call(there.uri, **options)  # type: ignore[arg-type]
    await call.answered()
    return call, there.calls[-1]


def noise(seconds: float, seed: int = 1) -> Pcm:
    rng = np.random.default_rng(seed)
    return (rng.normal(size=round(seconds * RATE)) * 3000).astype(np.int16)


async def until(condition: Callable[[], bool], timeout_s: float = 3.0) -> None:
    async with asyncio.timeout(timeout_s):
        while not condition():  # noqa: ASYNC110 any condition, whoever makes it true
            await asyncio.sleep(0.005)


def test_both_sides_hear_each_other_word_for_word() -> None:
    async def scenario(caller: Softphone, called: Softphone) -> None:
        here, there = await connect(caller, called)
        question, answer = noise(0.6, seed=1), noise(0.8, seed=2)
        asked = time.monotonic()
        playing = here.say(question)
        heard = await there.hears_prompt(pause_s=0.2, since_s=asked)
        there.say(answer)
        await here.hears_prompt(pause_s=0.2)

        assert find(question, heard.pcm, RATE).correlation > 0.99
        assert share_heard(answer, here.heard.pcm, RATE) == 1.0
        assert len(playing.sent_s) == 30
        # Heard when it was sent: nothing but the loopback lies between.
        onset = there.stream.received.first_audible(asked)
        assert onset == pytest.approx(playing.sent_s[0], abs=0.1)
        assert there.stream.received.report.lost == 0

    run(scenario)


@pytest.mark.parametrize("codec", ["PCMU", "PCMA"])
def test_a_single_codec_is_agreed(codec: str) -> None:
    async def scenario(caller: Softphone, called: Softphone) -> None:
        here, there = await connect(caller, called, codecs=(codec,))
        here.say(noise(0.3))
        await there.hears_speech()

        assert here.stream.codec.name == there.stream.codec.name == codec

    run(scenario)


def test_without_a_common_codec_the_call_is_refused_with_488() -> None:
    async def scenario(caller: Softphone, called: Softphone) -> None:
        call = await caller.call(called.uri, codecs=("G729", "opus"))
        with pytest.raises(CallFailed) as failure:
            await call.answered()
        assert failure.value.status == 488

    run(scenario)


def test_caller_and_headers_arrive() -> None:
    async def scenario(caller: Softphone, called: Softphone) -> None:
        _, there = await connect(
            caller,
            called,
            caller="+4930123",
            caller_name="Ann",
            headers={"Diversion": "<sip:100@127.0.0.1>", "X-Campaign": "autumn"},
        )
        invite = there.invite_request
        assert invite.get("From").startswith('"Ann" <sip:+4930123@')
        assert invite.get("X-Campaign") == "autumn"
        assert invite.get("Diversion") == "<sip:100@127.0.0.1>"

    run(scenario)


def test_each_key_arrives_once_by_either_way() -> None:
    async def scenario(caller: Softphone, called: Softphone) -> None:
        here, there = await connect(caller, called)
        here.press("11#")
        await here.pressed()
        assert await there.wait_key(3) == "11#"
        await here.press_by_info("5")

        assert [(k.key, k.method) for k in there.keys_heard[-2:]] == [
            ("#", "rfc4733"),
            ("5", "info"),
        ]
        assert there.stream.received.report.lost == 0

    run(scenario)


def test_refused_never_answered_and_cancelled_calls() -> None:
    async def scenario(caller: Softphone, called: Softphone) -> None:
        called.on_invite = refuse_with(603)
        call = await caller.call(called.uri)
        with pytest.raises(CallFailed) as failure:
            await call.answered()
        assert failure.value.status == 603

        called.on_invite = ring_forever()
        call = await caller.call(called.uri)
        with pytest.raises(CallFailed, match="not answered"):
            await call.answered(timeout_s=0.3)
        assert call.provisional == [180]
        await call.hang_up()
        assert call.ended is not None
        assert (call.ended.by, call.ended.code) == ("us", 487)
        assert (await called.calls[-1].wait_ended()).reason == "cancelled"

    run(scenario)


def test_nobody_at_the_other_end_is_said_so() -> None:
    async def scenario(caller: Softphone, called: Softphone) -> None:
        await called.close()
        call = await caller.call(called.uri)
        with pytest.raises(CallFailed, match="nothing"):
            await call.answered(timeout_s=0.3)
        call.vanish()

    run(scenario)


def test_either_side_hangs_up() -> None:
    async def scenario(caller: Softphone, called: Softphone) -> None:
        here, there = await connect(caller, called)
        await here.hang_up({"Reason": 'Q.850;cause=16;text="done"'})
        assert (await there.wait_ended()).by == "them"
        assert there.ended is not None
        assert "done" in there.ended.reason

        here, there = await connect(caller, called)
        await there.hang_up()
        assert (await here.wait_ended()).by == "them"
        await here.hang_up()  # harmless

    run(scenario)


def test_early_media_is_heard_before_the_answer() -> None:
    ringback = noise(0.5)

    async def play_early(call: PhoneCall) -> None:
        call.early_media()
        call.say(ringback)
        await asyncio.sleep(0.5)
        await call.answer()

    async def scenario(caller: Softphone, called: Softphone) -> None:
        called.on_invite = play_early
        call = await caller.call(called.uri)
        await call.hears_speech()
        assert call.state is CallState.CALLING
        assert call.provisional == [183]
        await call.answered()

    run(scenario)


def test_hold_and_resume() -> None:
    async def scenario(caller: Softphone, called: Softphone) -> None:
        here, there = await connect(caller, called)
        await here.hold()
        assert there.held_by_them
        sent = here.stream.sent_packets
        await asyncio.sleep(0.1)
        assert here.stream.sent_packets <= sent + 1
        await here.resume()
        assert not there.held_by_them
        here.say(noise(0.3))
        await there.hears_speech()

    run(scenario)


def test_digest_challenges_are_answered() -> None:
    async def scenario(caller: Softphone, called: Softphone) -> None:
        called.demands = Credentials("ann", "secret")
        call = await caller.call(called.uri)
        with pytest.raises(CallFailed) as failure:
            await call.answered()
        assert failure.value.status == 401

        async with await Softphone.open(credentials=Credentials("ann", "secret")) as member:
            assert (await member.register(called.uri)).status == 200
            assert called.registered.keys() == {"phone"}
            call = await member.call(called.uri)
            await call.answered()

    run(scenario)


@pytest.mark.parametrize(
    ("plan", "answer", "notified"),
    [
        (refuse_refer(603), 603, []),
        (pretend(180, 486), 202, ["180 Ringing", "486 Busy Here"]),
    ],
)
def test_a_blind_transfer_ends_as_told(plan: object, answer: int, notified: list[str]) -> None:
    async def scenario(caller: Softphone, called: Softphone) -> None:
        here, there = await connect(caller, called)
        here.on_refer = lambda _target: plan  # type: ignore[assignment,return-value]
        response = await there.ask("REFER", headers={"Refer-To": "<sip:agent@127.0.0.1:9>"})
        assert response.status == answer

        def lines() -> list[str]:
            notifies = [r for r in there.requests if r.method == "NOTIFY"]
            return [n.body.strip().removeprefix("SIP/2.0 ") for n in notifies]

        await until(lambda: len(lines()) == len(notified))
        assert lines() == notified

    run(scenario)


def test_a_blind_transfer_is_followed() -> None:
    async def scenario(caller: Softphone, called: Softphone) -> None:
        here, there = await connect(caller, called)
        async with await Softphone.open(user="sam", on_invite=answer_after(0.1)) as sam:
            await there.ask("REFER", headers={"Refer-To": f"<{sam.uri}>"})
            await until(lambda: any("200" in r.body for r in there.requests))
            assert sam.calls[0].state is CallState.UP
            assert here.referred is not None

    run(scenario)


def test_a_bad_network_is_made_on_order() -> None:
    async def scenario(caller: Softphone, called: Softphone) -> None:
        bad = Impairments(loss_share=0.3, reorder_share=0.1)
        here, there = await connect(caller, called, impairments=bad)
        await here.say_all(noise(2.0))
        await asyncio.sleep(0.1)
        report = there.stream.received.report

        assert 0.15 < report.lost / (report.lost + report.packets) < 0.45
        assert report.late_order > 0

    run(scenario)


def test_a_wrong_payload_type_is_counted_and_not_heard() -> None:
    async def scenario(caller: Softphone, called: Softphone) -> None:
        here, there = await connect(caller, called)
        here.stream.payload_type = 77
        here.say(noise(0.3))
        await until(lambda: there.stream.received.report.foreign > 10)
        assert there.stream.received.audible() == []

    run(scenario)


def test_muted_is_silence_and_a_background_lies_under_everything() -> None:
    async def scenario(caller: Softphone, called: Softphone) -> None:
        here, there = await connect(caller, called)
        here.stream.muted = True
        here.say(noise(0.3))
        await asyncio.sleep(0.4)
        assert there.stream.received.audible() == []
        here.stream.muted = False
        here.stream.background = noise(1.0) // 4
        await there.hears_speech()
        quiet_dbfs = there.heard_since(time.monotonic() - 0.1).level_dbfs
        await here.say_all(noise(0.3))
        assert there.heard_since(time.monotonic() - 0.1).level_dbfs > quiet_dbfs + 6

    run(scenario)


def test_an_echo_comes_back_as_late_and_as_faint_as_ordered() -> None:
    async def scenario(caller: Softphone, called: Softphone) -> None:
        here, there = await connect(caller, called)
        here.stream.echo = Echo(delay_s=0.2, gain_db=-20)
        sentence = noise(0.5)
        said = time.monotonic()
        playing = await there.say_all(sentence)
        await there.hears_speech(since_s=said)
        await asyncio.sleep(0.7)
        echo = there.heard_since(playing.sent_s[0])
        match = find(sentence, echo.pcm, RATE)

        assert match.correlation > 0.9
        assert match.lag_s > 0.15
        loud = echo.between(echo.start_s + match.lag_s, echo.start_s + match.lag_s + 0.5)
        assert loud.level_dbfs == pytest.approx(20 * np.log10(3000 / 32768) - 20, abs=1.0)

    run(scenario)


def test_someone_who_vanished_says_nothing_more() -> None:
    async def scenario(caller: Softphone, called: Softphone) -> None:
        here, there = await connect(caller, called)
        here.vanish()
        with pytest.raises(CallFailed, match="still stands"):
            await there.wait_ended(timeout_s=0.3)
        assert (await caller.options(called.uri)).status == 200
        there.vanish()

    run(scenario)


def test_lost_signalling_is_sent_again() -> None:
    async def scenario(caller: Softphone, called: Softphone) -> None:
        called._transport.deaf = True
        call = await caller.call(called.uri)
        await asyncio.sleep(0.2)
        called._transport.deaf = False
        await call.answered(timeout_s=3)

    run(scenario)


def test_a_session_timer_is_accepted_and_refreshed() -> None:
    async def scenario(caller: Softphone, called: Softphone) -> None:
        timer = {"Supported": "timer", "Session-Expires": "90"}
        here, there = await connect(caller, called, headers=timer)
        assert here.final is not None
        assert here.final.get("Session-Expires") == "90;refresher=uac"
        assert (await here.ask("UPDATE", headers=timer)).status == 200
        assert there.state is CallState.UP

    run(scenario)


def test_a_call_without_an_offer_is_offered_one() -> None:
    async def scenario(caller: Softphone, called: Softphone) -> None:
        here, there = await connect(caller, called, body="")
        assert "m=audio" in (here.final.body if here.final else "")
        there.say(noise(0.3))
        await here.hears_speech()
        here.say(noise(0.3))
        await there.hears_speech()

    run(scenario)


def test_waits_say_what_did_not_come() -> None:
    async def scenario(caller: Softphone, called: Softphone) -> None:
        here, _ = await connect(caller, called)
        with pytest.raises(CallFailed, match="heard nothing within"):
            await here.hears_speech(timeout_s=0.1)
        await here.quiet(for_s=0.1, timeout_s=1)
        with pytest.raises(CallFailed, match="0 of 1 keys"):
            await here.wait_key(timeout_s=0.1)

    run(scenario)


def test_twenty_calls_at_once_are_paced_and_complete() -> None:
    async def scenario(caller: Softphone, called: Softphone) -> None:
        pairs = [await connect(caller, called) for _ in range(20)]
        sentence = noise(1.0)
        playing = [here.say(sentence) for here, _ in pairs]
        await asyncio.gather(*(each.done() for each in playing))
        await asyncio.sleep(0.2)

        for _, there in pairs:
            assert there.stream.received.report.lost == 0
            assert find(sentence, there.heard.pcm, RATE).correlation > 0.99

    run(scenario)
