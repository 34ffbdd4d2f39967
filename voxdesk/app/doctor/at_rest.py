"""Whether the disk with the database is encrypted: names and numbers stand in it as they are."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from voxdesk.app.doctor.finding import Finding, Machine, ok, warning

AREA: Final = "at rest"
DEVICES: Final = Path("/sys/dev/block")
_DEEPEST: Final = 8  # layers: a volume on a volume group on a sealed partition


def check_at_rest(machine: Machine) -> Sequence[Finding]:
    """The disk of the state directory, as far as Linux tells."""
    folder = machine.settings.state_dir
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    return [judge(is_encrypted(folder.stat().st_dev), database=machine.settings.database_url)]


def is_encrypted(device: int, devices: Path = DEVICES) -> bool | None:
    """Whether a device is sealed by dm-crypt (LUKS), itself or below; None: it can't be told.

    Args:
        device: number of the disk that a file is on.
        devices: where Linux describes disks.
    """
    place = devices / f"{os.major(device)}:{os.minor(device)}"
    return _is_sealed(place, _DEEPEST) if place.exists() else None


def _is_sealed(place: Path, deepest: int) -> bool:
    name = place / "dm" / "uuid"
    if name.is_file() and name.read_text().startswith("CRYPT-"):
        return True
    below = place / "slaves"
    layers = list(below.iterdir()) if deepest and below.is_dir() else []
    return bool(layers) and all(_is_sealed(layer, deepest - 1) for layer in layers)


def judge(encrypted: bool | None, *, database: str) -> Finding:  # noqa: FBT001  a verdict
    """Pure: what it means."""
    if not database.startswith("sqlite"):
        return ok(AREA, "Names and numbers are in PostgreSQL: its disk should be encrypted.")
    if encrypted is None:
        return ok(AREA, "Whether the disk of state_dir is encrypted can't be told from here.")
    if encrypted:
        return ok(AREA, "The disk of state_dir is encrypted.")
    return warning(
        AREA,
        "The disk of state_dir isn't encrypted, and names and numbers in the database aren't.",
        "Put state_dir on an encrypted disk (LUKS); see docs/how-to/protect-recordings.md.",
    )
