"""The shape of a call's recording: made once, kept, made again when the recording changed."""

from dataclasses import replace

from crm.calls.models import Call
from recordings.library import RecordingLibrary, damaged_ms
from recordings.waveforms import repository
from recordings.waveforms.peaks import NoSound, Shape, shape_of
from voxdesk.db import Database
from voxdesk.kernel.errors import RecordingMissing


def waveform_of(database: Database, library: RecordingLibrary, call: Call) -> Shape:
    """The shape of a call's recording.

    Raises:
        NoSound: it was not recorded, or the recording can't be played; says why.
        RecordingMissing: its recording is gone.
        VoxdeskError: the store can't give it.
    """
    name = call.recording_path
    if not name:
        raise NoSound("This call was not recorded.", case="not_recorded")
    try:
        with library.open(name, patient=True) as file:
            size_bytes = file.seek(0, 2)
            with database.reading() as session:
                kept = repository.find(session, call.id, name=name, size_bytes=size_bytes)
            if kept is not None:
                return kept
            shape = shape_of(file)
            shape = replace(shape, damaged=tuple(damaged_ms(file)))
    except RecordingMissing as error:
        raise RecordingMissing(
            "The recording is gone: it was deleted, or moved by somebody.",
            case="recording_gone",
        ) from error
    if call.ended_at is not None and not shape.damaged:
        with database.transaction() as session:
            repository.keep(session, call.id, shape, name=name, size_bytes=size_bytes)
    return shape
