"""A card number is said and keyed in a real call, is understood, and is nowhere afterwards.

Nor does anybody see or hear it who watches the call and listens to it as it goes on.
"""

import asyncio
import re
from pathlib import Path

import numpy as np
import pytest
import soxr
from fixtures.system import TELEPHONE_RATE_HZ, Speak, System, dialled

from voxdesk.app.live.ears import Ear
from voxdesk.app.live.feed import FeedReader
from voxdesk.kernel.audio import SAMPLE_RATE_HZ, SAMPLES_PER_MS, Pcm
from voxdesk.kernel.call import CallEvent, EventKind
from voxdesk.testing.signal_checks import share_heard

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]
KEYED = "471296"
PIECE, OVERLAP = 10_000, 100
"""Characters that are searched at once: a search gives the interpreter away only at its end."""
SPOKEN = re.compile(r"4\W*7\W*1\W*2\W*9\W*6|four\W+seven\W+one|nine\W+six", re.IGNORECASE)


class Watcher:
    """Somebody who follows the engine's calls, and listens to one of them."""

    def __init__(self, system: System, caller: str) -> None:
        self._system = system
        self._caller = caller
        self._ear: Ear | None = None
        self._reader = FeedReader()
        self.seen = b""
        self.sound = b""

    def begin(self) -> None:
        self._system.do(self._join())

    def end(self) -> None:
        self._system.do(self._leave())

    async def _join(self) -> None:
        engine = self._system.engine
        (session,) = [one for one in engine.sessions.values() if one.caller == self._caller]
        self._ear = session.ears.join()
        engine.services.live.join("here", self._reader)
        self._tasks = [
            asyncio.create_task(self._listen(self._ear)),
            asyncio.create_task(self._read()),
        ]

    async def _leave(self) -> None:
        await asyncio.wait_for(self._tasks[0], 10)  # the call is over
        self._reader.drop()
        await asyncio.wait_for(self._tasks[1], 10)
        self._system.engine.services.live.leave(self._reader)

    async def _listen(self, ear: Ear) -> None:
        async for sound in ear.sound():
            self.sound += sound

    async def _read(self) -> None:
        async for batch in self._reader.batches():
            self.seen += batch


async def test_a_card_number_is_understood_and_nothing_of_it_stays(
    system: System, speak: Speak, caplog: pytest.LogCaptureFixture
) -> None:
    caller = "+15550630"
    watcher = Watcher(system, caller)
    said = speak("Four, seven, one, two, nine, six.")

    async with dialled(system, caller, "card") as call:
        await asyncio.to_thread(watcher.begin)
        await system.sees(caller, EventKind.PROMPT, text="Which one?")
        await call.hears_prompt()
        call.press("1")
        await system.sees(caller, EventKind.STEP, step="card")
        await call.hears_prompt()
        call.press(f"{KEYED}#")
        await system.sees(caller, EventKind.STEP, step="thanks")
        await system.sees(caller, EventKind.PROMPT, text="Which one?", count=2)
        await call.hears_prompt(pause_s=0.5)
        call.press("1")
        await system.sees(caller, EventKind.STEP, step="card", count=2)
        await call.hears_prompt(pause_s=0.5)
        await call.say_all(said)
        await system.sees(caller, EventKind.HEARD)
        await system.sees(caller, EventKind.STEP, step="which", count=3)
        await system.sees(caller, EventKind.PROMPT, text="Which one?", count=3)
        await call.hears_prompt(pause_s=0.5)
        call.press("9")
        await system.sees(caller, EventKind.STEP, step="bye")

    # Beside the loop: other tests' calls are on it, and a late loop turns new callers away.
    await asyncio.to_thread(watcher.end)
    await asyncio.to_thread(_nobody_saw_or_heard, watcher, said)
    await asyncio.to_thread(_nothing_stayed, system, caller, caplog.text)


def _nobody_saw_or_heard(watcher: Watcher, said: Pcm) -> None:
    assert b'"card"' in watcher.seen, "the step was seen"
    assert KEYED.encode() not in watcher.seen
    assert not SPOKEN.search(watcher.seen.decode())
    both = np.frombuffer(watcher.sound, "<i2").reshape(-1, 2)
    number = soxr.resample(said, TELEPHONE_RATE_HZ, SAMPLE_RATE_HZ)
    assert share_heard(number, np.ascontiguousarray(both[:, 0]), SAMPLE_RATE_HZ) == 0.0
    assert _loudest(both[:, 1], 0, len(both) // SAMPLES_PER_MS) > 1000, "the rest was heard"


def _nothing_stayed(system: System, caller: str, logged: str) -> None:
    # The calls of other tests have pressed and said other things.
    record = system.record(caller)
    assert not SPOKEN.search(system.story(caller)), system.story(caller)
    assert not [event for event in system.log(caller) if KEYED in str(event.data)]
    (heard,) = system.seen(caller, EventKind.HEARD)
    assert "text" not in heard.data
    assert "confidence" in heard.data
    _nowhere_in_files(system.settings.state_dir)
    assert not SPOKEN.search(logged)

    caller_side, our_side = system.recording(caller)
    entered = system.seen(caller, EventKind.STEP, step="card")
    left = [event for event in system.log(caller) if _leaves_card(event)]
    assert len(entered) == len(left) == 2
    for begin, end in zip(entered, left, strict=True):
        for side in (caller_side, our_side):
            assert not _loudest(side, begin.audio_ms + 40, end.audio_ms + 900)
    assert _loudest(our_side, 0, entered[0].audio_ms) > 1000, "the first prompt is recorded"
    assert _loudest(our_side, left[1].audio_ms + 1100, len(our_side) // SAMPLES_PER_MS) > 1000
    assert record.recording_path


def _leaves_card(event: CallEvent) -> bool:
    return event.kind is EventKind.STEP and event.data["step"] == "right"


def _loudest(side: Pcm, from_ms: int, to_ms: int) -> int:
    part = side[from_ms * SAMPLES_PER_MS : to_ms * SAMPLES_PER_MS]
    assert len(part)
    return int(np.abs(part.astype(np.int32)).max())


def _nowhere_in_files(folder: Path) -> None:
    """Databases with their journals, spools, logs, kept flows: no file of the state has it."""
    looked_at = 0
    for path in folder.rglob("*"):
        if not path.is_file() or path.suffix == ".wav":
            continue
        text = path.read_bytes().decode("utf-8", "ignore")
        if path.suffix == ".yaml":
            text = text.replace(f'card == "{KEYED}"', "")  # the flow itself, which knows the card
        looked_at += 1
        for begin in range(0, len(text), PIECE):
            found = SPOKEN.search(text, begin, begin + PIECE + OVERLAP)
            assert found is None, f"{path.name}: {found[0] if found else ''}"
    assert looked_at > 1
