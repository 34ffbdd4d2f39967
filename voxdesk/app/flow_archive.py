"""Every version of a flow that calls were begun with, so that they can be ended with it."""

import logging
import time
from pathlib import Path
from typing import Final

from dialog.flow import Flow
from dialog.flow_file import load_flow
from voxdesk.kernel.errors import FlowError

KEPT_FOR_S: Final = 7 * 24 * 3600.0
"""Longer than any call, and enough to look at yesterday's."""

log = logging.getLogger(__name__)


class FlowArchive:
    """Copies of flow files below one folder, by name and version."""

    def __init__(self, root: Path) -> None:
        """The folder need not exist yet."""
        self._root = root
        self._loaded: dict[tuple[str, str], Flow] = {}

    def keep(self, flow: Flow, source: Path) -> None:
        """Remember this version, and forget those that nobody can be using any more.

        A disk that says no is no reason not to answer calls.
        """
        self._loaded[flow.name, flow.version] = flow
        target = self._path(flow.name, flow.version)
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            fresh = target.with_suffix(".new")
            fresh.write_bytes(source.read_bytes())
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
                flow = load_flow(self._path(name, version))
            except (FlowError, OSError):
                return None
            if flow.version != version:
                return None
            self._loaded[name, version] = flow
        return self._loaded[name, version]

    def path_of(self, flow: Flow) -> Path:
        """The copy of this version, where it could be kept."""
        return self._path(flow.name, flow.version)

    def _path(self, name: str, version: str) -> Path:
        return self._root / version / f"{name}.yaml"  # a flow is named by its file
