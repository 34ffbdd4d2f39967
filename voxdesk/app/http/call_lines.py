"""Calls as lines of a list."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from pydantic import BaseModel, Field
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from crm.calls.models import Call
from crm.facts.facts import Figures
from crm.facts.repository import figures_of
from crm.finding.repository import FoundCall
from crm.flows.models import FlowVersion

Numbers = Mapping[tuple[str, str], int]
"""Flow and hash to the version's number."""


class CallLine(BaseModel):
    """One call."""

    id: str
    direction: str
    caller: str
    caller_name: str
    callee: str
    customer_id: int | None
    customer: str = Field(description="The customer's name; empty when not known.")
    flow: str
    version: str = Field(description="Hash of the flow's text.")
    version_number: int | None = Field(description="None: of a text that was never published.")
    language: str
    started_at: datetime
    answered_at: datetime | None
    ended_at: datetime | None
    duration_s: float | None = Field(description="Answer to end; None while it goes on.")
    outcome: str = Field(description="What came of it: the disposition, or the cause of its end.")
    cause: str
    agent: str
    recorded: bool
    facts: Figures | None = Field(description="None while it goes on, and shortly after.")

    @classmethod
    def of(cls, found: FoundCall, numbers: Numbers) -> "CallLine":
        """As it is stored."""
        call = found.call
        return cls(
            id=call.id,
            direction=call.direction,
            caller=call.caller,
            caller_name=call.caller_name,
            callee=call.callee,
            customer_id=call.customer_id,
            customer=found.customer,
            flow=call.flow_name,
            version=call.flow_version,
            version_number=numbers.get((call.flow_name, call.flow_version)),
            language=call.language,
            started_at=call.started_at,
            answered_at=call.answered_at,
            ended_at=call.ended_at,
            duration_s=duration_s(call),
            outcome=call.disposition or call.cause,
            cause=call.cause,
            agent=call.agent,
            recorded=bool(call.recording_path),
            facts=None if found.facts is None else figures_of(found.facts),
        )


def duration_s(call: Call) -> float | None:
    """Answer to end."""
    if call.answered_at is None or call.ended_at is None:
        return None
    return round((call.ended_at - call.answered_at).total_seconds(), 1)


def version_numbers(session: Session, calls: Iterable[Call]) -> Numbers:
    """The numbers of the versions that these calls ran on."""
    hashes = {call.flow_version for call in calls if call.flow_version}
    if not hashes:
        return {}
    query = (
        select(FlowVersion.flow, FlowVersion.hash, func.max(FlowVersion.number))
        .where(FlowVersion.hash.in_(hashes))
        .group_by(FlowVersion.flow, FlowVersion.hash)
    )
    return {(flow, hash_): number for flow, hash_, number in session.execute(query)}
