"""Call audio: mono int16 at one rate, in 20 ms frames, positions counted in samples.

Inside Voxdesk all audio runs at 16 kHz, whatever codec the caller's phone chose: G.722 keeps its
wide band, G.711 is resampled once, in the line.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from voxdesk.kernel.errors import AudioFormatError

SAMPLE_RATE_HZ = 16_000
FRAME_MS = 20
FRAME_SAMPLES = SAMPLE_RATE_HZ * FRAME_MS // 1000
SAMPLES_PER_MS = SAMPLE_RATE_HZ // 1000
FULL_SCALE = 32768.0
SILENCE_DBFS = -100.0

Pcm = NDArray[np.int16]


@dataclass(frozen=True, slots=True)
class AudioFrame:
    """One slice of mono call audio.

    Attributes:
        pcm: int16 samples, shape (n,), native byte order.
        offset: position of the first sample since answer, in samples at `sample_rate_hz`;
            the only clock that media code reads.
        sample_rate_hz: 16000 everywhere but at an engine that wants another rate.

    Raises:
        AudioFormatError: pcm is not int16 or not one-dimensional.
    """

    pcm: Pcm
    offset: int
    sample_rate_hz: int = SAMPLE_RATE_HZ

    def __post_init__(self) -> None:
        if self.pcm.dtype != np.int16 or self.pcm.ndim != 1:
            raise AudioFormatError(f"pcm is {self.pcm.dtype} of shape {self.pcm.shape}")

    @property
    def start_s(self) -> float:
        """Seconds from answer to the first sample."""
        return self.offset / self.sample_rate_hz

    @property
    def end_s(self) -> float:
        """Seconds from answer to just after the last sample."""
        return (self.offset + len(self.pcm)) / self.sample_rate_hz


def silence(samples: int) -> Pcm:
    """Digital silence of that many samples."""
    return np.zeros(samples, np.int16)


def level_dbfs(pcm: Pcm) -> float:
    """Root-mean-square level against full scale, in dB; `SILENCE_DBFS` for nothing at all."""
    if not len(pcm):
        return SILENCE_DBFS
    samples = pcm.astype(np.float32)
    mean_square = float(np.dot(samples, samples)) / len(samples)  # half the time of mean(square())
    if mean_square <= 0.0:
        return SILENCE_DBFS
    return max(SILENCE_DBFS, 10.0 * math.log10(mean_square / FULL_SCALE**2))


def to_float(pcm: Pcm) -> NDArray[np.float32]:
    """Samples as float32 in [-1, 1)."""
    return pcm.astype(np.float32) / np.float32(FULL_SCALE)


def to_pcm(samples: NDArray[np.floating]) -> Pcm:
    """Float samples in [-1, 1] as int16, clipped."""
    scaled: Pcm = np.clip(samples * FULL_SCALE, -FULL_SCALE, FULL_SCALE - 1).astype(np.int16)
    return scaled
