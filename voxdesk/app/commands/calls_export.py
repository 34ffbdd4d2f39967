"""`voxdesk calls export`: one call as a file, as it may be shown."""

import json
import os
import shutil
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from crm.audit.models import Act
from crm.calls.models import Call
from crm.calls.repository import events_of
from crm.comments import repository as comments
from crm.facts.markers import markers_of
from crm.privacy.consent import consent_of
from crm.transcripts.model import Segment
from recordings.library import RecordingLibrary
from recordings.redaction import redact
from recordings.redaction.tone import Hidden
from voxdesk.app.calls.found import the_call
from voxdesk.app.calls.hidden import hidden_stretches, toned
from voxdesk.app.calls.transcript import said_in, visible
from voxdesk.app.commands.noting import Original, Reason, demand_reason, note
from voxdesk.app.database import opened
from voxdesk.app.recordings_kept import library_of
from voxdesk.app.settings import load_settings
from voxdesk.app.terminal import offset
from voxdesk.kernel.errors import AudioFormatError, VoxdeskError

COPY_BYTES: Final = 1 << 20
_COLUMNS: Final = (
    "id", "direction", "caller", "caller_name", "callee", "flow_name", "flow_version", "language",
    "started_at", "answered_at", "ended_at", "cause", "disposition", "agent",
)  # fmt: skip


def export(
    call: Annotated[
        str, typer.Argument(metavar="CALL", help='A call\'s id, the beginning of it, or "last".')
    ],
    to: Annotated[Path, typer.Argument(help="A ZIP file that isn't there yet.")],
    *,
    original: Original = False,
    reason: Reason = "",
) -> None:
    """Write a call as a ZIP: call.json, transcript.txt, recording.wav. What is hidden stays so."""
    why = demand_reason(reason, original=original)
    settings = load_settings()
    with opened(settings.database_url) as database:
        with database.transaction() as session:
            found = the_call(session, call)
            of = f"call {found.id}"
            note(session, Act.EXPORTED, of, why)
            if original:
                note(session, Act.SAW_ORIGINAL, of, why)
        with database.reading() as session:
            said = said_in(session, found)
            hidden = () if original else hidden_stretches(session, found, said)
            log = events_of(session, found.id)
            written = [
                {
                    "author": one.author,
                    "at_ms": one.at_ms,
                    "text": one.text if original else redact(one.text, "").text,
                }
                for one in comments.of_call(session, found.id)
            ]
    segments = said if original else visible(said, found.language)
    told = consent_of([one.event for one in log])
    data = {
        **{name: getattr(found, name) for name in _COLUMNS},
        "original": original,
        "consent": None if told is None else asdict(told),
        "segments": [asdict(one) for one in segments],
        "moments": [asdict(one) for one in markers_of(log, said)],
        "comments": written,
    }
    library = library_of(settings)
    _write(to, data, segments, lambda archive: _sound(archive, found, library, hidden))
    typer.echo(to)
    if data["recording"] != "recording.wav":
        typer.echo(f"Without its sound: {data['recording']}", err=True)


def _write(
    to: Path,
    data: dict[str, Any],
    segments: Sequence[Segment],
    add_sound: Callable[[zipfile.ZipFile], str],
) -> None:
    """For its owner's eyes only.

    Raises:
        VoxdeskError: it can't be written there; what is there already stays.
    """
    try:
        descriptor = os.open(to, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
        with (
            os.fdopen(descriptor, "w+b") as file,
            zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive,
        ):
            data["recording"] = add_sound(archive)
            archive.writestr(
                "call.json", json.dumps(data, ensure_ascii=False, indent=1, default=str)
            )
            archive.writestr("transcript.txt", "".join(map(_line, segments)))
    except FileExistsError:
        raise VoxdeskError(f"{to} is there already; name another file") from None
    except OSError as error:
        raise VoxdeskError(f"{to} can't be written: {error.strerror or error}") from error


def _line(segment: Segment) -> str:
    text = "(not kept)" if segment.sensitive else segment.text
    return f"{offset(segment.start_ms)}  {segment.side:8} {text}\n"


def _sound(
    archive: zipfile.ZipFile, call: Call, library: RecordingLibrary, hidden: Sequence[Hidden]
) -> str:
    """The name of the sound in the archive, or why there is none."""
    if not call.recording_path:
        return "the call was not recorded"
    try:
        with toned(library.open(call.recording_path), hidden) as source:
            first = source.read(COPY_BYTES)  # what can't be read must not leave half a file
            with archive.open("recording.wav", "w", force_zip64=True) as copy:
                copy.write(first)
                shutil.copyfileobj(source, copy, COPY_BYTES)
    except AudioFormatError:
        return f"the recording {call.recording_path} is no sound that can be read"
    except VoxdeskError as error:
        return str(error)
    return "recording.wav"
