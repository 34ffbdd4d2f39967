"""A recording with a tone where something is hidden, made while it is read.

No second file: samples are exchanged as they go by, in whichever order and pieces they are asked
for, so that any range of bytes is the same each time. All other bytes are the recording's own.
"""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import BinaryIO, Final

import numpy as np
from numpy.typing import NDArray

from recordings.sound import SoundFormat, sound_format

TONE_HZ: Final = 440
LEVEL: Final = 2600
"""Of 32767: about -22 dBFS, softer than speech."""
FADE_MS: Final = 15


@dataclass(frozen=True, slots=True)
class Hidden:
    """A stretch of a channel, in milliseconds of the recording."""

    channel: int
    start_ms: int
    end_ms: int


class ToneFile(io.RawIOBase):
    """A WAV file as `file` has it, with a tone in hidden stretches. Closes `file` with itself.

    Raises (when made):
        AudioFormatError: it is no WAV file of 16-bit samples.
    """

    def __init__(self, file: BinaryIO, hidden: Sequence[Hidden]) -> None:
        super().__init__()
        self._file = file
        self._format = sound_format(file)
        self._hidden = [_in_frames(one, self._format) for one in hidden]
        self._size = file.seek(0, io.SEEK_END)
        self._place = 0

    def readable(self) -> bool:
        """It is."""
        return True

    def seekable(self) -> bool:
        """It is."""
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go to a byte."""
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._place, io.SEEK_END: self._size}[whence]
        if base + offset < 0:
            raise ValueError("a place before the beginning")
        self._place = base + offset
        return self._place

    def tell(self) -> int:
        """The byte that is read next."""
        return self._place

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        """Raises OSError, VoxdeskError: the store can't give it."""
        view = memoryview(buffer).cast("B")
        data = self._read(len(view))
        view[: len(data)] = data
        self._place += len(data)
        return len(data)

    def close(self) -> None:
        """And the recording's own file."""
        if not self.closed:
            self._file.close()
        super().close()

    def _read(self, count: int) -> bytes:
        first, last = self._place, min(self._place + count, self._size)
        if first >= last:
            return b""
        # Whole frames around what is wanted: a piece may begin in the middle of a sample.
        frame_bytes, starts = self._format.frame_bytes, self._format.starts
        frame = max(0, (first - starts) // frame_bytes)
        end_frame = min(self._format.frames, max(0, -(-(last - starts) // frame_bytes)))
        if not any(one.start < end_frame and frame < one.end for one in self._hidden):
            self._file.seek(first)
            return self._exactly(last - first)
        begin = min(first, starts + frame * frame_bytes)
        self._file.seek(begin)
        data = bytearray(self._exactly(max(last, starts + end_frame * frame_bytes) - begin))
        at = starts + frame * frame_bytes - begin
        stop = at + (len(data) - at) // frame_bytes * frame_bytes
        stop = min(stop, at + (end_frame - frame) * frame_bytes)
        sound = np.frombuffer(data[at:stop], "<i2").reshape(-1, self._format.channels).copy()
        for one in self._hidden:
            one.play_over(sound, frame, self._format.sample_rate_hz)
        data[at:stop] = sound.astype("<i2").tobytes()
        return bytes(data[first - begin : last - begin])

    def _exactly(self, count: int) -> bytes:
        data = bytearray()
        while len(data) < count and (part := self._file.read(count - len(data))):
            data += part
        return bytes(data)


@dataclass(frozen=True, slots=True)
class _Frames:
    """A hidden stretch in frames: from `start` to `end`, not included."""

    channel: int
    start: int
    end: int

    def play_over(self, sound: NDArray[np.int16], first: int, rate_hz: int) -> None:
        """The tone instead of what is in `sound`, whose first frame is the file's `first`."""
        start, end = max(self.start, first), min(self.end, first + len(sound))
        if start >= end:
            return
        frames = np.arange(start, end)
        fade = max(1, rate_hz * FADE_MS // 1000)
        edges = np.minimum(frames - self.start + 1, self.end - frames) / fade
        wave = LEVEL * np.minimum(edges, 1.0) * np.sin(2 * np.pi * TONE_HZ * frames / rate_hz)
        sound[start - first : end - first, self.channel] = np.rint(wave).astype(np.int16)


def _in_frames(hidden: Hidden, sound: SoundFormat) -> _Frames:
    rate = sound.sample_rate_hz
    return _Frames(
        min(hidden.channel, sound.channels - 1),
        max(0, hidden.start_ms * rate // 1000),
        min(sound.frames, -(-hidden.end_ms * rate // 1000)),
    )
