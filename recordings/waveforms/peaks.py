"""From the bytes of a WAV file to its shape."""

import math
from dataclasses import dataclass
from typing import BinaryIO, Final

import numpy as np
from numpy.typing import NDArray

from recordings.sound import read_frames, sound_format
from voxdesk.kernel.errors import AudioFormatError, VoxdeskError

MOST_PEAKS: Final = 6000
"""Of a channel: more than any screen has columns, three times over."""
FINEST_MS: Final = 20
_BLOCK_PEAKS: Final = 500


class NoSound(VoxdeskError):
    """A recording that can't be played; says why."""

    code = "no_sound"


@dataclass(frozen=True, slots=True)
class Shape:
    """One byte a stretch of time and channel, 0..255 of full scale; both are of one length.

    Attributes:
        damaged: stretches of the recording that can't be read, from and to, in milliseconds.
    """

    seconds: float
    left: bytes
    right: bytes
    damaged: tuple[tuple[int, int], ...] = ()


def shape_of(file: BinaryIO) -> Shape:
    """The shape of a recording; of a mono one, both channels are the same.

    Raises:
        NoSound: it is empty, or no sound file.
        OSError: it can't be read.
        VoxdeskError: the store can't give it.
    """
    try:
        sound = sound_format(file)
        if not sound.frames:
            raise NoSound(
                "The recording is empty: the call was over before a sound was kept.",
                case="recording_empty",
            )
        finest = max(1, sound.sample_rate_hz * FINEST_MS // 1000)
        step = max(finest, math.ceil(sound.frames / MOST_PEAKS))
        blocks = [
            _peaks(read_frames(file, first, step * _BLOCK_PEAKS), step)
            for first in range(0, sound.frames, step * _BLOCK_PEAKS)
        ]
    except AudioFormatError as error:
        raise NoSound(f"The recording is damaged: {error}.", case="recording_damaged") from error
    peaks = np.concatenate(blocks)
    return Shape(sound.seconds, peaks[:, 0].tobytes(), peaks[:, -1].tobytes())


def _peaks(block: NDArray[np.int16], step: int) -> NDArray[np.uint8]:
    """The loudest sample of every `step`, by channel."""
    count = math.ceil(len(block) / step)
    # Channel by channel, so that what is compared lies side by side.
    padded = np.zeros((block.shape[1], count * step), np.int16)
    padded[:, : len(block)] = block.T
    pieces = padded.reshape(-1, count, step)
    loudest = np.maximum(pieces.max(axis=2).astype(np.int32), -pieces.min(axis=2).astype(np.int32))
    shape: NDArray[np.uint8] = np.minimum(loudest >> 7, 255).astype(np.uint8).T
    return shape
