"""Whether there is room, and whether it may be written to."""

import shutil
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from recordings.recorder import MIN_FREE_BYTES
from voxdesk.app.doctor.finding import Finding, Machine, ok, problem, warning

AREA: Final = "disk"
BYTES_A_HOUR: Final = 2 * 2 * 16_000 * 3600  # of a recorded call: stereo, 16 bits, 16 kHz
COMFORTABLE_BYTES: Final = 5 << 30
PROBE_BYTES: Final = 64 << 10


def check_disk(machine: Machine) -> Sequence[Finding]:
    """The state directory: database, recordings, prompts, models."""
    return list(look_at(machine.settings.state_dir, recording=machine.settings.recording.enabled))


def look_at(folder: Path, *, recording: bool) -> Iterator[Finding]:
    """One directory, which need not be there yet."""
    place = folder
    while not place.exists() and place != place.parent:
        place = place.parent
    try:
        if not place.is_dir():
            raise NotADirectoryError(20, "it is no directory", str(place))
        with tempfile.NamedTemporaryFile(dir=place, prefix=".doctor-") as probe:
            probe.write(bytes(PROBE_BYTES))
            probe.flush()
        free = shutil.disk_usage(place).free
    except OSError as error:
        yield problem(
            AREA,
            f"state_dir {folder} can't be written to: {error.strerror or error}.",
            "Make room, make it writable for the user that runs Voxdesk, or set another state_dir.",
        )
        return
    yield judge(free, folder, recording=recording)


def judge(free: int, folder: Path, *, recording: bool) -> Finding:
    """Pure: whether so many free bytes are enough."""
    hours = max(0, free - MIN_FREE_BYTES) // BYTES_A_HOUR
    room = f"{_size(free)} are free for {folder}"
    if free < MIN_FREE_BYTES:
        return problem(
            AREA,
            f"Only {room}: calls are no longer recorded.",
            f"Make room; recording goes on by itself when {_size(MIN_FREE_BYTES)} are free.",
        )
    if recording:
        room += f", room for {hours} hours of recorded calls"
    if free < COMFORTABLE_BYTES:
        return warning(AREA, f"Only {room}.", "Make room, or delete old recordings.")
    return ok(AREA, f"{room}.")


def _size(count: int) -> str:
    return f"{count / (1 << 30):.1f} GB" if count >= 1 << 30 else f"{count >> 20} MB"
