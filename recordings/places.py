"""Where the bytes of recordings are: files below a folder, and a store away from this machine."""

import contextlib
import io
import os
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Final, Protocol

from recordings.sealed.file import SUFFIX, sealed_path
from recordings.sealed.layout import HEADER_BYTES, MAGIC, WRAP_AT
from recordings.sealed.reader import Source
from voxdesk.kernel.errors import RecordingMissing, RecordingUnreadable

WAV: Final = ".wav"


class FileSource:
    """A file on disk, read by place."""

    def __init__(self, path: Path) -> None:
        """Open it.

        Raises:
            OSError: it can't be.
        """
        self._fd = os.open(path, os.O_RDONLY)

    @property
    def size(self) -> int:
        """In bytes, now: a call's recording grows."""
        return os.fstat(self._fd).st_size

    def read_at(self, offset: int, count: int) -> bytes:
        """Bytes from there."""
        return os.pread(self._fd, count, offset)

    def close(self) -> None:
        """Let go."""
        os.close(self._fd)


class PlainReader(io.RawIOBase):
    """A plain file that is read by place."""

    def __init__(self, source: Source) -> None:
        super().__init__()
        self._source = source
        self._at = 0

    def readable(self) -> bool:
        """It is."""
        return True

    def seekable(self) -> bool:
        """It is."""
        return True

    def seek(self, offset: int, whence: int = 0) -> int:
        """As of any file."""
        self._at = max(0, {0: 0, 1: self._at, 2: self._source.size}[whence] + offset)
        return self._at

    def tell(self) -> int:
        """Where the next byte is read."""
        return self._at

    def read(self, size: int = -1) -> bytes:
        """What comes next."""
        left = max(0, self._source.size - self._at)
        wanted = left if size is None or size < 0 else min(size, left)
        data = self._source.read_at(self._at, wanted) if wanted else b""
        self._at += len(data)
        return data

    def readinto(self, buffer: bytearray) -> int:  # type: ignore[override]
        """The same, into what is given."""
        view = memoryview(buffer).cast("B")
        data = self.read(len(view))
        view[: len(data)] = data
        return len(data)

    def close(self) -> None:
        """Let go of the source."""
        if not self.closed:
            self._source.close()
        super().close()


class Away(Protocol):
    """A store for finished recordings that other machines can read too.

    Everything raises RecordingUnreadable while it can't be reached.
    """

    place: str

    def open(self, key: str) -> Source | None:
        """An object, to be read by place; None: there is none."""

    def put(self, key: str, path: Path) -> None:
        """Copy a file there, and make sure that every byte arrived."""

    def delete(self, key: str) -> bool:
        """Make it go; whether there was one."""

    def objects(self, prefix: str = "") -> Iterator[str]:
        """What there is."""


class Folder:
    """Recordings below one folder: NAME as plain sound, NAME.sealed sealed."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def path(self, name: str) -> Path:
        """The plain file of a name, whether it is there or not.

        Raises:
            RecordingMissing: the name can't be a recording's, or points out of the folder.
        """
        try:
            path = (self.root / name).resolve()
            inside = name.endswith(WAV) and path.is_relative_to(self.root.resolve())
            path.is_file()  # so that a name too long for a file is told here
        except (OSError, ValueError):
            inside = False
        if not inside:
            raise missing(name, str(self.root))
        return path

    def find(self, name: str) -> Path | None:
        """The file that holds a recording; None: none does."""
        plain = self.path(name)
        for path in (plain, sealed_path(plain)):
            if path.is_file():
                return path
        return None

    def names(self, *, since: date | None = None) -> Iterator[str]:
        """Recordings of calls, oldest day first."""
        for folder in sorted(self.root.glob("[0-9]*/[0-9]*/[0-9]*")):
            day = day_of(folder.relative_to(self.root).as_posix())
            if day is None or (since is not None and day < since):
                continue
            found = {
                path.relative_to(self.root).as_posix().removesuffix(SUFFIX)
                for ending in (WAV, WAV + SUFFIX)
                for path in folder.glob(f"*{ending}")
            }
            yield from sorted(found)

    def delete(self, name: str) -> bool:
        """Make every file of a recording go, the key of a sealed one before the rest.

        Raises:
            RecordingUnreadable: the disk doesn't let it go.
        """
        plain, gone = self.path(name), False
        for path in (plain, sealed_path(plain)):
            try:
                with contextlib.suppress(FileNotFoundError):
                    destroy_key(path)
                    path.unlink()
                    gone = True
            except OSError as error:
                raise RecordingUnreadable(
                    f"the recording {name} can't be deleted: {error.strerror or error}"
                ) from error
        return gone


def destroy_key(path: Path) -> None:
    """Write over the wrapped key of a sealed file: what may be left of the file says nothing.

    Raises:
        OSError: it can't be written.
    """
    with path.open("r+b") as file:
        if file.read(len(MAGIC)) != MAGIC:
            return
        file.seek(WRAP_AT)
        file.write(bytes(HEADER_BYTES - WRAP_AT))
        file.flush()
        os.fsync(file.fileno())


def missing(name: str, where: str) -> RecordingMissing:
    """The error for a recording that isn't there."""
    return RecordingMissing(
        f"there is no recording {name[:80] or '(no name)'} below {where}; "
        "it was deleted, moved, or the call was not recorded"
    )


def day_of(name: str) -> date | None:
    """The day in a recording's name."""
    try:
        year, month, day = (int(part) for part in name.split("/")[:3])
        return date(year, month, day)
    except ValueError:
        return None
