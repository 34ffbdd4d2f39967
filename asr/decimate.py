"""16 kHz to 8 kHz, as audio comes in: for engines that were trained on telephone speech."""

import numpy as np
from numpy.typing import NDArray

from voxdesk.kernel.audio import FULL_SCALE, Pcm

# Half-band low pass: 23 taps, -6 dB at 4 kHz, 0.7 ms of delay. A G.711 caller has nothing up
# there; a wide-band caller's sibilants would fold into the band without it.
_HALF = 11
TAIL = 2 * _HALF
"""Samples of what came before that `halved` needs."""
_taps = np.sinc(np.arange(-_HALF, _HALF + 1) / 2) * np.hamming(2 * _HALF + 1)
_HALF_BAND: NDArray[np.float32] = (_taps / _taps.sum()).astype(np.float32)


# Every other tap of a half-band filter is zero, but the one in the middle; the rest comes in pairs.
_MIDDLE = _HALF_BAND[_HALF]
_PAIRS = [(distance, _HALF_BAND[_HALF + distance]) for distance in range(1, _HALF + 1, 2)]


def halved(wide: NDArray[np.float32]) -> NDArray[np.float32]:
    """Filtered, and every other sample of it.

    Args:
        wide: shape (..., TAIL + n), one stream a row, the last of what came before in front.

    Returns:
        Shape (..., n / 2 rounded up).
    """
    width = (wide.shape[-1] - TAIL + 1) // 2
    even, odd = wide[..., ::2], wide[..., 1::2]
    middle = _HALF // 2
    half: NDArray[np.float32] = odd[..., middle : middle + width] * _MIDDLE
    for distance, tap in _PAIRS:
        before, after = (_HALF - distance) // 2, (_HALF + distance) // 2
        half += (even[..., before : before + width] + even[..., after : after + width]) * tap
    return half


class Decimator:
    """Halves the sample rate of one stream of audio."""

    def __init__(self) -> None:
        self._tail = np.zeros(TAIL, np.float32)
        self._phase = 0  # 1 when the next sample to come is one to leave out

    def accept(self, pcm: Pcm) -> NDArray[np.float32]:
        """Take int16 samples at 16 kHz; every other one of the filtered, float32, same scale."""
        if not len(pcm):
            return np.zeros(0, np.float32)
        wide = np.concatenate((self._tail, pcm.astype(np.float32)))
        self._tail = wide[-TAIL:]
        phase, self._phase = self._phase, (self._phase + len(pcm)) % 2
        return halved(wide[phase:])

    def accept_pcm(self, pcm: Pcm) -> Pcm:
        """The same as int16, clipped."""
        rounded = np.rint(self.accept(pcm))
        half: Pcm = np.clip(rounded, -FULL_SCALE, FULL_SCALE - 1).astype(np.int16)
        return half
