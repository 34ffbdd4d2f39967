"""Calls in which questions are answered: from the caller's words to the voice, and again."""

import asyncio
from pathlib import Path

import pytest
from dull_world import ROOT, Call, Ear, World

from dialog.bundle import bundled
from dialog.dialogue import Dialogue
from dialog.events import Match, Search, Started
from dialog.flow_file import check_text
from dialog.prompts import Prompts
from dialog.replay.comparing import Comparison, Kind, compare
from dialog.replay.playing import play, played
from dialog.replay.recorded import follow, languages_of
from voxdesk.kernel.call import EventKind
from voxdesk.kernel.errors import ModelMissing
from voxdesk.testing.virtual_time import NeverDone

pytestmark = pytest.mark.unit

KNOWN = """
questions:
  returns:
    question: How long can I return something?
    variants: [is it too late to send it back]
    answer: Within 30 days.
  hours: {question: When are you open?, answer: From 9 to 6.}
"""
FLOW = """
knowledge: shop
steps:
  ask: {answer: What would you like to know?, then: more, unknown: sorry, no_input_s: 20}
  more: {ask: yes_no, prompt: More?, yes: ask, no: bye, no_input_s: 20}
  sorry: {say: Sorry., then: more}
  bye: {end: Bye.}
"""


def whole(known: str = KNOWN) -> str:
    return bundled(FLOW.encode(), {"knowledge/shop": known.encode()}).decode()


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path, flow=whole(), ear=Ear("is it too late to send it back"))


async def asks(call: Call) -> None:
    await call.until(EventKind.STEP, step="ask")
    await asyncio.sleep(1.5)
    call.leg.speaking = True
    await asyncio.sleep(1.0)
    call.leg.speaking = False
    await call.until(EventKind.STEP, step="more")
    await asyncio.sleep(2)
    call.leg.press("2")


def again(call: Call, known: str = KNOWN) -> Comparison:
    """The call run through a flow that knows this."""
    log = call.world.log.events
    prompts = Prompts.load(ROOT / "config" / "prompts")
    old = check_text(whole().encode(), name="flow", path="flow.yaml").flow
    new = check_text(whole(known).encode(), name="flow", path="flow.yaml").flow
    assert old is not None
    assert new is not None
    spoken = languages_of(log)
    found = follow(Dialogue(old, prompts, languages=spoken), log, began=Started({}))
    assert found.trouble is None, call.story
    replay = play(Dialogue(new, prompts, languages=spoken), found, old)
    return compare(found, played(replay), old=old, new=new)


def test_a_question_is_answered_and_the_log_has_which(world: World) -> None:
    call = world.run(asks)

    assert call.over
    assert call.seen(EventKind.PROMPT, text="Within 30 days."), call.story
    (question,) = call.seen(EventKind.QUESTION)
    assert (question.data["outcome"], question.data["question"]) == ("answered", "shop/returns")
    assert "text" not in question.data


def test_the_same_call_goes_the_same_way_again(world: World) -> None:
    call = world.run(asks)

    assert again(call).kind is Kind.SAME


def test_a_draft_that_knows_another_answer_is_shown_to_differ(world: World) -> None:
    call = world.run(asks)

    assert again(call, KNOWN.replace("30 days", "60 days")).kind is not Kind.SAME
    unknowing = KNOWN.replace("How long can I return something?", "Do you sell boats?")
    gone = again(call, unknowing.replace("is it too late to send it back", "boats"))
    assert gone.kind is not Kind.SAME


def test_what_nobody_knows_is_logged_with_the_words(world: World) -> None:
    world.ear = Ear("do you sell boats")
    call = world.run(asks)

    assert call.steps[:3] == ["ask", "sorry", "more"]
    (question,) = call.seen(EventKind.QUESTION)
    assert question.data["text"] == "do you sell boats"


def hangs(search: Search) -> tuple[Match, ...]:
    del search
    raise NeverDone


def breaks(search: Search) -> tuple[Match, ...]:
    del search
    raise ModelMissing("gone")


@pytest.mark.parametrize("search", [hangs, breaks])
def test_a_search_that_hangs_or_breaks_leaves_nobody_in_silence(
    world: World, search: object
) -> None:
    world.search = search  # type: ignore[assignment]
    call = world.run(asks)

    assert call.over
    assert call.steps[:3] == ["ask", "sorry", "more"], call.story
    assert not call.seen(EventKind.QUESTION)
    assert again(call).kind is not None
