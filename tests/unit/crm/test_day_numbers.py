"""The numbers of the day, reckoned by hand beside the program; and when alarms ring."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm.live.alarms import judge
from crm.live.numbers import Answer, CallRow, HandOverRow, Numbers, Rows, hours_of, numbers_of

pytestmark = pytest.mark.unit
START = datetime(2026, 11, 26, 9, 0, tzinfo=UTC)
NOW = START + timedelta(minutes=30)


def at(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def call(id_: str, *, lasts_s: float | None = 60, cause: str = "hung_up") -> CallRow:
    answered = None if cause == "cancelled" else START
    ended = None if lasts_s is None else at(lasts_s)
    return CallRow(id_, "inbound", START, answered, ended, cause if ended else "")


def wait(
    id_: str, outcome: str, *, waited_s: float | None = None, until_s: float | None = None
) -> HandOverRow:
    connected = None if waited_s is None else at(waited_s)
    ended = None if until_s is None else at(until_s)
    return HandOverRow(id_, "queue", "service", outcome, START, connected, ended)


def test_the_numbers_of_an_hour() -> None:
    rows = Rows(
        [
            call("alone"),
            call("soon"),
            call("late"),
            call("gave up"),
            call("rang", cause="cancelled"),
            call("waits", lasts_s=None),
            replace(call("ours"), direction="outbound"),
        ],
        [
            wait("soon", "connected", waited_s=10, until_s=110),
            wait("late", "connected", waited_s=50, until_s=350),
            wait("gave up", "abandoned", until_s=25),
            wait("waits", ""),
            wait("ours", "connected", waited_s=1, until_s=2),
        ],
        [Answer("soon", 7, 2), Answer("soon", 9, 5), Answer("late", 8, 1)],
    )
    numbers = numbers_of(rows, within_s=20, now=NOW)
    assert numbers == Numbers(
        offered=6,
        answered=5,
        abandoned=2,
        abandoned_share=2 / 6,
        queued=4,
        service_level=1 / 4,
        asa_s=30,
        aht_s=200,
        containment=1 / 4,
        transfers=2,
        csat=50,
        waiting_now=1,
    )


def test_whoever_began_to_wait_just_now_counts_neither_way() -> None:
    rows = Rows([call("waits", lasts_s=None)], [wait("waits", "")], [])
    numbers = numbers_of(rows, within_s=20, now=at(10))
    assert (numbers.queued, numbers.service_level, numbers.waiting_now) == (0, None, 1)


def test_without_calls_there_is_nothing_to_say() -> None:
    numbers = numbers_of(Rows([], [], []), within_s=20, now=NOW)
    shares = (numbers.abandoned_share, numbers.service_level, numbers.containment, numbers.csat)
    assert shares == (None,) * 4


waits = st.lists(
    st.builds(
        lambda number, outcome, waited, talked: wait(
            f"c{number}",
            outcome,
            waited_s=waited if outcome == "connected" else None,
            until_s=waited + talked if outcome else None,
        ),
        st.integers(0, 5),
        st.sampled_from(["", "connected", "abandoned", "timed_out", "left_queue"]),
        st.floats(0, 600),
        st.floats(0, 600),
    ),
    max_size=20,
)


@given(waits, st.floats(0.1, 600))
def test_shares_are_shares(hand_overs: list[HandOverRow], within_s: float) -> None:
    rows = Rows([call(f"c{number}") for number in range(6)], hand_overs, [])
    numbers = numbers_of(rows, within_s=within_s, now=NOW)
    for share in (numbers.abandoned_share, numbers.service_level, numbers.containment):
        assert share is None or 0 <= share <= 1
    assert numbers.abandoned <= numbers.offered
    assert (numbers.service_level is None) == (numbers.queued == 0)


def test_a_day_has_the_hours_that_have_begun() -> None:
    midnight = START.replace(hour=0)
    assert [start.hour for start, _ in hours_of(midnight, START)] == list(range(10))


# ------------------------------------------------------------------ alarms

GOALS = {"service_level": 0.8, "asa_s": 30.0}
WELL = numbers_of(Rows([], [], []), within_s=20, now=NOW)


def judged(ringing: set[str], **values: float) -> tuple[list[str], list[str]]:
    numbers = replace(WELL, queued=50, **values)  # type: ignore[arg-type]
    verdict = judge(numbers, GOALS, ringing, at_least=20, margin=0.1)
    return [off.name for off in verdict.raised], list(verdict.cleared)


def test_a_number_that_misses_its_goal_rings_once() -> None:
    assert judged(set(), service_level=0.7) == (["service_level"], [])
    assert judged({"service_level"}, service_level=0.7) == ([], [])


def test_an_alarm_ends_only_when_the_number_is_well_above_its_goal() -> None:
    assert judged({"service_level"}, service_level=0.81) == ([], [])
    assert judged({"service_level"}, service_level=0.9) == ([], ["service_level"])
    assert judged({"asa_s"}, asa_s=29) == ([], [])
    assert judged({"asa_s"}, asa_s=26) == ([], ["asa_s"])


def test_a_goal_near_the_best_can_still_be_reached() -> None:
    numbers = replace(WELL, queued=50, service_level=1.0)
    verdict = judge(numbers, {"service_level": 0.97}, {"service_level"}, at_least=20, margin=0.1)
    assert verdict.cleared == ("service_level",)


def test_few_calls_raise_no_alarm_and_a_goal_that_is_gone_ends_one() -> None:
    few = replace(WELL, queued=3, service_level=0.1)
    assert judge(few, GOALS, set(), at_least=20, margin=0.1).raised == ()
    assert judge(few, {}, {"csat"}, at_least=20, margin=0.1).cleared == ("csat",)
