"""Which flows use which knowledge."""

from contextlib import suppress
from pathlib import Path

from dialog.bundle import KNOWLEDGE, unbundled
from voxdesk.app.drafts import draft_files, read_draft
from voxdesk.kernel.errors import FlowError


def users(flows: Path) -> dict[str, list[str]]:
    """By name of a file of knowledge: the flows whose drafts in this folder use it."""
    found: dict[str, list[str]] = {}
    for path in draft_files(flows):
        with suppress(FlowError):
            for part in unbundled(read_draft(flows, path.stem).data)[1]:
                if part.startswith(KNOWLEDGE):
                    found.setdefault(part.removeprefix(KNOWLEDGE), []).append(path.stem)
    return found
