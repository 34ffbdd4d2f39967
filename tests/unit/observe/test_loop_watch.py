"""How late the event loop is."""

import asyncio
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voxdesk.app.observe.loop_watch import (
    BEAT_S,
    BUCKETS_S,
    MEMORY_S,
    STALL_AT_MOST_S,
    Lag,
    LoopWatch,
)

pytestmark = pytest.mark.unit


def test_a_single_stall_closes_no_door_and_a_loop_that_stays_late_does() -> None:
    stalled, late = Lag(), Lag()
    stalled.add(1.0)
    for _ in range(round(3 * MEMORY_S / (0.2 + BEAT_S))):
        late.add(0.2)

    assert stalled.recent_s < 0.1
    assert late.recent_s == pytest.approx(0.2, rel=0.1)


def test_a_loop_that_is_well_again_is_soon_believed() -> None:
    lag = Lag()
    for _ in range(100):
        lag.add(0.5)
    for _ in range(round(2 * MEMORY_S / BEAT_S)):
        lag.add(0.001)

    assert lag.recent_s < 0.1


@given(st.lists(st.floats(0, 20), max_size=50))
def test_every_beat_is_in_one_bucket(beats: list[float]) -> None:
    lag = Lag()
    for late_s in beats:
        lag.add(late_s)

    assert sum(lag.counts) == len(beats)
    for index, bound in enumerate(BUCKETS_S):
        assert sum(lag.counts[: index + 1]) == sum(late_s <= bound for late_s in beats)
    assert 0.0 <= lag.recent_s <= STALL_AT_MOST_S


def test_a_loop_that_is_held_up_is_noticed_and_one_that_stands_still_is_silent() -> None:
    async def scenario() -> None:
        watch, looks = LoopWatch(), asyncio.Event()
        watch.on_look = looks.set
        watch.start()
        await asyncio.wait_for(looks.wait(), 10)
        before = watch.lag.total_s
        time.sleep(0.3)  # noqa: ASYNC251  what a fault of ours would do
        assert watch.silent_s >= 0.3
        looks.clear()
        await asyncio.wait_for(looks.wait(), 10)
        watch.stop()
        assert watch.lag.total_s - before >= 0.2

    asyncio.run(scenario())
