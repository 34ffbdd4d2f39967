"""A card number is said and keyed in a real call, is understood, and is nowhere afterwards.

Nor does anybody see or hear it who watches the call and listens to it as it goes on, who may see
originals on its page, who searches for it, or who takes calls, or all of a person, along as a file.
"""

import asyncio
import io
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import soundfile
import soxr
from fastapi.testclient import TestClient
from fixtures.system import TELEPHONE_RATE_HZ, Speak, System, dialled

from crm.staff import tokens
from crm.staff.models import Role
from voxdesk.app.calls.after import note_facts
from voxdesk.app.http.application import PREFIX, make_app
from voxdesk.app.http.house import House
from voxdesk.app.live.ears import Ear
from voxdesk.app.live.feed import FeedReader
from voxdesk.kernel.audio import SAMPLE_RATE_HZ, SAMPLES_PER_MS, Pcm
from voxdesk.kernel.call import CallEvent, EventKind
from voxdesk.kernel.clock import SystemClock
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
    await asyncio.to_thread(_no_page_has_it, system, caller)


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


def _no_page_has_it(system: System, caller: str) -> None:
    call = system.record(caller).id
    assert note_facts(system.database, call)
    with system.database.transaction() as session:
        name = "sensitive step"
        _, secret = tokens.make(session, name, Role.ADMINISTRATOR, now=SystemClock().now())
    app = make_app(House(system.settings, system.database, SystemClock()))
    asked = TestClient(
        app, base_url=f"http://here{PREFIX}", headers={"Authorization": f"Bearer {secret}"}
    )
    original = {"original": "true", "reason": "somebody complains"}
    answers = {
        path: asked.get(path, params=params)
        for path, params in {
            f"/calls/{call}": {},
            f"/calls/{call}/transcript": original,
            f"/calls/{call}/transcript/export": {},
            f"/calls/{call}/markers": {},
            "/calls/export": {"caller": caller},
            "/calls/export?format=xlsx": {"caller": caller},
            "/privacy/export": {"phone": caller},
            "/calls/passages": {"q": "which OR 471296 OR four", "call": call},
        }.items()
    }
    for path, answer in answers.items():
        assert answer.status_code == 200, (path, answer.text)
        for part in _unpacked(answer.content):
            assert not SPOKEN.search(part), path
    assert "Which one" in answers[f"/calls/{call}/transcript"].text
    for words in (KEYED, "4712", '"four seven one"', "by-caller:four", "four NEAR/2 seven"):
        found = asked.get("/calls", params={"q": f"{words} caller:{caller}"}).json()
        assert found["calls"] == [], words

    heard = asked.get(f"/calls/{call}/recording", params=original).content
    sides, _ = soundfile.read(io.BytesIO(heard), dtype="int16")
    assert np.array_equal(sides, np.stack(system.recording(caller), axis=1)), "as it was looked at"


def _unpacked(data: bytes) -> Iterator[str]:
    """A text, or the texts of an archive; its sounds are looked at elsewhere."""
    if not zipfile.is_zipfile(io.BytesIO(data)):
        yield data.decode("utf-8")
        return
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for name in archive.namelist():
            if not name.endswith(".wav"):
                yield archive.read(name).decode("utf-8", "ignore")


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
