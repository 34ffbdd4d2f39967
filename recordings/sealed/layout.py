"""The bytes of a sealed recording. Pure.

    header, 128 bytes   magic, version, file id, format of the sound, key id, wrapped key
    slot 0, 1, 2 …      head (16 bytes: flags, length, bytes of sound), nonce, ciphertext, tag

Each recording has a key of its own, which the header has wrapped by a master key; what it wraps is
bound to the recording's name. Every slot but the last holds the same number of bytes, so that any
place is found by arithmetic; each is authenticated with the file's id and its own number, and the
last one says so. So a slot of another place or file isn't accepted, and neither is an end that
isn't the end. AES-256-GCM throughout (NIST SP 800-38D), with random nonces.
"""

import os
import struct
from dataclasses import dataclass, replace
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

MAGIC: Final = b"VXSEAL1\n"
HEADER_BYTES: Final = 128
CHUNK_BYTES: Final = 16_000
"""Of sound in a slot: a quarter of a second of a call."""
MOST_CHUNK_BYTES: Final = 1 << 20
KEY_BYTES: Final = 32
NONCE_BYTES: Final = 12
TAG_BYTES: Final = 16
KEY_ID_BYTES: Final = 8

LAST: Final = 1
MENDED: Final = 2
"""The last slot was added after its writer had died: what came behind it isn't known."""

_FIXED: Final = struct.Struct(">8sHH16sII")
_WRAP: Final = struct.Struct(f">{KEY_ID_BYTES}s{NONCE_BYTES}s{KEY_BYTES + TAG_BYTES}s")
_HEAD: Final = struct.Struct(">B3xIQ")
_INDEX: Final = struct.Struct(">Q")
WRAP_AT: Final = _FIXED.size
OVERHEAD_BYTES: Final = _HEAD.size + NONCE_BYTES + TAG_BYTES


class Damaged(Exception):
    """Bytes that nobody wrote like this. Says nothing of where: whoever reads knows it."""


@dataclass(frozen=True, slots=True)
class Header:
    """What is known of a sealed recording without its key.

    Attributes:
        file_id: random, 16 bytes.
        chunk_bytes: of sound in each slot.
        key_id: of the master key that wrapped its own.
    """

    file_id: bytes
    sample_rate_hz: int
    channels: int
    chunk_bytes: int
    key_id: bytes
    nonce: bytes = b""
    wrapped: bytes = b""

    @property
    def slot_bytes(self) -> int:
        """Of a full slot."""
        return self.chunk_bytes + OVERHEAD_BYTES

    def slot_at(self, index: int) -> int:
        """Where a slot begins."""
        return HEADER_BYTES + index * self.slot_bytes

    def slots(self, size: int) -> int:
        """How many slots a file of this size has; the last may be shorter, or torn."""
        return max(0, -(-(size - HEADER_BYTES) // self.slot_bytes))

    def _bound(self, name: str) -> bytes:
        return self._fixed() + name.encode()

    def _fixed(self) -> bytes:
        return _FIXED.pack(
            MAGIC, 1, self.channels, self.file_id, self.sample_rate_hz, self.chunk_bytes
        )

    def to_bytes(self) -> bytes:
        """As at the beginning of a file."""
        wrap = _WRAP.pack(self.key_id, self.nonce, self.wrapped)
        return (self._fixed() + wrap).ljust(HEADER_BYTES, b"\0")

    def wrapping(self, key: bytes, name: str, *, key_id: bytes, master: bytes) -> "Header":
        """The same recording, its key wrapped by another master key."""
        nonce = os.urandom(NONCE_BYTES)
        wrapped = AESGCM(master).encrypt(nonce, key, self._bound(name))
        return replace(self, key_id=key_id, nonce=nonce, wrapped=wrapped)

    def unwrap(self, name: str, master: bytes) -> bytes:
        """The recording's own key.

        Raises:
            Damaged: this master key didn't wrap it, or not for a recording of this name.
        """
        try:
            return AESGCM(master).decrypt(self.nonce, self.wrapped, self._bound(name))
        except InvalidTag:
            raise Damaged from None


def new_header(sample_rate_hz: int, channels: int, *, chunk_bytes: int = CHUNK_BYTES) -> Header:
    """For a new recording, whose key isn't wrapped yet."""
    return Header(os.urandom(16), sample_rate_hz, channels, chunk_bytes, b"")


def new_key() -> bytes:
    """For one recording, or to wrap those of many."""
    return AESGCM.generate_key(KEY_BYTES * 8)


def read_header(data: bytes) -> Header:
    """Take the first bytes of a file apart.

    Raises:
        Damaged: it is no sealed recording, or not of a version that is known here.
    """
    if len(data) < HEADER_BYTES:
        raise Damaged
    magic, version, channels, file_id, rate, chunk_bytes = _FIXED.unpack_from(data)
    sane = (
        magic == MAGIC
        and version == 1
        and 1 <= channels <= 8  # noqa: PLR2004
        and rate
        and 0 < chunk_bytes <= MOST_CHUNK_BYTES
    )
    if not sane:
        raise Damaged
    return Header(file_id, rate, channels, chunk_bytes, *_WRAP.unpack_from(data, WRAP_AT))


@dataclass(frozen=True, slots=True)
class Slot:
    """What a slot holds.

    Attributes:
        flags: LAST, MENDED.
        sound_bytes: in the last slot, how much of all that is kept is sound; then come markers.
    """

    data: bytes
    flags: int = 0
    sound_bytes: int = 0


class Sealer:
    """Seals and opens the slots of one recording."""

    def __init__(self, header: Header, key: bytes) -> None:
        self._file_id = header.file_id
        self._chunk_bytes = header.chunk_bytes
        self._aes = AESGCM(key)

    def seal(self, index: int, slot: Slot) -> bytes:
        """A slot's bytes."""
        head = _HEAD.pack(slot.flags, len(slot.data), slot.sound_bytes)
        nonce = os.urandom(NONCE_BYTES)
        return head + nonce + self._aes.encrypt(nonce, slot.data, self._bound(index, head))

    def open(self, index: int, data: bytes) -> Slot:
        """What was sealed at this place.

        Raises:
            Damaged: it wasn't, or isn't whole.
        """
        if len(data) < OVERHEAD_BYTES:
            raise Damaged
        head = data[: _HEAD.size]
        flags, length, sound_bytes = _HEAD.unpack(head)
        if length > self._chunk_bytes or len(data) != length + OVERHEAD_BYTES:
            raise Damaged
        nonce = data[_HEAD.size : _HEAD.size + NONCE_BYTES]
        try:
            plain = self._aes.decrypt(
                nonce, data[_HEAD.size + NONCE_BYTES :], self._bound(index, head)
            )
        except InvalidTag:
            raise Damaged from None
        return Slot(plain, flags, sound_bytes)

    def _bound(self, index: int, head: bytes) -> bytes:
        return self._file_id + _INDEX.pack(index) + head
