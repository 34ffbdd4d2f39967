"""One recording on disk, playable at every moment, whatever kills the process."""

import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from recordings.wav import (
    FRAME_BYTES,
    HEADER_BYTES,
    MAX_DATA_BYTES,
    Marker,
    header,
    read_header,
    trailer,
)

Stereo = NDArray[np.int16]  # shape (n, 2): caller, answer


class WavFile:
    """Writes audio at its place; what nobody writes is silence (and a hole on disk).

    Nothing is buffered here: what `write` took is the kernel's, and survives the process.
    """

    def __init__(self, path: Path, sample_rate_hz: int) -> None:
        """Create the file, or go on with one that an earlier process began.

        Raises:
            OSError: the disk says no.
        """
        self.path = path
        self._rate = sample_rate_hz
        path.parent.mkdir(parents=True, exist_ok=True)
        self._fd = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            self.samples = self._recover()
            self._write_header()
        except OSError:
            os.close(self._fd)
            raise

    def _recover(self) -> int:
        found = read_header(os.pread(self._fd, HEADER_BYTES, 0))
        if found is None or found.sample_rate_hz != self._rate:
            os.ftruncate(self._fd, 0)
            return 0
        samples = audio_bytes(self._fd, found.data_bytes) // FRAME_BYTES
        os.ftruncate(self._fd, HEADER_BYTES + samples * FRAME_BYTES)
        return samples

    def write(self, offset: int, frames: Stereo) -> None:
        """Put frames where they belong, `offset` samples from the start.

        Raises:
            OSError: the disk is full, or the file as long as a WAV file can be.
        """
        self._put(HEADER_BYTES + offset * FRAME_BYTES, frames.tobytes())
        self.extend(offset + len(frames))

    def extend(self, samples: int) -> None:
        """Make the file at least so long, with silence."""
        if samples <= self.samples:
            return
        if samples * FRAME_BYTES > MAX_DATA_BYTES:
            raise OSError("a WAV file can't be longer")
        end = HEADER_BYTES + samples * FRAME_BYTES
        if os.fstat(self._fd).st_size < end:
            os.ftruncate(self._fd, end)
        self.samples = samples
        # After the audio: a header never promises what isn't there.
        self._write_header()

    def _write_header(self, trailer_bytes: int = 0) -> None:
        data = header(self.samples * FRAME_BYTES, self._rate, trailer_bytes=trailer_bytes)
        self._put(0, data)

    def _put(self, position: int, data: bytes) -> None:
        view = memoryview(data)
        while view:
            written = os.pwrite(self._fd, view, position)
            view, position = view[written:], position + written

    def close(self, markers: Sequence[Marker] = ()) -> None:
        """Add the markers and let go of the file. The file is closed even if this raises.

        Raises:
            OSError: the disk is full; the audio is safe.
        """
        try:
            tail = trailer(markers)
            if tail:
                self._put(HEADER_BYTES + self.samples * FRAME_BYTES, tail)
                self._write_header(len(tail))
        finally:
            os.close(self._fd)

    def abandon(self) -> None:
        """Let go after an error: cut what the header doesn't know of."""
        try:
            os.ftruncate(self._fd, HEADER_BYTES + self.samples * FRAME_BYTES)
        finally:
            os.close(self._fd)


def audio_bytes(fd: int, promised: int) -> int:
    """How much audio the file really has: what its header promises, and what came after it.

    Markers that were half written don't count.
    """
    size = os.fstat(fd).st_size
    behind = os.pread(fd, 4, HEADER_BYTES + promised)
    if behind == b"cue ":
        return promised
    return max(0, size - HEADER_BYTES) // FRAME_BYTES * FRAME_BYTES


def repair(path: Path) -> float | None:
    """Bring the header of a recording up to date whose process died.

    Returns:
        its length in seconds, or None when it is no recording of ours.

    Raises:
        OSError: it can't be read or written.
    """
    fd = os.open(path, os.O_RDWR)
    try:
        found = read_header(os.pread(fd, HEADER_BYTES, 0))
        if found is None or not found.sample_rate_hz:
            return None
        data_bytes = found.data_bytes
        size = os.fstat(fd).st_size
        if found.file_bytes != size:
            data_bytes = audio_bytes(fd, found.data_bytes)
            os.ftruncate(fd, HEADER_BYTES + data_bytes)
            os.pwrite(fd, header(data_bytes, found.sample_rate_hz), 0)
        return data_bytes / FRAME_BYTES / found.sample_rate_hz
    finally:
        os.close(fd)


def length_s(path: Path) -> float:
    """A recording's length in seconds, as its header says; 0 when it is none of ours.

    Raises:
        OSError: it can't be read.
    """
    with path.open("rb") as file:
        found = read_header(file.read(HEADER_BYTES))
    return found.data_bytes / FRAME_BYTES / found.sample_rate_hz if found else 0.0
