"""What is made of a call once it is over, so that it is found and seen at once."""

import contextlib
from typing import Final

from sqlalchemy.orm import Session

from crm.calls.models import Call
from crm.facts import repository as facts
from crm.facts.facts import facts_of
from crm.finding import index
from crm.finding.document import VERSION as DOCUMENT_VERSION
from crm.finding.document import document_of
from crm.transcripts.repository import roles_of
from recordings import redaction
from recordings.library import RecordingLibrary
from recordings.waveforms.peaks import NoSound
from voxdesk.app.calls.transcript import log_of, said_in, visible
from voxdesk.app.calls.waveform import waveform_of
from voxdesk.db import Database
from voxdesk.kernel.errors import RecordingMissing

INDEX_VERSION: Final = 100 * redaction.VERSION + DOCUMENT_VERSION
"""Words that are hidden by newer rules go out of the index, too."""


def note_facts(database: Database, call_id: str) -> bool:
    """Its figures, and its words in the index; False when there is no such call that is over."""
    with database.transaction() as session:
        call = session.get(Call, call_id)
        if call is None or call.ended_at is None:
            return False
        put_facts(session, call)
    return True


def put_facts(session: Session, call: Call) -> None:
    """The same for a call that is over, in a transaction of somebody else's."""
    segments = said_in(session, call)
    kept = facts.facts_for(session, call.id) if call.words_removed_at else None
    row = (
        facts.keep(session, call, facts_of(log_of(session, call), segments))
        if kept is None
        else facts.keep_as_is(session, kept[0])  # what they came from is gone
    )
    names = [redaction.redact(one.name, "").text for one in roles_of(session, call.id).values()]
    about = [*index.about(session, call), *names]
    document = document_of(visible(segments, call.language), about)
    index.put(session, row.id, document, version=INDEX_VERSION)


def draw_waveform(database: Database, library: RecordingLibrary, call_id: str) -> None:
    """The shape of its recording, where it has one that can be read."""
    with database.reading() as session:
        call = session.get(Call, call_id)
    if call is not None:
        with contextlib.suppress(NoSound, RecordingMissing):
            waveform_of(database, library, call)


def catch_up(database: Database, library: RecordingLibrary, *, limit: int = 100) -> int:
    """Do all of that for calls that lack it; how many there were."""
    with database.reading() as session:
        lacking = facts.without_facts(session, limit=limit)
        if len(lacking) < limit:
            lacking += index.without_words(
                session, version=INDEX_VERSION, limit=limit - len(lacking)
            )
    for call_id in dict.fromkeys(lacking):
        note_facts(database, call_id)
        draw_waveform(database, library, call_id)
    return len(lacking)
