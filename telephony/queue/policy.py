"""Who serves whom: pure. The state, an event and the time come in; a new state and offers go out.

The order of service is a `Strategy`. Everything that takes an agent or a caller, or gives one
back, goes through `step`, so nothing is left half taken. An event that no longer fits the state
(an answer after the caller hung up) changes nothing.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol

from telephony.queue.state import (
    DEFAULT_RULES,
    Agent,
    AgentId,
    AgentRemoved,
    AgentStatus,
    Answered,
    Caller,
    CallerState,
    Event,
    Held,
    Joined,
    Left,
    Missed,
    Offer,
    QueueState,
    Rules,
    SignedIn,
    SignedOut,
    Tick,
)
from voxdesk.kernel.call import CallId


class Strategy(Protocol):
    """Who is served first, and by whom."""

    def order(self, callers: Iterable[Caller]) -> Sequence[Caller]:
        """Callers, the next to be served first."""
        ...

    def pick(self, caller: Caller, able: Sequence[Agent]) -> Agent:
        """One of the free agents who have the caller's skills; never called with none."""
        ...


class LongestIdleFirst:
    """Callers by priority, then by waiting time; agents by idle time."""

    def order(self, callers: Iterable[Caller]) -> Sequence[Caller]:
        """Higher priority first, then who came first."""
        return sorted(callers, key=lambda c: (-c.priority, c.enqueued_at, c.call_id))

    def pick(self, caller: Caller, able: Sequence[Agent]) -> Agent:
        """Whoever has been free longest."""
        del caller
        return min(able, key=lambda a: (a.idle_since, a.id))


LONGEST_IDLE_FIRST = LongestIdleFirst()
_NEXT = timedelta(microseconds=1)


def assign(state: QueueState, strategy: Strategy = LONGEST_IDLE_FIRST) -> tuple[Offer, ...]:
    """Every pair of a waiting caller and a free, able agent, in order of service."""
    free = [agent for agent in state.agents.values() if agent.status is AgentStatus.AVAILABLE]
    waiting = (c for c in state.callers.values() if c.state is CallerState.WAITING)
    offers = []
    for caller in strategy.order(waiting):
        able = [agent for agent in free if caller.skills <= agent.skills]
        if able:
            agent = strategy.pick(caller, able)
            free.remove(agent)
            offers.append(Offer(caller.call_id, agent.id))
    return tuple(offers)


def positions(state: QueueState, strategy: Strategy = LONGEST_IDLE_FIRST) -> Mapping[CallId, int]:
    """The place of everyone who has no agent yet, counted from 1 within each queue."""
    ahead: dict[str, int] = {}
    places = {}
    unserved = (c for c in state.callers.values() if c.state is not CallerState.CONNECTED)
    for caller in strategy.order(unserved):
        ahead[caller.queue] = places[caller.call_id] = ahead.get(caller.queue, 0) + 1
    return places


def spare(state: QueueState, skills: frozenset[str]) -> int:
    """How many agents with these skills stay free when everybody who waits now is served."""
    taken = {offer.agent_id for offer in assign(state)}
    return sum(
        agent.status is AgentStatus.AVAILABLE and skills <= agent.skills and agent.id not in taken
        for agent in state.agents.values()
    )


def anyone_for(state: QueueState, skills: frozenset[str]) -> bool:
    """Whether an agent with these skills is signed in, free or not."""
    return any(
        agent.status is not AgentStatus.AWAY and not agent.leaves and skills <= agent.skills
        for agent in state.agents.values()
    )


# ------------------------------------------------------------------ the state machine


def step(
    state: QueueState,
    event: Event,
    now: datetime,
    rules: Rules = DEFAULT_RULES,
    strategy: Strategy = LONGEST_IDLE_FIRST,
) -> tuple[QueueState, tuple[Offer, ...]]:
    """What follows from one event at this time."""
    desk = _Desk(dict(state.agents), dict(state.callers), now, rules)
    match event:
        case SignedIn(agent_id):
            desk.sign_in(agent_id)
        case SignedOut(agent_id):
            desk.sign_out(agent_id)
        case AgentRemoved(agent_id):
            desk.agents.pop(agent_id, None)
        case Joined(caller, keeps_place):
            desk.join(caller, keeps_place=keeps_place)
        case Held(callers):
            desk.hold(callers)
        case Answered(call_id):
            desk.answer(call_id)
        case Missed(call_id, away):
            desk.miss(call_id, away=away)
        case Left(call_id):
            desk.leave(call_id)
        case Tick(node, silent):
            desk.expire(silent)
            return desk.offer(node, strategy)
    return desk.state(), ()


