"""Whatever happens: nobody is served twice, nobody starves, nothing stays taken."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from telephony.queue.policy import positions, step
from telephony.queue.state import (
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

pytestmark = pytest.mark.unit

START = datetime(2026, 1, 5, 9, tzinfo=UTC)
RULES = Rules(wrap_up_s=10, lease_s=30)
AGENTS = [AgentId(name) for name in ("ann", "bob", "cem", "dee")]
CALLS = [CallId(f"c{number}") for number in range(6)]
NODES = ("n1", "n2")
skills = st.frozensets(st.sampled_from(["billing", "dutch"]))
agent_ids = st.sampled_from(AGENTS)
call_ids = st.sampled_from(CALLS)


@st.composite
def callers(draw: st.DrawFn) -> Caller:
    number = draw(st.integers(0, len(CALLS) - 1))
    return Caller(
        call_id=CALLS[number],
        queue=draw(st.sampled_from(["sales", "support"])),
        skills=draw(skills),
        priority=draw(st.integers(0, 2)),
        enqueued_at=START,  # set to the time of joining below
        seen_at=START,
        node=NODES[number % 2],
    )


events: st.SearchStrategy[Event] = st.one_of(
    st.builds(SignedIn, agent_ids),
    st.builds(SignedOut, agent_ids),
    st.builds(AgentRemoved, agent_ids),
    st.builds(Joined, callers()),
    st.builds(Answered, call_ids),
    st.builds(Missed, call_ids, away=st.booleans()),
    st.builds(Left, call_ids),
    st.builds(Tick, st.sampled_from([*NODES, None])),
    st.builds(Held, st.lists(callers(), max_size=3, unique_by=lambda c: c.call_id).map(tuple)),
)
# What happens, and the seconds that pass before it.
histories = st.lists(st.tuples(events, st.sampled_from([0.0, 0.1, 4.0, 31.0])), max_size=60)


@st.composite
def teams(draw: st.DrawFn) -> Mapping[AgentId, Agent]:
    return {
        agent_id: Agent(
            id=agent_id,
            name=agent_id,
            sip_address=f"sip:{agent_id}@example.org",
            skills=draw(skills),
            since=START,
            idle_since=START - timedelta(seconds=draw(st.integers(0, 100))),
            status=draw(st.sampled_from([AgentStatus.AVAILABLE, AgentStatus.AWAY])),
        )
        for agent_id in AGENTS
    }


def stamp(event: Event, now: datetime) -> Event:
    if isinstance(event, Joined):
        return Joined(replace(event.caller, enqueued_at=now, seen_at=now))
    return event


def check_consistent(state: QueueState) -> None:
    for agent in state.agents.values():
        taken = agent.status in (AgentStatus.RINGING, AgentStatus.BUSY)
        assert taken == (agent.call_id is not None)
        assert (agent.wrap_up_until is not None) == (agent.status is AgentStatus.WRAP_UP)
        if agent.call_id is not None:
            caller = state.callers[agent.call_id]  # no agent is held by a caller who is gone
            assert caller.agent_id == agent.id
            assert (caller.state is CallerState.CONNECTED) == (agent.status is AgentStatus.BUSY)
    for caller in state.callers.values():
        assert (caller.agent_id is None) == (caller.state is CallerState.WAITING)
        if caller.agent_id in state.agents:
            assert state.agents[caller.agent_id].call_id == caller.call_id
    served = [c.agent_id for c in state.callers.values() if c.agent_id is not None]
    assert len(served) == len(set(served))


def check_offers(before: QueueState, after: QueueState, offers: tuple[Offer, ...]) -> None:
    assert len({offer.call_id for offer in offers}) == len(offers)
    assert len({offer.agent_id for offer in offers}) == len(offers)
    for offer in offers:
        agent, caller = before.agents[offer.agent_id], before.callers[offer.call_id]
        assert caller.state is CallerState.WAITING
        assert caller.skills <= agent.skills
        assert after.callers[offer.call_id].state is CallerState.OFFERED
        overtaken = [
            other
            for other in after.callers.values()
            if other.state is CallerState.WAITING
            and other.skills == caller.skills
            and (-other.priority, other.enqueued_at) < (-caller.priority, caller.enqueued_at)
        ]
        assert overtaken == []


def check_positions(state: QueueState) -> None:
    places = positions(state)
    for queue in {caller.queue for caller in state.callers.values()}:
        ranked = sorted(
            (
                (places[c.call_id], (-c.priority, c.enqueued_at))
                for c in state.callers.values()
                if c.queue == queue and c.state is not CallerState.CONNECTED
            ),
        )
        assert [place for place, _ in ranked] == list(range(1, len(ranked) + 1))
        assert [key for _, key in ranked] == sorted(key for _, key in ranked)


@settings(max_examples=300, deadline=None)
@given(teams(), histories)
def test_every_history_keeps_the_books_straight(
    team: Mapping[AgentId, Agent], history: list[tuple[Event, float]]
) -> None:
    state, now = QueueState(agents=team), START
    for event, pause_s in history:
        now += timedelta(seconds=pause_s)
        before = state
        state, offers = step(state, stamp(event, now), now, RULES)
        check_consistent(state)
        check_positions(state)
        for offer in offers:
            assert before.callers[offer.call_id].state is CallerState.WAITING
            assert state.agents[offer.agent_id].call_id == offer.call_id


@settings(max_examples=200, deadline=None)
@given(teams(), histories)
def test_nobody_is_overtaken_by_a_later_caller_of_the_same_class(
    team: Mapping[AgentId, Agent], history: list[tuple[Event, float]]
) -> None:
    state, now = QueueState(agents=team), START
    for drawn, _ in history:
        now += timedelta(seconds=0.1)
        event = stamp(drawn, now)
        if isinstance(event, Joined):  # one engine, so that every offer is its own
            event = Joined(replace(event.caller, node="n1"))
        if isinstance(event, Held):
            continue
        before = step(state, Tick(None), now, RULES)[0] if isinstance(event, Tick) else state
        state, offers = step(state, event, now, RULES)
        check_offers(before, state, offers)


@settings(max_examples=200, deadline=None)
@given(teams(), histories)
def test_whoever_can_be_served_is_served_in_the_end(
    team: Mapping[AgentId, Agent], history: list[tuple[Event, float]]
) -> None:
    """No caller starves: with able agents who answer, the queue runs empty in bounded turns."""
    state, now = QueueState(agents=team), START
    for event, pause_s in history:
        now += timedelta(seconds=pause_s)
        state, _ = step(state, stamp(event, now), now, RULES)
    for agent_id in state.agents:
        state, _ = step(state, SignedIn(agent_id), now, RULES)
    for _ in range(2 * len(CALLS)):
        now += timedelta(seconds=RULES.wrap_up_s)
        state, _ = step(state, Held(tuple(state.callers.values())), now, RULES)
        for caller in list(state.callers.values()):
            if caller.state is not CallerState.WAITING:
                state, _ = step(state, Left(caller.call_id), now, RULES)
        for node in NODES:
            state, _ = step(state, Tick(node), now, RULES)
    for caller in state.callers.values():
        if caller.state is CallerState.WAITING:
            assert not any(caller.skills <= agent.skills for agent in state.agents.values())


@settings(max_examples=200, deadline=None)
@given(teams(), histories)
def test_when_every_caller_is_gone_every_agent_is_free(
    team: Mapping[AgentId, Agent], history: list[tuple[Event, float]]
) -> None:
    state, now = QueueState(agents=team), START
    for event, pause_s in history:
        now += timedelta(seconds=pause_s)
        state, _ = step(state, stamp(event, now), now, RULES)
    for call_id in CALLS:
        state, _ = step(state, Left(call_id), now, RULES)
    state, _ = step(state, Tick("n1"), now + timedelta(seconds=RULES.wrap_up_s), RULES)

    assert state.callers == {}
    assert {a.status for a in state.agents.values()} <= {AgentStatus.AVAILABLE, AgentStatus.AWAY}
