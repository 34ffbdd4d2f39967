"""What was said in a call, as it may be seen."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from crm.calls.entries import LoggedEvent
from crm.calls.models import Call
from crm.calls.repository import events_of
from crm.transcripts.model import Segment
from crm.transcripts.repository import transcript_of
from voxdesk.app.calls.hidden import shown_segments


def log_of(session: Session, call: Call) -> list[LoggedEvent]:
    """A call's log."""
    return events_of(session, call.id)


def said_in(session: Session, call: Call) -> tuple[Segment, ...]:
    """What both sides said, with everything that was kept of it. Not for anybody's eyes."""
    return transcript_of(session, call.id, log_of(session, call))


def visible(segments: Sequence[Segment], language: str) -> tuple[Segment, ...]:
    """The same without what nobody needs to see."""
    return tuple(shown.segment for shown in shown_segments(segments, language))
