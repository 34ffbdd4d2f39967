"""Who is gone, whatever the clocks of the machines say."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from telephony.queue.leases import LeaseWatch
from telephony.queue.policy import positions, step
from telephony.queue.state import (
    Agent,
    AgentId,
    AgentStatus,
    Caller,
    Held,
    Joined,
    QueueState,
    Rules,
    Tick,
)
from voxdesk.kernel.call import CallId

pytestmark = pytest.mark.unit
START = datetime(2026, 1, 5, 9, tzinfo=UTC)
RULES = Rules(wrap_up_s=10, lease_s=30)
ALIVE, DEAD = CallId("alive"), CallId("dead")


def at(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def caller(name: str, seen_at: datetime, node: str = "n1") -> Caller:
    return Caller(CallId(name), "q", frozenset(), 0, seen_at, seen_at, node)


@pytest.mark.parametrize("their_clock_h", [0, 5, -5])
@pytest.mark.parametrize("our_jump_h", [0, 5, -5])
def test_a_row_that_changes_is_alive_and_one_that_does_not_is_gone(
    their_clock_h: int, our_jump_h: int
) -> None:
    watch = LeaseWatch(30)
    theirs, ours = timedelta(hours=their_clock_h), timedelta(hours=our_jump_h)
    gone_at_s = None
    for second in range(60):
        alive = caller(ALIVE, at(second // 10 * 10) + theirs)
        dead = caller(DEAD, at(0) + theirs)
        now = at(second) + (ours if second >= 5 else timedelta(0))
        gone = watch.look([alive, dead], now, 1000.0 + second)
        assert ALIVE not in gone
        if gone and gone_at_s is None:
            gone_at_s = second
    assert gone_at_s is not None
    assert 15 <= gone_at_s <= 31


def test_who_was_not_watched_for_a_while_is_given_time_again() -> None:
    watch = LeaseWatch(30)
    row = caller(DEAD, at(0))
    for second in range(14):
        watch.look([row], at(second), second)
    assert not watch.look([row], at(100), 100.0), "the database was away, or this machine slept"
    assert not watch.look([row], at(110), 109.0)
    assert DEAD in {*watch.look([row], at(118), 117.9), *watch.look([row], at(126), 126.5)}


def test_only_the_row_that_was_judged_expires() -> None:
    fresh = caller(DEAD, at(20))
    state = QueueState({}, {DEAD: fresh})
    assert DEAD in step(state, Tick(None, {DEAD: at(0)}), at(21), RULES)[0].callers
    assert DEAD not in step(state, Tick(None, {DEAD: at(20)}), at(21), RULES)[0].callers


def test_our_own_rows_are_signed_again_after_the_clock_was_set_back() -> None:
    row = caller(ALIVE, at(0))
    state = QueueState({}, {ALIVE: row})
    hour_ago = at(-3600)
    state = step(state, Held((row,)), hour_ago, RULES)[0]
    assert state.callers[ALIVE].seen_at == hour_ago


def test_who_comes_after_the_clock_was_set_back_is_not_served_first() -> None:
    first, second = caller("b-first", at(0)), caller("a-second", at(-3600))
    state = step(QueueState(), Joined(first), at(0), RULES)[0]
    state = step(state, Joined(replace(second, priority=0)), at(-3600), RULES)[0]
    places = positions(state)
    assert places[CallId("b-first")] <= places[CallId("a-second")]


def test_a_wrap_up_does_not_last_for_hours_when_the_clock_was_set_back() -> None:
    sam = Agent(
        AgentId("sam"), "Sam", "sip:sam@x", frozenset(), at(0), at(0),
        status=AgentStatus.WRAP_UP, wrap_up_until=at(10),
    )  # fmt: skip
    state = QueueState({sam.id: sam}, {})
    after = step(state, Tick(None), at(-3600), RULES)[0]
    assert after.agents[sam.id].status is AgentStatus.AVAILABLE
    assert step(state, Tick(None), at(5), RULES)[0].agents[sam.id].status is AgentStatus.WRAP_UP
