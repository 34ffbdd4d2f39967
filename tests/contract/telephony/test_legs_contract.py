"""What every call leg does, whatever carries it."""

import itertools

import numpy as np
import pytest
from fixtures.leg_worlds import Connect, Ear, World, similarity, speech_like, until

from telephony.bridge import Bridge
from telephony.legs import (
    Answered,
    AudioReceived,
    Cleared,
    Digit,
    Ended,
    Held,
    Leg,
    Played,
    Ringing,
    TransferProgress,
)
from voxdesk.kernel.audio import Pcm
from voxdesk.kernel.call import Direction, EndCause, UtteranceId
from voxdesk.kernel.errors import NoLegFree, TelephonyError

pytestmark = pytest.mark.contract

FIRST, SECOND = UtteranceId(1), UtteranceId(2)


def loudest(pcm: Pcm) -> int:
    return int(np.abs(pcm.astype(np.int32)).max()) if len(pcm) else 0


# ------------------------------------------------------------------ coming and going


async def test_an_incoming_call_says_who_calls_whom(world: World, connect: Connect) -> None:
    call = await connect(
        answer=False, caller="+15550100", caller_name="Ann Lee", headers={"X-Order": "4711"}
    )

    leg = call.near.leg
    assert leg.direction is Direction.INBOUND
    assert leg.invite is not None
    assert (leg.invite.caller, leg.invite.callee) == ("+15550100", "100")
    assert leg.invite.caller_name == "Ann Lee"
    assert leg.invite.headers["X-Order"] == "4711"
    assert leg.invite.source
    assert call.far.leg.direction is Direction.OUTBOUND
    assert call.far.leg.invite is None
    assert call.far.leg.id != leg.id


async def test_nothing_is_answered_before_the_engine_says_so(
    world: World, connect: Connect
) -> None:
    call = await connect(answer=False)
    call.near.leg.ring()
    ringing = await call.far.hears(Ringing)
    await world.wait(0.5)
    assert ringing.code == 180
    assert not call.far.all(Answered)
    assert not call.near.audio

    call.near.leg.answer({"X-Session": "1"})

    assert (await call.far.hears(Answered)).codec == (await call.near.hears(Answered)).codec


async def test_early_media_is_announced_as_183(world: World, connect: Connect) -> None:
    call = await connect(answer=False)

    call.near.leg.ring(early_media=True)

    assert (await call.far.hears(Ringing)).code == 183
    assert not call.far.all(Answered)


@pytest.mark.parametrize(
    ("code", "cause"),
    [
        (486, EndCause.BUSY),
        (603, EndCause.REFUSED),
        (480, EndCause.NO_ANSWER),
        (404, EndCause.REFUSED),
    ],
)
async def test_a_rejected_call_ends_at_both_ends_with_its_code(
    world: World, connect: Connect, code: int, cause: EndCause
) -> None:
    call = await connect(answer=False)

    call.near.leg.reject(code)

    assert await call.near.hears(Ended) == Ended(EndCause.REJECTED, code, by_us=True)
    assert await call.far.hears(Ended) == Ended(cause, code)
    assert call.near.leg.ended
    assert call.far.leg.ended


async def test_a_caller_who_gives_up_cancels(world: World, connect: Connect) -> None:
    call = await connect(answer=False)
    call.near.leg.ring()
    await call.far.hears(Ringing)

    call.far.leg.hangup()

    assert (await call.near.hears(Ended)).cause is EndCause.CANCELLED
    ended = await call.far.hears(Ended)
    assert (ended.cause, ended.by_us) == (EndCause.HUNG_UP, True)


async def test_a_call_that_is_not_answered_in_time_is_cancelled(
    world: World, connect: Connect
) -> None:
    call = await connect(answer=False, timeout_s=0.6)
    call.near.leg.ring()

    ended = await call.far.hears(Ended)

    assert (ended.cause, ended.sip_code, ended.by_us) == (EndCause.NO_ANSWER, 408, True)
    assert (await call.near.hears(Ended)).cause is EndCause.CANCELLED


