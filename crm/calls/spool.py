"""Log entries on disk while the database is away. One thread uses it.

One line of JSON an entry, only appended. A process that dies loses nothing of what was appended;
a machine that loses its power, at most the last second. What was taken out is forgotten only when
all was taken out: storing entries twice is harmless, and truncating from the front is not.
"""

import fcntl
import logging
import os
import time
from collections.abc import Sequence
from pathlib import Path

from crm.calls.entries import Entry, LoggedEvent, decode, encode
from voxdesk.kernel.errors import DatabaseError

FSYNC_EVERY_S = 1.0
READ_AHEAD = 500

log = logging.getLogger(__name__)


class Spool:
    """A first-in-first-out file of entries."""

    def __init__(self, folder: Path) -> None:
        """Open the spool of this folder, with whatever an earlier process left in it.

        Raises:
            DatabaseError: the folder can't be used, or another process uses it.
        """
        self.path = folder / "call_log.jsonl"
        self._rejected_path = folder / "call_log.rejected.jsonl"
        try:
            folder.mkdir(parents=True, exist_ok=True)
            # Unbuffered: what a full disk didn't take must not be written later, out of order.
            self._fd = os.open(self.path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
        except OSError as error:
            raise DatabaseError(
                f"can't use the call log's spool {self.path}: {error.strerror}; "
                "make the folder writable, or set another state folder"
            ) from error
        try:
            fcntl.flock(self._fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            os.close(self._fd)
            raise DatabaseError(
                f"another Voxdesk already writes its call log through {folder}; "
                "stop it, or give this one another state folder"
            ) from error
        self._taken = 0  # bytes from the start that are in the database
        self._end = self._cut_torn_line()
        self._synced_at = 0.0

    def _cut_torn_line(self) -> int:
        """A process that dies while it appends leaves half a line."""
        end = 0
        with self.path.open("rb") as file:
            for line in file:
                if line.endswith(b"\n"):
                    end += len(line)
        os.ftruncate(self._fd, end)
        return end

    @property
    def empty(self) -> bool:
        """Whether nothing waits."""
        return self._taken >= self._end

    def next_seqs(self) -> dict[str, int]:
        """For each call with events in here: where its log goes on."""
        positions: dict[str, int] = {}
        entries, position = self._read(0, READ_AHEAD)
        while entries:
            for entry in entries:
                if isinstance(entry, LoggedEvent):
                    positions[entry.call_id] = entry.seq + 1
            entries, position = self._read(position, READ_AHEAD)
        return positions

    def append(self, entries: Sequence[Entry]) -> None:
        """Add entries; all of them or none.

        Raises:
            OSError: the disk is full or broken.
        """
        data = "".join(encode(entry) + "\n" for entry in entries).encode()
        try:
            _write_all(self._fd, data)
        except OSError:
            os.ftruncate(self._fd, self._end)
            raise
        self._end += len(data)
        if time.monotonic() - self._synced_at >= FSYNC_EVERY_S:
            self.sync()

    def sync(self) -> None:
        """Make what was appended survive a power cut."""
        os.fsync(self._fd)
        self._synced_at = time.monotonic()

    def peek(self, limit: int) -> tuple[list[Entry], int]:
        """The oldest entries, at most `limit`, and the position to `take` them with."""
        return self._read(self._taken, limit)

    def _read(self, position: int, limit: int) -> tuple[list[Entry], int]:
        entries: list[Entry] = []
        with self.path.open("rb") as file:
            file.seek(position)
            while len(entries) < limit and position < self._end:
                line = file.readline()
                if not line:
                    break
                position += len(line)
                try:
                    entries.append(decode(line.decode()))
                except ValueError:
                    log.warning("call log spool %s: skipped an unreadable line", self.path)
        return entries, position

    def take(self, position: int) -> None:
        """Entries up to there are in the database."""
        self._taken = position
        if self.empty:
            os.ftruncate(self._fd, 0)
            self._taken = self._end = 0

    def reject(self, entry: Entry) -> None:
        """Keep an entry that the database will never take, for a person to look at."""
        with self._rejected_path.open("a", encoding="utf-8") as file:
            file.write(encode(entry) + "\n")

    def close(self) -> None:
        """Sync and let go; what waits stays for the next process."""
        try:
            self.sync()
        finally:
            os.close(self._fd)


def _write_all(fd: int, data: bytes) -> None:
    """A disk that gets full takes a part without complaint; the next write says why."""
    view = memoryview(data)
    while view:
        view = view[os.write(fd, view) :]
