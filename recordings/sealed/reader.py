"""A sealed recording read as the WAV file that it stands for; only the slots that are needed."""

import io
from collections.abc import Callable
from typing import TYPE_CHECKING, Final, Protocol

import numpy as np

from recordings.sealed.keys import KeyRing
from recordings.sealed.layout import (
    HEADER_BYTES,
    LAST,
    MENDED,
    Damaged,
    Header,
    Sealer,
    Slot,
    read_header,
)
from recordings.wav import HEADER_BYTES as WAV_HEADER_BYTES
from recordings.wav import header as wav_header
from voxdesk.kernel.errors import RecordingUnreadable

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

SLOTS_AT_ONCE: Final = 64
BUFFER_BYTES: Final = 1 << 16
TONE_HZ: Final = 220
TONE_LEVEL: Final = 1000
"""Of 32767, about -30 dBFS: lower and softer than where something is hidden."""


class Source(Protocol):
    """Where the bytes of a file are: on disk, or far away."""

    @property
    def size(self) -> int:
        """Of the whole file, in bytes."""

    def read_at(self, offset: int, count: int) -> bytes:
        """So many bytes from there; fewer only where the file ends.

        Raises:
            OSError: it can't be read.
            RecordingUnreadable: the same, of a store.
        """

    def close(self) -> None:
        """Let go of it."""


