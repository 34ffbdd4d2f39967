import asyncio
import threading
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asr.workers import DecodingPool, Job, Load, Schedule
from voxdesk.kernel.call import CallId
from voxdesk.kernel.errors import RecognizerFailed

pytestmark = pytest.mark.unit

ANNE, BORIS, CHEN = (CallId(name) for name in ("anne", "boris", "chen"))
WAIT_S = 10.0


def turn(call: CallId) -> Job:
    return Job(call, speculative=False)


def guess(call: CallId) -> Job:
    return Job(call, speculative=True)


# ------------------------------------------------------------------ the order


def test_a_caller_with_many_turns_does_not_hold_up_the_others() -> None:
    schedule = Schedule(1)
    jobs = [turn(ANNE), turn(ANNE), turn(ANNE), turn(BORIS), turn(CHEN)]
    for job in jobs:
        schedule.submit(job)
    served = []
    while (job := schedule.start_next()) is not None:
        served.append(job.call_id)
        schedule.finished(job)
    assert served == [ANNE, BORIS, CHEN, ANNE, ANNE]


def test_a_speculation_is_refused_while_a_finished_turn_waits() -> None:
    schedule = Schedule(1)
    schedule.submit(turn(ANNE))
    assert not schedule.submit(guess(BORIS))
    assert schedule.waiting == 1


def test_a_call_has_one_speculation_at_a_time_even_when_it_is_no_longer_wanted() -> None:
    schedule = Schedule(3)
    first = guess(ANNE)
    assert schedule.submit(first)
    assert schedule.start_next() is first
    assert not schedule.cancel(first)  # it can't be stopped
    assert not schedule.submit(guess(ANNE))
    assert schedule.submit(guess(BORIS))
    schedule.finished(first)
    assert schedule.start_next() is not None
    assert schedule.submit(guess(ANNE))


def test_a_pool_without_workers_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="at least one worker"):
        Schedule(0)


@dataclass
class World:
    """A schedule in virtual time: decodings take whole ticks."""

    workers: int
    schedule: Schedule = field(init=False)
    running: dict[int, tuple[Job, int]] = field(default_factory=dict)
    now: int = 0
    asked: dict[int, int] = field(default_factory=dict)
    started: list[Job] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.schedule = Schedule(self.workers)

    def submit(self, job: Job) -> bool:
        taken = self.schedule.submit(job)
        if taken:
            self.asked[id(job)] = self.now
            self.fill()
        return taken

    def fill(self) -> None:
        while (job := self.schedule.start_next()) is not None:
            if not job.speculative:
                assert self.schedule.running <= self.workers
            self.running[id(job)] = (job, self.now + 3)
            self.started.append(job)

    def tick(self) -> None:
        self.now += 1
        for key, (job, ends) in list(self.running.items()):
            if ends <= self.now:
                del self.running[key]
                self.schedule.finished(job)
        self.fill()


@given(
    workers=st.integers(1, 3),
    greedy=st.lists(st.integers(1, 5), min_size=1, max_size=6),
    script=st.lists(st.sampled_from("ag "), max_size=60),
)
def test_whoever_comes_waits_for_one_turn_of_each_other_caller_at_most(
    workers: int, greedy: list[int], script: list[str]
) -> None:
    """However many turns the others have asked for, and go on asking for."""
    world = World(workers)
    others = [CallId(f"greedy-{number}") for number in range(len(greedy))]
    for call, turns in zip(others, greedy, strict=True):
        for _ in range(turns):
            world.submit(turn(call))
    mine = turn(ANNE)
    begun = len(world.started)
    world.submit(mine)
    for what in (*script, *" " * (3 * len(others) + 3)):
        if what == " ":
            world.tick()
        else:
            for call in others:
                world.submit(turn(call) if what == "a" else guess(call))
    before = world.started[begun : world.started.index(mine)]
    assert all([job.call_id for job in before].count(call) <= 1 for call in others)


