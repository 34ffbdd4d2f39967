"""A message: a beep, then what the caller says, until silence, a key or the limit.

It is a part of the call's own recording, so that nothing is lost when the caller just hangs up.
"""

import asyncio
import contextlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from dialog.events import RecordMessage, Say
from tts.music import beep
from voxdesk.app.hearing import Hearing
from voxdesk.app.speaking import Speaking
from voxdesk.kernel.call import EventKind
from voxdesk.kernel.speech import BargeIn

BEEP = Say("", barge_in=BargeIn.OFF)
SILENCE_MS: Final = 4_000
SPEECH_PROBABILITY: Final = 0.5
LOOK_EVERY_S: Final = 0.1
SPEECH_AT_LEAST_MS: Final = 600
"""Less than that is a breath, a click, "hm": no message."""
LEAD_IN_MS: Final = 300
"""Kept before the first speech, which begins softer than it is noticed."""


@dataclass(slots=True)
class Heard:
    """What was heard of a message so far, on the call's audio clock."""

    start_ms: int
    first_ms: int | None = None
    last_ms: int = 0
    speech_ms: int = 0
    looked_ms: int = 0

    def __post_init__(self) -> None:
        self.last_ms = self.looked_ms = self.start_ms

    def look(self, now_ms: int, *, speaks: bool) -> None:
        """Take note of the time since the last look."""
        if speaks:
            self.first_ms = self.looked_ms if self.first_ms is None else self.first_ms
            self.last_ms = now_ms
            self.speech_ms += now_ms - self.looked_ms
        self.looked_ms = now_ms

    @property
    def part(self) -> tuple[int, int]:
        """What is kept, without the silence around it: start and end in ms; (0, 0) for nothing."""
        if self.first_ms is None or self.speech_ms < SPEECH_AT_LEAST_MS:
            return 0, 0
        return max(self.start_ms, self.first_ms - LEAD_IN_MS), self.last_ms


@dataclass(frozen=True, slots=True)
class Taken:
    """How it ended.

    Attributes:
        seconds: its length; 0 for none.
        skipped: a key was pressed instead of speaking, or nothing is being recorded: asking again
            is of no use.
    """

    seconds: float
    skipped: bool


async def take_message(
    request: RecordMessage,
    *,
    speaking: Speaking,
    hearing: Hearing,
    done: asyncio.Event,
    recording: Callable[[], str],
    note: Callable[..., None],
) -> Taken:
    """Take one; it is noted however it ends, the caller's hanging up included.

    Args:
        request: for whom, and how long at most.
        speaking: plays the beep.
        hearing: tells speech from silence.
        done: set when the caller presses a key.
        recording: name of the call's recording; empty while there is none.
        note: takes the line for the call's log.
    """
    speaking.play(beep(), BEEP)
    await speaking.until_quiet()
    done.clear()
    heard = Heard(hearing.now_ms)
    seconds = 0.0
    try:
        while not done.is_set():
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(done.wait(), LOOK_EVERY_S)
            now_ms = hearing.now_ms
            heard.look(now_ms, speaks=hearing.level.probability >= SPEECH_PROBABILITY)
            too_long = now_ms - heard.start_ms >= request.max_s * 1000
            if too_long or now_ms - heard.last_ms >= SILENCE_MS:
                break
    finally:
        path = recording()
        start_ms, end_ms = heard.part
        seconds = (end_ms - start_ms) / 1000 if path else 0.0
        if seconds > 0:
            note(
                EventKind.MESSAGE_LEFT,
                mailbox=request.mailbox,
                recording_path=path,
                start_ms=start_ms,
                seconds=seconds,
                language=request.language,
                transcribe=request.transcribe,
            )
    silent = done.is_set() and heard.first_ms is None
    return Taken(seconds, skipped=silent or not path)
