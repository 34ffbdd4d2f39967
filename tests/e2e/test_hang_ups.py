"""The caller hangs up at every step of a flow; nothing stays behind."""

import asyncio
from collections.abc import Mapping
from typing import Any

import pytest
from fixtures.system import System, dialled

from voxdesk.kernel.call import EventKind
from voxdesk.kernel.errors import DatabaseError

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(180)]
LEGS = 4
UNREACHABLE = "5555"
ODD = "6666"
# Each step, and the keys that lead there; a word in between is a step that is waited for.
WAYS: Mapping[str, tuple[str, ...]] = {
    "greet": (),
    "menu": (),
    "to_chinese": ("8",),
    "to_english": ("9",),
    "number": ("1",),
    "find": ("1", "number", "4711#"),
    "status": ("1", "number", "4711#"),
    "processing": ("1", "number", "4720#"),
    "shipped": ("1", "number", "4711#"),
    "delivered": ("1", "number", "4698#"),
    "cancelled": ("1", "number", "4702#"),
    "returned": ("1", "number", "4655#"),
    "odd_status": ("1", "number", f"{ODD}#"),
    "missing": ("1", "number", "9999#"),
    "missing_how_often": ("1", "number", "9999#"),
    "missing_once": ("1", "number", "9999#"),
    "offer_person": ("1", "number", "9999#", "missing_once", "9998#"),
    "no_answer": ("1", "number", f"{UNREACHABLE}#"),
    "returns": ("2",),
    "hours": ("3",),
    "more": ("3",),
    "people": ("0",),
    "nobody_free": ("0",),
    "message": ("0", "queued", "*"),
    "bye": ("3", "more", "9"),
}


def test_every_step_of_the_flow_is_here(system: System) -> None:
    assert WAYS.keys() == system.engine.services.flows["counter"].steps.keys()


def test_hanging_up_at_any_step_leaves_a_complete_closed_record(
    system: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    system.remove_agents()
    lookups = system.engine.services.lookups
    find = lookups.find

    def find_odd_ones_too(what: str, by: Mapping[str, str]) -> Mapping[str, Any] | None:
        if by.get("number") == UNREACHABLE:
            raise DatabaseError("away")
        if by.get("number") == ODD:
            return {**(find(what, {"number": "4711"}) or {}), "status": "on the moon"}
        return find(what, by)

    monkeypatch.setattr(lookups, "find", find_odd_ones_too)
    callers = {step: f"+155508{number:02}" for number, step in enumerate(WAYS)}

    async def go(step: str, caller: str, free: asyncio.Semaphore) -> None:
        async with free, dialled(system, caller, "counter") as call:
            await system.sees(caller, EventKind.STEP, step="menu")
            for word in WAYS[step]:
                if word == "queued":
                    await system.sees(caller, EventKind.QUEUED)
                elif word.isalpha() or "_" in word:
                    await system.sees(caller, EventKind.STEP, step=word)
                else:
                    call.press(word)
                    await call.pressed()
            await system.sees(caller, EventKind.STEP, step=step)

    async def talk() -> None:
        free = asyncio.Semaphore(LEGS)
        await asyncio.gather(*(go(step, caller, free) for step, caller in callers.items()))
        await system.at_rest()

    asyncio.run(talk())

    for step, caller in callers.items():
        record = system.record(caller)
        story = f"at {step}:\n{system.story(caller)}"
        assert record.cause == "caller_hung_up", story
        assert record.answered_at is not None
        assert record.ended_at is not None
        events = system.log(caller)
        assert events[0].kind is EventKind.INCOMING
        assert events[-1].kind is EventKind.ENDED
        assert [event.kind for event in events].count(EventKind.ENDED) == 1
        assert not system.seen(caller, EventKind.ERROR), story
        left, right = system.recording(caller)
        assert len(left) == len(right) > 0
        [stopped] = system.seen(caller, EventKind.RECORDING, state="stopped")
        assert stopped.data["seconds"] == pytest.approx(len(left) / 16_000, abs=0.02)
        assert all(transfer.outcome for transfer in system.transfers(caller)), story
