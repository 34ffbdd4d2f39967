"""Where recordings are, and what there is: YYYY/MM/DD/CALLID.wav below one folder, by UTC date."""

import logging
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from recordings.wav_file import length_s, repair
from voxdesk.kernel.call import CallId
from voxdesk.kernel.errors import VoxdeskError

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
    """A recording on disk.

    Attributes:
        day: UTC date of its call's start.
        seconds: its length, as its header says.
    """

    call_id: CallId
    path: Path
    day: date
    seconds: float
    size_bytes: int


class RecordingLibrary:
    """The recordings below one folder."""

    def __init__(self, root: Path) -> None:
        """The folder need not exist yet."""
        self.root = root

    def find(self, name: str) -> Path:
        """The file of a `recording_path`.

        Raises:
            VoxdeskError: there is no such file, or the name points out of the folder.
        """
        path = (self.root / name).resolve()
        if not name or not path.is_relative_to(self.root.resolve()) or not path.is_file():
            raise VoxdeskError(
                f"there is no recording {name or '(no name)'} below {self.root}; "
                "it was deleted, moved, or the call was not recorded"
            )
        return path

    def stored(self, *, since: date | None = None) -> Iterator[StoredRecording]:
        """Every recording, oldest day first; what doesn't look like one of ours is passed over."""
        for folder in sorted(self.root.glob("[0-9]*/[0-9]*/[0-9]*")):
            day = _day(folder)
            if day is None or (since is not None and day < since):
                continue
            for path in sorted(folder.glob("*.wav")):
                size = path.stat().st_size
                yield StoredRecording(CallId(path.stem), path, day, length_s(path), size)

    def repair(
        self, *, since: date | None = None, except_for: Collection[CallId] = ()
    ) -> list[Path]:
        """Mend what a killed process left; the files that needed it.

        Args:
            since: only recordings of calls from this day on.
            except_for: calls whose recordings are being written.
        """
        mended = []
        for stored in self.stored(since=since):
            if stored.call_id in except_for:
                continue
            try:
                seconds = repair(stored.path)
            except OSError as error:
                log.warning("recording %s can't be mended: %s", stored.path.name, error.strerror)
                continue
            if seconds is not None and seconds != stored.seconds:
                mended.append(stored.path)
        return mended


def _day(folder: Path) -> date | None:
    try:
        return date(*(int(part) for part in folder.parts[-3:]))
    except ValueError:
        return None
