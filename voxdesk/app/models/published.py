"""What the publishers' own lists say about a model's files: sizes and checksums."""

import json
from dataclasses import dataclass
from typing import Any

from voxdesk.app.models import catalog
from voxdesk.app.models.catalog import CatalogEntry, Engine
from voxdesk.app.models.download import RemoteFile, Unreachable, fetch_text
from voxdesk.kernel.errors import ModelMissing

_UNREAD = "the publisher's list ({}) can't be read from here"


@dataclass(frozen=True, slots=True)
class Sources:
    """Where publishers keep lists and files; another place for a mirror, or for tests."""

    vosk_files: str = catalog.VOSK_FILES
    vosk_list: str = catalog.VOSK_LIST
    piper_files: str = catalog.PIPER_FILES
    piper_list: str = catalog.PIPER_LIST


@dataclass(frozen=True, slots=True)
class Plan:
    """What would be fetched for a model.

    Attributes:
        entry: which model.
        files: what to fetch.
        checked_by: what the files will be checked with, for a person to read.
        licence: as stated by the publisher.
    """

    entry: CatalogEntry
    files: tuple[RemoteFile, ...]
    checked_by: str
    licence: str

    @property
    def size_bytes(self) -> int:
        """As published, or as last known."""
        sizes = [file.size_bytes for file in self.files]
        if all(size is not None for size in sizes):
            return sum(size or 0 for size in sizes)
        return self.entry.size_bytes


def plan_for(entry: CatalogEntry, sources: Sources, *, ask: bool = True) -> Plan:
    """Where a model's files are and what they should be.

    Args:
        entry: which model.
        sources: where to look.
        ask: read the publisher's list; without it (no internet) only the addresses are known.

    Raises:
        ModelMissing: the publisher's list is there and doesn't have it.
    """
    if entry.engine is Engine.VOSK:
        return _vosk(entry, sources, ask=ask)
    if entry.engine is Engine.PIPER:
        return _piper(entry, sources, ask=ask)
    raise ModelMissing(f"{entry.name} comes as packages, not as files")


def _vosk(entry: CatalogEntry, sources: Sources, *, ask: bool) -> Plan:
    file = RemoteFile(f"{sources.vosk_files}{entry.published_as}.zip", f"{entry.published_as}.zip")
    listed = _read_list(sources.vosk_list) if ask else None
    if not isinstance(listed, list):
        checked = f"the archive's own checksums (CRC-32) only: {_UNREAD.format(sources.vosk_list)}"
        return Plan(entry, (file,), checked, entry.licence)
    for item in listed:
        if isinstance(item, dict) and item.get("name") == entry.published_as:
            known = RemoteFile(
                file.url, file.name, _size(item.get("size")), str(item.get("md5") or ""), "md5"
            )
            return Plan(entry, (known,), _said(known, "alphacephei.com"), entry.licence)
    raise ModelMissing(
        f'{sources.vosk_list} has no model "{entry.published_as}"; see '
        "https://alphacephei.com/vosk/models for the names."
    )


def _piper(entry: CatalogEntry, sources: Sources, *, ask: bool) -> Plan:
    paths = catalog.piper_paths(entry.published_as)
    listed = _read_list(sources.piper_list) if ask else None
    digests: dict[str, Any] = {}
    if isinstance(listed, dict):
        voice = listed.get(entry.published_as)
        if not isinstance(voice, dict):
            raise ModelMissing(
                f'{sources.piper_list} has no voice "{entry.published_as}"; '
                "https://rhasspy.github.io/piper-samples lets you hear those that there are."
            )
        digests = voice.get("files") or {}
    files = tuple(
        RemoteFile(
            sources.piper_files + path,
            path.rsplit("/", 1)[-1],
            _size((digests.get(path) or {}).get("size_bytes")),
            str((digests.get(path) or {}).get("md5_digest") or ""),
            "md5",
        )
        for path in paths
    )
    checked = (
        _said(files[0], "huggingface.co")
        if digests
        else f"a test of loading it only: {_UNREAD.format(sources.piper_list)}"
    )
    return Plan(entry, files, checked, _card_licence(sources, paths[2], ask=ask) or entry.licence)


def _card_licence(sources: Sources, path: str, *, ask: bool) -> str:
    """The line of the voice's card that states its licence."""
    if not ask:
        return ""
    try:
        card = fetch_text(sources.piper_files + path, max_bytes=100_000)
    except Unreachable:
        return ""
    for line in card.splitlines():
        name, _, value = line.strip("*- \t").partition(":")
        if name.strip().lower() in {"license", "licence"} and value.strip():
            return f"{value.strip()} (as its card says)"
    return ""


def _said(file: RemoteFile, who: str) -> str:
    return f"the MD5 that {who} publishes" if file.checksum else f"the size that {who} publishes"


def _size(value: Any) -> int | None:
    try:
        size = int(value)
    except (TypeError, ValueError):
        return None
    return size if size > 0 else None


def _read_list(url: str) -> Any:
    """None when the list can't be had or read: the file itself may still be there."""
    try:
        return json.loads(fetch_text(url))
    except (Unreachable, ValueError):
        return None
