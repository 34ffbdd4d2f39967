"""What a call leaves in the counters."""

import pytest
from fixtures.told_calls import event, logged, whole_call
from hypothesis import given, settings
from hypothesis import strategies as st
from prometheus_client import CollectorRegistry, generate_latest

from voxdesk.app.observe.call_metrics import LABEL_VALUES_AT_MOST, CallMetrics
from voxdesk.kernel.call import CallEvent, CallId, EventKind

pytestmark = pytest.mark.unit


def counted(*events: CallEvent) -> CollectorRegistry:
    registry = CollectorRegistry()
    metrics = CallMetrics(registry)
    for one in logged(*events):
        metrics(one)
    return registry


def test_a_whole_call_is_counted_once() -> None:
    registry = counted(*whole_call())

    def value(name: str, **labels: str) -> float | None:
        return registry.get_sample_value(f"voxdesk_{name}", labels)

    assert value("calls_total", direction="inbound", cause="caller_hung_up") == 1
    assert value("call_duration_seconds_sum", direction="inbound") == 62
    assert value("lost_frames_total") == 7
    assert value("turns_total", outcome="understood") == 1
    assert value("turns_total", outcome="no_match") == 1
    assert value("turns_total", outcome="no_input") == 1
    assert value("turns_total", outcome="unanswered") == 0
    assert value("ignored_speech_total", why="noise") == 1
    assert value("recognitions_total", engine="whisper-tiny.en", stepped_back="crowded") == 1
    assert value("recognitions_total", engine="whisper-base", stepped_back="") == 1
    assert value("recognition_wait_seconds_sum") == pytest.approx(0.04)
    assert value("recognition_decode_seconds_sum", engine="whisper-base") == pytest.approx(0.3)
    assert value("prompts_total", source="cache") == 1
    assert value("prompts_total", source="made") == 1
    assert value("synthesis_seconds_sum") == pytest.approx(0.15)
    assert value("prompts_stopped_total", by="key") == 1
    assert value("queue_wait_seconds_sum", outcome="connected") == pytest.approx(11.99)
    assert value("queue_wait_seconds_count", outcome="connected") == 1
    assert value("transfers_total", mode="queue", outcome="connected") == 1
    assert value("lookups_total", outcome="found") == 1
    assert value("recordings_total", state="started") == 1
    assert value("errors_total", code="synthesis") == 1


def test_the_time_that_the_caller_waited_and_its_parts_add_up() -> None:
    registry = counted(*whole_call())

    def part(name: str) -> float:
        return registry.get_sample_value("voxdesk_turn_part_seconds_sum", {"part": name}) or 0.0

    total = registry.get_sample_value("voxdesk_voice_to_voice_seconds_sum")
    assert total == pytest.approx(0.7)
    assert registry.get_sample_value("voxdesk_voice_to_voice_seconds_count") == 1
    parts = [part(one) for one in ("hang_time", "understanding", "synthesis", "playout")]
    assert parts == pytest.approx([0.4, 0.07, 0.15, 0.08])


def test_a_turn_at_the_end_of_a_call_has_an_outcome_too() -> None:
    heard = event(EventKind.HEARD, 1000, turn=1, speech_end_ms=800, decided_ms=1000)
    ended = event(EventKind.ENDED, 1500, cause="caller_hung_up")

    registry = counted(heard, ended)

    assert registry.get_sample_value("voxdesk_turns_total", {"outcome": "unanswered"}) == 1


def test_no_flood_of_codes_grows_the_page_without_end() -> None:
    errors = (event(EventKind.ERROR, 0, code=f"code {number}") for number in range(1000))

    [family] = [one for one in counted(*errors).collect() if one.name == "voxdesk_errors"]

    values = {one.labels["code"]: one.value for one in family.samples if one.name.endswith("total")}
    assert len(values) <= LABEL_VALUES_AT_MOST + 1
    assert sum(values.values()) == 1000
    assert values["other"] >= 1000 - LABEL_VALUES_AT_MOST


def test_a_call_that_is_over_is_forgotten() -> None:
    registry = CollectorRegistry()
    metrics = CallMetrics(registry)
    for one in logged(*whole_call()):
        metrics(one)

    assert not metrics._calls


@settings(max_examples=30)
@given(
    private=st.text("abcdefgh0123456789+ ", min_size=8).map(lambda text: f"§{text}§"),
    kinds=st.lists(st.sampled_from(list(EventKind)), max_size=20),
)
def test_nothing_that_a_caller_said_or_is_gets_into_the_page(
    private: str, kinds: list[EventKind]
) -> None:
    more = [event(kind, 1000, CallId("other"), text=private, caller=private) for kind in kinds]

    page = generate_latest(counted(*whole_call(private), *more)).decode()

    assert "§" not in page
