"""The order of service, and what becomes of everyone when someone vanishes."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from telephony.queue.policy import anyone_for, assign, positions, spare, step
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
    skill_set,
)
from voxdesk.kernel.call import CallId

pytestmark = pytest.mark.unit

START = datetime(2026, 1, 5, 9, tzinfo=UTC)
RULES = Rules(wrap_up_s=10, lease_s=30)


def at(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def agent(name: str, *skills: str, idle_s: float = 0, available: bool = True) -> Agent:
    return Agent(
        id=AgentId(name),
        name=name.title(),
        sip_address=f"sip:{name}@example.org",
        skills=skill_set(skills),
        since=at(-idle_s),
        idle_since=at(-idle_s),
        status=AgentStatus.AVAILABLE if available else AgentStatus.AWAY,
    )


def caller(
    name: str, *skills: str, joined_s: float = 0, priority: int = 0, queue: str = "q"
) -> Caller:
    return Caller(
        call_id=CallId(name),
        queue=queue,
        skills=skill_set(skills),
        priority=priority,
        enqueued_at=at(joined_s),
        seen_at=at(joined_s),
        node="n1",
    )


def desk(*people: Agent | Caller) -> QueueState:
    return QueueState(
        agents={p.id: p for p in people if isinstance(p, Agent)},
        callers={p.call_id: p for p in people if isinstance(p, Caller)},
    )


def run(state: QueueState, *events: Event, now_s: float = 0) -> QueueState:
    for event in events:
        state, _ = step(state, event, at(now_s), RULES)
    return state


def offers(state: QueueState, node: str | None = "n1", now_s: float = 0) -> list[tuple[str, str]]:
    made = step(state, Tick(node), at(now_s), RULES)[1]
    return [(offer.call_id, offer.agent_id) for offer in made]


def test_longest_idle_agent_serves_first() -> None:
    state = desk(agent("ann", idle_s=5), agent("bob", idle_s=50), caller("c1"))

    assert offers(state) == [("c1", "bob")]


def test_higher_priority_then_longer_wait_is_served_first() -> None:
    state = desk(
        agent("ann", idle_s=3),
        agent("bob", idle_s=2),
        caller("late_but_urgent", joined_s=9, priority=1),
        caller("second", joined_s=5),
        caller("first", joined_s=1),
    )

    assert offers(state) == [("late_but_urgent", "ann"), ("first", "bob")]


def test_caller_waits_for_someone_with_every_skill() -> None:
    state = desk(agent("ann", "billing", idle_s=99), agent("bob", "Billing", "Dutch"))

    state = run(state, Joined(caller("c1", "billing", "dutch")), Joined(caller("c2", "french")))

    assert offers(state) == [("c1", "bob")]


def test_an_engine_takes_only_its_own_callers_and_leaves_the_others_agent() -> None:
    elsewhere = replace(caller("c1"), node="n2")
    state = desk(agent("ann"), elsewhere, caller("c2", joined_s=1))

    assert offers(state, "n1") == []
    assert offers(state, "n2") == [("c1", "ann")]


def test_agent_who_misses_is_set_away_and_the_caller_is_next_again() -> None:
    state = desk(agent("ann"), caller("c1"), caller("c2", joined_s=1))
    state = run(state, Tick("n1"), Missed(CallId("c1")))

    assert state.agents[AgentId("ann")].status is AgentStatus.AWAY
    assert positions(state) == {"c1": 1, "c2": 2}
    assert offers(run(state, SignedIn(AgentId("ann")))) == [("c1", "ann")]


def test_a_failure_that_is_not_the_agents_leaves_them_available_and_idle_as_before() -> None:
    before = desk(agent("ann", idle_s=40), caller("c1"))

    state = run(before, Tick("n1"), Missed(CallId("c1"), away=False))

    assert state.agents[AgentId("ann")].status is AgentStatus.AVAILABLE
    assert state.agents[AgentId("ann")].idle_since == at(-40)


def test_after_a_talk_comes_wrap_up_and_then_the_back_of_the_line() -> None:
    state = desk(agent("ann", idle_s=100), agent("bob", idle_s=1), caller("c1"))
    state = run(state, Tick("n1"), Answered(CallId("c1")))
    state = run(state, Left(CallId("c1")), now_s=60)
    assert state.agents[AgentId("ann")].status is AgentStatus.WRAP_UP

    state = run(state, Tick("n1"), Joined(caller("c2", joined_s=70)), now_s=70)

    assert state.agents[AgentId("ann")].status is AgentStatus.AVAILABLE
    assert offers(state, now_s=70) == [("c2", "bob")]


def test_signing_out_during_a_call_takes_effect_after_it() -> None:
    state = desk(agent("ann"), caller("c1"))
    state = run(state, Tick("n1"), SignedOut(AgentId("ann")), Answered(CallId("c1")))
    assert state.agents[AgentId("ann")].status is AgentStatus.BUSY
    assert not anyone_for(state, frozenset())

    state = run(state, Left(CallId("c1")))

    assert state.agents[AgentId("ann")].status is AgentStatus.AWAY


def test_signing_in_ends_a_wrap_up_early() -> None:
    state = desk(agent("ann"), caller("c1"))
    state = run(state, Tick("n1"), Answered(CallId("c1")), Left(CallId("c1")))

    state = run(state, SignedIn(AgentId("ann")), now_s=1)

    assert state.agents[AgentId("ann")].status is AgentStatus.AVAILABLE


def test_callers_of_a_dead_engine_free_their_agents_when_the_lease_ends() -> None:
    state = desk(agent("ann"), caller("c1"), caller("c2", joined_s=1))
    state = run(state, Tick("n1"))
    alive = replace(state.callers[CallId("c2")], node="n2", seen_at=at(31))
    state = replace(state, callers={**state.callers, CallId("c2"): alive})

    made = step(state, Tick("n2"), at(31), RULES)[1]

    assert made == (Offer(CallId("c2"), AgentId("ann")),)


def test_an_engine_that_lives_keeps_its_callers_places() -> None:
    state = desk(caller("c1"))

    for second in range(1, 100):
        state = run(state, Held((caller("c1"),)), Tick("n1"), now_s=second)

    assert positions(state) == {"c1": 1}


def test_a_caller_of_a_restarted_engine_keeps_the_place_and_frees_the_agent() -> None:
    state = desk(agent("ann", available=False), caller("c1"), caller("c2", joined_s=1))
    state = run(state, SignedIn(AgentId("ann")), Tick("n1"))

    state = run(state, Joined(caller("c1", joined_s=8)), now_s=8)

    assert positions(state) == {"c1": 1, "c2": 2}
    assert state.agents[AgentId("ann")].status is AgentStatus.AVAILABLE


def test_rows_lost_in_an_outage_come_back_with_their_agent() -> None:
    talking = replace(
        caller("c1"), state=CallerState.CONNECTED, agent_id=AgentId("ann"), seen_at=at(0)
    )
    state = run(desk(agent("ann")), Held((talking,)), now_s=99)

    assert state.agents[AgentId("ann")].status is AgentStatus.BUSY
    assert offers(run(state, Joined(caller("c2", joined_s=99)), now_s=99), now_s=99) == []


def test_a_removed_agent_leaves_the_caller_waiting() -> None:
    state = run(desk(agent("ann"), agent("bob"), caller("c1")), Tick("n1"))
    (taken,) = (c.agent_id for c in state.callers.values() if c.agent_id)

    state = run(state, AgentRemoved(taken), Missed(CallId("c1")))

    assert [pair[0] for pair in offers(state)] == ["c1"]


def test_positions_count_within_a_queue_and_without_those_who_talk() -> None:
    state = desk(
        agent("ann"),
        caller("a1"),
        caller("a2", joined_s=1),
        caller("b1", joined_s=2, queue="b"),
    )
    state = run(state, Tick("n1"), Answered(CallId("a1")))

    assert positions(state) == {"a2": 1, "b1": 1}


def test_an_answer_that_comes_after_the_caller_left_changes_nothing() -> None:
    state = run(desk(agent("ann"), caller("c1")), Tick("n1"), Left(CallId("c1")))

    assert run(state, Answered(CallId("c1")), Missed(CallId("c1")), Left(CallId("c1"))) == state


def test_skills_ignore_case_and_blanks() -> None:
    assert skill_set([" Billing ", "", "ÜBER"]) == {"billing", "über"}


def test_nothing_is_assigned_without_agents() -> None:
    assert assign(desk(caller("c1"))) == ()


def test_who_is_called_back_keeps_the_place_and_others_come_behind() -> None:
    state = run(desk(), Joined(caller("early", joined_s=0)), Joined(caller("late", joined_s=60)))

    state = run(state, Joined(caller("back", joined_s=30), keeps_place=True), now_s=90)
    state = run(state, Joined(caller("new", joined_s=90)), now_s=90)

    assert positions(state) == {"early": 1, "back": 2, "late": 3, "new": 4}


def test_agents_are_spare_when_nobody_waits_for_them() -> None:
    people = (agent("ann", "billing"), agent("bob"), agent("eve", available=False))

    assert spare(desk(*people), skill_set([])) == 2
    assert spare(desk(*people), skill_set(["Billing"])) == 1
    assert spare(desk(*people, caller("c1")), skill_set([])) == 1
    assert spare(desk(*people, caller("c1", "billing")), skill_set(["billing"])) == 0