async def test_an_engine_that_does_not_react_is_no_dead_air_for_the_caller(
    world: World, connect: Connect
) -> None:
    call = await connect(answer=False)

    ended = await call.far.hears(Ended)

    assert (ended.cause, ended.sip_code) == (EndCause.FAILED, 503)
    assert (await call.near.hears(Ended)).cause is EndCause.ERROR


@pytest.mark.parametrize("by_caller", [True, False])
async def test_either_side_may_hang_up_during_playback(
    world: World, connect: Connect, *, by_caller: bool
) -> None:
    call = await connect()
    call.near.leg.play(FIRST, speech_like(3.0), last=True)
    await call.near.hears(Played)
    one, other = (call.far, call.near) if by_caller else (call.near, call.far)

    one.leg.hangup()

    ended = await one.hears(Ended)
    assert (ended.cause, ended.by_us) == (EndCause.HUNG_UP, True)
    ended = await other.hears(Ended)
    assert (ended.cause, ended.by_us) == (EndCause.CALLER_HUNG_UP, False)


async def test_on_an_ended_leg_everything_is_harmless_and_nothing_follows(
    world: World, connect: Connect
) -> None:
    call = await connect()
    leg = call.near.leg
    call.far.leg.hangup()
    await call.near.hears(Ended)
    seen = len(call.near.events) + len(call.near.audio)

    leg.ring()
    leg.answer()
    leg.reject(486)
    leg.play(FIRST, speech_like(0.1), last=True)
    leg.pause(FIRST)
    leg.resume(FIRST)
    leg.clear(FIRST)
    leg.live(on=True)
    leg.send_live(speech_like(0.02))
    leg.send_digits("1")
    leg.transfer("sip:a@b.example")
    leg.hold(on=True)
    leg.hangup()
    await world.wait(0.3)

    assert len(call.near.events) + len(call.near.audio) == seen


async def test_a_full_house_is_busy_and_cannot_dial(world: World, connect: Connect) -> None:
    for _ in range(4):
        await connect()

    with pytest.raises(NoLegFree):
        world.far.dial(world.near_uri)
    with pytest.raises(NoLegFree):
        world.near.dial(world.far_uri)


@pytest.mark.parametrize(
    "uri", ["", "100", "tel:+15550100", "sip:a b@c", "sip:a@b\r\nX: y", "sip:@"]
)
async def test_what_is_no_sip_uri_is_not_dialled(world: World, uri: str) -> None:
    with pytest.raises(TelephonyError):
        world.far.dial(uri)


# ------------------------------------------------------------------ sound


async def test_both_ends_hear_each_other_on_a_clock_that_never_skips(
    world: World, connect: Connect
) -> None:
    call = await connect()
    ours, theirs = speech_like(1.5, seed=1), speech_like(1.5, seed=2)

    call.near.leg.play(FIRST, ours, last=True)
    call.far.leg.play(FIRST, theirs, last=True)
    await world.wait(2.2)

    assert similarity(ours, call.far.heard) > 0.95
    assert similarity(theirs, call.near.heard) > 0.95
    for ear in (call.near, call.far):
        assert [event.heard.offset for event in ear.audio] == list(
            range(0, 320 * len(ear.audio), 320)
        )
        assert all(len(event.heard.pcm) == 320 for event in ear.audio)


async def test_what_was_sent_is_returned_sample_by_sample_where_it_was_sent(
    world: World, connect: Connect
) -> None:
    call = await connect()
    prompt = speech_like(0.65)
    call.near.leg.play(FIRST, prompt, last=True)

    await until(world, lambda: any(event.finished for event in call.near.all(Played)))
    await world.wait(0.1)

    last = call.near.all(Played)[-1]
    start = (last.at_ms - last.position_ms) * 16
    assert np.array_equal(call.near.sent[start : start + len(prompt)], prompt)
    assert all(
        event.sent is None
        for event in call.near.audio
        if event.heard.offset >= start + len(prompt) or event.heard.offset + 320 <= start
    )