@dataclass(slots=True)
class _Desk:
    """A private copy of the state while one event works on it."""

    agents: dict[AgentId, Agent]
    callers: dict[CallId, Caller]
    now: datetime
    rules: Rules

    def state(self) -> QueueState:
        return QueueState(self.agents, self.callers)

    def sign_in(self, agent_id: AgentId) -> None:
        agent = self.agents.get(agent_id)
        if agent is None:
            return
        if agent.status in (AgentStatus.AWAY, AgentStatus.WRAP_UP):
            self._free(agent, idle_since=self.now)
        else:
            self.agents[agent_id] = replace(agent, leaves=False)

    def sign_out(self, agent_id: AgentId) -> None:
        agent = self.agents.get(agent_id)
        if agent is None or agent.status is AgentStatus.AWAY:
            return
        agent = replace(agent, leaves=True)
        if agent.call_id is None:
            self._free(agent, idle_since=agent.idle_since)
        else:
            self.agents[agent_id] = agent

    def join(self, caller: Caller, *, keeps_place: bool = False) -> None:
        known = self.callers.get(caller.call_id)
        if known is not None:
            self.leave(caller.call_id)
            caller = replace(caller, enqueued_at=known.enqueued_at)
        elif not keeps_place:
            caller = replace(caller, enqueued_at=self._behind_all(caller))
        self.callers[caller.call_id] = caller

    def hold(self, callers: tuple[Caller, ...]) -> None:
        for caller in callers:
            known = self.callers.get(caller.call_id)
            if known is None:
                self._put_back(caller)
            # Signed by a clock that has jumped back since, a row is older than it says.
            elif (
                known.node == caller.node and not 0 <= self._age_s(known) <= self.rules.lease_s / 3
            ):
                self.callers[caller.call_id] = replace(known, seen_at=self.now)

    def answer(self, call_id: CallId) -> None:
        caller = self.callers.get(call_id)
        if caller is None or caller.state is not CallerState.OFFERED:
            return
        self.callers[call_id] = replace(caller, state=CallerState.CONNECTED)
        if agent := self._agent_of(caller):
            self.agents[agent.id] = replace(agent, status=AgentStatus.BUSY, since=self.now)

    def miss(self, call_id: CallId, *, away: bool) -> None:
        caller = self.callers.get(call_id)
        if caller is None or caller.state is CallerState.WAITING:
            return
        self.callers[call_id] = replace(caller, state=CallerState.WAITING, agent_id=None)
        if agent := self._agent_of(caller):
            agent = replace(agent, leaves=agent.leaves or away)
            self._free(agent, idle_since=agent.idle_since)

    def leave(self, call_id: CallId) -> None:
        caller = self.callers.pop(call_id, None)
        agent = self._agent_of(caller) if caller else None
        if agent is None:
            return
        if agent.status is AgentStatus.RINGING:
            self._free(agent, idle_since=agent.idle_since)
        elif agent.leaves or self.rules.wrap_up_s <= 0:
            self._free(agent, idle_since=self.now)
        else:
            self.agents[agent.id] = replace(
                agent,
                status=AgentStatus.WRAP_UP,
                since=self.now,
                call_id=None,
                wrap_up_until=self.now + timedelta(seconds=self.rules.wrap_up_s),
            )

    def expire(self, silent: Mapping[CallId, datetime] | None) -> None:
        for caller in list(self.callers.values()):
            if silent is None:
                gone = self._age_s(caller) > self.rules.lease_s
            else:
                gone = silent.get(caller.call_id) == caller.seen_at
            if gone:
                self.leave(caller.call_id)
        for agent in list(self.agents.values()):
            if agent.wrap_up_until is None:
                continue
            left_s = (agent.wrap_up_until - self.now).total_seconds()
            # Longer than a whole one: the clock has jumped back.
            if not 0 < left_s <= self.rules.wrap_up_s:
                self._free(agent, idle_since=min(self.now, agent.wrap_up_until))

    def offer(self, node: str | None, strategy: Strategy) -> tuple[QueueState, tuple[Offer, ...]]:
        offers = tuple(
            offer
            for offer in assign(self.state(), strategy)
            if self.callers[offer.call_id].node == node
        )
        for offer in offers:
            caller, agent = self.callers[offer.call_id], self.agents[offer.agent_id]
            self.callers[caller.call_id] = replace(
                caller, state=CallerState.OFFERED, agent_id=agent.id
            )
            self.agents[agent.id] = replace(
                agent, status=AgentStatus.RINGING, since=self.now, call_id=caller.call_id
            )
        return self.state(), offers

    def _put_back(self, caller: Caller) -> None:
        """A row that a long database outage let expire; its agent is taken again if still free."""
        self.callers[caller.call_id] = replace(caller, seen_at=self.now)
        agent = self.agents.get(caller.agent_id) if caller.agent_id else None
        if agent and agent.call_id is None:
            talks = caller.state is CallerState.CONNECTED
            self.agents[agent.id] = replace(
                agent,
                status=AgentStatus.BUSY if talks else AgentStatus.RINGING,
                since=self.now,
                call_id=caller.call_id,
                wrap_up_until=None,
                leaves=agent.status is AgentStatus.AWAY,
            )

    def _free(self, agent: Agent, *, idle_since: datetime) -> None:
        status = AgentStatus.AWAY if agent.leaves else AgentStatus.AVAILABLE
        self.agents[agent.id] = replace(
            agent,
            status=status,
            since=self.now,
            idle_since=idle_since,
            call_id=None,
            leaves=False,
            wrap_up_until=None,
        )

    def _agent_of(self, caller: Caller) -> Agent | None:
        agent = self.agents.get(caller.agent_id) if caller.agent_id else None
        return agent if agent and agent.call_id == caller.call_id else None

    def _behind_all(self, caller: Caller) -> datetime:
        """Who comes later waits longer, also when a clock has jumped back meanwhile."""
        last = max((c.enqueued_at for c in self.callers.values()), default=caller.enqueued_at)
        return caller.enqueued_at if caller.enqueued_at >= last else last + _NEXT

    def _age_s(self, caller: Caller) -> float:
        return (self.now - caller.seen_at).total_seconds()
