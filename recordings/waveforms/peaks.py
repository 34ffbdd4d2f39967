"""From the bytes of a WAV file to its shape. No clock, no disk of its own."""

import math
from dataclasses import dataclass
from typing import BinaryIO, Final

import numpy as np
import soundfile
from numpy.typing import NDArray

from voxdesk.kernel.errors import VoxdeskError

MOST_PEAKS: Final = 6000
"""Of a channel: more than any screen has columns, three times over."""
FINEST_MS: Final = 20
_BLOCK_PEAKS: Final = 256


class NoSound(VoxdeskError):
    """A recording that can't be played; says why."""

    code = "no_sound"


@dataclass(frozen=True, slots=True)
class Shape:
    """One byte a stretch of time and channel, 0..255 of full scale; both are of one length."""

    seconds: float
    left: bytes
    right: bytes


def shape_of(file: BinaryIO) -> Shape:
    """The shape of a recording; of a mono one, both channels are the same.

    Raises:
        NoSound: it is empty, or no sound file.
    """
    try:
        with soundfile.SoundFile(file) as sound:
            frames, rate = sound.frames, sound.samplerate
            if not frames:
                raise NoSound("The recording is empty: the call was over before a sound was kept.")
            step = max(rate * FINEST_MS // 1000, math.ceil(frames / MOST_PEAKS))
            blocks = [
                _peaks(block, step)
                for block in sound.blocks(step * _BLOCK_PEAKS, dtype="int16", always_2d=True)
            ]
    except (soundfile.LibsndfileError, OSError, ValueError) as error:
        raise NoSound("The recording is damaged: it is no sound file any more.") from error
    peaks = np.concatenate(blocks)
    return Shape(frames / rate, peaks[:, 0].tobytes(), peaks[:, -1].tobytes())


def _peaks(block: NDArray[np.int16], step: int) -> NDArray[np.uint8]:
    """The loudest sample of every `step`, by channel."""
    count = math.ceil(len(block) / step)
    padded = np.zeros((count * step, block.shape[1]), np.int32)
    padded[: len(block)] = np.abs(block.astype(np.int32))
    loudest = padded.reshape(count, step, -1).max(axis=1)
    shape: NDArray[np.uint8] = np.minimum(loudest >> 7, 255).astype(np.uint8)
    return shape
