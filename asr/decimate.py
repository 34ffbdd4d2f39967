"""16 kHz to 8 kHz, as audio comes in: for engines that were trained on telephone speech."""

import numpy as np
from numpy.typing import NDArray

from voxdesk.kernel.audio import FULL_SCALE, Pcm

# Half-band low pass: 23 taps, -6 dB at 4 kHz, 0.7 ms of delay. A G.711 caller has nothing up
# there; a wide-band caller's sibilants would fold into the band without it.
_HALF = 11
_taps = np.sinc(np.arange(-_HALF, _HALF + 1) / 2) * np.hamming(2 * _HALF + 1)
_HALF_BAND: NDArray[np.float32] = (_taps / _taps.sum()).astype(np.float32)


class Decimator:
    """Halves the sample rate of one stream of audio."""

    def __init__(self) -> None:
        self._tail = np.zeros(2 * _HALF, np.float32)
        self._phase = 0  # 1 when the next sample to come is one to leave out

    def accept(self, pcm: Pcm) -> NDArray[np.float32]:
        """Take int16 samples at 16 kHz; every other one of the filtered, float32, same scale."""
        if not len(pcm):
            return np.zeros(0, np.float32)
        wide = np.concatenate((self._tail, pcm.astype(np.float32)))
        self._tail = wide[-2 * _HALF :]
        half: NDArray[np.float32] = np.convolve(wide, _HALF_BAND, mode="valid")[self._phase :: 2]
        self._phase = (self._phase + len(pcm)) % 2
        return half

    def accept_pcm(self, pcm: Pcm) -> Pcm:
        """The same as int16, clipped."""
        rounded = np.rint(self.accept(pcm))
        half: Pcm = np.clip(rounded, -FULL_SCALE, FULL_SCALE - 1).astype(np.int16)
        return half
