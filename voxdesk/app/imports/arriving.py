"""Files arrive: kept under a name of ours while they wait, the same content once."""

import contextlib
import errno
import hashlib
import os
import secrets
import shutil
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO, Final

from crm.imports import repository
from crm.imports.models import Import
from crm.imports.repository import NewImport
from voxdesk.app.jobs.house import JobsHouse
from voxdesk.app.settings import Settings
from voxdesk.db import Database
from voxdesk.kernel.errors import VoxdeskError
from voxdesk.kernel.worded import worded

MEGA: Final = 1_000_000
LONGEST_NAME: Final = 200
SETTLED_S: Final = 5.0
"""A file of the folder that changed so lately may still be growing."""
MOST_AT_ONCE: Final = 20
TAKEN: Final = "taken"
REFUSED: Final = "refused"
ORPHAN_S: Final = 24 * 3600.0
"""A file that no import knows is of an upload that a killed process was taking in."""


class TooLarge(VoxdeskError):
    """A file with more bytes than the settings take."""

    code = "too_large"


class NotTaken(VoxdeskError):
    """A file that can't be kept."""

    code = "not_taken"


class DiskFull(NotTaken):
    """A file that there is no room for."""

    code = "disk_full"


class Waiting:
    """One file on its way in; gone again unless it is `kept`."""

    def __init__(self, settings: Settings, *, promised_bytes: int = 0) -> None:
        """Begin to write it.

        Args:
            settings: where to, and how much.
            promised_bytes: how much will come, where that is known.

        Raises:
            TooLarge: that is more than the settings take.
            DiskFull: that is more than there is room for.
            NotTaken: the disk refuses.
        """
        self.id = secrets.token_hex(12)
        self.size_bytes = 0
        self._most_bytes = settings.imports.most_mb * MEGA
        if promised_bytes > self._most_bytes:
            raise self._too_large()
        self._hash = hashlib.sha256()
        self._path = path_of(settings, self.id)
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            _check_room(self._path.parent, promised_bytes)
            self._file: BinaryIO = open(self._path, "xb", opener=_private)  # noqa: SIM115
        except OSError as error:
            raise _not_kept(error, self._path.parent) from error

    def write(self, data: bytes) -> None:
        """More of it.

        Raises:
            TooLarge: that is more than the settings take.
            NotTaken: the disk refuses; `DiskFull` where it has no room.
        """
        self.size_bytes += len(data)
        if self.size_bytes > self._most_bytes:
            raise self._too_large()
        self._hash.update(data)
        try:
            self._file.write(data)
        except OSError as error:
            raise _not_kept(error, self._path.parent) from error

    def end(self) -> str:
        """All of it is there; the SHA-256 of its content.

        Raises:
            NotTaken: it is empty, or the disk refuses.
        """
        try:
            self._file.close()
        except OSError as error:
            raise _not_kept(error, self._path.parent) from error
        if not self.size_bytes:
            raise NotTaken(
                worded(
                    "The file is empty: there is not a single byte in it. Fetch it again from "
                    "where it was recorded."
                ),
                case="file_empty",
            )
        return self._hash.hexdigest()

    def forget(self) -> None:
        """It isn't wanted."""
        with contextlib.suppress(OSError):  # what it still holds in memory may have no room
            self._file.close()
        self._path.unlink(missing_ok=True)

    def beside(self, import_id: str) -> Path:
        """Where the file of another import is."""
        return self._path.with_name(import_id)

    def _too_large(self) -> TooLarge:
        return TooLarge(
            worded(
                "A recording has at most {most_mb} MB (setting imports.most_mb). Save it as MP3 or "
                "in mono, cut it, or have the setting raised.",
                most_mb=self._most_bytes // MEGA,
            ),
            case="file_large",
            most_mb=self._most_bytes // MEGA,
        )


def _check_room(folder: Path, needed_bytes: int) -> None:
    free = shutil.disk_usage(folder).free
    if needed_bytes > free:
        raise DiskFull(
            worded(
                "There is no room for this file: it has {needs_mb} MB, and the disk of {folder} "
                "has {has_mb} MB left. Free some and send it again; nothing was kept.",
                needs_mb=needed_bytes // MEGA,
                folder=str(folder),
                has_mb=free // MEGA,
            ),
            case="disk_small",
            needs_mb=needed_bytes // MEGA,
            has_mb=free // MEGA,
        )


def _not_kept(error: OSError, folder: Path) -> NotTaken:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return DiskFull(
            worded(
                "There is no room for this file: the disk of {folder} is full. Free some and send "
                "it again; nothing of it was kept.",
                folder=str(folder),
            )
        )
    return NotTaken(
        worded(
            "The file can't be kept in {folder}: {why}. Have somebody look at that folder, then "
            "send it again.",
            folder=str(folder),
            why=str(error.strerror),
        )
    )


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def path_of(settings: Settings, import_id: str) -> Path:
    """Where a file is while it waits."""
    return settings.state_dir / "imports" / import_id


