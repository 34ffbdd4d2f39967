"""The bytes of our WAV files: 16-bit PCM, two channels, with markers. Pure.

The header has a fixed size and comes first, so that it can be brought up to date in place while
the file grows. Markers are standard cue points (RIFF 1.0, "cue " and "LIST adtl"), which audio
editors show.
"""

import struct
from collections.abc import Sequence
from dataclasses import dataclass

CHANNELS = 2
FRAME_BYTES = 2 * CHANNELS
HEADER_BYTES = 44
# Sizes are 32 bits; the rest is left for markers.
MAX_DATA_BYTES = (0xFFFF_FFFF - (1 << 20)) // FRAME_BYTES * FRAME_BYTES
_HEADER = struct.Struct("<4sI4s4sIHHIIHH4sI")


@dataclass(frozen=True, slots=True)
class Marker:
    """A named moment. offset: samples since answer."""

    offset: int
    label: str


def header(
    data_bytes: int, sample_rate_hz: int, *, trailer_bytes: int = 0, channels: int = CHANNELS
) -> bytes:
    """The first 44 bytes of a file with so much audio, and so much behind it."""
    return _HEADER.pack(
        b"RIFF",
        HEADER_BYTES - 8 + data_bytes + trailer_bytes,
        b"WAVE",
        b"fmt ",
        16,
        1,  # PCM
        channels,
        sample_rate_hz,
        sample_rate_hz * 2 * channels,
        2 * channels,
        16,
        b"data",
        data_bytes,
    )


@dataclass(frozen=True, slots=True)
class HeaderInfo:
    """What a header claims: bytes of audio, rate, and bytes of the whole file."""

    data_bytes: int
    sample_rate_hz: int
    file_bytes: int


def read_header(data: bytes) -> HeaderInfo | None:
    """What these 44 bytes claim; None when they are not a header of ours."""
    if len(data) < HEADER_BYTES:
        return None
    riff, size, wave, fmt, _, _, channels, rate, _, frame, _, tag, data_bytes = _HEADER.unpack(
        data[:HEADER_BYTES]
    )
    ours = (riff, wave, fmt, tag) == (b"RIFF", b"WAVE", b"fmt ", b"data")
    if not ours or channels != CHANNELS or frame != FRAME_BYTES:
        return None
    return HeaderInfo(data_bytes, rate, size + 8)


def trailer(markers: Sequence[Marker]) -> bytes:
    """The chunks that hold the markers; empty without any."""
    if not markers:
        return b""
    points = b"".join(
        struct.pack("<II4sIII", number, marker.offset, b"data", 0, 0, marker.offset)
        for number, marker in enumerate(markers, 1)
    )
    labels = b"".join(
        _chunk(b"labl", struct.pack("<I", number) + marker.label.encode() + b"\0")
        for number, marker in enumerate(markers, 1)
    )
    cue = _chunk(b"cue ", struct.pack("<I", len(markers)) + points)
    return cue + _chunk(b"LIST", b"adtl" + labels)


def trailer_of(behind: bytes) -> bytes:
    """The markers behind the sound of a file; empty where something else is there."""
    return behind if behind.startswith(b"cue ") and len(behind) % 2 == 0 else b""


def _chunk(name: bytes, body: bytes) -> bytes:
    return name + struct.pack("<I", len(body)) + body + b"\0" * (len(body) % 2)
