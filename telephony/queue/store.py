"""The queue's state in the database: the pure policy decides, versioned rows keep it honest.

A transaction loads the rows, runs the policy, and writes each changed row with
`UPDATE … WHERE id = … AND version = … RETURNING`. If another engine changed one meanwhile, nothing
is written and the whole is done again on fresh rows. Rows are locked in one order (agents by id,
then callers by id), so two transactions can't wait for each other.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from telephony.queue.models import QueueAgent, QueueEntry
from telephony.queue.pin import hash_pin, pin_matches
from telephony.queue.policy import LONGEST_IDLE_FIRST, Strategy, step
from telephony.queue.state import (
    DEFAULT_RULES,
    Agent,
    AgentId,
    AgentStatus,
    Caller,
    CallerState,
    Event,
    Offer,
    QueueState,
    Rules,
    skill_set,
)
from voxdesk.db import Database
from voxdesk.kernel.call import CallId
from voxdesk.kernel.errors import DatabaseError

_TRIES = 20  # each means that another engine got through; only a fault needs more


@dataclass(frozen=True, slots=True)
class AgentProfile:
    """What is known of an agent beside what the agent is doing.

    Attributes:
        id: short name, unique.
        name: as shown and spoken.
        sip_address: what is dialled.
        skills: any case; compared without.
        code: digits to key in when signing in by phone, empty for none.
        pin: digits that prove it; None keeps the one that is set, empty removes it.
    """

    id: AgentId
    name: str
    sip_address: str
    skills: tuple[str, ...] = ()
    code: str = ""
    pin: str | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """The state after the events, and who is to be rung."""

    state: QueueState
    offers: tuple[Offer, ...]


class _Conflict(Exception):
    """Another engine changed a row that we were about to change."""


class QueueStore:
    """Thread-safe; every method is one transaction and may raise `DatabaseError`."""

    def __init__(
        self,
        database: Database,
        rules: Rules = DEFAULT_RULES,
        strategy: Strategy = LONGEST_IDLE_FIRST,
    ) -> None:
        self._database = database
        self.rules = rules
        self.strategy = strategy

    def run(self, events: Sequence[Event], now: datetime) -> Outcome:
        """Apply events in order, all or none.

        Raises:
            DatabaseError: the database is away.
        """
        for _ in range(_TRIES):
            try:
                with self._database.transaction() as session:
                    return self._run_once(session, events, now)
            except _Conflict:
                continue
            except DatabaseError as error:
                # Two engines inserted the same caller; the second finds it on the next try.
                if not isinstance(error.__cause__, IntegrityError):
                    raise
        raise DatabaseError("the queue's rows change too fast to be written; is a clock wrong?")

    def state(self) -> QueueState:
        """Everyone, as last written."""
        with self._database.transaction() as session:
            return _load(session)[0]

    def put_agent(self, profile: AgentProfile, now: datetime) -> bool:
        """Add an agent, away at first, or change one without touching what they are doing.

        Returns:
            True if added, False if changed.

        Raises:
            DatabaseError: the database is away, or the code belongs to another agent.
        """
        values: dict[str, Any] = {
            "name": profile.name,
            "sip_address": profile.sip_address,
            "skills": sorted(skill_set(profile.skills)),
            "code": profile.code or None,
        }
        if profile.pin is not None:
            values["pin_hash"] = hash_pin(profile.pin) if profile.pin else None
        with self._database.transaction() as session:
            changed = session.scalar(
                update(QueueAgent)
                .where(QueueAgent.id == profile.id)
                .values(**values, version=QueueAgent.version + 1)
                .returning(QueueAgent.id)
            )
            if changed is None:
                session.add(
                    QueueAgent(
                        id=profile.id,
                        status=AgentStatus.AWAY,
                        status_since=now,
                        idle_since=now,
                        **values,
                    )
                )
        return changed is None

    def find_by_code(self, code: str, pin: str) -> Agent | None:
        """Who signs in by phone with this code and PIN (empty when not asked yet)."""
        with self._database.transaction() as session:
            row = session.scalar(select(QueueAgent).where(QueueAgent.code == code))
            agent = _agent(row) if row else None
            stored = row.pin_hash if row else None
        # Hashing takes tens of milliseconds: not inside a transaction.
        if agent is None or (stored and not pin_matches(pin, stored)):
            return None
        return agent

    def code_taken_by(self, code: str) -> AgentId | None:
        """Whose code this is."""
        with self._database.transaction() as session:
            found = session.scalar(select(QueueAgent.id).where(QueueAgent.code == code))
        return AgentId(found) if found else None

    def _run_once(self, session: Session, events: Sequence[Event], now: datetime) -> Outcome:
        before, versions = _load(session)
        state = before
        offers: tuple[Offer, ...] = ()
        for event in events:
            state, offered = step(state, event, now, self.rules, self.strategy)
            offers += offered
        _write(session, before, state, versions)
        return Outcome(state, offers)


_Versions = dict[str, int]


def _load(session: Session) -> tuple[QueueState, _Versions]:
    agents = session.scalars(select(QueueAgent)).all()
    entries = session.scalars(select(QueueEntry)).all()
    versions = {f"agent {row.id}": row.version for row in agents}
    versions |= {f"call {row.call_id}": row.version for row in entries}
    state = QueueState(
        agents={AgentId(row.id): _agent(row) for row in agents},
        callers={CallId(row.call_id): _caller(row) for row in entries},
    )
    session.expunge_all()  # rows are written by statement below, never by flush
    return state, versions


def _write(session: Session, before: QueueState, after: QueueState, versions: _Versions) -> None:
    for agent_id in sorted(before.agents):
        agent = after.agents.get(agent_id)
        where = (QueueAgent.id == agent_id, QueueAgent.version == versions[f"agent {agent_id}"])
        if agent is None:
            _claim(session, delete(QueueAgent).where(*where).returning(QueueAgent.id))
        elif agent != before.agents[agent_id]:
            _claim(
                session,
                update(QueueAgent)
                .where(*where)
                .values(
                    status=agent.status.value,
                    status_since=agent.since,
                    idle_since=agent.idle_since,
                    call_id=agent.call_id,
                    leaves=agent.leaves,
                    wrap_up_until=agent.wrap_up_until,
                    version=QueueAgent.version + 1,
                )
                .returning(QueueAgent.id),
            )
    for call_id in sorted(before.callers):
        caller = after.callers.get(call_id)
        entry = (QueueEntry.call_id == call_id, QueueEntry.version == versions[f"call {call_id}"])
        if caller is None:
            _claim(session, delete(QueueEntry).where(*entry).returning(QueueEntry.call_id))
        elif caller != before.callers[call_id]:
            _claim(
                session,
                update(QueueEntry)
                .where(*entry)
                .values(**_entry(caller), version=QueueEntry.version + 1)
                .returning(QueueEntry.call_id),
            )
    for call_id in sorted(after.callers.keys() - before.callers.keys()):
        caller = after.callers[call_id]
        session.execute(insert(QueueEntry).values(call_id=call_id, version=0, **_entry(caller)))


def _claim(session: Session, statement: Any) -> None:
    if session.execute(statement).first() is None:
        raise _Conflict


def _agent(row: QueueAgent) -> Agent:
    return Agent(
        id=AgentId(row.id),
        name=row.name,
        sip_address=row.sip_address,
        skills=frozenset(row.skills),
        since=row.status_since,
        idle_since=row.idle_since,
        status=AgentStatus(row.status),
        call_id=CallId(row.call_id) if row.call_id else None,
        leaves=row.leaves,
        wrap_up_until=row.wrap_up_until,
    )


def _caller(row: QueueEntry) -> Caller:
    return Caller(
        call_id=CallId(row.call_id),
        queue=row.queue,
        skills=frozenset(row.skills),
        priority=row.priority,
        enqueued_at=row.enqueued_at,
        seen_at=row.seen_at,
        node=row.node,
        state=CallerState(row.state),
        agent_id=AgentId(row.offered_to) if row.offered_to else None,
    )


def _entry(caller: Caller) -> dict[str, Any]:
    return {
        "queue": caller.queue,
        "skills": sorted(caller.skills),
        "priority": caller.priority,
        "enqueued_at": caller.enqueued_at,
        "seen_at": caller.seen_at,
        "node": caller.node,
        "state": caller.state.value,
        "offered_to": caller.agent_id,
    }
