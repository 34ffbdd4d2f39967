"""Samples of a recording, wherever it is kept: read by place, without a library's C between.

A store may find out while reading that a recording was tampered with; that error has to come up to
whoever reads, and not be swallowed by a decoder.
"""

import struct
from dataclasses import dataclass
from typing import BinaryIO, Final

import numpy as np
from numpy.typing import NDArray

from voxdesk.kernel.errors import AudioFormatError

_FORMAT: Final = struct.Struct("<HHIIHH")
_PCM: Final = (1, 0xFFFE)  # plain, and the extensible form of the same
_LONGEST_HEADER_BYTES: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class SoundFormat:
    """Where the samples of a WAV file are, 16 bits each.

    Attributes:
        starts: byte at which the first frame begins.
        frames: how many there really are, whatever the header says.
    """

    sample_rate_hz: int
    channels: int
    starts: int
    frames: int

    @property
    def seconds(self) -> float:
        """Length."""
        return self.frames / self.sample_rate_hz

    @property
    def frame_bytes(self) -> int:
        """Of one frame: a sample of each channel."""
        return 2 * self.channels


def sound_format(file: BinaryIO) -> SoundFormat:
    """Read the header of a WAV file.

    Raises:
        AudioFormatError: it is none, or not of 16-bit samples.
        OSError: it can't be read.
        VoxdeskError: the store can't give it.
    """
    size = file.seek(0, 2)
    file.seek(0)
    if _exactly(file, 4) != b"RIFF" or _exactly(file, 8)[4:] != b"WAVE":
        raise AudioFormatError("this is no WAV file")
    rate = channels = 0
    while file.tell() < min(size, _LONGEST_HEADER_BYTES):
        name, length = struct.unpack("<4sI", _exactly(file, 8))
        begins = file.tell()
        if name == b"fmt ":
            kind, channels, rate, _, _, bits = _FORMAT.unpack(_exactly(file, _FORMAT.size))
            if kind not in _PCM or bits != 16 or not rate or not 1 <= channels <= 8:  # noqa: PLR2004
                raise AudioFormatError("this WAV file doesn't have plain 16-bit samples")
        if name == b"data":
            if not channels:
                break
            there = min(length, max(0, size - begins))
            return SoundFormat(rate, channels, begins, there // (2 * channels))
        file.seek(begins + length + length % 2)
    raise AudioFormatError("this WAV file has no sound in it")


def read_frames(file: BinaryIO, first: int = 0, count: int | None = None) -> NDArray[np.int16]:
    """Frames of a WAV file, shape (n, channels); fewer than wanted where it ends before.

    Args:
        file: of a recording, seekable.
        first: frame to begin with.
        count: how many; None: all that follow.

    Raises:
        AudioFormatError: it is no such file.
        OSError: it can't be read.
        VoxdeskError: the store can't give it.
    """
    found = sound_format(file)
    first = min(max(0, first), found.frames)
    left = found.frames - first
    wanted = left if count is None else max(0, min(count, left))
    file.seek(found.starts + first * found.frame_bytes)
    data = _exactly(file, wanted * found.frame_bytes)
    return np.frombuffer(data, "<i2").astype(np.int16, copy=False).reshape(-1, found.channels)


def mono_wav(sound: NDArray[np.int16], sample_rate_hz: int) -> bytes:
    """A WAV file of one channel, for a part of a recording. `sound`: shape (n,)."""
    data = np.ascontiguousarray(sound, "<i2").tobytes()
    head = struct.pack(
        "<4sI4s4sIHHIIHH4sI",
        b"RIFF", 36 + len(data), b"WAVE", b"fmt ", 16, 1, 1,
        sample_rate_hz, 2 * sample_rate_hz, 2, 16, b"data", len(data),
    )  # fmt: skip
    return head + data


def _exactly(file: BinaryIO, count: int) -> bytes:
    data = bytearray()
    while len(data) < count:
        part = file.read(count - len(data))
        if not part:
            raise AudioFormatError("this WAV file ends in the middle")
        data += part
    return bytes(data)
