"""Transcripts in the database: the log's segments, with the word times that were measured since."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from crm.calls.entries import LoggedEvent
from crm.calls.models import Call
from crm.transcripts.from_log import segments_of
from crm.transcripts.measured import Times, with_times
from crm.transcripts.model import Segment, Side
from crm.transcripts.models import CallSpeaker, WordTimes
from crm.transcripts.speakers import Role, with_roles


def transcript_of(
    session: Session, call_id: str, events: Iterable[LoggedEvent]
) -> tuple[Segment, ...]:
    """What both sides of a call said, with the best word times that are known."""
    segments = with_times(segments_of(events), times_of(session, call_id))
    if all(one.speaker is None for one in segments):
        return segments
    return with_roles(segments, roles_of(session, call_id))


def roles_of(session: Session, call_id: str) -> Mapping[int, Role]:
    """Who the speakers are, as far as somebody said."""
    query = select(CallSpeaker).where(CallSpeaker.call_id == call_id)
    return {row.speaker: Role(Side(row.side), row.name) for row in session.scalars(query)}


def replace_roles(
    session: Session, call_id: str, roles: Mapping[int, Role], *, by: str, now: datetime
) -> None:
    """Keep this of a call's speakers instead of what there is."""
    session.execute(delete(CallSpeaker).where(CallSpeaker.call_id == call_id))
    rows = [
        {
            "call_id": call_id,
            "speaker": speaker,
            "side": role.side.value,
            "name": role.name,
            "changed_by": by,
            "changed_at": now,
        }
        for speaker, role in roles.items()
    ]
    if rows:
        session.execute(insert(CallSpeaker), rows)


def times_of(session: Session, call_id: str) -> Mapping[int, Times]:
    """Measured word times, by the segment's `seq`."""
    query = select(WordTimes.seq, WordTimes.times).where(WordTimes.call_id == call_id)
    return {row.seq: row.times for row in session.execute(query)}


def replace_times(
    session: Session, call_id: str, times: Mapping[int, Sequence[tuple[int, int]]], *, engine: str
) -> None:
    """Keep these times of a call instead of those that there are; none if the call is gone."""
    session.execute(delete(WordTimes).where(WordTimes.call_id == call_id))
    there = session.scalar(select(Call.id).where(Call.id == call_id).with_for_update())
    if there is None or not times:
        return
    rows = [
        {"call_id": call_id, "seq": seq, "engine": engine, "times": [list(pair) for pair in pairs]}
        for seq, pairs in times.items()
    ]
    session.execute(insert(WordTimes), rows)
