"""Listening by measuring: was this said, when did it start, how loud was it. Pure.

All functions take mono int16. The rules for speech start and end and for what is audible are
those of the benchmark, so that a test and a figure mean the same.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from voxdesk.kernel.audio import FULL_SCALE, SILENCE_DBFS, Pcm

FRAME_MS = 20
AUDIBLE_DBFS = -50.0
SPEECH_BELOW_PEAK_DB = 35.0


@dataclass(frozen=True, slots=True)
class Match:
    """Where a reference was found.

    Attributes:
        correlation: normalized, -1..1; G.711 on the way leaves about 0.99 of an exact copy.
        lag_s: seconds from the start of what was heard to the start of the reference in it.
    """

    correlation: float
    lag_s: float


@dataclass(frozen=True, slots=True)
class SpeechBounds:
    """Speech inside a recording, in 20 ms frames.

    Attributes:
        first: first frame above the file's loudest frame less 35 dB.
        last: last such frame.
        longest_pause_ms: longest run of quieter frames between them.
    """

    first: int
    last: int
    longest_pause_ms: int

    @property
    def duration_s(self) -> float:
        """From the start of the first to the end of the last frame."""
        return (self.last - self.first + 1) * FRAME_MS / 1000


def frame_levels_dbfs(pcm: Pcm, sample_rate_hz: int) -> NDArray[np.float64]:
    """RMS level of each whole 20 ms, in dB against full scale."""
    size = sample_rate_hz * FRAME_MS // 1000
    count = len(pcm) // size
    frames = pcm[: count * size].astype(np.float64).reshape(count, size) / FULL_SCALE
    mean_square = np.mean(np.square(frames), axis=1)
    levels: NDArray[np.float64] = 10 * np.log10(np.maximum(mean_square, 10 ** (SILENCE_DBFS / 10)))
    return levels


def speech_bounds(pcm: Pcm, sample_rate_hz: int) -> SpeechBounds | None:
    """First and last frame of speech; None when there is less than one frame, or only silence."""
    levels = frame_levels_dbfs(pcm, sample_rate_hz)
    if not len(levels) or levels.max() <= SILENCE_DBFS:
        return None
    loud = np.flatnonzero(levels > levels.max() - SPEECH_BELOW_PEAK_DB)
    pause = int(np.diff(loud).max()) - 1 if len(loud) > 1 else 0
    return SpeechBounds(int(loud[0]), int(loud[-1]), pause * FRAME_MS)


def onset_s(pcm: Pcm, sample_rate_hz: int, *, above_dbfs: float = AUDIBLE_DBFS) -> float | None:
    """Start of the first 20 ms louder than that, seconds from the start; None when none is."""
    loud = np.flatnonzero(frame_levels_dbfs(pcm, sample_rate_hz) > above_dbfs)
    return float(loud[0]) * FRAME_MS / 1000 if len(loud) else None


def find(reference: Pcm, heard: Pcm, sample_rate_hz: int) -> Match:
    """The place in `heard` that is most like `reference`, wholly inside it.

    What was heard is taken to be followed by silence when it is shorter than the reference.
    Loudness doesn't matter; turned polarity does.
    """
    wanted = reference.astype(np.float64)
    sound = heard.astype(np.float64)
    if len(sound) < len(wanted):
        sound = np.pad(sound, (0, len(wanted) - len(sound)))
    energy = float(np.dot(wanted, wanted))
    if energy == 0.0:
        return Match(0.0, 0.0)
    size = 1 << (len(sound) + len(wanted)).bit_length()
    spectrum = np.fft.rfft(sound, size) * np.conj(np.fft.rfft(wanted, size))
    products = np.fft.irfft(spectrum, size)[: len(sound) - len(wanted) + 1]
    running = np.concatenate([[0.0], np.cumsum(sound * sound)])
    local = running[len(wanted) :] - running[: len(running) - len(wanted)]
    # A stretch of near silence correlates with anything; count it with at least -60 dB of ours.
    scores = products / np.sqrt(energy * np.maximum(local, energy * 1e-6))
    best = int(np.argmax(scores))
    return Match(float(np.clip(scores[best], -1.0, 1.0)), best / sample_rate_hz)


def share_heard(
    reference: Pcm,
    heard: Pcm,
    sample_rate_hz: int,
    *,
    part_s: float = 0.5,
    like: float = 0.8,
) -> float:
    """Share of the reference's audible parts that are found anywhere in what was heard, 0..1.

    A prompt that was stopped in its middle gives about 0.5, one that was never said about 0.
    """
    size = round(part_s * sample_rate_hz)
    parts = [reference[at : at + size] for at in range(0, len(reference) - size + 1, size)]
    spoken = [part for part in parts if onset_s(part, sample_rate_hz) is not None]
    if not spoken:
        return 0.0
    found = [find(part, heard, sample_rate_hz).correlation >= like for part in spoken]
    return sum(found) / len(found)