@given(
    st.integers(1, 3),
    st.lists(
        st.tuples(
            st.sampled_from("tgc "), st.sampled_from([ANNE, BORIS, CHEN]), st.integers(0, 20)
        ),
        max_size=80,
    ),
)
def test_nothing_starves_nothing_runs_twice_and_guesses_never_wait(
    workers: int, script: list[tuple[str, CallId, int]]
) -> None:
    world = World(workers)
    wanted: list[Job] = []
    cancelled: list[Job] = []
    for what, call, number in script:
        if what == "t":
            job = turn(call)
            assert world.submit(job)
            wanted.append(job)
        elif what == "g":
            job = guess(call)
            free = world.schedule.running < workers
            taken = world.submit(job)
            assert taken == (job in world.started)  # at once or never
            assert free or not taken
        elif what == "c" and wanted:
            job = wanted[number % len(wanted)]
            if world.schedule.cancel(job):
                cancelled.append(job)
        else:
            world.tick()
        assert world.schedule.running <= workers
        assert not world.schedule.waiting or world.schedule.running == workers
    for _ in range(3 * len(wanted) + 3):
        world.tick()
    assert world.schedule.running == world.schedule.waiting == 0
    turns = [job for job in world.started if not job.speculative]
    assert len({id(job) for job in turns}) == len(turns)
    left = [job for job in wanted if not any(job is gone for gone in cancelled)]
    assert {id(job) for job in turns} == {id(job) for job in left}
    for call in (ANNE, BORIS, CHEN):
        mine = [job for job in turns if job.call_id == call]
        asked = [world.asked[id(job)] for job in mine]
        assert asked == sorted(asked)


@given(st.lists(st.sampled_from([ANNE, BORIS, CHEN]), min_size=1, max_size=30), st.integers(1, 3))
def test_between_two_turns_of_a_call_every_waiting_call_is_served(
    calls: list[CallId], workers: int
) -> None:
    schedule = Schedule(workers)
    for call in calls:
        schedule.submit(turn(call))
    left = list(calls)
    served: list[CallId] = []
    while (job := schedule.start_next()) is not None:
        for earlier in reversed(served):
            if earlier == job.call_id:
                break
        else:
            earlier = None
        if earlier is not None:
            since = served[len(served) - 1 - served[::-1].index(job.call_id) + 1 :]
            assert set(left) - {job.call_id} <= set(since)
        served.append(job.call_id)
        left.remove(job.call_id)
        schedule.finished(job)
    assert not left


# ------------------------------------------------------------------ the pool


class Gate:
    """Work that a test holds up, and lets go."""

    def __init__(self) -> None:
        self.began = threading.Event()
        self.open = threading.Event()

    def __call__(self, load: Load) -> str:
        self.began.set()
        if not self.open.wait(WAIT_S):
            raise TimeoutError
        return f"{load.running} running, {load.waiting} waiting"


def quick(text: str) -> Callable[[Load], str]:
    return lambda _load: text


def run(scenario: Callable[[DecodingPool], object], workers: int = 1) -> None:
    async def whole() -> None:
        pool = DecodingPool(workers)
        try:
            await asyncio.wait_for(scenario(pool), 2 * WAIT_S)  # type: ignore[arg-type]
        finally:
            await pool.close()

    asyncio.run(whole())


def test_a_finished_turn_runs_before_nothing_else_waits_and_says_what_it_waited() -> None:
    async def scenario(pool: DecodingPool) -> None:
        gate = Gate()
        first = pool.submit(ANNE, gate)
        assert first is not None
        await asyncio.to_thread(gate.began.wait, WAIT_S)
        assert pool.submit(BORIS, quick("guess"), speculative=True) is None
        second = pool.submit(BORIS, quick("second"))
        assert second is not None
        assert pool.load.waiting == 1
        gate.open.set()
        assert (await first.result(WAIT_S)).value == "1 running, 0 waiting"
        decoded = await second.result(WAIT_S)
        assert decoded.value == "second"
        assert decoded.queued_ms > 0
        assert pool.load.idle

    run(scenario)


def test_in_a_rush_a_guess_waits_until_the_caller_has_not_only_drawn_breath() -> None:
    now_s = 0.0

    async def scenario() -> None:
        nonlocal now_s
        pool = DecodingPool(2, clock=lambda: now_s)
        gates = [Gate(), Gate()]
        asked = [pool.submit(ANNE, gates[0]), pool.submit(BORIS, gates[1])]
        late = pool.submit(CHEN, quick("late"))
        assert late is not None
        now_s += 1.0  # a rush: a turn waits for a second
        gates[0].open.set()
        await late.result(WAIT_S)

        guesses = []
        for _ in range(9):  # as a call asks, each 20 ms of a pause
            guesses.append(pool.submit(ANNE, quick("guess"), speculative=True))
            now_s += 0.02
        begun = [guess is not None for guess in guesses]
        assert not any(begun[:8])
        assert begun[8]

        assert pool.submit(CHEN, quick("other"), speculative=True) is None  # a breath of its own
        gates[1].open.set()
        for decoding in asked:
            assert decoding is not None
            await decoding.result(WAIT_S)
        await pool.close()

    asyncio.run(asyncio.wait_for(scenario(), 2 * WAIT_S))


