"""Calls as a session writes them down, run again through their own version."""

import asyncio
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest
from dull_world import FLOW, ROOT, Call, Ear, Line, Lookups, World

from dialog.dialogue import Dialogue
from dialog.events import Started
from dialog.flow_file import check_text
from dialog.prompts import Prompts
from dialog.replay.comparing import Comparison, Kind, compare
from dialog.replay.course import Ending
from dialog.replay.playing import play, played
from dialog.replay.recorded import Recorded, follow, languages_of
from telephony.legs import Ended
from voxdesk.kernel.call import EndCause, EventKind
from voxdesk.kernel.errors import DatabaseError

pytestmark = pytest.mark.unit

Script = Callable[[Call], Coroutine[Any, Any, None]]


class Found(Lookups):
    """A CRM that knows every order."""

    def find(self, what: str, by: object) -> dict[str, Any]:
        del what, by
        return {"number": "4711", "status": "shipped"}


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def replayed(call: Call) -> tuple[Recorded, Comparison]:
    log = call.world.log.events
    checked = check_text(FLOW.encode(), name="flow", path="flow.yaml")
    assert checked.flow is not None
    prompts = Prompts.load(ROOT / "config" / "prompts")
    dialogue = Dialogue(checked.flow, prompts, languages=languages_of(log))
    found = follow(dialogue, log, began=Started({}))
    again = played(play(dialogue, found, checked.flow))
    return found, compare(found, again, old=checked.flow, new=checked.flow)


def goes_as_it_went(call: Call, *, ending: Ending) -> Recorded:
    found, difference = replayed(call)
    assert found.trouble is None, call.story
    assert list(found.course.steps) == call.steps, call.story
    assert difference.kind is Kind.SAME, call.story
    assert found.course.ending is ending
    return found


def at_the_menu(*acts: Callable[[Call], Any]) -> Script:
    async def act(call: Call) -> None:
        await call.until(EventKind.STEP, step="menu")
        await asyncio.sleep(0.2)
        for each in acts:
            if (waits := each(call)) is not None:
                await waits

    return act


def press(keys: str) -> Callable[[Call], None]:
    return lambda call: call.leg.press(keys)


def say(words: str | None) -> Callable[[Call], Coroutine[Any, Any, None]]:
    async def speak(call: Call) -> None:
        call.world.ear.hears = words
        call.leg.speaking = True
        await asyncio.sleep(1.0)
        call.leg.speaking = False
        await asyncio.sleep(1.5)

    return speak


def wait(seconds: float) -> Callable[[Call], Coroutine[Any, Any, None]]:
    return lambda _: asyncio.sleep(seconds)


def hang_up(call: Call) -> None:
    call.leg.tell(Ended(EndCause.CALLER_HUNG_UP))


@pytest.mark.parametrize(
    ("script", "ending"),
    [
        (at_the_menu(press("9")), Ending.DONE),
        (at_the_menu(), Ending.DONE),  # silent, until the menu gives up
        (at_the_menu(hang_up), Ending.HUNG_UP),
        (at_the_menu(wait(2), say("goodbye")), Ending.DONE),
        (at_the_menu(say("goodbye")), Ending.DONE),  # over the prompt
        (at_the_menu(wait(2), say("blue bananas"), hang_up), Ending.HUNG_UP),
        (at_the_menu(wait(2), say("blue bananas"), wait(1), press("9")), Ending.DONE),
        (at_the_menu(press("6"), wait(1), press("1234")), Ending.DONE),  # waits for one key more
        (at_the_menu(press("6"), wait(1), press("123456")), Ending.DONE),
        (at_the_menu(press("6"), wait(1), press("12#"), wait(1), press("1234#")), Ending.DONE),
        (at_the_menu(press("6"), wait(1), press("12"), wait(4), hang_up), Ending.HUNG_UP),
        (at_the_menu(press("6"), wait(1), press("12*3456#")), Ending.DONE),
        (at_the_menu(press("6"), wait(1), press("1"), wait(0.5), say("2 3 4 5")), Ending.DONE),
        (at_the_menu(press("3"), wait(3), hang_up), Ending.MESSAGE),
        (at_the_menu(press("3")), Ending.DONE),  # nobody says anything
        (at_the_menu(press("4"), wait(3), hang_up), Ending.PERSON),
        (at_the_menu(press("4")), Ending.DONE),
        (at_the_menu(press("2"), wait(3), press("*")), Ending.DONE),
        (at_the_menu(press("2*")), Ending.DONE),  # over the last words before the queue
        (at_the_menu(press("2"), wait(3), hang_up), Ending.PERSON),
        (at_the_menu(press("2")), Ending.DONE),  # nobody comes
    ],
)
def test_whatever_callers_do(world: World, script: Script, ending: Ending) -> None:
    goes_as_it_went(world.run(script), ending=ending)


def test_a_record_that_was_found_is_found_again(world: World) -> None:
    world.lookups = Found()

    found = goes_as_it_went(world.run(at_the_menu(press("1"))), ending=Ending.DONE)

    ((answer,),) = found.answers.values()
    assert answer.record["status"] == "shipped"  # type: ignore[union-attr]


def test_a_record_that_is_missing_and_a_crm_that_is_away(world: World) -> None:
    goes_as_it_went(world.run(at_the_menu(press("1"))), ending=Ending.DONE)
    away = World(world.folder, lookups=Lookups(fails=DatabaseError("away")))

    call = away.run(at_the_menu(press("1")))

    assert "trouble" in call.steps
    goes_as_it_went(call, ending=Ending.DONE)


def test_a_person_who_hangs_up_and_a_caller_who_does(world: World) -> None:
    def person_leaves(call: Call) -> None:
        call.lines.dialled[0].tell(Ended(EndCause.CALLER_HUNG_UP))

    back = world.run(at_the_menu(press("5"), wait(3), person_leaves))
    gone = World(world.folder).run(at_the_menu(press("5"), wait(3), hang_up))

    assert back.seen(EventKind.BRIDGED)
    goes_as_it_went(back, ending=Ending.PERSON)
    goes_as_it_went(gone, ending=Ending.PERSON)


def test_an_agent_of_the_queue(world: World) -> None:
    world.agent = True

    call = world.run(at_the_menu(press("2"), wait(4), hang_up))

    assert call.seen(EventKind.BRIDGED), call.story
    goes_as_it_went(call, ending=Ending.PERSON)


def test_a_turn_that_no_recognizer_could_hear(world: World) -> None:
    world.ear = Ear(None)

    call = world.run(at_the_menu(wait(2), say(None), wait(14), press("9")))

    assert call.seen(EventKind.ERROR, where="recognition")
    goes_as_it_went(call, ending=Ending.DONE)


def test_a_line_that_dies(world: World) -> None:
    async def fall_silent(call: Call) -> None:
        await call.until(EventKind.STEP, step="menu")
        call.world.line = call.leg.line = Line(frames=False)

    goes_as_it_went(world.run(fall_silent), ending=Ending.CUT)
