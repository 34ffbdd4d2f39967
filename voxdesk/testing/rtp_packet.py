"""RTP packets and telephone events as bytes (RFC 3550, RFC 4733). Pure."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from voxdesk.kernel.errors import ProtocolError

_HEADER = struct.Struct("!BBHII")
_EVENT = struct.Struct("!BBH")
_VERSION = 2
_RTCP_TYPES = range(72, 77)  # 200..204 with the marker bit taken away
_END_BIT = 0x80
_END_REPEATS = 3
_VOLUME = 10  # -dBm0

KEYS = "0123456789*#ABCD"
STAMP_MODULUS = 1 << 32
SAMPLES_PER_PACKET = 160


@dataclass(frozen=True, slots=True)
class RtpPacket:
    """One RTP packet; timestamps count samples at 8 kHz."""

    payload_type: int
    sequence: int
    timestamp: int
    source: int
    payload: bytes
    marker: bool = False

    def encode(self) -> bytes:
        """The datagram."""
        return (
            _HEADER.pack(
                _VERSION << 6,
                self.payload_type | (self.marker << 7),
                self.sequence & 0xFFFF,
                self.timestamp % STAMP_MODULUS,
                self.source,
            )
            + self.payload
        )

    @classmethod
    def parse(cls, datagram: bytes) -> "RtpPacket | None":
        """Read a datagram; None for RTCP and what else is not RTP."""
        if len(datagram) < _HEADER.size:
            return None
        first, second, sequence, timestamp, source = _HEADER.unpack_from(datagram)
        if first >> 6 != _VERSION or second & 127 in _RTCP_TYPES:
            return None
        start = _HEADER.size + 4 * (first & 15)
        if first & 16 and len(datagram) >= start + 4:
            start += 4 + 4 * int.from_bytes(datagram[start + 2 : start + 4], "big")
        end = len(datagram) - (datagram[-1] if first & 32 else 0)
        if start > end:
            return None
        return cls(
            second & 127, sequence, timestamp, source, datagram[start:end], bool(second >> 7)
        )


def key_events(key: str, *, duration_ms: int = 100) -> Iterator[bytes]:
    """Payloads of one key press, one each 20 ms: its length so far, then its end three times.

    Raises:
        ProtocolError: no phone has such a key.
    """
    if key not in KEYS:
        raise ProtocolError(f"{key!r} is not a key of a phone; the keys are {KEYS}")
    packets = max(1, duration_ms // 20)
    for index in range(packets):
        yield _EVENT.pack(KEYS.index(key), _VOLUME, (index + 1) * SAMPLES_PER_PACKET)
    for _ in range(_END_REPEATS):
        yield _EVENT.pack(KEYS.index(key), _END_BIT | _VOLUME, packets * SAMPLES_PER_PACKET)


def read_event(payload: bytes) -> tuple[str, bool] | None:
    """The key of an event's payload, and whether it was let go; None when it is no key."""
    if len(payload) < _EVENT.size:
        return None
    event, flags, _ = _EVENT.unpack_from(payload)
    return (KEYS[event], bool(flags & _END_BIT)) if event < len(KEYS) else None
