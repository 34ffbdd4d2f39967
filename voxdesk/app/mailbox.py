"""A message: a beep, then what the caller says, until silence, a key or the limit.

It is a part of the call's own recording, so that nothing is lost when the caller just hangs up.
"""

import asyncio
import contextlib
from collections.abc import Callable

from dialog.events import RecordMessage, Say
from tts.music import beep
from voxdesk.app.hearing import Hearing
from voxdesk.app.speaking import Speaking
from voxdesk.kernel.call import EventKind
from voxdesk.kernel.speech import BargeIn

BEEP = Say("", barge_in=BargeIn.OFF)
SILENCE_MS = 4_000
SPEECH_PROBABILITY = 0.5
LOOK_EVERY_S = 0.1


async def take_message(
    request: RecordMessage,
    *,
    speaking: Speaking,
    hearing: Hearing,
    done: asyncio.Event,
    recording: Callable[[], str],
    note: Callable[..., None],
) -> float:
    """Take one; it is noted however it ends, the caller's hanging up included.

    Args:
        request: for whom, and how long at most.
        speaking: plays the beep.
        hearing: tells speech from silence.
        done: set when the caller presses a key.
        recording: name of the call's recording; empty while there is none.
        note: takes the line for the call's log.

    Returns:
        Its length in seconds; 0 when nothing was said, or nothing is being recorded.
    """
    speaking.play(beep(), BEEP)
    await speaking.until_quiet()
    done.clear()
    start_ms = spoken_until_ms = hearing.now_ms
    seconds = 0.0
    try:
        while not done.is_set():
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(done.wait(), LOOK_EVERY_S)
            now_ms = hearing.now_ms
            if hearing.level.probability >= SPEECH_PROBABILITY:
                spoken_until_ms = now_ms
            if now_ms - spoken_until_ms >= SILENCE_MS or now_ms - start_ms >= request.max_s * 1000:
                break
    finally:
        path = recording()
        seconds = (spoken_until_ms - start_ms) / 1000 if path else 0.0
        if seconds > 0:
            note(
                EventKind.MESSAGE_LEFT,
                mailbox=request.mailbox,
                recording_path=path,
                start_ms=start_ms,
                seconds=seconds,
            )
    return seconds