async def test_playing_is_told_at_its_start_on_its_way_and_at_its_end(
    world: World, connect: Connect
) -> None:
    call = await connect()
    call.near.leg.play(FIRST, speech_like(0.4), last=False)
    call.near.leg.play(FIRST, speech_like(0.51), last=True)
    call.near.leg.play(SECOND, speech_like(0.1), last=True)
    await until(
        world, lambda: any(e.finished and e.utterance == SECOND for e in call.near.all(Played))
    )

    played = call.near.all(Played)
    first = [event for event in played if event.utterance == FIRST]
    positions = [event.position_ms for event in first]
    assert positions[0] == 20
    assert positions[-1] == 910
    assert all(0 < later - earlier <= 200 for earlier, later in itertools.pairwise(positions))
    assert [event.finished for event in first] == [False] * (len(first) - 1) + [True]
    second = next(event for event in played if event.utterance == SECOND)
    assert second.at_ms - second.position_ms == first[-1].at_ms
    assert len({event.at_ms - event.position_ms for event in first}) == 1


async def test_a_paused_prompt_goes_on_at_the_exact_sample(world: World, connect: Connect) -> None:
    call = await connect()
    prompt = speech_like(1.0)
    call.near.leg.play(FIRST, prompt, last=True)
    await call.near.hears(Played, count=2)

    call.near.leg.pause(FIRST)
    await world.wait(0.3)
    paused_at = len(call.near.audio)
    await world.wait(0.3)
    assert all(event.sent is None for event in call.near.audio[paused_at:])
    call.near.leg.resume(FIRST)
    await until(world, lambda: any(event.finished for event in call.near.all(Played)))
    await world.wait(0.1)

    sent = np.concatenate([event.sent for event in call.near.audio if event.sent is not None])
    assert np.array_equal(sent, prompt)


async def test_nothing_of_a_cleared_prompt_is_heard_later(world: World, connect: Connect) -> None:
    call = await connect()
    call.near.leg.play(FIRST, speech_like(5.0), last=False)
    await call.near.hears(Played, count=2)

    call.near.leg.clear(FIRST)
    cleared = await call.near.hears(Cleared)
    call.near.leg.play(FIRST, speech_like(1.0), last=True)
    call.near.leg.clear(FIRST)
    await world.wait(0.5)

    assert cleared.utterance == FIRST
    assert 220 <= cleared.position_ms < 2000
    sent = sum(320 for event in call.near.audio if event.sent is not None)
    assert sent == cleared.position_ms * 16
    assert len(call.near.all(Cleared)) == 1
    assert not any(event.finished for event in call.near.all(Played))


async def test_clearing_what_is_over_says_so(world: World, connect: Connect) -> None:
    call = await connect()
    call.near.leg.play(FIRST, speech_like(0.1), last=True)
    await until(world, lambda: any(event.finished for event in call.near.all(Played)))

    call.near.leg.clear(FIRST)

    assert (await call.near.hears(Cleared)).position_ms == 100


async def test_two_bridged_legs_hear_each_other(world: World, connect: Connect) -> None:
    call = await connect()
    agents: list[Ear] = []

    def take(leg: Leg) -> None:
        agents.append(Ear(world, leg))
        leg.answer()

    world.far.on_incoming(take)
    agent_leg = world.near.dial(world.far_uri, caller="+15550100")
    agent_here = Ear(world, agent_leg)
    await agent_here.hears(Answered)
    await until(world, lambda: agents and agents[0].audio)
    assert agents[0].leg.invite is not None
    assert agents[0].leg.invite.caller == "+15550100"
    call.near.leg.play(FIRST, speech_like(9.0), last=True)
    await call.near.hears(Played)
    call.near.leg.clear(FIRST)

    tapped: list[tuple[Leg, AudioReceived]] = []
    with Bridge(call.near.leg, agent_leg, lambda leg, event: tapped.append((leg, event))) as bridge:
        call.near.leg.listen(bridge.from_a)
        agent_leg.listen(bridge.from_b)
        await world.wait(0.3)
        said, answered = speech_like(1.5, seed=3), speech_like(1.5, seed=4)
        call.far.leg.play(FIRST, said, last=True)
        agents[0].leg.play(FIRST, answered, last=True)
        await world.wait(2.3)

    assert similarity(said, agents[0].heard) > 0.8
    assert similarity(answered, call.far.heard) > 0.8
    assert {leg.id for leg, _ in tapped} == {call.near.leg.id, agent_leg.id}
    agent_leg.hangup()
    await agents[0].hears(Ended)
    assert not call.far.leg.ended


