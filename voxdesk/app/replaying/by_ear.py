"""Recorded calls, run again by their sound: each turn of the caller's is recognized anew.

The recognizer is told what the draft expects at that place, so it may hear other words than then.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import BinaryIO, Final

import numpy as np

from asr.recognizer import Recognizer
from crm.calls.models import Call
from crm.lookups import Lookups
from dialog.replay.comparing import Comparison
from dialog.replay.playing import Have, Listening, Played
from recordings.library import RecordingLibrary
from recordings.sound import read_frames, sound_format
from voxdesk.app.replaying.calls import Replay, StoredCall, asked, begin, with_log
from voxdesk.app.replaying.journal import Journal
from voxdesk.app.replaying.versions import Versions
from voxdesk.db import Database
from voxdesk.kernel.audio import FRAME_SAMPLES, SAMPLE_RATE_HZ, SAMPLES_PER_MS, AudioFrame, Pcm
from voxdesk.kernel.call import CallId
from voxdesk.kernel.errors import ModelMissing, RecognizerFailed, VoxdeskError
from voxdesk.kernel.speech import Transcript

LEAD_IN_MS: Final = 300  # as calls have it before the detected start of speech
TAIL_MS: Final = 300
CALLER: Final = 0  # the left channel
LONGEST_TURN_MS: Final = 300_000


@dataclass(slots=True)
class Heard:
    """What the ears had to do.

    Attributes:
        turns: recognized anew, those of an earlier run included.
        speech_s: the sound of those that were decoded now.
        silent: turns without any sound: there is no recording, or it was left out.
        failed: turns that the recognizer gave up on.
    """

    turns: int = 0
    speech_s: float = 0.0
    silent: int = 0
    failed: int = 0


class Ears:
    """Hears turns of recorded calls.

    Args:
        recognizer: loaded; closed by whoever made it.
        library: of the recordings.
        journal: what was heard before.
    """

    def __init__(self, recognizer: Recognizer, library: RecordingLibrary, journal: Journal) -> None:
        self._recognizer = recognizer
        self._library = library
        self._journal = journal
        self.heard = Heard()

    async def hear(self, call: StoredCall, need: Listening) -> Transcript | None:
        """The words of a turn; None: there is no sound of it, or nobody can make words of it."""
        if need.given.span_ms is None:
            self.heard.silent += 1
            return None
        start_ms, end_ms = need.given.span_ms
        known = self._journal.get(call.id, start_ms, need.expectation)
        if known is not None:
            self.heard.turns += 1
            return known
        pcm, begins_ms = await asyncio.to_thread(self._sound, call.recording, start_ms, end_ms)
        if pcm is None:
            self.heard.silent += 1
            return None
        try:
            found = await self._recognized(call.id, need, pcm, begins_ms, end_ms)
        except (RecognizerFailed, ModelMissing):
            self.heard.failed += 1
            return None
        self.heard.turns += 1
        self.heard.speech_s += len(pcm) / SAMPLE_RATE_HZ
        self._journal.put(call.id, start_ms, need.expectation, found)
        return found

    def _sound(self, name: str, start_ms: int, end_ms: int) -> tuple[Pcm | None, int]:
        """The caller's channel around a turn, and where it begins; None: nothing was kept."""
        begins_ms = max(0, start_ms - LEAD_IN_MS)
        until_ms = min(end_ms + TAIL_MS, begins_ms + LONGEST_TURN_MS)
        try:
            with self._library.open(name) as file:
                pcm = read_span(file, begins_ms, until_ms)
        except (VoxdeskError, OSError):
            return None, begins_ms
        inside = pcm[(start_ms - begins_ms) * SAMPLES_PER_MS :]
        return (pcm if len(inside) and np.any(inside) else None), begins_ms

    async def _recognized(
        self, call_id: str, need: Listening, pcm: Pcm, begins_ms: int, end_ms: int
    ) -> Transcript:
        begins = begins_ms * SAMPLES_PER_MS
        turn = self._recognizer.open_turn(
            CallId(call_id), need.expectation, start_s=begins_ms / 1000
        )
        try:
            for at in range(0, len(pcm), FRAME_SAMPLES):
                turn.accept(AudioFrame(pcm[at : at + FRAME_SAMPLES], begins + at))
            return await turn.finish(end_ms / 1000)
        finally:
            turn.cancel()


def read_span(file: BinaryIO, start_ms: int, end_ms: int) -> Pcm:
    """The caller's side of a recording between two moments.

    Raises:
        OSError: it can't be read.
        VoxdeskError: it is no sound, or isn't one of ours.
    """
    if sound_format(file).sample_rate_hz != SAMPLE_RATE_HZ:
        raise VoxdeskError(f"not {SAMPLE_RATE_HZ} Hz, so no recording of a call")
    first = start_ms * SAMPLES_PER_MS
    frames = read_frames(file, first, max(0, end_ms * SAMPLES_PER_MS - first))
    caller: Pcm = np.ascontiguousarray(frames[:, CALLER])
    return caller


async def replayed_by_ear(
    versions: Versions,
    database: Database,
    calls: Sequence[Call],
    ears: Ears,
    *,
    crm: Lookups | None,
    workers: int,
    on_done: Callable[[], None],
) -> list[Comparison]:
    """Every call, so many at once; in their order.

    Args:
        versions: with the draft.
        database: has the logs.
        calls: to be run again.
        ears: to hear with.
        crm: is asked what the calls didn't ask; None: that isn't known.
        workers: calls at once.
        on_done: called after each call.

    Raises:
        DatabaseError: the database is away.
    """
    found: dict[int, Comparison] = {}
    waiting = iter(enumerate(calls))

    async def work() -> None:
        for place, row in waiting:
            call = await asyncio.to_thread(with_log, database, row)
            replay = begin(versions, call, listen=True)
            if isinstance(replay, Replay):
                found[place] = replay.compared(await _driven(replay, call, ears, crm))
            else:
                found[place] = replay
            on_done()

    working = [asyncio.create_task(work()) for _ in range(max(1, workers))]
    try:
        await asyncio.gather(*working)
    finally:
        for task in working:
            task.cancel()
    return [found[place] for place in range(len(calls))]


async def _driven(replay: Replay, call: StoredCall, ears: Ears, crm: Lookups | None) -> Played:
    answer: Have = None
    while True:
        try:
            need = replay.needs.send(answer)
        except StopIteration as end:
            played: Played = end.value
            return played
        if isinstance(need, Listening):
            answer = await ears.hear(call, need)
        else:
            answer = asked(crm, need)
