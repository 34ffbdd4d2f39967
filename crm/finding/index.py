"""The text index of calls in the database. The caller commits."""

from sqlalchemy import delete, insert, select, text
from sqlalchemy.orm import Session

from crm.calls.models import Call
from crm.customers.models import Customer
from crm.facts.models import CallFacts, CallStep
from crm.finding.document import Document
from crm.finding.models import CallText


def put(session: Session, facts_id: int, document: Document, *, version: int) -> None:
    """Store the words of a call; what was stored before is replaced."""
    session.execute(delete(CallText).where(CallText.facts_id == facts_id))
    row = {"facts_id": facts_id, "version": version}
    if session.get_bind().dialect.name == "postgresql":
        session.execute(insert(CallText), [row | {"words": document.as_tsvector()}])
        return
    session.execute(insert(CallText), [row | {"words": None}])
    session.execute(
        text(
            "INSERT INTO call_words(rowid, caller, voxdesk, agent, about) "
            "VALUES (:id, :caller, :voxdesk, :agent, :about)"
        ),
        {"id": facts_id, **document.as_texts()},
    )


def forget(session: Session, call_id: str) -> None:
    """Take the words of a call out of the index, leaving nothing of them behind in its pages."""
    of_call = select(CallFacts.id).where(CallFacts.call_id == call_id).scalar_subquery()
    session.execute(delete(CallText).where(CallText.facts_id == of_call))
    scrub(session)


def scrub(session: Session) -> None:
    """Rewrite the index without what was deleted; takes a while, PostgreSQL's vacuum does it."""
    if session.get_bind().dialect.name == "sqlite":
        session.execute(text("INSERT INTO call_words(call_words) VALUES ('optimize')"))


def about(session: Session, call: Call) -> list[str]:
    """Names and numbers that a call is found by beside its words."""
    customer = session.get(Customer, call.customer_id) if call.customer_id else None
    steps = (
        select(CallStep.step)
        .join(CallFacts, CallFacts.id == CallStep.facts_id)
        .where(CallFacts.call_id == call.id)
        .order_by(CallStep.number)
    )
    return [
        call.caller,
        call.caller_name,
        call.callee,
        customer.display_name if customer else "",
        call.agent,
        call.flow_name,
        call.disposition,
        call.cause,
        *session.scalars(steps),
    ]


def without_words(session: Session, *, version: int, limit: int) -> list[str]:
    """Calls with figures whose words aren't in the index, or of another version; newest first."""
    query = (
        select(CallFacts.call_id)
        .outerjoin(CallText, CallText.facts_id == CallFacts.id)
        .where(CallText.facts_id.is_(None) | (CallText.version != version))
        .order_by(CallFacts.id.desc())
        .limit(limit)
    )
    return list(session.scalars(query))
