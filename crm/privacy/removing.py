"""Taking things out of the database whose time is over. The caller commits.

Sound is not this one's: whoever calls this deletes it first.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from crm.acts.models import DoneAct
from crm.calls.models import Call, CallEventRow, Message
from crm.facts.models import CallFacts
from crm.finding import index
from crm.finding.document import document_of
from crm.finding.models import CallText
from crm.imports.models import Import
from crm.messages.models import MessageText
from crm.privacy.words import without_keys, without_words
from crm.questions.models import AskedQuestion
from crm.surveys.models import SurveyAnswer
from crm.transcripts.models import CallSpeaker, WordTimes
from voxdesk.kernel.call import EventKind

Part = Callable[[EventKind, Mapping[str, Any]], dict[str, Any]]


def remove_words(session: Session, call_id: str, *, now: datetime) -> None:
    """Take all that was said, keyed in and looked up out of a call; figures and times stay.

    What staff wrote of it (comments, scores) is theirs, and stays with the call.
    """
    call = session.get_one(Call, call_id)
    call.words_removed_at = now
    session.flush()  # the log may be changed from here on
    _change_log(session, call_id, without_words)
    session.execute(delete(WordTimes).where(WordTimes.call_id == call_id))
    session.execute(delete(CallSpeaker).where(CallSpeaker.call_id == call_id))
    for column in (AskedQuestion.text, SurveyAnswer.comment, MessageText.text):
        table = column.class_
        session.execute(
            update(table).where(table.call_id == call_id, column != "").values({column: ""})
        )
    _index_without_words(session, call)


def remove_keys(session: Session, call_id: str, *, now: datetime) -> None:
    """Take keys that were pressed, and values that were understood, out of a call's log."""
    session.get_one(Call, call_id).keys_removed_at = now
    session.flush()
    _change_log(session, call_id, without_keys)


def remove_messages(session: Session, call_id: str) -> None:
    """Take what a caller left in a mailbox away; that there was a message stays in the log."""
    for table in (Message, MessageText):
        session.execute(delete(table).where(table.call_id == call_id))


def remove_call(session: Session, call_id: str) -> None:
    """Take a call away with all there is of it; tickets and callbacks have their own time."""
    of_call = select(CallFacts.id).where(CallFacts.call_id == call_id).scalar_subquery()
    session.execute(delete(CallText).where(CallText.facts_id == of_call))
    session.execute(delete(DoneAct).where(DoneAct.call_id == call_id))
    session.execute(delete(Import).where(Import.call_id == call_id))
    session.execute(delete(Call).where(Call.id == call_id))


def _change_log(session: Session, call_id: str, part: Part) -> None:
    query = select(CallEventRow.id, CallEventRow.kind, CallEventRow.data)
    changed = []
    for number, kind, data in session.execute(query.where(CallEventRow.call_id == call_id)):
        left = part(EventKind(kind), data)
        if left != data:
            changed.append({"id": number, "data": left})
    if changed:
        session.execute(update(CallEventRow), changed)


def _index_without_words(session: Session, call: Call) -> None:
    """It is found by what it is about, and no longer by what was said."""
    query = select(CallFacts.id, CallText.version).join(CallText, CallText.facts_id == CallFacts.id)
    found = session.execute(query.where(CallFacts.call_id == call.id)).first()
    if found is not None:
        document = document_of((), index.about(session, call))
        index.put(session, found.id, document, version=found.version)
