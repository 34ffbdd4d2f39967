"""Linear prediction, the other classical front end: a vocal tract as an all-pole filter.

A window of speech is predicted from its own past, x[n] ≈ -Σ a[i] · x[n-i]; the coefficients come
from the autocorrelation by Levinson and Durbin's recursion, and as a cepstrum they compare the way
MFCC do. Pitch and noise are outside of the model, which makes it weaker than MFCC on noisy lines
and cheaper where only the tract matters.

Source: Makhoul, "Linear prediction: a tutorial review", Proc. IEEE 63 (1975); Atal 1974.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from voxdesk.kernel.audio import SAMPLE_RATE_HZ, Pcm
from voxdesk.kernel.errors import AudioFormatError

Array = NDArray[np.float64]

_WHITE_NOISE = 1e-9  # share of the energy added as white noise: silence has a predictor too


@dataclass(frozen=True, slots=True)
class LpcOptions:
    """How to window and predict.

    Attributes:
        sample_rate_hz: of the audio.
        frame_length_ms: length of a Hamming window.
        frame_shift_ms: from one window to the next.
        preemphasis: lifts the upper formants, y[n] = x[n] - preemphasis · x[n-1].
        order: predictor coefficients; rate in kHz + 2 is the usual choice.
        cepstra: cepstral coefficients, c0 not included.
    """

    sample_rate_hz: int = SAMPLE_RATE_HZ
    frame_length_ms: float = 25.0
    frame_shift_ms: float = 10.0
    preemphasis: float = 0.97
    order: int = 18
    cepstra: int = 12


def levinson_durbin(autocorrelation: Array, order: int) -> tuple[Array, Array, Array]:
    """Solve the normal equations of linear prediction for many windows at once.

    Args:
        autocorrelation: shape (..., at least order + 1), lag 0 first.
        order: number of coefficients.

    Returns:
        a: shape (..., order + 1), prediction error filter, a[0] = 1.
        reflection: shape (..., order), all in [-1, 1]: the filter 1/A is stable.
        error: shape (...), energy of the prediction error, ≥ 0.
    """
    r = np.asarray(autocorrelation, np.float64)
    if r.shape[-1] <= order:
        raise ValueError(f"order {order} needs {order + 1} lags, got {r.shape[-1]}")
    a = np.zeros((*r.shape[:-1], order + 1))
    a[..., 0] = 1.0
    reflection = np.zeros((*r.shape[:-1], order))
    error = r[..., 0].copy()
    for i in range(1, order + 1):
        residue = np.einsum("...j,...j->...", a[..., :i], r[..., i:0:-1])
        # No energy left (silence, or a signal that is predicted perfectly): nothing to add.
        k = np.where(error > 0, -residue / np.where(error > 0, error, 1.0), 0.0)
        k = np.clip(k, -1.0, 1.0)  # rounding alone may step outside
        a[..., 1 : i + 1] += k[..., None] * a[..., i - 1 :: -1][..., :i]
        reflection[..., i - 1] = k
        error = error * (1.0 - k * k)
    return a, reflection, error


def cepstrum(a: Array, count: int) -> Array:
    """Cepstrum of the all-pole filter 1/A(z), c1 … c[count], by Atal's recursion.

    Args:
        a: shape (..., order + 1), a[0] = 1.
        count: coefficients wanted, more than the order is allowed.

    Returns:
        shape (..., count).
    """
    order = a.shape[-1] - 1
    c = np.zeros((*a.shape[:-1], count + 1))
    for n in range(1, count + 1):
        value = -a[..., n] if n <= order else np.zeros(a.shape[:-1])
        for k in range(max(1, n - order), n):
            value = value - (k / n) * c[..., k] * a[..., n - k]
        c[..., n] = value
    return c[..., 1:]


class LpcStream:
    """LPC cepstra of one stream of audio, as it comes."""

    def __init__(self, options: LpcOptions | None = None) -> None:
        self._options = options or LpcOptions()
        rate = self._options.sample_rate_hz
        self._length = round(rate * self._options.frame_length_ms / 1000)
        self._shift = round(rate * self._options.frame_shift_ms / 1000)
        self._window = np.hamming(self._length)
        self._pending = np.zeros(0)
        self._last = 0.0

    def accept(self, pcm: Pcm) -> NDArray[np.float32]:
        """Take any number of samples; the frames that they completed, shape (n, cepstra).

        Raises:
            AudioFormatError: pcm is not one-dimensional int16.
        """
        if pcm.dtype != np.int16 or pcm.ndim != 1:
            raise AudioFormatError(f"features need int16 samples, got {pcm.dtype} {pcm.shape}")
        options = self._options
        samples = np.concatenate(([self._last], pcm.astype(np.float64)))
        self._last = samples[-1]
        emphasized = samples[1:] - options.preemphasis * samples[:-1]
        self._pending = np.concatenate((self._pending, emphasized))
        count = max(0, 1 + (len(self._pending) - self._length) // self._shift)
        if not count:
            return np.zeros((0, options.cepstra), np.float32)
        views = np.lib.stride_tricks.sliding_window_view(self._pending, self._length)
        windows = views[: (count - 1) * self._shift + 1 : self._shift] * self._window
        self._pending = self._pending[count * self._shift :].copy()
        a, _, _ = levinson_durbin(_autocorrelation(windows, options.order), options.order)
        return cepstrum(a, options.cepstra).astype(np.float32)


def lpc_cepstra(pcm: Pcm, options: LpcOptions | None = None) -> NDArray[np.float32]:
    """LPC cepstra of whole audio, float32, shape (frames, cepstra); windows inside it only."""
    return LpcStream(options).accept(pcm)


def _autocorrelation(windows: Array, order: int) -> Array:
    length = windows.shape[-1]
    lags = [
        np.einsum("fn,fn->f", windows[:, : length - lag], windows[:, lag:])
        for lag in range(order + 1)
    ]
    r = np.stack(lags, axis=-1)
    r[:, 0] = r[:, 0] * (1.0 + _WHITE_NOISE) + _WHITE_NOISE
    return r
