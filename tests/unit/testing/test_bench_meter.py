"""The benchmark's rules, on moments made by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.bench.conversation import Turn, measure
from tests.bench.false_barge import judge
from tests.bench.figures import Conversation, percentile
from tests.bench.speech import Utterance, plan_calls
from voxdesk.kernel.audio import Pcm

pytestmark = pytest.mark.unit


def turn(*, interrupts: bool = False) -> Turn:
    made = Turn(0, 0, "u", "s", 2.0, 0, interrupts)
    made.t_start, made.t_end = 100.0, 102.0
    return made


def pieces(start_s: float, end_s: float) -> list[float]:
    return [start_s + 0.02 * i for i in range(round((end_s - start_s) / 0.02))]


def test_voice_to_voice_is_from_the_last_sound_to_the_first() -> None:
    measured = turn()

    measure(measured, pieces(102.6, 104.0), before_s=98.0)

    assert measured.voice_to_voice_s == pytest.approx(0.6)
    assert not measured.cut_off
    assert not measured.missed
    assert measured.replies == 1


def test_an_answer_into_the_utterance_is_a_cut_off() -> None:
    measured = turn()

    measure(measured, [*pieces(101.0, 101.4), *pieces(103.0, 104.0)], before_s=98.0)

    assert measured.cut_off
    assert measured.replies == 2


def test_no_answer_and_a_late_one_are_missed() -> None:
    never, late = turn(), turn()

    measure(never, [], before_s=98.0)
    measure(late, pieces(107.5, 108.0), before_s=98.0)

    assert never.missed
    assert never.voice_to_voice_s is None
    assert late.missed
    assert late.voice_to_voice_s == pytest.approx(5.5)


def test_an_interruption_is_timed_and_its_reply_is_not_taken_for_the_old_one() -> None:
    measured = turn(interrupts=True)

    measure(measured, [*pieces(100.0, 100.2), *pieces(102.5, 104.0)], before_s=99.98)

    assert measured.silence_s == pytest.approx(0.2)
    assert measured.pause_s == pytest.approx(0.2)
    assert measured.voice_to_voice_s == pytest.approx(0.5)
    assert not measured.cut_off


def test_a_prompt_that_paused_and_went_on_was_paused_but_not_silenced() -> None:
    measured = turn(interrupts=True)

    measure(measured, [*pieces(100.0, 100.2), *pieces(100.4, 100.9)], before_s=99.98)

    assert measured.pause_s == pytest.approx(0.2)
    assert measured.silence_s == pytest.approx(0.9)


def test_a_cut_turn_counts_as_cut_and_not_in_the_latency() -> None:
    good, cut = turn(), turn()
    measure(good, pieces(102.5, 103.0), before_s=98.0)
    measure(cut, [*pieces(101.0, 101.2), *pieces(102.1, 103.0)], before_s=98.0)

    figures = Conversation.of([good, cut])

    assert (figures.turns, figures.cut_off, figures.v2v_p50_ms) == (2, 1, 500)


@given(st.lists(st.floats(0, 10), min_size=1, max_size=50), st.floats(0.01, 1.0))
def test_a_percentile_is_one_of_the_values_with_enough_at_or_below_it(
    values: list[float], share: float
) -> None:
    found = percentile(values, share)

    assert found in values
    assert sum(v <= found for v in values) >= share * len(values) - 1e-9


def test_the_same_seed_plans_the_same_calls() -> None:
    pool = [Utterance(str(i), "s", "", np.zeros(160, np.int16), 0, 0, 0) for i in range(7)]

    plans = plan_calls(pool, calls=2, turns=3, interruptions=2)

    assert plans == plan_calls(pool, calls=2, turns=3, interruptions=2)
    assert [turn.interrupts for turn in plans[0]] == [False] * 4 + [True, False, True]


def prompt(seconds: float = 4.0) -> Pcm:
    rng = np.random.default_rng(1)
    return (rng.normal(size=round(seconds * 8000)) * 3000).astype(np.int16)


def quiet(seconds: float) -> Pcm:
    return np.zeros(round(seconds * 8000), np.int16)


def test_what_became_of_a_prompt_is_heard() -> None:
    said = prompt()
    half = said[: len(said) // 2]

    whole = judge(said, np.concatenate([quiet(0.3), said, quiet(1)]))
    paused = judge(said, np.concatenate([half, quiet(0.4), said[len(half) :], quiet(1)]))
    stopped = judge(said, np.concatenate([half, quiet(3)]))
    again = judge(said, np.concatenate([half, quiet(1), said, quiet(1)]))

    assert (whole.dropped, whole.paused) == (False, False)
    assert (paused.dropped, paused.paused) == (False, True)
    assert paused.paused_s == pytest.approx(0.4)
    assert stopped.dropped
    assert again.dropped
