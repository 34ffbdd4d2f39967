"""What is done with recordings after their calls: sealed, shipped to the store, locked anew."""

import contextlib
import errno
import os
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

from recordings.library import RecordingLibrary, Wholeness
from recordings.places import destroy_key
from recordings.sealed.file import SUFFIX, SealedFile, sealed_path
from recordings.sealed.keys import KeyRing
from recordings.sealed.layout import HEADER_BYTES, Damaged, read_header
from recordings.sound import read_frames, sound_format
from recordings.wav import HEADER_BYTES as WAV_HEADER_BYTES
from recordings.wav import trailer_of
from voxdesk.kernel.errors import RecordingMissing, RecordingUnreadable, VoxdeskError

FRAMES_AT_ONCE = 1 << 18


_FULL: Final = "make room on the disk and say it again; what was there is still whole"
_NO_LEAVE: Final = "run it as the user that Voxdesk runs as, or give that user this file"
_ADVICE: Final = {
    errno.ENOSPC: _FULL,
    errno.EDQUOT: _FULL,
    errno.EFBIG: _FULL,
    errno.EACCES: _NO_LEAVE,
    errno.EPERM: _NO_LEAVE,
    errno.EROFS: "the disk can't be written to: see its mount, then say it again",
    errno.EIO: "the disk fails: see the system's log, and bring back this file from a backup",
}


@dataclass(frozen=True, slots=True)
class Done:
    """What became of one recording. trouble: why nothing did; empty when all is well."""

    name: str
    trouble: str = ""


class Keeper:
    """Works on the recordings of a library, one after the other."""

    def __init__(self, library: RecordingLibrary, *, sealing: bool = True) -> None:
        """`sealing`: whether what is put here is sealed."""
        self._library = library
        self._sealing = sealing

    def _ring(self) -> KeyRing:
        if self._library.keys is None:
            raise RecordingUnreadable("recordings aren't sealed here; see recording.encrypt")
        return self._library.keys.ready()

    def put(self, name: str, source: BinaryIO) -> None:
        """Keep a WAV file (16 bits) under this name, sealed where recordings are.

        Raises:
            AudioFormatError: it is none.
            OSError: it can't be read, or the disk says no.
            VoxdeskError: there is one of this name already, or no key.
        """
        path = self._library.folder.path(name)
        if self._library.folder.find(name) is not None:
            raise VoxdeskError(f"there is a recording {name} already")
        path.parent.mkdir(parents=True, exist_ok=True)
        if self._sealing:
            _seal(source, sealed_path(path), name, self._ring())
            return
        beside = path.with_name(f".{path.name}.new")
        with beside.open("wb") as target:
            source.seek(0)
            while part := source.read(1 << 20):
                target.write(part)
        beside.chmod(0o600)
        beside.replace(path)

    def seal(self, *, except_for: Collection[str] = ()) -> Iterator[Done]:
        """Seal what is plain on this machine's disk; the plain file goes when all is written.

        Args:
            except_for: calls that are still being recorded.

        Raises:
            RecordingLocked: there is no key to do it with.
        """
        ring = self._ring()
        for name in list(self._library.folder.names()):
            path = self._library.folder.find(name)
            if path is None or path.name.endswith(SUFFIX) or Path(name).stem in except_for:
                continue
            try:
                with path.open("rb") as source:
                    _seal(source, sealed_path(path), name, ring)
                    source.seek(0)
                    with self._library.open_sealed(name) as sealed:
                        _demand_same(source, sealed, name)
                path.unlink()
            except (OSError, VoxdeskError) as error:
                yield Done(name, why_not(error))
            else:
                yield Done(name)

    def lock_anew(self) -> Iterator[Done]:
        """Wrap the keys of all recordings by the newest master key. Their sound isn't touched.

        Raises:
            RecordingUnreadable: there are no keys, or the store can't be reached.
        """
        ring = self._ring()
        for name in list(self._library.names()):
            try:
                if self._lock_anew(name, ring):
                    yield Done(name)
            except RecordingMissing:
                continue
            except (OSError, VoxdeskError) as error:
                yield Done(name, why_not(error))

    def _lock_anew(self, name: str, ring: KeyRing) -> bool:
        path = self._library.folder.find(name)
        if path is not None:
            return path.name.endswith(SUFFIX) and _rewrap(path, name, ring)
        away = self._library.away
        source = away.open(name + SUFFIX) if away is not None else None
        if away is None or source is None:
            return False
        copy = sealed_path(self._library.folder.path(name)).with_suffix(".anew")
        copy.parent.mkdir(parents=True, exist_ok=True)
        try:
            if read_header(source.read_at(0, HEADER_BYTES)).key_id == ring.current.id:
                return False
            with copy.open("xb") as target:
                for at in range(0, source.size, 1 << 22):
                    target.write(source.read_at(at, 1 << 22))
            _rewrap(copy, name, ring)
            away.put(name + SUFFIX, copy)
        except Damaged:
            raise RecordingUnreadable(f"the recording {name} is damaged at its beginning") from None
        finally:
            copy.unlink(missing_ok=True)
        return True

    def ship(self, name: str) -> bool:
        """Bring a finished recording to the store; whether it went. The file goes then.

        Raises:
            OSError: it can't be read.
            RecordingUnreadable: the store can't be reached; the file stays.
        """
        away, path = self._library.away, self._library.folder.find(name)
        if away is None or path is None:
            return False
        if self._library.info(name).wholeness is Wholeness.UNFINISHED:
            return False
        away.put(name + SUFFIX if path.name.endswith(SUFFIX) else name, path)
        path.unlink(missing_ok=True)
        return True

    def ship_all(self, *, except_for: Collection[str] = ()) -> Iterator[Done]:
        """Bring everything that is finished; ends at the first time that the store is away.

        Args:
            except_for: calls that are still being recorded.
        """
        if self._library.away is None:
            return
        for name in list(self._library.folder.names()):
            if Path(name).stem in except_for:
                continue
            try:
                if self.ship(name):
                    yield Done(name)
            except RecordingMissing:
                continue
            except (OSError, VoxdeskError) as error:
                yield Done(name, why_not(error))
                if not self._reachable():
                    return

    def _reachable(self) -> bool:
        try:
            return self._library.away is not None and not self._library.away.open("probe.wav")
        except VoxdeskError:
            return False

    def check(self) -> Iterator[Done]:
        """Read every recording to its end, and say what isn't as it was written."""
        for name in list(self._library.names()):
            try:
                info = self._library.info(name)
                with self._library.open(name) as file:
                    while file.read(1 << 22):
                        pass
            except RecordingMissing:
                continue
            except (OSError, VoxdeskError) as error:
                yield Done(name, why_not(error))
            else:
                cut = info.wholeness is Wholeness.UNFINISHED
                yield Done(name, "it has no end: it is being written, or was cut" if cut else "")


