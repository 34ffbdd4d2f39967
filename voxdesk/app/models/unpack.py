"""Unpack a ZIP of a stranger: nothing outside the folder, nothing larger than expected."""

import shutil
import stat
import zipfile
import zlib
from pathlib import Path, PurePosixPath

from voxdesk.kernel.errors import ModelMissing

MAX_UNPACKED_BYTES = 12_000_000_000
MAX_FILES = 10_000
_BLOCK = 1 << 20


def unpack(
    archive: Path, folder: Path, *, max_bytes: int = MAX_UNPACKED_BYTES, max_files: int = MAX_FILES
) -> None:
    """Unpack into `folder` (made); checksums inside the archive are checked.

    Raises:
        ModelMissing: damaged, too large, or with paths that lead elsewhere.
    """
    try:
        with zipfile.ZipFile(archive) as packed:
            members = packed.infolist()
            if len(members) > max_files:
                raise ModelMissing(f"{archive.name}: {len(members)} files, at most {max_files}")
            left = max_bytes
            for member in members:
                left -= _extract(packed, member, folder, left)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise ModelMissing(f"{archive.name}: the archive is damaged ({error})") from error


def _extract(packed: zipfile.ZipFile, member: zipfile.ZipInfo, folder: Path, most: int) -> int:
    """Bytes written."""
    path = PurePosixPath(member.filename)
    windows = "\\" in member.filename or ":" in member.filename
    if path.is_absolute() or ".." in path.parts or windows or "\0" in member.filename:
        raise ModelMissing(f"{member.filename!r} in the archive leads out of its folder")
    mode = member.external_attr >> 16
    if stat.S_ISLNK(mode):
        raise ModelMissing(f"{member.filename!r} in the archive is a link")
    target = folder.joinpath(*path.parts)
    if member.is_dir():
        target.mkdir(parents=True, exist_ok=True)
        return 0
    target.parent.mkdir(parents=True, exist_ok=True)
    written = 0
    # Counted while it is written: the size in the directory is only a claim.
    with packed.open(member) as source, target.open("xb") as out:
        while block := source.read(_BLOCK):
            written += len(block)
            if written > most:
                raise ModelMissing("the archive unpacks to more than expected")
            out.write(block)
    return written


def single_folder(folder: Path) -> Path:
    """The folder itself, or the only one inside it: archives wrap their content in one."""
    inside = list(folder.iterdir())
    if len(inside) == 1 and inside[0].is_dir():
        return inside[0]
    return folder


def remove(folder: Path) -> None:
    """Delete a folder that may be half made."""
    shutil.rmtree(folder, ignore_errors=True)