async def test_live_audio_that_comes_in_a_heap_is_not_kept_as_delay(
    world: World, connect: Connect
) -> None:
    call = await connect()
    call.near.leg.live(on=True)
    await world.wait(0.1)
    before = len(call.near.audio)
    for _ in range(50):
        call.near.leg.send_live(speech_like(0.02))

    await world.wait(0.6)

    played = [event for event in call.near.audio[before:] if event.sent is not None]
    # 40 ms, and what was taken out of the heap while it still arrived; not the whole second.
    assert 1 <= len(played) <= 10


# ------------------------------------------------------------------ keys, hold, transfer


async def test_each_key_arrives_once_in_order(world: World, connect: Connect) -> None:
    call = await connect()

    call.far.leg.send_digits("12#")
    await call.near.hears(Digit, count=3)
    await world.wait(0.3)

    digits = call.near.all(Digit)
    assert "".join(event.digit for event in digits) == "12#"
    assert {event.method for event in digits} == {"rfc4733"}
    moments = [event.at_ms for event in digits]
    assert moments == sorted(moments)
    assert moments[-1] <= len(call.near.audio) * 20


async def test_hold_is_told_and_the_clock_goes_on(world: World, connect: Connect) -> None:
    call = await connect()
    call.far.leg.play(FIRST, speech_like(8.0), last=True)
    prompt = speech_like(3.0, seed=5)
    call.near.leg.play(FIRST, prompt, last=True)
    await call.near.hears(Played, count=2)

    call.far.leg.hold(on=True)
    assert (await call.near.hears(Held)).on
    await world.wait(0.3)
    frames = len(call.near.audio)
    await world.wait(0.4)
    held = call.near.audio[frames : frames + 15]
    assert len(held) == 15
    assert not any(loudest(event.heard.pcm) or event.sent is not None for event in held)

    call.far.leg.hold(on=False)
    assert not (await call.near.hears(Held, count=2)).on
    frames = len(call.near.audio)
    await until(world, lambda: any(event.finished for event in call.near.all(Played)))
    assert any(loudest(event.heard.pcm) > 1000 for event in call.near.audio[frames:])
    sent = np.concatenate([event.sent for event in call.near.audio if event.sent is not None])
    assert np.array_equal(sent[: len(prompt)], prompt)


async def test_a_refused_transfer_leaves_the_call_with_us(world: World, connect: Connect) -> None:
    call = await connect()

    call.near.leg.transfer("sip:someone@192.0.2.1", timeout_s=5.0)
    progress = await call.near.hears(TransferProgress)

    assert progress.final
    assert progress.code == 603
    call.near.leg.play(FIRST, speech_like(0.2), last=True)
    await until(world, lambda: any(event.finished for event in call.near.all(Played)))
    assert not call.near.leg.ended


async def test_a_caller_may_not_make_us_transfer(world: World, connect: Connect) -> None:
    call = await connect()

    call.far.leg.transfer("sip:premium@192.0.2.1", timeout_s=5.0)

    assert (await call.far.hears(TransferProgress)) == TransferProgress(603, final=True)
    assert not call.near.leg.ended


async def test_one_listener_at_a_time(world: World, connect: Connect) -> None:
    call = await connect()
    second = Ear(world, call.near.leg)
    frames = len(call.near.audio)
    await until(world, lambda: len(second.audio) > 3)
    call.near.leg.listen(None)
    seen = len(second.audio)
    await world.wait(0.2)

    assert len(call.near.audio) == frames
    assert len(second.audio) == seen