class SealedReader(io.RawIOBase):
    """The plain WAV file. Every byte it gives was authenticated, or is a tone of its own.

    Attributes:
        finished: its writer ended it properly; False: it is being written, or was cut.
        mended: its end was added after its writer had died.
        damaged: slots that a patient reader met and could not read.
    """

    def __init__(
        self, source: Source, name: str, keys: Callable[[], KeyRing], *, patient: bool = False
    ) -> None:
        """Look at beginning and end.

        Args:
            source: the sealed file.
            name: the recording's, to which its key is bound.
            keys: asked when its key is needed.
            patient: where a slot is damaged give a low tone of its length, and go on; otherwise
                reading it raises.

        Raises:
            OSError: it can't be read.
            RecordingUnreadable: it is damaged, or locked with a key that isn't here.
        """
        super().__init__()
        self._source = source
        self._name = name
        self._patient = patient
        self.damaged: set[int] = set()
        self._header = self._read_header(source.read_at(0, HEADER_BYTES))
        self._sealer = Sealer(self._header, keys().unlock(self._header, name))
        self._count = self._header.slots(source.size)
        last = self._last()
        self.finished = bool(last.flags & LAST)
        self.mended = bool(last.flags & MENDED)
        before = max(0, self._count - 1) * self._header.chunk_bytes
        self._stream_bytes = before + len(last.data)
        sound = last.sound_bytes if self.finished else self._stream_bytes
        if sound > self._stream_bytes:
            raise self._damaged(self._count - 1)
        frame = 2 * self._header.channels
        self._wav = wav_header(
            sound // frame * frame,
            self._header.sample_rate_hz,
            trailer_bytes=self._stream_bytes - sound,
            channels=self._header.channels,
        )
        self._at = 0
        self._held: tuple[int, bytes] = (-1, b"")

    def _read_header(self, data: bytes) -> Header:
        try:
            return read_header(data)
        except Damaged:
            raise RecordingUnreadable(
                f"the recording {self._name} is empty or damaged at its beginning"
            ) from None

    def _last(self) -> Slot:
        """The last slot that is whole. A torn one behind it is being written."""
        for index in (self._count - 1, self._count - 2):
            if index < 0:
                break
            at = self._header.slot_at(index)
            try:
                slot = self._sealer.open(index, self._source.read_at(at, self._header.slot_bytes))
            except Damaged:
                continue
            self._count = index + 1
            return slot
        if self._count > 1:
            raise self._damaged(self._count - 1)
        self._count = 0
        return Slot(b"")

    @property
    def header(self) -> Header:
        """Of the sealed file."""
        return self._header

    @property
    def wav_bytes(self) -> int:
        """Size of the WAV file."""
        return WAV_HEADER_BYTES + self._stream_bytes

    def readable(self) -> bool:
        """It is."""
        return True

    def seekable(self) -> bool:
        """It is, and far."""
        return True

    def seek(self, offset: int, whence: int = 0) -> int:
        """As of any file."""
        base = {0: 0, 1: self._at, 2: self.wav_bytes}[whence]
        if base + offset < 0:
            raise ValueError("a place before the beginning")
        self._at = base + offset
        return self._at

    def tell(self) -> int:
        """Where the next byte is read."""
        return self._at

    def readinto(self, buffer: "WriteableBuffer") -> int:
        """Read what comes next.

        Raises:
            OSError: it can't be read.
            RecordingUnreadable: it isn't what was written.
        """
        view = memoryview(buffer).cast("B")
        if self._at < WAV_HEADER_BYTES:
            data = self._wav[self._at : self._at + len(view)]
        else:
            data = self._stream(self._at - WAV_HEADER_BYTES, len(view))
        view[: len(data)] = data
        self._at += len(data)
        return len(data)

    def _stream(self, start: int, wanted: int) -> bytes:
        end = min(start + wanted, self._stream_bytes)
        if start >= end:
            return b""
        size = self._header.chunk_bytes
        first = start // size
        until = min(-(-end // size), first + SLOTS_AT_ONCE)
        data = self._slots(first, until)
        return data[start - first * size : min(end, until * size) - first * size]

    def _slots(self, first: int, until: int) -> bytes:
        if (first, until) == (self._held[0], self._held[0] + 1):
            return self._held[1]
        at, width = self._header.slot_at(first), self._header.slot_bytes
        raw = self._source.read_at(at, (until - first) * width)
        pieces = []
        for index in range(first, until):
            sealed = raw[(index - first) * width : (index - first + 1) * width]
            try:
                pieces.append(self._opened(index, sealed))
            except RecordingUnreadable:
                if not self._patient:
                    raise
                self.damaged.add(index)
                pieces.append(self._tone(index))
        self._held = (until - 1, pieces[-1])
        return b"".join(pieces)

    def _opened(self, index: int, sealed: bytes) -> bytes:
        try:
            slot = self._sealer.open(index, sealed)
        except Damaged:
            raise self._damaged(index) from None
        whole = not slot.flags and len(slot.data) == self._header.chunk_bytes
        if index < self._count - 1 and not whole:
            raise self._damaged(index)
        return slot.data

    def _tone(self, index: int) -> bytes:
        """What stands for a slot: as long, and nothing that could be taken for the call."""
        size, channels = self._header.chunk_bytes, self._header.channels
        frames = -(-size // (2 * channels))
        first = index * size // (2 * channels)
        turns = np.arange(first, first + frames) * TONE_HZ / self._header.sample_rate_hz
        tone = (TONE_LEVEL * np.sin(2 * np.pi * turns)).astype("<i2")
        return np.repeat(tone, channels).tobytes()[:size]

    def damaged_ms(self) -> list[tuple[int, int]]:
        """Stretches of the call that a patient reader has met so far and could not read."""
        stretches: list[tuple[int, int]] = []
        for index in sorted(self.damaged):
            start, end = (round(1000 * self._seconds(one)) for one in (index, index + 1))
            if stretches and stretches[-1][1] == start:
                start = stretches.pop()[0]
            stretches.append((start, end))
        return stretches

    def _seconds(self, index: int) -> float:
        """Where a slot begins."""
        frame = 2 * self._header.channels
        return index * self._header.chunk_bytes / frame / self._header.sample_rate_hz

    def _damaged(self, index: int) -> RecordingUnreadable:
        return RecordingUnreadable(
            f"the recording {self._name} was damaged or changed {self._seconds(index):.1f} s "
            "from its beginning"
        )

    def close(self) -> None:
        """Let go of the source."""
        if not self.closed:
            self._source.close()
        super().close()
