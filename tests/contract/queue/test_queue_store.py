"""The queue in a real database does what the pure policy says, also with several engines at it."""

import itertools
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from telephony.queue.policy import step
from telephony.queue.state import (
    Agent,
    AgentId,
    AgentRemoved,
    AgentStatus,
    Answered,
    Caller,
    Event,
    Held,
    Joined,
    Left,
    Missed,
    Rules,
    SignedIn,
    SignedOut,
    Tick,
)
from telephony.queue.store import AgentProfile, QueueStore
from voxdesk.db import Database
from voxdesk.kernel.call import CallId
from voxdesk.kernel.errors import DatabaseError

pytestmark = pytest.mark.contract

START = datetime(2026, 1, 5, 9, tzinfo=UTC)
RULES = Rules(wrap_up_s=10, lease_s=30)
AGENTS = [AgentId(name) for name in ("ann", "bob", "cem")]
CALLS = [CallId(f"c{number}") for number in range(4)]


def caller(call_id: str, *skills: str, node: str = "n1", joined_s: float = 0) -> Caller:
    joined = START + timedelta(seconds=joined_s)
    return Caller(CallId(call_id), "support", frozenset(skills), 0, joined, joined, node)


def profile(agent_id: str, *skills: str, code: str = "", pin: str | None = None) -> AgentProfile:
    return AgentProfile(
        AgentId(agent_id), agent_id.title(), f"sip:{agent_id}@example.org", skills, code, pin
    )


@pytest.fixture
def store(database: Database) -> QueueStore:
    return QueueStore(database, RULES)


def test_a_new_agent_is_away_and_a_change_keeps_what_they_are_doing(store: QueueStore) -> None:
    assert store.put_agent(profile("ann", "Billing"), START)
    assert store.state().agents[AgentId("ann")].status is AgentStatus.AWAY
    store.run([SignedIn(AgentId("ann"))], START)

    assert not store.put_agent(profile("ann", "Dutch"), START)

    ann = store.state().agents[AgentId("ann")]
    assert (ann.status, ann.skills) == (AgentStatus.AVAILABLE, {"dutch"})


def test_a_code_belongs_to_one_agent(store: QueueStore) -> None:
    store.put_agent(profile("ann", code="204"), START)

    with pytest.raises(DatabaseError):
        store.put_agent(profile("bob", code="204"), START)
    assert store.code_taken_by("204") == "ann"
    assert store.code_taken_by("205") is None


@pytest.mark.parametrize(
    ("code", "pin", "found"),
    [("204", "1357", True), ("204", "1358", False), ("204", "", False), ("205", "1357", False)],
)
def test_code_and_pin_find_the_agent(
    store: QueueStore, code: str, pin: str, *, found: bool
) -> None:
    store.put_agent(profile("ann", code="204", pin="1357"), START)

    assert (store.find_by_code(code, pin) is not None) == found


def test_a_change_keeps_the_pin_unless_it_is_taken_away(store: QueueStore) -> None:
    store.put_agent(profile("ann", code="204", pin="1357"), START)
    store.put_agent(profile("ann", code="204"), START)
    assert store.find_by_code("204", "") is None

    store.put_agent(profile("ann", code="204", pin=""), START)

    assert store.find_by_code("204", "") is not None


def test_times_survive_to_the_microsecond(store: QueueStore) -> None:
    exact = START.replace(microsecond=123_457)
    store.run([Joined(replace(caller("c1"), enqueued_at=exact))], START)

    assert store.state().callers[CallId("c1")].enqueued_at == exact


