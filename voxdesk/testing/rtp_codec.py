"""G.711, both laws, by table (ITU-T G.711). Pure."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from voxdesk.kernel.audio import Pcm

TELEPHONE_RATE_HZ = 8000

_MU_BIAS = 132
_MU_CLIP = 32635


def _mu_law_values() -> Pcm:
    code = ~np.arange(256, dtype=np.uint8)
    exponent = (code >> 4) & 7
    magnitude = (((code & 15).astype(np.int32) << 3) + _MU_BIAS << exponent) - _MU_BIAS
    return np.where(code & 128, -magnitude, magnitude).astype(np.int16)


def _a_law_values() -> Pcm:
    code = np.arange(256, dtype=np.uint8) ^ 0x55
    exponent = ((code >> 4) & 7).astype(np.int32)
    mantissa = (code & 15).astype(np.int32)
    magnitude = np.where(
        exponent == 0, (mantissa << 4) + 8, ((mantissa << 4) + 264) << np.maximum(exponent - 1, 0)
    )
    return np.where(code & 128, magnitude, -magnitude).astype(np.int16)


def _mu_law_codes() -> NDArray[np.uint8]:
    samples = np.arange(65536, dtype=np.uint16).view(np.int16).astype(np.int32)
    magnitude = np.minimum(np.abs(samples), _MU_CLIP) + _MU_BIAS
    exponent = np.floor(np.log2(magnitude)).astype(np.int32) - 7
    mantissa = (magnitude >> (exponent + 3)) & 15
    code = np.where(samples < 0, 128, 0) | (exponent << 4) | mantissa
    codes: NDArray[np.uint8] = (~code & 255).astype(np.uint8)
    return codes


def _a_law_codes() -> NDArray[np.uint8]:
    samples = np.arange(65536, dtype=np.uint16).view(np.int16).astype(np.int32)
    # G.711 counts magnitudes below zero from -1, so that both signs have as many steps.
    magnitude = np.where(samples < 0, -samples - 1, samples)
    exponent = np.maximum(np.floor(np.log2(np.maximum(magnitude, 1))).astype(np.int32) - 7, 0)
    mantissa = (magnitude >> (np.maximum(exponent, 1) + 3)) & 15
    code = np.where(samples < 0, 0, 128) | (exponent << 4) | mantissa
    codes: NDArray[np.uint8] = ((code ^ 0x55) & 255).astype(np.uint8)
    return codes


@dataclass(frozen=True, slots=True)
class Codec:
    """A law of G.711: one byte a sample at 8 kHz."""

    name: str
    payload_type: int
    codes: NDArray[np.uint8]
    values: Pcm

    def encode(self, pcm: Pcm) -> bytes:
        """int16 samples as payload."""
        return self.codes[pcm.view(np.uint16)].tobytes()

    def decode(self, payload: bytes) -> Pcm:
        """Payload as int16 samples."""
        decoded: Pcm = self.values[np.frombuffer(payload, np.uint8)]
        return decoded


PCMU = Codec("PCMU", 0, _mu_law_codes(), _mu_law_values())
PCMA = Codec("PCMA", 8, _a_law_codes(), _a_law_values())
CODECS = {codec.name: codec for codec in (PCMU, PCMA)}
