"""A call as a trace."""

from collections.abc import Mapping
from datetime import timedelta

import pytest
from fixtures.told_calls import ANSWERED_AT, CALL, event, whole_call
from hypothesis import given, settings
from hypothesis import strategies as st

from voxdesk.app.observe.spans import Span, Trace, trace_id_of, trace_of
from voxdesk.kernel.call import CallEvent, EventKind

pytestmark = pytest.mark.unit
KEYS = [
    *("turn", "number", "text", "outcome", "mode", "asked_ms", "synth_ms", "first_audio_ms"),
    *("speech_end_ms", "decided_ms", "decoded_ms", "connected_ms", "took_ms"),
]


def trace(*events: CallEvent) -> Trace:
    made = trace_of(events)
    assert made is not None
    return made


def shape(made: Trace) -> list[tuple[str, str, int, int]]:
    """Name, parent's name, start and end in ms since the answer; in order."""
    names = {span.number: span.name for span in made.spans}

    def ms(span: Span, end: str) -> int:
        return round((getattr(span, end) - ANSWERED_AT) / timedelta(milliseconds=1))

    return [
        (span.name, names.get(-1 if span.parent is None else span.parent, ""), ms(span, "start"),
         ms(span, "end"))
        for span in made.spans
    ]  # fmt: skip


def test_a_call_reads_from_ringing_to_its_end() -> None:
    assert shape(trace(*whole_call())) == [
        ("call", "", -800, 62_000),
        ("ringing", "call", -800, 0),
        ("turn", "call", 4000, 5500),
        ("hang time", "turn", 4800, 5200),
        ("recognition", "turn", 4930, 5100),
        ("dialogue", "turn", 5200, 5270),
        ("synthesis", "turn", 5270, 5420),
        ("first audio", "turn", 5420, 5500),
        ("turn", "call", 8000, 9000),
        ("hang time", "turn", 8500, 9000),
        ("recognition", "turn", 8700, 9000),
        ("queue", "call", 17_010, 29_000),
        ("transfer", "call", 17_000, 60_000),
        ("lookup", "call", 5200, 5260),
        ("error", "call", 61_000, 61_000),
    ]


def test_a_trace_says_which_model_heard_and_why_and_how_long_the_caller_waited() -> None:
    made = trace(*whole_call())
    turn: Mapping[str, object] = next(s for s in made.spans if s.name == "turn").attributes

    assert made.trace_id == trace_id_of(CALL)
    assert made.spans[0].attributes["voxdesk.call.id"] == CALL
    assert made.spans[0].attributes["voxdesk.call.cause"] == "caller_hung_up"
    assert made.spans[0].error
    assert turn["voxdesk.turn.engine"] == "whisper-tiny.en"
    assert turn["voxdesk.turn.stepped_back"] == "crowded"
    assert turn["voxdesk.turn.voice_to_voice_ms"] == 700


def test_a_clock_that_jumps_during_the_call_bends_no_span() -> None:
    jumped = [
        CallEvent(one.call_id, one.kind, one.at - timedelta(hours=1), one.audio_ms, one.data)
        if one.audio_ms > 5000
        else one
        for one in whole_call()
    ]

    assert shape(trace(*jumped)) == shape(trace(*whole_call()))


def test_a_call_that_was_never_answered_is_a_trace_too() -> None:
    made = trace(
        event(EventKind.INCOMING, -3000, caller="x"), event(EventKind.ENDED, -1000, cause="busy")
    )

    assert shape(made) == [("call", "", -3000, -1000)]
    assert trace_of([]) is None


@settings(max_examples=50)
@given(
    private=st.text("abcdefgh0123456789+ ", min_size=8).map(lambda text: f"§{text}§"),
    events=st.lists(
        st.builds(
            lambda kind, at_ms, data: event(kind, at_ms, **data),
            st.sampled_from(list(EventKind)),
            st.integers(-1000, 100_000),
            st.dictionaries(
                st.sampled_from(KEYS),
                st.one_of(st.none(), st.integers(-10, 99_999), st.floats(0, 9e4)),
            ),
        ),
        max_size=30,
    ),
)
def test_whatever_the_log_has_the_trace_is_sound_and_says_nothing_of_anybody(
    private: str, events: list[CallEvent]
) -> None:
    made = trace(*whole_call(private)[:-1], *events)

    numbers = [span.number for span in made.spans]
    assert numbers == list(range(len(numbers)))
    assert all(span.parent is None or span.parent < span.number for span in made.spans)
    assert all(span.start <= span.end for span in made.spans)
    assert "§" not in repr(made)
