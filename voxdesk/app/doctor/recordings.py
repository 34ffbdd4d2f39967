"""Whether recordings can be sealed, and opened again."""

from collections.abc import Iterator, Sequence
from typing import Final

from recordings.sealed.keys import OPEN_TO_OTHERS
from voxdesk.app.doctor.finding import Finding, Machine, ok, problem, warning
from voxdesk.app.recordings_kept import key_file_of, library_of
from voxdesk.kernel.errors import RecordingLocked, RecordingUnreadable

AREA: Final = "recordings"


def check_recordings(machine: Machine) -> Sequence[Finding]:
    """The keys, and the store away from here."""
    return [*_keys(machine), *_store(machine)]


def _keys(machine: Machine) -> Iterator[Finding]:
    settings = machine.settings
    if not settings.recording.encrypt:
        yield warning(
            AREA,
            "Recordings are not encrypted: recording.encrypt is false.",
            "Set it to true, then: voxdesk recordings seal",
        )
        return
    file = key_file_of(settings)
    if not file.expected:
        yield ok(AREA, f"The first key will be made at the first start, in {file.path}.")
        return
    try:
        ring = file.ring()
    except RecordingLocked as error:
        yield problem(AREA, f"Calls are not recorded: {error}.", "Put the key file back.")
        return
    if file.path.stat().st_mode & OPEN_TO_OTHERS:
        yield warning(
            AREA,
            f"Others on this machine can read {file.path}, and so hear every recording.",
            f"chmod 600 {file.path}",
        )
    yield ok(
        AREA,
        f"Recordings are sealed with the key {ring.current.id.hex()} of {file.path}; keep a copy "
        "of that file away from this machine.",
    )


def _store(machine: Machine) -> Iterator[Finding]:
    away = library_of(machine.settings).away
    if away is None:
        return
    try:
        away.open("2000/01/01/doctor.wav")
    except RecordingUnreadable as error:
        yield problem(
            AREA,
            f"{error}; recordings wait on this machine's disk.",
            "Check address, bucket and keys.",
        )
    else:
        yield ok(AREA, f"Finished recordings go to {away.place}.")
