"""Word times of a finished call: what was heard, laid on the caller's side of the recording."""

from functools import lru_cache
from pathlib import Path
from typing import BinaryIO, Final

import numpy as np
import soxr

from asr.whisper_model import WhisperModel
from asr.whisper_models import BASE, TINY_EN, base_is_installed, find_model
from asr.word_times import Aligner
from crm.calls.models import Call
from crm.calls.repository import events_of
from crm.transcripts import repository
from crm.transcripts.from_log import segments_of
from crm.transcripts.model import Segment, Side
from crm.transcripts.words import pieces
from recordings.sound import read_frames, sound_format
from voxdesk.app.jobs.house import JobsHouse
from voxdesk.kernel.audio import SAMPLE_RATE_HZ, Pcm
from voxdesk.kernel.call import CallId
from voxdesk.kernel.errors import RecordingMissing

VERSION: Final = 1
BEFORE_MS: Final = 150
AFTER_MS: Final = 300
"""Quiet sounds at a word's ends lie outside of what was taken for speech."""


def measure(house: JobsHouse, call_id: CallId) -> None:
    """Measure the word times of a call and keep them; nothing where it wasn't recorded.

    Raises:
        VoxdeskError: the recording can't be read, or a model failed.
    """
    with house.database.reading() as session:
        call = session.get(Call, call_id)
        if call is None or not call.recording_path:
            return
        log = events_of(session, call_id)
    language = call.language or house.settings.calls.language
    wanted = [one for one in segments_of(log) if one.side is Side.CALLER and one.text]
    aligner = _aligner(language, house.settings.state_dir / "models")
    if not wanted or aligner is None:
        return
    times: dict[int, list[tuple[int, int]]] = {}
    try:
        with house.recordings.open(call.recording_path) as file:
            for segment in wanted:
                spans = _measured(file, segment, aligner, language)
                if spans is not None:
                    times[segment.seq] = spans
    except RecordingMissing:
        return  # its time was over
    with house.database.transaction() as session:
        repository.replace_times(session, call_id, times, engine=aligner.name)


def _measured(
    file: BinaryIO, segment: Segment, aligner: Aligner, language: str
) -> list[tuple[int, int]] | None:
    from_ms = max(0, segment.start_ms - BEFORE_MS)
    pcm = read_left(file, from_ms, segment.end_ms + AFTER_MS)
    spans = aligner.align(pcm, pieces(segment.text), language=language)
    if spans is None:
        return None
    return [(from_ms + round(1000 * a), from_ms + round(1000 * b)) for a, b in spans]


def read_left(file: BinaryIO, from_ms: int, to_ms: int) -> Pcm:
    """The caller's side of a part of a recording, at 16 kHz.

    Raises:
        AudioFormatError: it is no recording.
        VoxdeskError: the store can't give it.
    """
    rate = sound_format(file).sample_rate_hz
    first = from_ms * rate // 1000
    frames = read_frames(file, first, max(0, to_ms * rate // 1000 - first))
    left = np.ascontiguousarray(frames[:, 0])
    if rate == SAMPLE_RATE_HZ or not len(left):
        return left
    resampled: Pcm = soxr.resample(left, rate, SAMPLE_RATE_HZ)
    return resampled


def _aligner(language: str, models_dir: Path) -> Aligner | None:
    """Of the smallest model that knows the language; None where none does."""
    if language.partition("-")[0].lower() == "en":
        return _loaded(TINY_EN, models_dir)
    if not base_is_installed():
        return None
    found = _loaded(BASE, models_dir)
    return found if found.understands(language) else None


@lru_cache(maxsize=2)
def _loaded(model: str, models_dir: Path) -> Aligner:
    path = find_model(model, models_dir=models_dir)
    return Aligner(WhisperModel(path, name=model, workers=1, threads=1))
