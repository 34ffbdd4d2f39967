"""Whatever stays silent, a call ends or moves on within its bound. The bounds are those of
docs/reference/reliability-bounds.md; a `WaitsForEver` is a hung call."""

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest
from dull_world import MAX_CALL_S, Call, Ear, HungVoice, Line, Lookups, World

from voxdesk.app.session_watch import TOO_LONG_GRACE_S
from voxdesk.kernel.call import EventKind

pytestmark = pytest.mark.unit


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


async def nothing(call: Call) -> None:
    del call


def keys(pressed: str) -> object:
    async def press(call: Call) -> None:
        await call.until(EventKind.STEP, step="menu")
        await asyncio.sleep(0.5)
        call.leg.press(pressed)

    return press


def moved_on(call: Call, to: str, *, from_: str, within_s: float) -> None:
    """From one step to the next in so many seconds, on the call's own clock."""
    left = next(e for e in call.world.log.events if e.data.get("step") == to)
    came = next(e for e in call.world.log.events if e.data.get("step") == from_)
    assert (left.at - came.at).total_seconds() <= within_s, call.story


def test_a_line_that_never_says_that_the_call_is_up(world: World) -> None:
    world.line.answers = False
    call = world.run(nothing)
    assert call.over
    assert call.took_s < 205
    assert call.cause == "no_answer"


def test_a_line_that_sends_no_sound_any_more(world: World) -> None:
    async def fall_silent(call: Call) -> None:
        await call.until(EventKind.STEP, step="menu")
        world.line.frames = False

    call = world.run(fall_silent)
    assert call.over
    assert call.took_s < 20
    assert call.cause == "line_lost"
    assert call.leg.hung_up
    assert world.log.closed


def test_a_line_that_never_says_what_it_played(world: World) -> None:
    world.line.plays = False
    call = world.run(nothing)
    assert call.over
    first = call.seen(EventKind.NO_INPUT)[0]
    assert first.audio_ms < 25_000, call.story
    assert call.took_s <= MAX_CALL_S + TOO_LONG_GRACE_S + 5


def test_a_line_that_never_says_that_the_call_is_over(world: World) -> None:
    world.line.ends = False
    call = world.run(keys("9"))
    assert call.over
    assert call.took_s < 30
    assert call.cause == "hung_up"


def test_a_caller_who_never_says_anything(world: World) -> None:
    call = world.run(nothing)
    assert call.over
    assert len(call.seen(EventKind.NO_INPUT)) == 4
    assert call.took_s < 60


def test_a_caller_who_never_stops_talking(world: World) -> None:
    async def talk(call: Call) -> None:
        await call.until(EventKind.STEP, step="menu")
        call.leg.speaking = True

    call = world.run(talk)
    assert call.over
    assert call.took_s <= MAX_CALL_S + TOO_LONG_GRACE_S + 5
    assert call.seen(EventKind.NO_MATCH) or call.seen(EventKind.IGNORED), call.story


def test_a_recognizer_that_never_answers(world: World) -> None:
    world.ear = Ear(None)

    async def say_something(call: Call) -> None:
        await call.until(EventKind.PROMPT_FINISHED)
        call.leg.speaking = True
        await asyncio.sleep(1.0)
        call.leg.speaking = False
        said_s = call.clock.monotonic()
        assert await call.until(EventKind.ERROR, where="recognition") - said_s < 15
        await call.until(EventKind.NO_MATCH)
        call.leg.press("9")

    call = world.run(say_something)
    assert call.over
    assert call.cause == "hung_up"


def test_a_voice_that_never_speaks(world: World) -> None:
    world.voice = HungVoice()
    call = world.run(keys("9"))
    assert call.over
    assert call.took_s < 30
    assert call.seen(EventKind.ERROR, where="speech")


def test_a_database_that_never_says_who_calls(world: World) -> None:
    world.lookups = Lookups(facts_answer=False)
    call = world.run(keys("9"))
    assert call.over
    assert call.took_s < 10
    assert call.cause == "hung_up"


def test_a_database_that_never_answers_a_lookup(world: World) -> None:
    world.lookups = Lookups(find_answers=False)
    call = world.run(keys("1"))
    assert call.over
    moved_on(call, "trouble", from_="find", within_s=3.5)


def test_a_caller_who_waits_for_a_lookup_is_told_so_after_a_moment(world: World) -> None:
    world.lookups = Lookups(find_answers=False)
    call = world.run(keys("1"))

    [word] = call.seen(EventKind.PROMPT, text="One moment, please.")
    begun = next(e for e in call.seen(EventKind.STEP) if e.data["step"] == "find")
    assert 1.5 <= (word.at - begun.at).total_seconds() < 2.5, call.story


def test_a_lookup_that_is_answered_soon_needs_no_word(world: World) -> None:
    call = world.run(keys("1"))

    assert not call.seen(EventKind.PROMPT, text="One moment, please.")


