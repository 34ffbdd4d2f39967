"""Whisper's log-mel spectrogram in numpy, as its models were trained to read it.

Sources: A. Radford et al., "Robust Speech Recognition via Large-Scale Weak Supervision", 2022,
section 2.2 (80 mel channels, 25 ms windows, 10 ms stride); mel scale and area normalization of
M. Slaney, "Auditory Toolbox", 1998.
"""

from functools import cache

import numpy as np
from numpy.typing import NDArray

from voxdesk.kernel.audio import SAMPLE_RATE_HZ

FFT_SAMPLES = 400
HOP_SAMPLES = 160
FRAMES_PER_S = SAMPLE_RATE_HZ // HOP_SAMPLES
DYNAMIC_RANGE = 8.0  # log10 units kept below the loudest cell
_FLOOR = 1e-10

Floats = NDArray[np.float32]


def log_mel(samples: Floats, *, frames: int, mels: int = 80) -> Floats:
    """Log-mel spectrogram of `samples`, followed by digital silence up to `frames`.

    Args:
        samples: 16 kHz audio in [-1, 1), shape (n,); what doesn't fit into `frames` is cut.
        frames: length of the result, 100 a second.
        mels: channels, 80 for every model but the newest large ones.

    Returns:
        float32 of shape (mels, frames).
    """
    wanted = frames * HOP_SAMPLES
    heard = samples[:wanted].astype(np.float32, copy=False)
    # Silence costs nothing: only the frames that reach into the audio are transformed.
    filled = min(frames, len(heard) // HOP_SAMPLES + 2)
    half = FFT_SAMPLES // 2
    padded = np.zeros(half + wanted + half, np.float32)
    padded[half : half + len(heard)] = heard
    # The STFT is centred on each hop, and its edges mirror the signal.
    padded[:half] = padded[half + 1 : 2 * half + 1][::-1]
    padded[half + wanted :] = padded[wanted - 1 : half + wanted - 1][::-1]
    windows = np.lib.stride_tricks.sliding_window_view(padded, FFT_SAMPLES)[::HOP_SAMPLES][:filled]
    spectrum = np.fft.rfft(windows * _hann(), axis=1)
    power = spectrum.real**2 + spectrum.imag**2
    mel = np.full((mels, frames), _FLOOR, np.float32)
    np.maximum(mel_filters(mels) @ power.T.astype(np.float32), _FLOOR, out=mel[:, :filled])
    logs = np.log10(mel)
    np.maximum(logs, logs.max() - DYNAMIC_RANGE, out=logs)
    scaled: Floats = ((logs + 4.0) / 4.0).astype(np.float32)
    return scaled


@cache
def mel_filters(mels: int) -> Floats:
    """Triangular filters of equal area, shape (mels, FFT_SAMPLES // 2 + 1)."""
    bins_hz = np.fft.rfftfreq(FFT_SAMPLES, 1.0 / SAMPLE_RATE_HZ)
    edges_mel = np.linspace(0.0, float(_hz_to_mel(SAMPLE_RATE_HZ / 2.0)), mels + 2)
    edges_hz = _mel_to_hz(edges_mel)
    widths = np.diff(edges_hz)
    ramps = edges_hz[:, None] - bins_hz[None, :]
    rising = -ramps[:-2] / widths[:-1, None]
    falling = ramps[2:] / widths[1:, None]
    triangles = np.maximum(0.0, np.minimum(rising, falling))
    areas = 2.0 / (edges_hz[2:] - edges_hz[:-2])
    filters: Floats = (triangles * areas[:, None]).astype(np.float32)
    filters.setflags(write=False)
    return filters


@cache
def _hann() -> Floats:
    phase = np.arange(FFT_SAMPLES) * (2.0 * np.pi / FFT_SAMPLES)
    window: Floats = (0.5 - 0.5 * np.cos(phase)).astype(np.float32)
    window.setflags(write=False)
    return window


# Slaney's scale: linear to 1 kHz (15 mel), then 27 steps for each factor of 6.4.
_LINEAR_HZ_PER_MEL = 200.0 / 3.0
_BREAK_HZ = 1000.0
_BREAK_MEL = _BREAK_HZ / _LINEAR_HZ_PER_MEL
_LOG_STEP = np.log(6.4) / 27.0


def _hz_to_mel(hz: float) -> float:
    if hz < _BREAK_HZ:
        return hz / _LINEAR_HZ_PER_MEL
    return float(_BREAK_MEL + np.log(hz / _BREAK_HZ) / _LOG_STEP)


def _mel_to_hz(mel: NDArray[np.float64]) -> NDArray[np.float64]:
    linear = mel * _LINEAR_HZ_PER_MEL
    logarithmic = _BREAK_HZ * np.exp(_LOG_STEP * (np.maximum(mel, _BREAK_MEL) - _BREAK_MEL))
    return np.where(mel < _BREAK_MEL, linear, logarithmic)
