"""What is said and keyed at a sensitive step: it works, and nothing of it stays."""

import asyncio
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from dull_world import FRAME_S, LOUD, Call, Ear, Lookups, World

from recordings.recorder import RecordingThread
from voxdesk.kernel.audio import SAMPLES_PER_MS
from voxdesk.kernel.call import EventKind

pytestmark = pytest.mark.unit
FLOW = """
steps:
  menu:
    menu: Which one?
    options:
      card: {phrases: [my card], key: 1, then: card}
      told: {phrases: [told], key: 2, then: told}
    no_input_s: 20
  card:
    ask: digits
    prompt: Your card number?
    min_digits: 4
    max_digits: 6
    confirm: never
    sensitive: true
    no_input_s: 20
    then: right
  right:
    choose:
      - {if: card == "471296", then: find}
      - {else: bye}
  find:
    lookup: order
    by: {number: "{{ card }}"}
    found: thanks
    missing: bye
    failed: bye
  thanks: {say: Thank you., then: more}
  told: {say: Your balance is 815., sensitive: true, then: more}
  more: {ask: yes_no, prompt: More?, yes: menu, no: bye, no_input_s: 20}
  bye: {end: Bye.}
"""
INTER_DIGIT_S = 2.5
AFTER_S = 1.0
"""So long after a sensitive step the recording is silent still."""


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    recordings = RecordingThread(tmp_path / "recordings", min_free_bytes=0)
    world = World(tmp_path, flow=FLOW, recordings=recordings)
    world.line.sent = LOUD
    yield world
    recordings.close()


def recorded(call: Call) -> np.ndarray:
    """The loudness of each 20 ms, both channels."""
    assert call.world.recordings is not None
    call.world.recordings.close()
    (started,) = call.seen(EventKind.RECORDING, state="started")
    sound, _ = soundfile.read(
        call.world.folder / "recordings" / started.data["path"], dtype="int16"
    )
    frame = round(FRAME_S * 1000) * SAMPLES_PER_MS
    return np.abs(sound[: len(sound) // frame * frame].reshape(-1, frame, 2)).max(axis=1)


def at(call: Call, kind: EventKind, **data: object) -> int:
    """The frame of the recording at which something happened."""
    return call.seen(kind, **data)[0].audio_ms // round(FRAME_S * 1000)


class Owns(Lookups):
    """A CRM in which the card is, with its number."""

    def find(self, what: str, by: Mapping[str, str]) -> Mapping[str, Any] | None:
        return {"number": by["number"], "status": "valid"} if what == "order" else None


async def keyed(call: Call) -> None:
    await call.until(EventKind.STEP, step="menu")
    await asyncio.sleep(0.5)
    call.leg.press("1")
    await call.until(EventKind.STEP, step="card")
    await asyncio.sleep(0.5)
    call.leg.press("471296#")
    await call.until(EventKind.STEP, step="more")
    await asyncio.sleep(2)
    call.leg.press("2")


async def spoken(call: Call) -> None:
    await call.until(EventKind.STEP, step="menu")
    await asyncio.sleep(0.5)
    call.leg.press("1")
    await call.until(EventKind.STEP, step="card")
    await asyncio.sleep(0.5)
    call.leg.speaking = True
    await asyncio.sleep(2)
    call.leg.speaking = False
    await call.until(EventKind.STEP, step="more")
    await asyncio.sleep(2)
    call.leg.press("2")


@pytest.mark.parametrize("answer", [keyed, spoken])
def test_an_answer_at_a_sensitive_step_counts_and_is_not_kept(world: World, answer: object) -> None:
    world.lookups = Owns()
    world.ear = Ear("four seven one two nine six")
    call = world.run(answer)  # type: ignore[arg-type]
    assert call.over
    assert call.steps[:5] == ["menu", "card", "right", "find", "thanks"], call.story
    assert call.seen(EventKind.LOOKUP, outcome="found")
    log = call.story
    assert "471296" not in log.replace(" ", "")
    assert "four seven" not in log
    assert "Your card number" not in log
    begins, ends = at(call, EventKind.STEP, step="card"), at(call, EventKind.STEP, step="more")
    loudness = recorded(call)
    silent = loudness[begins + 1 : ends + round(AFTER_S / FRAME_S) - 2]
    assert len(silent) > 50
    assert silent.max() == 0, "both channels"
    assert loudness[:begins, 1].min() > 0
    assert loudness[ends + round(AFTER_S / FRAME_S) + 5 :, 1].min() > 0


def test_keys_of_a_sensitive_step_are_counted_without_what_they_were(world: World) -> None:
    world.lookups = Owns()
    call = world.run(keyed)

    keys = [event.data for event in call.seen(EventKind.KEY)]
    assert [key.get("digit") for key in keys] == ["1", *[None] * 7, "2"]
    (filled,) = call.seen(EventKind.SLOT, slot="card")
    assert "value" not in filled.data


def test_who_keys_half_of_it_and_says_the_rest_is_not_heard_at_the_next_step(
    world: World,
) -> None:
    async def half(call: Call) -> None:
        await call.until(EventKind.STEP, step="menu")
        await asyncio.sleep(0.5)
        call.leg.press("1")
        await call.until(EventKind.STEP, step="card")
        await asyncio.sleep(0.5)
        call.leg.press("4712")
        await asyncio.sleep(INTER_DIGIT_S - 0.4)
        call.leg.speaking = True
        await asyncio.sleep(3)
        call.leg.speaking = False
        await asyncio.sleep(6)

    world.ear = Ear("nine six")
    call = world.run(half)

    assert "nine six" not in call.story
    begins = at(call, EventKind.STEP, step="card")
    after = [event for event in call.seen(EventKind.STEP) if event.data["step"] != "card"][1:]
    said = round((INTER_DIGIT_S + 2.5) / FRAME_S)
    ends = after[0].audio_ms // round(FRAME_S * 1000) if after else begins + said
    assert ends - begins >= said, "the step lasts as long as the caller speaks"
    assert recorded(call)[begins + 1 : ends].max() == 0


def test_what_a_sensitive_step_says_is_in_no_recording(world: World) -> None:
    async def told(call: Call) -> None:
        await call.until(EventKind.STEP, step="menu")
        await asyncio.sleep(0.5)
        call.leg.press("2")
        await call.until(EventKind.PROMPT, text="More?")
        await asyncio.sleep(3)
        call.leg.press("2")

    call = world.run(told)

    assert "815" not in call.story
    begins, ends = at(call, EventKind.STEP, step="told"), at(call, EventKind.PROMPT, text="More?")
    loudness = recorded(call)
    assert loudness[begins + 1 : ends].max() == 0
    assert loudness[ends + round(AFTER_S / FRAME_S) + 5 :, 1].min() > 0
    states = [event.data["state"] for event in call.seen(EventKind.RECORDING)]
    assert states[:3] == ["started", "paused", "resumed"]