agent_ids = st.sampled_from(AGENTS)
call_ids = st.sampled_from(CALLS)
callers = st.builds(
    caller,
    call_ids,
    node=st.sampled_from(["n1", "n2"]),
    joined_s=st.integers(0, 5),
)
events: st.SearchStrategy[Event] = st.one_of(
    st.builds(SignedIn, agent_ids),
    st.builds(SignedOut, agent_ids),
    st.builds(AgentRemoved, st.just(AGENTS[-1])),
    st.builds(Joined, callers),
    st.builds(Held, st.lists(callers, max_size=2, unique_by=lambda c: c.call_id).map(tuple)),
    st.builds(Answered, call_ids),
    st.builds(Missed, call_ids, away=st.booleans()),
    st.builds(Left, call_ids),
    st.builds(Tick, st.sampled_from(["n1", "n2"])),
)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(st.lists(events, max_size=4), max_size=10))
def test_the_database_holds_what_the_policy_says(
    store: QueueStore, batches: list[list[Event]]
) -> None:
    gone: list[Event] = [Left(call_id) for call_id in CALLS]
    store.run([*gone, *(AgentRemoved(agent_id) for agent_id in AGENTS)], START)
    for agent_id in AGENTS:
        store.put_agent(profile(agent_id), START)
    expected, now = store.state(), START
    for batch in batches:
        now += timedelta(seconds=7)
        for event in batch:
            expected, _ = step(expected, event, now, RULES)
        store.run(batch, now)
        assert store.state() == expected


def in_parallel(*work: Callable[[], None]) -> None:
    """All at once, each with its own thread; the first error is raised here."""
    barrier = threading.Barrier(len(work))

    def start(job: Callable[[], None]) -> None:
        barrier.wait(10)
        job()

    with ThreadPoolExecutor(len(work)) as pool:
        for future in [pool.submit(start, job) for job in work]:
            future.result(40)


def test_engines_that_tick_at_once_take_nobody_twice(database_url: str) -> None:
    """Four engines, each with its own connections; each row may be taken by one of them only."""
    engines = [Database(database_url) for _ in range(4)]
    stores = [QueueStore(engine, Rules(wrap_up_s=0, lease_s=600)) for engine in engines]
    for number in range(6):
        stores[0].put_agent(profile(f"a{number}"), START)
        stores[0].run([SignedIn(AgentId(f"a{number}"))], START)
    now = START + timedelta(seconds=1)
    lock = threading.Lock()
    held: dict[str, str] = {}
    served: list[str] = []

    def engine_at_work(number: int) -> None:
        node, store = f"n{number}", stores[number]
        mine = [f"{node}c{index}" for index in range(5)]
        store.run([Joined(caller(call_id, node=node)) for call_id in mine], now)
        for _ in itertools.takewhile(lambda _: mine, range(200)):
            for offer in store.run([Tick(node)], now).offers:
                with lock:
                    assert offer.agent_id not in held, "two callers were given one agent"
                    held[offer.agent_id] = offer.call_id
                    served.append(offer.call_id)
                store.run([Answered(offer.call_id)], now)
                with lock:
                    assert held.pop(offer.agent_id) == offer.call_id
                store.run([Left(offer.call_id)], now)
                mine.remove(offer.call_id)

    try:
        in_parallel(*(lambda n=n: engine_at_work(n) for n in range(4)))
        final: dict[AgentId, Agent] = dict(stores[0].state().agents)
    finally:
        for engine in engines:
            engine.close()

    assert sorted(served) == sorted(f"n{n}c{i}" for n in range(4) for i in range(5))
    assert {agent.status for agent in final.values()} == {AgentStatus.AVAILABLE}


def test_two_engines_that_bring_the_same_caller_leave_one_row(database_url: str) -> None:
    engines = [Database(database_url) for _ in range(2)]
    stores = [QueueStore(engine, RULES) for engine in engines]

    def bring(store: QueueStore, node: str) -> None:
        for _ in range(10):
            store.run([Joined(caller("c1", node=node)), Joined(caller("c2", node=node))], START)
            store.run([Left(CallId("c1"))], START)

    try:
        in_parallel(lambda: bring(stores[0], "n1"), lambda: bring(stores[1], "n2"))
        assert set(stores[0].state().callers) <= {"c1", "c2"}
        assert CallId("c2") in stores[0].state().callers
    finally:
        for engine in engines:
            engine.close()
