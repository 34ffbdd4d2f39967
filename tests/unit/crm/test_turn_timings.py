"""Where a turn's time went."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm.calls.turn_timings import percentile, turn_timings
from voxdesk.kernel.call import CallEvent, CallId, EventKind

pytestmark = pytest.mark.unit
HEARD = {
    "turn": 1,
    "speech_end_ms": 1000,
    "paused_ms": 1130,
    "speculated_ms": 1140,
    "decoded_ms": 1300,
    "decided_ms": 1400,
}
ANSWER = {"turn": 1, "asked_ms": 1410, "synth_ms": 90.0, "first_audio_ms": 1600}


def event(kind: EventKind, data: dict[str, Any]) -> CallEvent:
    return CallEvent(CallId("c"), kind, datetime(2025, 1, 1, tzinfo=UTC), 0, data)


def path(*events: CallEvent) -> list[tuple[str, float, float]]:
    (timing,) = turn_timings(events)
    return [(s.name, s.start_ms, s.end_ms) for s in timing.stages if s.waited]


def test_the_caller_waits_for_silence_understanding_synthesis_and_playout() -> None:
    assert path(event(EventKind.HEARD, HEARD), event(EventKind.PROMPT, ANSWER)) == [
        ("hang_time", 1000, 1400),
        ("understanding", 1400, 1410),
        ("synthesis", 1410, 1500),
        ("playout", 1500, 1600),
    ]


def test_decoding_costs_time_only_after_the_turn_is_over() -> None:
    late = HEARD | {"decoded_ms": 1550}
    answer = ANSWER | {"asked_ms": 1560}
    assert path(event(EventKind.HEARD, late), event(EventKind.PROMPT, answer))[:3] == [
        ("hang_time", 1000, 1400),
        ("waiting_for_words", 1400, 1550),
        ("understanding", 1550, 1560),
    ]


def test_only_the_first_prompt_of_a_turn_is_its_answer() -> None:
    greeting = event(EventKind.PROMPT, {"turn": 0, "first_audio_ms": 200})
    later = event(EventKind.PROMPT, {"turn": 1, "first_audio_ms": 9000})
    never_heard = event(EventKind.PROMPT, {"turn": 1, "first_audio_ms": None})
    heard, answer = event(EventKind.HEARD, HEARD), event(EventKind.PROMPT, ANSWER)
    (timing,) = turn_timings([greeting, heard, never_heard, answer, later])
    assert timing.total_ms == 600


def test_a_turn_without_an_answer_still_shows_what_is_known() -> None:
    (timing,) = turn_timings([event(EventKind.HEARD, HEARD)])
    assert timing.total_ms is None
    assert [stage.name for stage in timing.stages] == ["pause", "hang_time", "decoding"]


def test_a_log_of_another_version_is_read_as_far_as_it_goes() -> None:
    assert turn_timings([event(EventKind.HEARD, {"turn": "one"})]) == []
    (timing,) = turn_timings([event(EventKind.HEARD, {"turn": 1, "speech_end_ms": 5})])
    assert timing.stages == ()


times = st.one_of(st.none(), st.integers(0, 20_000))


@given(
    st.fixed_dictionaries({key: times for key in HEARD if key not in {"turn", "speech_end_ms"}}),
    st.fixed_dictionaries({key: times for key in ANSWER if key != "turn"}),
    st.integers(0, 10_000),
)
def test_what_the_caller_waits_for_has_no_gap_and_no_overlap(
    heard: dict[str, Any], answer: dict[str, Any], end_ms: int
) -> None:
    heard |= {"turn": 1, "speech_end_ms": end_ms}
    answer |= {"turn": 1}
    (timing,) = turn_timings([event(EventKind.HEARD, heard), event(EventKind.PROMPT, answer)])
    reached = float(end_ms)
    for stage in (stage for stage in timing.stages if stage.waited):
        assert stage.start_ms == reached
        assert stage.end_ms >= stage.start_ms
        reached = stage.end_ms


def test_percentiles_are_values_that_were_measured() -> None:
    assert percentile([4, 1, 3, 2], 0.5) == 2
    assert percentile(list(range(1, 101)), 0.95) == 95
    assert percentile([7], 0.95) == 7
