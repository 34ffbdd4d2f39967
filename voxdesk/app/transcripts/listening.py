"""Listening to a message: cut at its pauses, recognized piece by piece."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import BinaryIO, Final

import numpy as np

from asr.recognizer import Recognizer
from asr.vad import Vad
from recordings.sound import read_frames, sound_format
from voxdesk.kernel.audio import FRAME_MS, FRAME_SAMPLES, SAMPLE_RATE_HZ, AudioFrame, Pcm
from voxdesk.kernel.call import CallId
from voxdesk.kernel.errors import AudioFormatError, RecognizerFailed
from voxdesk.kernel.speech import AnswerKind, Expectation, Transcript

SPEECH: Final = 0.5
PAUSE_FRAMES: Final = 600 // FRAME_MS
"""So long a pause is between sentences rather than within one."""
LONGEST_FRAMES: Final = 13_000 // FRAME_MS
"""Recognizers hear 15 s at a time; what is longer is cut where it is softest."""
PAD_FRAMES: Final = 200 // FRAME_MS
TRIES: Final = 2
_NO_SPACES: Final = ("zh", "ja")

Span = tuple[int, int]
"""Frames of 20 ms: from, to (not included)."""


@dataclass(frozen=True, slots=True)
class Words:
    """What was said.

    Attributes:
        text: may be empty: no words were found.
        confidence: 0..1, by the length of the pieces.
        engine: which recognizer.
    """

    text: str
    confidence: float
    engine: str


def read_part(file: BinaryIO, *, start_ms: int, seconds: float) -> Pcm:
    """The caller's side of a part of a recording.

    Raises:
        AudioFormatError: it is no recording of ours.
        VoxdeskError: its store can't give it.
    """
    rate = sound_format(file).sample_rate_hz
    if rate != SAMPLE_RATE_HZ:
        raise AudioFormatError(f"the recording has {rate} Hz")
    first = start_ms * SAMPLE_RATE_HZ // 1000
    sound = read_frames(file, first, round(seconds * SAMPLE_RATE_HZ))
    return np.ascontiguousarray(sound[:, 0])


def pieces(probabilities: Sequence[float]) -> list[Span]:
    """The stretches of speech, each short enough for a recognizer.

    Args:
        probabilities: that somebody speaks, for each frame of 20 ms.
    """
    spans: list[Span] = []
    for frame, probability in enumerate(probabilities):
        if probability < SPEECH:
            continue
        if spans and frame - spans[-1][1] < PAUSE_FRAMES:
            spans[-1] = (spans[-1][0], frame + 1)
        else:
            spans.append((frame, frame + 1))
    return [short for span in spans for short in _cut(span, probabilities)]


def _cut(span: Span, probabilities: Sequence[float]) -> list[Span]:
    """A stretch in pieces, cut at the softest frame of the second half of each."""
    start, end = span
    found: list[Span] = []
    while end - start > LONGEST_FRAMES:
        middle = start + LONGEST_FRAMES // 2
        at = min(range(middle, start + LONGEST_FRAMES), key=probabilities.__getitem__)
        found.append((start, at))
        start = at
    return [*found, (start, end)]


def _frames(pcm: Pcm) -> list[AudioFrame]:
    whole = len(pcm) // FRAME_SAMPLES * FRAME_SAMPLES
    return [
        AudioFrame(pcm[offset : offset + FRAME_SAMPLES], offset)
        for offset in range(0, whole, FRAME_SAMPLES)
    ]


async def words_of(
    pcm: Pcm, *, recognizer: Recognizer, vad: Vad, call_id: CallId, language: str
) -> Words:
    """What is said in this sound.

    Raises:
        RecognizerFailed: the recognizer gave up.
        ModelMissing: no recognizer understands the language.
    """
    frames = _frames(pcm)
    probabilities = [vad.accept(frame).probability for frame in frames]
    heard: list[tuple[int, Transcript]] = []
    for start, end in pieces(probabilities):
        part = frames[max(0, start - PAD_FRAMES) : end + PAD_FRAMES]
        for attempt in range(TRIES):
            try:
                transcript = await _recognized(part, recognizer, call_id, language, end)
                break
            except RecognizerFailed:
                if attempt == TRIES - 1:
                    raise
        if transcript.text:
            heard.append((end - start, transcript))
    total = sum(length for length, _ in heard)
    join = "" if language.partition("-")[0] in _NO_SPACES else " "
    return Words(
        join.join(transcript.text for _, transcript in heard),
        sum(length * transcript.confidence for length, transcript in heard) / total
        if total
        else 0.0,
        heard[0][1].engine if heard else recognizer.name,
    )


async def _recognized(
    part: Sequence[AudioFrame],
    recognizer: Recognizer,
    call_id: CallId,
    language: str,
    end: int,
) -> Transcript:
    expectation = Expectation(kind=AnswerKind.FREE, language=language)
    turn = recognizer.open_turn(call_id, expectation, start_s=part[0].start_s)
    try:
        for frame in part:
            turn.accept(frame)
        return await turn.finish(end * FRAME_MS / 1000)
    finally:
        turn.cancel()
