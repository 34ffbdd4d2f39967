"""What was said in a call, as it may be seen."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from sqlalchemy.orm import Session

from crm.calls.entries import LoggedEvent
from crm.calls.models import Call
from crm.calls.repository import events_of
from crm.transcripts.model import Segment
from crm.transcripts.repository import transcript_of
from crm.transcripts.words import spread
from voxdesk.app.http.shown import shown

Hide = Callable[[str, str], str]
"""Text and its language to the text as it may be seen."""


def log_of(session: Session, call: Call) -> list[LoggedEvent]:
    """A call's log."""
    return events_of(session, call.id)


def said_in(session: Session, call: Call) -> tuple[Segment, ...]:
    """What both sides said, with everything that was kept of it. Not for anybody's eyes."""
    return transcript_of(session, call.id, log_of(session, call))


def visible(segments: Sequence[Segment], language: str, hide: Hide = shown) -> tuple[Segment, ...]:
    """The same without what nobody needs to see."""
    return tuple(_visible(segment, language, hide) for segment in segments)


def _visible(segment: Segment, language: str, hide: Hide) -> Segment:
    if segment.sensitive:
        return segment
    text = hide(segment.text, language)
    if text == segment.text:
        return segment
    # Which words were hidden isn't known here, so that the times of all are reckoned anew.
    return replace(segment, text=text, words=spread(text, segment.start_ms, segment.end_ms))
