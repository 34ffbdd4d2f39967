"""Who is taken, and who hears that it is full."""

import itertools
from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voxdesk.app.admission import Admission, Door, Hysteresis, Limits, Load, Reason

pytestmark = pytest.mark.unit

LIMITS = Limits(calls=30, legs_free=2)
TIMES = Hysteresis()
QUIET = Load(calls=3, legs_free=20, workers=2)
LATE = replace(QUIET, loop_lag_ms=LIMITS.loop_lag_ms)
STRAINED = {
    Reason.EVENT_LOOP: LATE,
    Reason.RECOGNITION_WAIT: replace(QUIET, recognition_wait_ms=1000.0),
    Reason.RECOGNITION_QUEUE: replace(QUIET, recognition_waiting=8),
}
STEP_S = 0.5

loads = st.builds(
    Load,
    calls=st.integers(0, 40),
    legs_free=st.integers(0, 10),
    loop_lag_ms=st.floats(0, 300),
    recognition_wait_ms=st.floats(0, 3000),
    recognition_waiting=st.integers(0, 20),
    workers=st.integers(1, 4),
)


def well_below(load: Load) -> bool:
    share = TIMES.relief
    return (
        load.loop_lag_ms < share * LIMITS.loop_lag_ms
        and load.recognition_wait_ms < share * LIMITS.recognition_wait_ms
        and load.recognition_waiting < share * LIMITS.recognition_queue * load.workers
    )


def beyond(load: Load) -> bool:
    return (
        load.loop_lag_ms >= LIMITS.loop_lag_ms
        or load.recognition_wait_ms >= LIMITS.recognition_wait_ms
        or load.recognition_waiting >= LIMITS.recognition_queue * load.workers
    )


def test_a_machine_with_room_takes_everybody() -> None:
    admission = Admission(LIMITS)

    assert [admission.ask(QUIET, now_s) for now_s in range(50)] == [None] * 50
    assert admission.door is Door.OPEN


@pytest.mark.parametrize("reason", list(STRAINED))
def test_whatever_is_strained_turns_callers_away_and_is_named(reason: Reason) -> None:
    assert Admission(LIMITS).ask(STRAINED[reason], 0.0) is reason


def test_calls_and_legs_are_counted_and_the_next_caller_comes_in_when_one_has_gone() -> None:
    admission = Admission(LIMITS)

    assert admission.ask(replace(QUIET, calls=30), 0.0) is Reason.CALLS
    assert admission.ask(replace(QUIET, legs_free=1), 0.1) is Reason.LEGS
    assert admission.ask(replace(QUIET, calls=29, legs_free=2), 0.2) is None


def test_after_a_rush_callers_are_let_in_one_by_one_and_then_all() -> None:
    admission = Admission(LIMITS)
    admission.observe(LATE, 0.0)

    answers = [(tick * 0.1, admission.ask(QUIET, tick * 0.1)) for tick in range(1, 300)]

    let_in = [now_s for now_s, reason in answers if reason is None]
    assert let_in[0] == pytest.approx(TIMES.calm_s, abs=0.2)
    eased = [now_s for now_s in let_in if now_s < let_in[0] + TIMES.ease_s - 0.05]
    assert 8 <= len(eased) <= 10
    assert admission.door is Door.OPEN
    assert [reason for now_s, reason in answers if now_s > 15.2] == [None] * len(
        [now_s for now_s, _ in answers if now_s > 15.2]
    )


def test_near_a_limit_callers_come_one_by_one_and_a_closed_door_stays_closed() -> None:
    near = replace(QUIET, loop_lag_ms=0.8 * LIMITS.loop_lag_ms)
    opened, closed = Admission(LIMITS), Admission(LIMITS)
    closed.observe(LATE, 0.0)

    answers = [opened.ask(near, tick * STEP_S) for tick in range(1, 41)]
    for tick in range(1, 41):
        closed.observe(near, tick * STEP_S)

    assert opened.door is Door.EASING
    assert answers.count(None) == 20
    assert answers.count(Reason.EASING) == 20
    assert closed.door is Door.CLOSED


def test_a_crowd_that_comes_while_the_load_rises_is_stopped_before_the_limit() -> None:
    admission = Admission(LIMITS)

    taken = sum(
        admission.ask(replace(QUIET, loop_lag_ms=10.0 * tick), tick * 0.1) is None
        for tick in range(20)
    )

    assert taken == 7  # six on a quiet machine, one more near the limit


@given(st.lists(loads, max_size=60))
def test_nobody_is_taken_by_a_machine_beyond_its_limits(told: Sequence[Load]) -> None:
    admission = Admission(LIMITS)
    for tick, load in enumerate(told):
        refused = admission.ask(load, tick * STEP_S)
        if beyond(load) or load.calls >= 30 or load.legs_free < 2:
            assert refused is not None
        if refused is not None and refused not in {Reason.CALLS, Reason.LEGS}:
            assert admission.door is not Door.OPEN


@given(st.lists(loads, max_size=60))
def test_whatever_happened_a_machine_that_is_quiet_takes_callers_again(
    told: Sequence[Load],
) -> None:
    admission = Admission(LIMITS)
    now_s = 0.0
    for load in told:
        now_s += STEP_S
        admission.observe(load, now_s)
    for _ in range(round((TIMES.calm_s + TIMES.ease_s) / STEP_S) + 2):
        now_s += STEP_S
        admission.observe(QUIET, now_s)

    assert admission.door is Door.OPEN
    assert admission.ask(QUIET, now_s) is None


@given(st.lists(loads, max_size=120), st.sampled_from([0.1, 0.5, 3.0]))
def test_the_door_never_flaps(told: Sequence[Load], step_s: float) -> None:
    """Between two openings there is a time of calm, with nothing but calm in it."""
    admission = Admission(LIMITS)
    history: list[tuple[float, Door, bool]] = []
    for tick, load in enumerate(told):
        moved = admission.observe(load, tick * step_s)
        assert moved == (admission.door is not (history[-1][1] if history else Door.OPEN))
        history.append((tick * step_s, admission.door, well_below(load)))
    for index, (now_s, door, _) in enumerate(history):
        if door is Door.EASING and index and history[index - 1][1] is Door.CLOSED:
            lately = [one for one in history[: index + 1] if one[0] >= now_s - TIMES.calm_s]
            assert all(calm for _, _, calm in lately)
        if door is Door.OPEN and index:
            assert history[index - 1][1] is not Door.CLOSED


@given(st.lists(st.floats(0.01, 0.9), min_size=1, max_size=60))
def test_while_easing_at_most_one_caller_a_second_comes_in(gaps: Sequence[float]) -> None:
    admission = Admission(LIMITS)
    admission.observe(LATE, 0.0)
    admission.observe(QUIET, 1.0)
    now_s = 1.0 + TIMES.calm_s
    admission.observe(QUIET, now_s)
    assert admission.door is Door.EASING
    let_in: list[float] = []
    for gap in gaps:
        now_s += gap
        if admission.ask(QUIET, now_s) is None and admission.door is Door.EASING:
            let_in.append(now_s)
    assert all(b - a >= TIMES.ease_every_s for a, b in itertools.pairwise(let_in))
