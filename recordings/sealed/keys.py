"""Master keys: a file of them, the newest first. Who has it can hear every recording.

One line a key: its id, the day it was made, and 32 bytes as base64. A key's id is made of the key,
so that a mistyped or swapped one is noticed when the file is read.
"""

import base64
import binascii
import hashlib
import os
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Final

from recordings.sealed.layout import KEY_BYTES, KEY_ID_BYTES, Damaged, Header, new_key
from voxdesk.kernel.errors import RecordingLocked

_HEAD: Final = """\
# Keys of Voxdesk's recordings, the newest first. Whoever has this file can hear every recording;
# without it nobody can. Keep a copy away from this machine.
"""
OPEN_TO_OTHERS: Final = 0o077


@dataclass(frozen=True, slots=True)
class MasterKey:
    """Wraps the keys of recordings."""

    secret: bytes
    made_on: date

    @property
    def id(self) -> bytes:
        """Tells it from others, and nothing about it."""
        return hashlib.sha256(b"voxdesk recordings key" + self.secret).digest()[:KEY_ID_BYTES]

    def __repr__(self) -> str:
        return f"MasterKey({self.id.hex()})"


@dataclass(frozen=True, slots=True)
class KeyRing:
    """The keys that are here. The first one seals what is new."""

    keys: tuple[MasterKey, ...]
    place: str

    @property
    def current(self) -> MasterKey:
        """The newest."""
        return self.keys[0]

    def unlock(self, header: Header, name: str) -> bytes:
        """The key of a recording.

        Raises:
            RecordingLocked: its master key isn't here, or the recording is another's.
        """
        for key in self.keys:
            if key.id == header.key_id:
                try:
                    return header.unwrap(name, key.secret)
                except Damaged:
                    raise RecordingLocked(
                        f"the recording {name} can't be unlocked: it was changed, or is another "
                        "recording under this name"
                    ) from None
        raise RecordingLocked(
            f"the recording {name} was locked with the key {header.key_id.hex()}, which is not in "
            f"{self.place}; put that key back there, from your copy of the file"
        )

    def lock(self, header: Header, name: str, key: bytes) -> Header:
        """Wrap a recording's key by the newest master key."""
        master = self.current
        return header.wrapping(key, name, key_id=master.id, master=master.secret)


class KeyFile:
    """Where the master keys are. Read whenever it is needed: it may have changed."""

    def __init__(self, path: Path, *, used: Path) -> None:
        """Name the place.

        Args:
            path: of the file.
            used: a file that tells that there were keys once; beside the recordings.
        """
        self.path = path
        self._used = used

    def ring(self) -> KeyRing:
        """The keys.

        Raises:
            RecordingLocked: they aren't there, or can't be read; says what to do.
        """
        try:
            text = self.path.read_text(encoding="ascii")
        except FileNotFoundError:
            raise RecordingLocked(
                f"the key file of the recordings, {self.path}, is missing: put it back from your "
                "copy. Only if there is none: `voxdesk recordings new-key` makes a new one, and "
                "what was recorded before stays locked"
            ) from None
        except (OSError, UnicodeDecodeError) as error:
            reason = getattr(error, "strerror", None) or "it is no key file"
            raise RecordingLocked(
                f"the key file of the recordings, {self.path}, can't be read: {reason}"
            ) from error
        keys = tuple(
            self._key(number, line)
            for number, line in enumerate(text.splitlines(), 1)
            if line.strip() and not line.lstrip().startswith("#")
        )
        if not keys:
            raise RecordingLocked(f"{self.path} has no key in it; put it back from your copy")
        return KeyRing(keys, str(self.path))

    @property
    def expected(self) -> bool:
        """Whether there are, or were, keys."""
        return self.path.exists() or self._used.exists()

    def ready(self) -> KeyRing:
        """The keys; the first one is made where there never was any.

        Raises:
            RecordingLocked: as of `ring`; the file is missing though there were keys, or can't be
                made.
        """
        if not self.expected:
            self.add()
        return self.ring()

    def add(self) -> MasterKey:
        """Make a new key, which seals from now on; those before it stay.

        Raises:
            RecordingLocked: the file can't be read or written.
        """
        before = self.ring().keys if self.path.exists() else ()
        key = MasterKey(new_key(), datetime.now(UTC).date())
        lines = [
            f"{one.id.hex()} {one.made_on.isoformat()} {base64.b64encode(one.secret).decode()}\n"
            for one in (key, *before)
        ]
        beside = self.path.with_name(f".{self.path.name}.{os.getpid()}.{os.urandom(4).hex()}")
        try:
            self._write(beside, _HEAD + "".join(lines), first=not before)
            self._used.parent.mkdir(parents=True, exist_ok=True)
            self._used.write_text("There are keys; see the setting recording.key_file.\n")
        except OSError as error:
            raise RecordingLocked(
                f"the key file of the recordings, {self.path}, can't be written: "
                f"{error.strerror or error}"
            ) from error
        finally:
            beside.unlink(missing_ok=True)
        return self.ring().current

    def _write(self, beside: Path, text: str, *, first: bool) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        if not first:
            beside.replace(self.path)
            return
        try:
            os.link(beside, self.path)
        except FileExistsError:
            return  # another process was faster; its key is as good

    def _key(self, number: int, line: str) -> MasterKey:
        try:
            name, day, encoded = line.split()
            secret = base64.b64decode(encoded, validate=True)
            key = MasterKey(secret, date.fromisoformat(day))
        except (ValueError, binascii.Error):
            raise RecordingLocked(
                f"{self.path}:{number}  this is no key: a line has an id, a day and a key"
            ) from None
        if len(secret) != KEY_BYTES or key.id.hex() != name:
            raise RecordingLocked(
                f"{self.path}:{number}  this isn't the key {name[:16]}: the line was changed; "
                "put the file back from your copy"
            )
        return key
