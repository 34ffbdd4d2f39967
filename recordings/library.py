"""Where recordings are, and what there is: YYYY/MM/DD/CALLID.wav below one folder, by UTC date.

Everybody who reads a recording does it here, by its name; nobody else knows whether its bytes are
sealed, on this machine's disk or in a store away from it.
"""

import io
import logging
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import BinaryIO, cast

from recordings.places import Away, FileSource, Folder, PlainReader, day_of, missing
from recordings.sealed.file import SUFFIX, mend, sealed_path
from recordings.sealed.keys import KeyFile, KeyRing
from recordings.sealed.reader import BUFFER_BYTES, SealedReader, Source
from recordings.sound import sound_format
from recordings.wav_file import length_s, repair
from voxdesk.kernel.call import CallId
from voxdesk.kernel.errors import (
    AudioFormatError,
    RecordingLocked,
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


class Wholeness(StrEnum):
    """Whether a recording is all that was recorded."""

    WHOLE = "whole"
    MENDED = "mended"  # its writer died; its end was put on afterwards
    UNFINISHED = "unfinished"  # it is being written, or somebody cut it
    UNKNOWN = "unknown"  # plain files can't tell


@dataclass(frozen=True, slots=True)
class StoredRecording:
    """A recording that is kept.

    Attributes:
        name: its `recording_path`.
        day: UTC date of its call's start.
        seconds: its length; 0 where it can't be read.
        size_bytes: as a WAV file.
        shown_at: where it is, for people.
        sealed: whether it is encrypted.
        away: whether it is in the store, and not on this machine.
    """

    call_id: CallId
    name: str
    day: date
    seconds: float
    size_bytes: int
    shown_at: str
    sealed: bool = False
    away: bool = False
    wholeness: Wholeness = Wholeness.UNKNOWN
    trouble: str = ""


@dataclass(frozen=True, slots=True)
class _Found:
    """An opened recording, and where it was."""

    file: BinaryIO
    shown_at: str
    sealed: bool = False
    away: bool = False
    wholeness: Wholeness = Wholeness.UNKNOWN


class RecordingLibrary:
    """The recordings of an installation.

    Attributes:
        folder: on this machine.
        keys: of sealed ones; None: nothing was ever sealed here.
        away: the store of finished ones; None: they stay in the folder.
    """

    def __init__(
        self, root: Path, *, keys: KeyFile | None = None, away: Away | None = None
    ) -> None:
        """The folder need not exist yet."""
        self.root = root
        self.folder = Folder(root)
        self.keys = keys
        self.away = away

    def open(self, name: str, *, patient: bool = False) -> BinaryIO:
        """The WAV file of a `recording_path`; seekable. Close it.

        Args:
            name: of the recording.
            patient: a damaged stretch of a sealed one is a low tone, and `damaged_ms` has it;
                otherwise reading it raises.

        Raises:
            RecordingMissing: there is none, or the name points out of the folder.
            RecordingLocked: its key isn't here.
            RecordingUnreadable: it can't be read; reading it may raise the same.
        """
        return self._open(name, patient=patient).file

    def _open(self, name: str, *, patient: bool = False) -> _Found:
        try:
            path = self.folder.find(name)
            if path is not None and path.name.endswith(SUFFIX):
                return self._unsealed(
                    FileSource(path), name, str(path), away=False, patient=patient
                )
            if path is not None:
                return _Found(path.open("rb"), str(path))
        except FileNotFoundError:
            pass  # it went away just now, perhaps to the store
        except OSError as error:
            raise RecordingUnreadable(
                f"the recording {name} can't be read: {error.strerror or error}"
            ) from error
        return self._open_away(name, patient=patient)

    def _open_away(self, name: str, *, patient: bool) -> _Found:
        if self.away is not None:
            for key in (name + SUFFIX, name):
                source = self.away.open(key)
                if source is not None:
                    shown_at = f"{self.away.place}/{key}"
                    if key == name:
                        return _Found(_buffered(PlainReader(source)), shown_at, away=True)
                    return self._unsealed(source, name, shown_at, away=True, patient=patient)
        raise missing(name, str(self.root))

    def _unsealed(
        self, source: Source, name: str, shown_at: str, *, away: bool, patient: bool = False
    ) -> _Found:
        try:
            reader = SealedReader(source, name, partial(self._ring, name), patient=patient)
        except BaseException:
            source.close()
            raise
        if not reader.finished:
            wholeness = Wholeness.UNFINISHED
        else:
            wholeness = Wholeness.MENDED if reader.mended else Wholeness.WHOLE
        return _Found(_buffered(reader), shown_at, sealed=True, away=away, wholeness=wholeness)

    def _ring(self, name: str) -> KeyRing:
        if self.keys is None:
            raise RecordingLocked(f"the recording {name} is locked, and there are no keys here")
        return self.keys.ring()

    def open_sealed(self, name: str) -> BinaryIO:
        """The sealed file of a name that is there plain as well. Errors as of `open`."""
        path = sealed_path(self.folder.path(name))
        return self._unsealed(FileSource(path), name, str(path), away=False).file

    def info(self, name: str) -> StoredRecording:
        """What is known of a recording.

        Raises:
            RecordingMissing: there is none, or the name points out of the folder.
            RecordingLocked: its key isn't here.
            RecordingUnreadable: it can't be read, or is no sound.
        """
        found = self._open(name)
        with found.file as file:
            try:
                seconds = sound_format(file).seconds
                size = file.seek(0, 2)
            except (AudioFormatError, OSError) as error:
                raise RecordingUnreadable(f"the recording {name} can't be read: {error}") from error
        return StoredRecording(
            CallId(Path(name).stem),
            name,
            day_of(name) or date.min,
            seconds,
            size,
            found.shown_at,
            sealed=found.sealed,
            away=found.away,
            wholeness=found.wholeness,
        )

    def delete(self, name: str) -> bool:
        """Make a recording go, wherever it is, and its key with it; whether there was one.

        Raises:
            RecordingUnreadable: disk or store don't let it go.
        """
        try:
            gone = self.folder.delete(name)
        except RecordingMissing:
            return False
        if self.away is not None:
            for key in (name + SUFFIX, name):
                gone = self.away.delete(key) or gone
        return gone

    def names(self, *, since: date | None = None) -> Iterator[str]:
        """Every recording's name, oldest day first; what isn't one of ours is passed over.

        Raises:
            RecordingUnreadable: the store can't be reached.
        """
        here = set(self.folder.names(since=since))
        if self.away is not None:
            for key in self.away.objects():
                name = key.removesuffix(SUFFIX)
                day = day_of(name)
                if day is not None and name.endswith(".wav") and (since is None or day >= since):
                    here.add(name)
        yield from sorted(here)

    def stored(self, *, since: date | None = None) -> Iterator[StoredRecording]:
        """Every recording, oldest day first; what can't be read has no length and says why.

        Raises:
            RecordingUnreadable: the store can't be reached.
        """
        for name in self.names(since=since):
            try:
                yield self.info(name)
            except RecordingMissing:
                continue  # it went meanwhile
            except VoxdeskError as error:
                day = day_of(name) or date.min
                shown_at = str(self.root / name)
                call_id = CallId(Path(name).stem)
                yield StoredRecording(call_id, name, day, 0.0, 0, shown_at, trouble=str(error))

    def repair(
        self, *, since: date | None = None, except_for: Collection[CallId] = ()
    ) -> list[str]:
        """Mend what a killed process left on this machine; the names of those that needed it.

        Args:
            since: only recordings of calls from this day on.
            except_for: calls whose recordings are being written.
        """
        mended = []
        for name in self.folder.names(since=since):
            path = self.folder.find(name)
            if path is None or Path(name).stem in except_for:
                continue
            try:
                if self._mend(path, name):
                    mended.append(name)
            except (OSError, VoxdeskError) as error:
                reason = getattr(error, "strerror", None) or error
                log.warning("recording %s can't be mended: %s", name, reason)
        return mended

    def _mend(self, path: Path, name: str) -> bool:
        if path.name.endswith(SUFFIX):
            return self.keys is not None and mend(path, name, self.keys.ring())
        before = length_s(path)
        seconds = repair(path)
        return seconds is not None and seconds != before


def damaged_ms(file: BinaryIO) -> list[tuple[int, int]]:
    """Stretches that were damaged, of a patiently opened recording, as far as it was read."""
    raw = getattr(file, "raw", None)
    return raw.damaged_ms() if isinstance(raw, SealedReader) else []


def _buffered(raw: io.RawIOBase) -> BinaryIO:
    return cast("BinaryIO", io.BufferedReader(raw, BUFFER_BYTES))
