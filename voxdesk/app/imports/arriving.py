"""Files arrive: kept under a name of ours while they wait, the same content once."""

import hashlib
import os
import secrets
import shutil
import time
from collections.abc import AsyncIterator
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

MEGA: Final = 1_000_000
LONGEST_NAME: Final = 200
SETTLED_S: Final = 5.0
"""A file of the folder that changed so lately may still be growing."""
MOST_AT_ONCE: Final = 20
TAKEN: Final = "taken"


class TooLarge(VoxdeskError):
    """A file with more bytes than the settings take."""

    code = "too_large"


class NotTaken(VoxdeskError):
    """A file that can't be kept."""

    code = "not_taken"


class Waiting:
    """One file on its way in; gone again unless it is `kept`."""

    def __init__(self, settings: Settings) -> None:
        """Begin to write it.

        Raises:
            NotTaken: the disk refuses.
        """
        self.id = secrets.token_hex(12)
        self.size_bytes = 0
        self._most_bytes = settings.imports.most_mb * MEGA
        self._hash = hashlib.sha256()
        self._path = path_of(settings, self.id)
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._file: BinaryIO = open(self._path, "xb", opener=_private)  # noqa: SIM115
        except OSError as error:
            raise NotTaken(f"The file can't be kept: {error.strerror}.") from error

    def write(self, data: bytes) -> None:
        """More of it.

        Raises:
            TooLarge: that is more than the settings take.
            NotTaken: the disk refuses.
        """
        self.size_bytes += len(data)
        if self.size_bytes > self._most_bytes:
            raise TooLarge(
                f"A recording has at most {self._most_bytes // MEGA} MB (setting imports.most_mb)."
            )
        self._hash.update(data)
        try:
            self._file.write(data)
        except OSError as error:
            raise NotTaken(f"The file can't be kept: {error.strerror}.") from error

    def end(self) -> str:
        """All of it is there; the SHA-256 of its content.

        Raises:
            NotTaken: it is empty, or the disk refuses.
        """
        try:
            self._file.close()
        except OSError as error:
            raise NotTaken(f"The file can't be kept: {error.strerror}.") from error
        if not self.size_bytes:
            raise NotTaken("The file is empty: there is not a single byte in it.")
        return self._hash.hexdigest()

    def forget(self) -> None:
        """It isn't wanted."""
        self._file.close()
        self._path.unlink(missing_ok=True)


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
    new = NewImport(
        id=waiting.id,
        sha256=digest,
        name=clean_name(about.name),
        size_bytes=waiting.size_bytes,
        source=about.source,
        asked_by=about.asked_by,
        language=about.language,
        first=about.first,
        started_at=about.started_at,
        node=node,
    )
    with database.transaction() as session:
        found, is_new = repository.add(session, new, now=now)
    if not is_new:
        waiting.forget()
    return found, is_new


def clean_name(name: str) -> str:
    """A file's own name, for people: no folders, nothing that can't be shown."""
    own = name.replace("\\", "/").rpartition("/")[2]
    return "".join(c for c in own if c.isprintable()).strip()[:LONGEST_NAME] or "recording"


async def streamed(waiting: Waiting, chunks: AsyncIterator[bytes]) -> None:
    """Write what comes, as it comes."""
    async for chunk in chunks:
        waiting.write(chunk)


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
        raise NotTaken(f"imports.folder: {folder} can't be read: {error.strerror}.") from error
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
        about = About(
            name=path.name,
            source="folder",
            asked_by=house.node,
            language=house.settings.calls.language,
            first="agent",
            started_at=datetime.fromtimestamp(modified, UTC),
        )
        take(house.database, waiting, about, node=house.node, now=house.clock.now())
    except TooLarge as error:
        waiting.forget()
        _move(path, "refused")
        raise NotTaken(f"imports.folder: {path.name}: {error}") from error
    except BaseException:
        waiting.forget()
        raise
    _move(path, TAKEN)


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
            f"imports.folder: {path.name} can't be moved to {target}: {error.strerror}."
        ) from error