@dataclass(frozen=True, slots=True)
class About:
    """What whoever sends a recording says of it.

    Attributes:
        name: of the file.
        source: "upload" or "folder".
        asked_by: who sends it.
        language: spoken in it, BCP 47.
        first: who speaks first, "agent" or "caller".
        started_at: when the call was.
    """

    name: str
    source: str
    asked_by: str
    language: str
    first: str
    started_at: datetime


def take(
    database: Database, waiting: Waiting, about: About, *, node: str, now: datetime
) -> tuple[Import, bool]:
    """A file that is all there becomes an import, or is known already (False).

    Raises:
        NotTaken: it is empty, or the disk refuses.
    """
    digest = waiting.end()
    new = _new(waiting.id, digest, waiting.size_bytes, about, node)
    with database.transaction() as session:
        before = repository.id_of(session, digest)
        found, is_new = repository.add(session, new, now=now)
    if not is_new:
        waiting.forget()
    elif before is not None:  # it failed, and its file was kept for another try: here is the same
        waiting.beside(before).unlink(missing_ok=True)
    return found, is_new


def _new(import_id: str, digest: str, size_bytes: int, about: About, node: str) -> NewImport:
    return NewImport(
        id=import_id,
        sha256=digest,
        name=clean_name(about.name),
        size_bytes=size_bytes,
        source=about.source,
        asked_by=about.asked_by,
        language=about.language,
        first=about.first,
        started_at=about.started_at,
        node=node,
    )


def sweep(house: JobsHouse) -> None:
    """Delete what uploads left that never came to their end."""
    folder = path_of(house.settings, "x").parent
    if not folder.is_dir():
        return
    oldest = time.time() - ORPHAN_S
    files = [one for one in folder.iterdir() if one.is_file() and one.stat().st_mtime < oldest]
    with house.database.reading() as session:
        known = repository.known(session, [one.stem for one in files])
    for one in files:
        if one.stem not in known:
            one.unlink(missing_ok=True)


def clean_name(name: str) -> str:
    """A file's own name, for people: no folders, nothing that can't be shown."""
    own = name.replace("\\", "/").rpartition("/")[2]
    return "".join(c for c in own if c.isprintable()).strip()[:LONGEST_NAME] or "recording"


# ------------------------------------------------------------------ the folder


def look_into_folder(house: JobsHouse) -> None:
    """Take in what lies in the folder, and move it out of the way.

    Raises:
        NotTaken: the folder can't be read, or files can't be moved.
    """
    named = house.settings.imports.folder
    if not named:
        return
    folder = Path(named).expanduser()
    try:
        files = sorted(path for path in folder.iterdir() if _is_ready(path))
    except OSError as error:
        raise NotTaken(
            worded(
                "imports.folder: {folder} can't be read: {why}.",
                folder=str(folder),
                why=str(error.strerror),
            )
        ) from error
    for path in files[:MOST_AT_ONCE]:
        _take_file(house, path)


def _is_ready(path: Path) -> bool:
    if path.name.startswith(".") or path.is_symlink() or not path.is_file():
        return False
    found = path.stat()
    return found.st_size > 0 and time.time() - found.st_mtime >= SETTLED_S


def _take_file(house: JobsHouse, path: Path) -> None:
    waiting = Waiting(house.settings)
    try:
        modified = path.stat().st_mtime
        with path.open("rb") as file:
            while chunk := file.read(1 << 20):
                waiting.write(chunk)
        about = _about_file(house, path, modified)
        take(house.database, waiting, about, node=house.node, now=house.clock.now())
    except TooLarge as error:
        waiting.forget()
        _refuse_file(house, path, error.worded or str(error))
        return
    except BaseException:
        waiting.forget()
        raise
    _move(path, TAKEN)


def _about_file(house: JobsHouse, path: Path, modified_s: float) -> About:
    return About(
        name=path.name,
        source="folder",
        asked_by=house.node,
        language=house.settings.calls.language,
        first="agent",
        started_at=datetime.fromtimestamp(modified_s, UTC),
    )


def _refuse_file(house: JobsHouse, path: Path, why: str) -> None:
    """Move it away, and have it seen among the imports with the reason."""
    found = path.stat()
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    _move(path, REFUSED)
    about = _about_file(house, path, found.st_mtime)
    new = _new(secrets.token_hex(12), digest, found.st_size, about, house.node)
    now = house.clock.now()
    told = worded("{why} It lies in {folder}.", why=why, folder=str(path.parent / REFUSED))
    with house.database.transaction() as session:
        _, is_new = repository.add(session, new, now=now)
        if is_new:
            repository.refuse(session, new.id, told, now=now)


def _move(path: Path, into: str) -> None:
    target = path.parent / into
    try:
        target.mkdir(exist_ok=True)
        place = target / path.name
        if place.exists():
            place = target / f"{path.stem}-{secrets.token_hex(4)}{path.suffix}"
        shutil.move(path, place)
    except OSError as error:
        raise NotTaken(
            worded(
                "imports.folder: {name} can't be moved to {target}: {why}.",
                name=path.name,
                target=str(target),
                why=str(error.strerror),
            )
        ) from error