def why_not(error: Exception) -> str:
    """What went wrong with a recording, and what to do about it."""
    if not isinstance(error, OSError) or error.strerror is None:
        return str(error)
    advice = _ADVICE.get(error.errno or 0, "")
    return f"{error.strerror}: {advice}" if advice else error.strerror


def _rewrap(path: Path, name: str, ring: KeyRing) -> bool:
    with path.open("r+b") as file:
        try:
            header = read_header(file.read(HEADER_BYTES))
        except Damaged:
            raise RecordingUnreadable(f"the recording {name} is damaged at its beginning") from None
        if header.key_id == ring.current.id:
            return False
        fresh = ring.lock(header, name, ring.unlock(header, name))
        file.seek(0)
        file.write(fresh.to_bytes())
        file.flush()
        os.fsync(file.fileno())
    return True


def _seal(source: BinaryIO, path: Path, name: str, ring: KeyRing) -> None:
    """Whole or not at all: it is written beside, and named when it is finished."""
    found = sound_format(source)
    beside = path.with_name(f".{path.name}.new")
    with contextlib.suppress(FileNotFoundError):
        destroy_key(beside)
        beside.unlink()
    file = SealedFile(beside, name, ring, found.sample_rate_hz, channels=found.channels)
    try:
        for first in range(0, found.frames, FRAMES_AT_ONCE):
            file.write(first, read_frames(source, first, FRAMES_AT_ONCE))
        source.seek(0)
        behind = found.starts + found.frames * found.frame_bytes
        source.seek(behind)
        file.close(raw_trailer=trailer_of(source.read(1 << 20)))
        beside.replace(path)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise


def _demand_same(plain: BinaryIO, sealed: BinaryIO, name: str) -> None:
    one, other = sound_format(plain), sound_format(sealed)
    same = (one.frames, one.channels) == (other.frames, other.channels)
    plain.seek(one.starts)
    sealed.seek(WAV_HEADER_BYTES)
    left = one.frames * one.frame_bytes
    while same and left:
        part = plain.read(min(left, 1 << 20))
        same = part != b"" and sealed.read(len(part)) == part
        left -= len(part)
    if not same:
        raise RecordingUnreadable(f"the sealed copy of {name} isn't the same; the plain one stays")
