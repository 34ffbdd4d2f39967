"""Every version of a flow that calls were begun with, so that they can be ended with it."""

import logging
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from dialog.flow import Flow
from dialog.flow_file import check_text, load_flow
from voxdesk.app.drafts import hash_of
from voxdesk.kernel.errors import DatabaseError, FlowError

KEPT_FOR_S: Final = 7 * 24 * 3600.0
"""Longer than any call, and enough to look at yesterday's."""

log = logging.getLogger(__name__)


class FlowArchive:
    """Copies of flows below one folder, by name and version.

    Args:
        root: the folder; it need not exist yet.
        published: the text of a published version by name and version, or None; blocks, and
            raises a DatabaseError when the database is away.
    """

    def __init__(
        self, root: Path, published: Callable[[str, str], str | None] | None = None
    ) -> None:
        self._root = root
        self._published = published
        self._loaded: dict[tuple[str, str], Flow] = {}

    def keep(self, flow: Flow, data: bytes) -> None:
        """Remember this version and its text, and forget those that nobody can be using any more.

        A disk that says no is no reason not to answer calls.
        """
        self._loaded[flow.name, flow.version] = flow
        target = self._path(flow.name, flow.version)
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            fresh = target.with_suffix(".new")
            fresh.write_bytes(data)
            fresh.replace(target)
            for old in self._root.glob("*/*.yaml"):
                if old.stat().st_mtime < time.time() - KEPT_FOR_S:
                    old.unlink()
        except OSError as error:
            log.warning("flow %s: this version can't be kept: %s", flow.name, error.strerror)

    def find(self, name: str, version: str) -> Flow | None:
        """The flow in exactly this version, if it was kept."""
        if (name, version) not in self._loaded:
            try:
                flow = load_flow(self._path(name, version), catalogue=None)
            except (FlowError, OSError):
                return None
            if flow.version != version:
                return None
            self._loaded[name, version] = flow
        return self._loaded[name, version]

    def fetch(self, name: str, version: str) -> Flow | None:
        """The same; what isn't here is asked of the database, and kept. Blocks."""
        found = self.find(name, version)
        if found is not None or self._published is None:
            return found
        try:
            text = self._published(name, version)
        except DatabaseError as error:
            log.warning("flow %s: the version of a call can't be fetched: %s", name, error)
            return None
        if text is None:
            return None
        checked = check_text(text.encode(), name=name, path=f"{name} {version}", catalogue=None)
        if checked.flow is None or checked.problems or checked.flow.version != version:
            return None
        self.keep(checked.flow, text.encode())
        return checked.flow

    def text(self, name: str, version: str) -> bytes | None:
        """The text of exactly this version, if it was kept here; whether or not it can be run."""
        try:
            data = self._path(name, version).read_bytes()
        except OSError:
            return None
        return data if hash_of(data) == version else None

    def _path(self, name: str, version: str) -> Path:
        return self._root / version / f"{name}.yaml"  # a flow is named by its file