def test_a_cancelled_turn_leaves_the_queue_and_its_waiter_is_told() -> None:
    async def scenario(pool: DecodingPool) -> None:
        gate = Gate()
        first = pool.submit(ANNE, gate)
        second = pool.submit(BORIS, quick("never"))
        assert first is not None
        assert second is not None
        waiter = asyncio.create_task(second.result(WAIT_S))
        await asyncio.sleep(0)
        second.cancel()
        with pytest.raises(RecognizerFailed, match="cancelled"):
            await waiter
        assert pool.load.waiting == 0
        gate.open.set()
        await first.result(WAIT_S)

    run(scenario)


def test_an_error_reaches_whoever_waits_and_the_worker_goes_on() -> None:
    async def scenario(pool: DecodingPool) -> None:
        def broken(load: Load) -> str:
            raise RecognizerFailed("no luck", engine="test")

        decoding = pool.submit(ANNE, broken)
        assert decoding is not None
        with pytest.raises(RecognizerFailed, match="no luck"):
            await decoding.result(WAIT_S)
        after = pool.submit(ANNE, quick("fine"))
        assert after is not None
        assert (await after.result(WAIT_S)).value == "fine"

    run(scenario)


def test_waiting_is_bounded_and_the_late_result_can_still_be_had() -> None:
    async def scenario(pool: DecodingPool) -> None:
        gate = Gate()
        decoding = pool.submit(ANNE, gate)
        assert decoding is not None
        with pytest.raises(RecognizerFailed, match="no result within") as caught:
            await decoding.result(0.01)
        assert caught.value.retryable
        gate.open.set()
        assert (await decoding.result(WAIT_S)).value == "1 running, 0 waiting"

    run(scenario)


def test_a_closed_pool_takes_nothing_and_tells_those_who_wait() -> None:
    async def scenario(pool: DecodingPool) -> None:
        gate = Gate()
        pool.submit(ANNE, gate)
        waiting = pool.submit(BORIS, quick("never"))
        assert waiting is not None
        closing = asyncio.create_task(pool.close())
        await asyncio.sleep(0)
        with pytest.raises(RecognizerFailed, match="closed"):
            pool.submit(CHEN, quick("late"))
        with pytest.raises(RecognizerFailed, match="cancelled"):
            await waiting.result(WAIT_S)
        gate.open.set()
        await closing

    run(scenario)


def test_one_more_worker_serves_two_calls_at_once() -> None:
    async def scenario(pool: DecodingPool) -> None:
        gates = [Gate(), Gate()]
        decodings = [
            pool.submit(call, gate) for call, gate in zip((ANNE, BORIS), gates, strict=True)
        ]
        for gate in gates:
            assert await asyncio.to_thread(gate.began.wait, WAIT_S)
        assert pool.load.crowded
        for gate in gates:
            gate.open.set()
        for decoding in decodings:
            assert decoding is not None
            await decoding.result(WAIT_S)

    run(scenario, workers=2)


def test_a_rush_is_forgotten_after_a_while_and_a_turn_that_still_waits_counts_at_once() -> None:
    now_s = 100.0

    async def scenario() -> None:
        nonlocal now_s
        pool = DecodingPool(1, clock=lambda: now_s)
        gate = Gate()
        first = pool.submit(ANNE, gate)
        second = pool.submit(BORIS, quick("second"))
        assert first is not None
        assert second is not None
        now_s += 3.0
        assert pool.load.recent_wait_ms == pytest.approx(3000)  # nobody has started meanwhile
        gate.open.set()
        await second.result(WAIT_S)
        after_the_rush = pool.load.recent_wait_ms
        assert 500 < after_the_rush < 3000
        now_s += 30.0
        assert pool.load.recent_wait_ms < after_the_rush / 50
        await pool.close()

    asyncio.run(asyncio.wait_for(scenario(), WAIT_S))
