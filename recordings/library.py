"""Where recordings are, and what there is: YYYY/MM/DD/CALLID.wav below one folder, by UTC date.

Everybody who reads a recording does it here, by its name; nobody else knows where and how its bytes
are kept.
"""

import logging
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import BinaryIO

from recordings.sound import sound_format
from recordings.wav_file import length_s, repair
from voxdesk.kernel.call import CallId
from voxdesk.kernel.errors import (
    AudioFormatError,
    RecordingMissing,
    RecordingUnreadable,
    VoxdeskError,
)

log = logging.getLogger(__name__)


def recording_path(call_id: CallId, started_at: datetime) -> str:
    """A call's recording below the recordings folder, with "/" on every system.

    Raises:
        ValueError: the id can't be a file name, or the time has no zone.
    """
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}", call_id):
        raise ValueError("a call's id must be letters, digits, - and _ to name its recording")
    if started_at.tzinfo is None:
        raise ValueError("naive datetime; pass an aware one")
    return f"{started_at.astimezone(UTC):%Y/%m/%d}/{call_id}.wav"


@dataclass(frozen=True, slots=True)
class StoredRecording:
    """A recording that is kept.

    Attributes:
        name: its `recording_path`.
        day: UTC date of its call's start.
        seconds: its length; 0 where it can't be read.
        size_bytes: as a WAV file.
        shown_at: where it is, for people.
    """

    call_id: CallId
    name: str
    day: date
    seconds: float
    size_bytes: int
    shown_at: str


class RecordingLibrary:
    """The recordings below one folder."""

    def __init__(self, root: Path) -> None:
        """The folder need not exist yet."""
        self.root = root

    def open(self, name: str) -> BinaryIO:
        """The WAV file of a `recording_path`; seekable. Close it.

        Raises:
            RecordingMissing: there is none, or the name points out of the folder.
            RecordingUnreadable: it can't be read.
        """
        try:
            return self._path(name).open("rb")
        except OSError as error:
            raise RecordingUnreadable(
                f"the recording {name} can't be read: {error.strerror or error}"
            ) from error

    def info(self, name: str) -> StoredRecording:
        """What is known of a recording.

        Raises:
            RecordingMissing: there is none, or the name points out of the folder.
            RecordingUnreadable: it can't be read, or is no sound.
        """
        with self.open(name) as file:
            try:
                seconds = sound_format(file).seconds
            except (AudioFormatError, OSError) as error:
                raise RecordingUnreadable(f"the recording {name} can't be read: {error}") from error
            size = file.seek(0, 2)
        return StoredRecording(
            CallId(Path(name).stem),
            name,
            _day(name) or date.min,
            seconds,
            size,
            str(self.root / name),
        )

    def delete(self, name: str) -> bool:
        """Make a recording go; whether there was one.

        Raises:
            RecordingUnreadable: the disk doesn't let it go.
        """
        try:
            self._path(name).unlink()
        except RecordingMissing:
            return False
        except OSError as error:
            raise RecordingUnreadable(
                f"the recording {name} can't be deleted: {error.strerror or error}"
            ) from error
        return True

    def names(self, *, since: date | None = None) -> Iterator[str]:
        """Every recording's name, oldest day first; what isn't one of ours is passed over."""
        for folder in sorted(self.root.glob("[0-9]*/[0-9]*/[0-9]*")):
            day = _date(folder.parts[-3:])
            if day is None or (since is not None and day < since):
                continue
            for path in sorted(folder.glob("*.wav")):
                yield path.relative_to(self.root).as_posix()

    def stored(self, *, since: date | None = None) -> Iterator[StoredRecording]:
        """Every recording, oldest day first; what can't be read has no length."""
        for name in self.names(since=since):
            try:
                yield self.info(name)
            except RecordingMissing:
                continue  # it went meanwhile
            except VoxdeskError as error:
                log.warning("%s", error)
                day = _day(name) or date.min
                shown_at = str(self.root / name)
                yield StoredRecording(CallId(Path(name).stem), name, day, 0.0, 0, shown_at)

    def repair(
        self, *, since: date | None = None, except_for: Collection[CallId] = ()
    ) -> list[str]:
        """Mend what a killed process left; the names of those that needed it.

        Args:
            since: only recordings of calls from this day on.
            except_for: calls whose recordings are being written.
        """
        mended = []
        for name in self.names(since=since):
            path = self.root / name
            if path.stem in except_for:
                continue
            try:
                before = length_s(path)
                seconds = repair(path)
            except OSError as error:
                log.warning("recording %s can't be mended: %s", name, error.strerror)
                continue
            if seconds is not None and seconds != before:
                mended.append(name)
        return mended

    def _path(self, name: str) -> Path:
        try:
            path = (self.root / name).resolve()
            there = bool(name) and path.is_relative_to(self.root.resolve()) and path.is_file()
        except (OSError, ValueError):  # a name that can't be one
            there = False
        if not there:
            raise RecordingMissing(
                f"there is no recording {name[:80] or '(no name)'} below {self.root}; "
                "it was deleted, moved, or the call was not recorded"
            )
        return path


def _day(name: str) -> date | None:
    return _date(tuple(name.split("/")[:3]))


def _date(parts: tuple[str, ...]) -> date | None:
    try:
        return date(*(int(part) for part in parts))
    except (ValueError, TypeError):
        return None
