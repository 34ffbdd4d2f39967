"""One sealed recording being written: nothing of it is on disk that isn't sealed.

Slots are only ever added, so whatever kills the process leaves a file that opens up to its last
quarter of a second.
"""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from recordings.sealed.keys import KeyRing
from recordings.sealed.layout import (
    HEADER_BYTES,
    LAST,
    MENDED,
    Damaged,
    Header,
    Sealer,
    Slot,
    new_header,
    new_key,
    read_header,
)
from recordings.wav import MAX_DATA_BYTES, Marker, trailer
from voxdesk.kernel.errors import RecordingUnreadable

SUFFIX: Final = ".sealed"
_SILENCE_AT_ONCE: Final = 1 << 20


def sealed_path(path: Path) -> Path:
    """Where the sealed form of a recording is."""
    return path.with_name(path.name + SUFFIX)


class SealedFile:
    """Takes the same calls as `WavFile`. What is there stays: sound is added behind it."""

    def __init__(
        self, path: Path, name: str, keys: KeyRing, sample_rate_hz: int, *, channels: int = 2
    ) -> None:
        """Create the file, or go on with one that an earlier process began.

        Args:
            path: of the file.
            name: of the recording, which its key is bound to.
            keys: to lock and unlock it.
            sample_rate_hz: of the sound.
            channels: 2: caller, answer.

        Raises:
            OSError: the disk says no.
            RecordingLocked: what is there has another key.
        """
        self.path = path
        self._frame_bytes = 2 * channels
        self._pending = bytearray()
        self._index = 0  # of the slot that comes next
        path.parent.mkdir(parents=True, exist_ok=True)
        self._fd = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            data = os.pread(self._fd, HEADER_BYTES, 0)
            if len(data) == HEADER_BYTES:
                self._take_up(name, data, keys)
            else:
                self._begin(name, keys, sample_rate_hz, channels)
        except BaseException:
            os.close(self._fd)
            raise

    def _begin(self, name: str, keys: KeyRing, sample_rate_hz: int, channels: int) -> None:
        os.ftruncate(self._fd, 0)
        key = new_key()
        self._header = keys.lock(new_header(sample_rate_hz, channels), name, key)
        self._sealer = Sealer(self._header, key)
        self._put(0, self._header.to_bytes())

    def _take_up(self, name: str, data: bytes, keys: KeyRing) -> None:
        try:
            self._header = read_header(data)
        except Damaged:
            raise RecordingUnreadable(
                f"the recording {name} was begun, and what is there is no recording"
            ) from None
        self._frame_bytes = 2 * self._header.channels
        self._sealer = Sealer(self._header, keys.unlock(self._header, name))
        self._index, self._pending = self._written()

    def _written(self) -> tuple[int, bytearray]:
        """Whole slots, and the sound of the one behind them, which is written anew."""
        header, count = self._header, self._header.slots(os.fstat(self._fd).st_size)
        while count:
            index = count - 1
            try:
                last = self._slot(index)
            except Damaged:
                count = index  # torn
                continue
            if not last.flags & LAST:
                return count, bytearray()
            whole = last.sound_bytes // header.chunk_bytes
            rest = last.sound_bytes % header.chunk_bytes
            if whole != index:
                last = self._slot(whole) if whole < index else Slot(b"")
                os.ftruncate(self._fd, header.slot_at(whole))
            return whole, bytearray(last.data[:rest])
        return 0, bytearray()

    def _slot(self, index: int) -> Slot:
        at = self._header.slot_at(index)
        return self._sealer.open(index, os.pread(self._fd, self._header.slot_bytes, at))

    @property
    def samples(self) -> int:
        """How long it is, what waits to be sealed included."""
        return (self._index * self._header.chunk_bytes + len(self._pending)) // self._frame_bytes

    @property
    def header(self) -> Header:
        """Of the file."""
        return self._header

    def write(self, offset: int, frames: NDArray[np.int16]) -> None:
        """Add frames that belong `offset` samples from the start; silence before them.

        What is there already is left as it is.

        Raises:
            OSError: the disk is full, or the file as long as a WAV file can be.
        """
        self.extend(offset)
        self._add(frames[self.samples - offset :].tobytes())

    def extend(self, samples: int) -> None:
        """Make the file at least so long, with silence.

        Raises:
            OSError: the disk is full, or the file as long as a WAV file can be.
        """
        if samples * self._frame_bytes > MAX_DATA_BYTES:
            raise OSError("a WAV file can't be longer")
        missing = (samples - self.samples) * self._frame_bytes
        while missing > 0:
            step = min(missing, _SILENCE_AT_ONCE)
            self._add(bytes(step))
            missing -= step

    def _add(self, data: bytes) -> None:
        if self.samples * self._frame_bytes + len(data) > MAX_DATA_BYTES:
            raise OSError("a WAV file can't be longer")
        self._pending += data
        size = self._header.chunk_bytes
        while len(self._pending) >= size:  # one by one: what fits on a disk that fills up is kept
            sealed = self._sealer.seal(self._index, Slot(bytes(self._pending[:size])))
            self._put(self._header.slot_at(self._index), sealed)
            self._index += 1
            del self._pending[:size]

    def _put(self, position: int, data: bytes) -> None:
        view = memoryview(data)
        while view:
            written = os.pwrite(self._fd, view, position)
            view, position = view[written:], position + written

    def close(
        self, markers: Sequence[Marker] = (), *, raw_trailer: bytes = b"", mended: bool = False
    ) -> None:
        """Add the markers and the end, and let go of the file. It is closed even if this raises.

        Raises:
            OSError: the disk is full; the sound that was sealed is safe.
        """
        try:
            self._end(raw_trailer or trailer(markers), LAST | (MENDED if mended else 0))
        finally:
            os.close(self._fd)

    def _end(self, tail: bytes, flags: int) -> None:
        sound_bytes = self.samples * self._frame_bytes
        rest = bytes(self._pending) + tail
        size = self._header.chunk_bytes
        pieces = [rest[at : at + size] for at in range(0, max(1, len(rest)), size)]
        sealed = b"".join(
            self._sealer.seal(self._index + number, Slot(piece))
            for number, piece in enumerate(pieces[:-1])
        ) + self._sealer.seal(self._index + len(pieces) - 1, Slot(pieces[-1], flags, sound_bytes))
        at = self._header.slot_at(self._index)
        self._put(at, sealed)
        os.ftruncate(self._fd, at + len(sealed))

    def abandon(self) -> None:
        """Let go after an error: what was sealed is kept, and ended if there is room for it."""
        try:
            os.ftruncate(self._fd, self._header.slot_at(self._index))
            try:
                self._end(b"", LAST)
            except OSError:
                self._pending.clear()
                os.ftruncate(self._fd, self._header.slot_at(self._index))
                self._end(b"", LAST)
        finally:
            os.close(self._fd)


def mend(path: Path, name: str, keys: KeyRing) -> bool:
    """End a sealed recording whose process died; whether it needed that.

    Raises:
        OSError: it can't be read or written.
        RecordingUnreadable: its key isn't here, or it is no recording.
    """
    size = path.stat().st_size
    if size < HEADER_BYTES:
        return False
    with path.open("rb") as found:
        try:
            header = read_header(found.read(HEADER_BYTES))
        except Damaged:
            raise RecordingUnreadable(f"the recording {name} is damaged at its beginning") from None
        sealer = Sealer(header, keys.unlock(header, name))
        last = header.slots(size) - 1
        if last >= 0:
            found.seek(header.slot_at(last))
            try:
                if sealer.open(last, found.read(header.slot_bytes + 1)).flags & LAST:
                    return False
            except Damaged:
                pass
    file = SealedFile(path, name, keys, header.sample_rate_hz, channels=header.channels)
    file.close(mended=True)
    return True