def test_something_that_a_database_never_does(world: World) -> None:
    world.acts_answer = False
    call = world.run(keys("7"))
    assert call.over
    moved_on(call, "trouble", from_="cancel", within_s=3.5)
    assert call.seen(EventKind.ACT, outcome="failed", reason="timeout")
    assert call.seen(EventKind.PROMPT, text="One moment, please.")


def test_something_that_is_refused_is_noted_with_its_reason(world: World) -> None:
    call = world.run(keys("7"))
    assert call.seen(EventKind.ACT, what="order.cancel", outcome="refused", reason="unknown")
    assert "refused" in call.steps


def test_a_transfer_that_nobody_tells_of(world: World) -> None:
    call = world.run(keys("4"))
    assert call.over
    moved_on(call, "trouble", from_="blind", within_s=12)


def test_a_dialled_line_that_never_says_anything(world: World) -> None:
    world.far = Line(answers=False, frames=False, plays=False, ends=False)
    call = world.run(keys("5"))
    assert call.over
    moved_on(call, "trouble", from_="bridged", within_s=12)
    assert call.lines.dialled[0].hung_up


def test_a_talk_that_nobody_ends(world: World) -> None:
    call = world.run(keys("5"))
    assert call.over
    assert call.cause == "too_long"
    assert call.took_s <= MAX_CALL_S + TOO_LONG_GRACE_S + 5
    assert call.lines.dialled[0].hung_up


def test_a_queue_in_which_nobody_comes(world: World) -> None:
    world.agent = False
    call = world.run(keys("2"))
    assert call.over
    moved_on(call, "waited", from_="queue", within_s=45)


def test_a_queue_whose_database_never_answers(world: World) -> None:
    world.queue_answers = False
    call = world.run(keys("2"))
    assert call.over
    moved_on(call, "trouble", from_="queue", within_s=10)


def test_an_agents_line_that_never_says_anything(world: World) -> None:
    world.agent = True
    world.far = Line(answers=False, frames=False, plays=False, ends=False)
    call = world.run(keys("2"))
    assert call.over
    rang = call.seen(EventKind.AGENT_RINGING)[0]
    missed = call.seen(EventKind.AGENT_MISSED)[0]
    assert (missed.at - rang.at).total_seconds() < 10
    assert call.lines.dialled[0].hung_up
    moved_on(call, "waited", from_="queue", within_s=45)


@pytest.mark.parametrize("jump_h", [5, -5])
def test_a_clock_that_jumps_moves_nobody_out_of_the_queue(world: World, jump_h: int) -> None:
    world.agent = True
    world.far = Line(answers=False)

    async def wait(call: Call) -> None:
        await call.until(EventKind.STEP, step="menu")
        await asyncio.sleep(0.5)
        call.leg.press("2")
        await call.until(EventKind.AGENT_MISSED)
        call.clock.jump(timedelta(hours=jump_h))

    call = world.run(wait)
    assert call.over
    moved_on(call, "waited", from_="queue", within_s=45)
    ended = call.seen(EventKind.ENDED)[0]
    answered = call.seen(EventKind.ANSWERED)[0]
    assert 40 < (ended.at - answered.at).total_seconds() < 60, "the call is as long as it was"


def test_a_message_that_nobody_leaves_or_ends(world: World) -> None:
    async def talk_on(call: Call) -> None:
        await call.until(EventKind.STEP, step="menu")
        await asyncio.sleep(0.5)
        call.leg.press("3")
        await call.until(EventKind.STEP, step="message")
        await asyncio.sleep(3)
        call.leg.speaking = True

    quiet, endless = world.run(keys("3")), World(world.folder).run(talk_on)
    assert quiet.over
    assert endless.over
    moved_on(quiet, "bye", from_="message", within_s=12)
    moved_on(endless, "bye", from_="message", within_s=30)


def test_a_message_whose_beep_is_never_played(world: World) -> None:
    async def then_silent(call: Call) -> None:
        await call.until(EventKind.STEP, step="menu")
        await asyncio.sleep(0.5)
        world.line.plays = False
        call.leg.press("3")

    call = world.run(then_silent)
    assert call.over
    assert call.took_s < 90


def test_digits_that_are_never_completed(world: World) -> None:
    call = world.run(keys("612"))
    assert call.over
    assert call.took_s < 90


def test_a_caller_who_holds_us_for_ever(world: World) -> None:
    async def hold(call: Call) -> None:
        await call.until(EventKind.STEP, step="menu")
        call.leg.held(on=True)

    call = world.run(hold)
    assert call.over
    assert call.cause == "too_long"
    assert call.took_s <= MAX_CALL_S + TOO_LONG_GRACE_S + 5


def test_an_apology_that_is_never_played(world: World) -> None:
    world.lookups = Lookups(fails=RuntimeError("a fault that nobody thought of"))

    async def break_it(call: Call) -> None:
        await call.until(EventKind.STEP, step="menu")
        await asyncio.sleep(0.5)
        world.line.plays = world.line.ends = False
        call.leg.press("1")

    call = world.run(break_it)
    assert call.over
    assert call.cause == "error"
    assert call.took_s < 45
