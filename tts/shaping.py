"""A voice's raw samples made fit for a call: 16 kHz, one level, no silent edges, no clicks.

Streaming: pieces go in, pieces come out, in any sizes, and the result doesn't depend on them.
"""

from collections.abc import Sequence

import numpy as np
import soxr
from numpy.typing import NDArray

from voxdesk.kernel.audio import SAMPLE_RATE_HZ, SAMPLES_PER_MS, Pcm, silence, to_pcm

SPEECH_LEVEL_DBFS = -20.0
"""Level of the spoken parts; a telephone's usual loudness, with room for peaks."""

_WINDOW = 5 * SAMPLES_PER_MS
_EDGE_LEVEL = 10.0 ** (-45.0 / 20.0)  # below this, at speech level -20, is breath or noise
_KEEP_BEFORE_MS = 10
_KEEP_AFTER_MS = 45
_FADE_MS = 5
_KNEE = 0.7  # peaks above it are bent, not cut

Samples = NDArray[np.float32]


def speech_level_dbfs(samples: Samples, sample_rate_hz: int) -> float:
    """Level of the louder parts only, so that pauses don't count (after ITU-T P.56's idea).

    Returns -100 where there is nothing to measure.
    """
    window = sample_rate_hz // 50
    whole = len(samples) // window * window
    if not whole:
        return -100.0
    power = np.mean(np.square(samples[:whole].reshape(-1, window)), axis=1)
    loud = power[power > float(np.max(power)) * 10.0**-2.5]
    if not len(loud):
        return -100.0
    return float(max(-100.0, 10.0 * np.log10(float(np.mean(loud)) + 1e-12)))


def gain_for(samples: Samples, sample_rate_hz: int) -> float:
    """The factor that brings these samples' speech to `SPEECH_LEVEL_DBFS`; 1 for silence."""
    level = speech_level_dbfs(samples, sample_rate_hz)
    if level <= -90.0:  # noqa: PLR2004  nothing was said
        return 1.0
    return float(np.clip(10.0 ** ((SPEECH_LEVEL_DBFS - level) / 20.0), 0.05, 20.0))


def soft_limit(samples: Samples) -> Samples:
    """Bend peaks so that nothing clips; what is below the knee is untouched."""
    size = np.abs(samples)
    over = size > _KNEE
    if not over.any():
        return samples
    bent = _KNEE + (1.0 - _KNEE) * np.tanh((size - _KNEE) / (1.0 - _KNEE))
    return np.where(over, np.copysign(bent, samples), samples).astype(np.float32)


class SpeechShaper:
    """Shapes one sentence. Use `push` for each piece of the voice and `finish` once.

    Args:
        sample_rate_hz: of what is pushed.
        gain: fixed for the sentence, since its beginning is heard before its end is known.
    """

    def __init__(self, sample_rate_hz: int, gain: float) -> None:
        self._gain = np.float32(gain)
        self._resampler = (
            None
            if sample_rate_hz == SAMPLE_RATE_HZ
            else soxr.ResampleStream(sample_rate_hz, SAMPLE_RATE_HZ, 1, dtype="float32")
        )
        self._held: Samples = np.zeros(0, np.float32)  # not yet known to be inside the speech
        self._started = False

    def push(self, samples: Samples) -> Pcm:
        """What can already be heard; may be empty."""
        return self._shape(samples, last=False)

    def finish(self) -> Pcm:
        """The rest, faded out."""
        return self._shape(np.zeros(0, np.float32), last=True)

    def _shape(self, samples: Samples, *, last: bool) -> Pcm:
        fresh = samples.astype(np.float32, copy=False)
        if self._resampler is not None:
            fresh = self._resampler.resample_chunk(np.ascontiguousarray(fresh), last=last)
        held = np.concatenate([self._held, soft_limit(fresh * self._gain)])
        if not self._started:
            begin = _first_loud(held)
            if begin is None:
                # All silence so far: only what could become the lead-in is worth keeping.
                keep = _KEEP_BEFORE_MS * SAMPLES_PER_MS + _WINDOW
                self._held = held[_whole_windows(len(held) - keep) :]
                return silence(0)
            self._started = True
            held = held[max(0, begin - _KEEP_BEFORE_MS * SAMPLES_PER_MS) :]
            _fade(held[: _FADE_MS * SAMPLES_PER_MS], rising=True)
        end = _last_loud(held)
        if last:
            held = held[: end + _KEEP_AFTER_MS * SAMPLES_PER_MS]
            _fade(held[-_FADE_MS * SAMPLES_PER_MS :], rising=False)
            self._held = held[:0]
            return to_pcm(held)
        # If this proves to be the end, its last milliseconds are faded; keep that much back.
        ready = _whole_windows(min(end, len(held) - _FADE_MS * SAMPLES_PER_MS))
        self._held = held[ready:]
        return to_pcm(held[:ready])


def _whole_windows(samples: int) -> int:
    """Rounded down, so that the windows fall on the same samples however the pieces came."""
    return max(0, samples) // _WINDOW * _WINDOW


def _loud_windows(samples: Samples) -> NDArray[np.bool_]:
    whole = _whole_windows(len(samples))
    power = np.mean(np.square(samples[:whole].reshape(-1, _WINDOW)), axis=1)
    loud: NDArray[np.bool_] = power > _EDGE_LEVEL**2
    return loud


def _first_loud(samples: Samples) -> int | None:
    loud = np.flatnonzero(_loud_windows(samples))
    return int(loud[0]) * _WINDOW if len(loud) else None


def _last_loud(samples: Samples) -> int:
    """Index just after the last loud window; the tail short of a window counts as quiet."""
    loud = np.flatnonzero(_loud_windows(samples))
    return (int(loud[-1]) + 1) * _WINDOW if len(loud) else 0


def _fade(part: Samples, *, rising: bool) -> None:
    ramp = np.linspace(0.0, 1.0, len(part), dtype=np.float32)
    part *= ramp if rising else ramp[::-1]


def join(pieces: Sequence[Pcm]) -> Pcm:
    """Pieces in a row as one array."""
    return np.concatenate(pieces) if pieces else silence(0)
