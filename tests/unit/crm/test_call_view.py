"""What a person sees of a call on the terminal."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from rich.console import Console

from crm.calls.turn_timings import turn_timings
from voxdesk.app.call_view import render_events
from voxdesk.app.terminal import clean, length, offset
from voxdesk.app.turn_view import render_turns
from voxdesk.kernel.call import CallEvent, CallId, EventKind

pytestmark = pytest.mark.unit
STARTED = datetime(2025, 1, 1, 10, tzinfo=UTC)


def event(kind: EventKind, at_ms: int, **data: Any) -> CallEvent:
    return CallEvent(CallId("c"), kind, STARTED + timedelta(milliseconds=at_ms), at_ms, data)


def shown(renderable: Any, width: int = 100) -> list[str]:
    console = Console(width=width, record=True, force_terminal=False)
    with console.capture() as capture:
        console.print(renderable)
    return [line.rstrip() for line in capture.get().splitlines()]


CONVERSATION = (
    event(EventKind.INCOMING, 0, caller="+15550100", caller_name="Anna", callee="100"),
    event(EventKind.PROMPT, 200, text="Hello.", turn=0, cached=True, first_audio_ms=200),
    event(
        EventKind.HEARD,
        4200,
        turn=1,
        text="我的订单 4711",
        confidence=0.914,
        engine="whisper",
        speech_end_ms=3800,
        decided_ms=4200,
    ),
    event(EventKind.STEP, 4200, step="status"),
    event(EventKind.PROMPT, 4420, text="It was shipped.", turn=1, first_audio_ms=4420),
    event(EventKind.PROMPT, 5420, text="Anything else?", turn=1, first_audio_ms=5420),
    event(EventKind.KEY, 9000, digit="2"),
    event(EventKind.ENDED, 64_500, cause="caller_hung_up"),
)


def test_what_was_said_at_a_sensitive_step_shows_that_it_was_not_kept() -> None:
    sensitive = (
        event(EventKind.PROMPT, 200, first_audio_ms=200),
        event(EventKind.RECORDING, 200, state="paused", why="sensitive"),
        event(EventKind.KEY, 900, step="card"),
        event(EventKind.HEARD, 4200, turn=1, confidence=0.9, engine="whisper"),
        event(EventKind.SLOT, 4200, slot="card"),
        event(EventKind.RECORDING, 5200, state="resumed"),
    )

    lines = [" ".join(line.split()) for line in shown(render_events(sensitive, details=True))]

    assert lines == [
        "0:00.2 Voxdesk (not kept)",
        "0:00.2 not recorded from here: sensitive",
        "0:00.9 Caller (not kept)",
        "0:04.2 Caller (not kept) 90% whisper",
        "0:04.2 card = (not kept)",
        "0:05.2 recorded again",
    ]


def test_a_conversation_reads_from_top_to_bottom_with_its_latencies() -> None:
    lines = shown(render_events(CONVERSATION))
    assert [line.split() for line in lines] == [
        ["0:00.0", "call", "from", "+15550100", "(Anna)", "to", "100"],
        ["0:00.2", "Voxdesk", "Hello.", "cached"],
        ["0:04.2", "Caller", "我的订单", "4711", "91%", "whisper"],
        ["0:04.4", "Voxdesk", "It", "was", "shipped.", "after", "620", "ms"],
        ["0:05.4", "Voxdesk", "Anything", "else?"],
        ["0:09.0", "Caller", "[2]"],
        ["1:04.5", "ended:", "caller", "hung", "up"],
    ]


def test_details_show_the_machine_at_work() -> None:
    assert any("step status" in line for line in shown(render_events(CONVERSATION, details=True)))


@pytest.mark.parametrize("kind", list(EventKind))
def test_every_kind_of_event_can_be_shown_with_nothing_known(kind: EventKind) -> None:
    for line in shown(render_events([event(kind, 0)], details=True)):
        assert "None" not in line


def test_what_is_sensitive_and_not_kept_is_said_so() -> None:
    lines = shown(render_events([event(EventKind.HEARD, 0), event(EventKind.KEY, 0)]))
    assert "(not kept)" in lines[0]
    assert "(not kept)" in lines[1]


def test_a_caller_cannot_take_over_the_terminal() -> None:
    evil = "\x1b[2J\x1b]0;title\x07Anna\r\n\u202eevil [red]not red[/red]"
    lines = shown(render_events([event(EventKind.INCOMING, 0, caller=evil, callee="1")]))
    assert "\x1b" not in "".join(lines)
    assert "\u202e" not in "".join(lines)
    assert "[red]not red[/red]" in " ".join(lines)
    assert clean("a\x9bb") == "a b"


def test_the_waterfall_shows_where_the_time_went() -> None:
    lines = shown(render_turns(turn_timings(CONVERSATION)))
    assert "turn 1 at 0:03.8" in lines[0]
    assert "answered after 620 ms" in lines[0]
    assert any("sure that the turn is over" in line and "0 … 400 ms" in line for line in lines)
    assert any("p50 620, p95 620 ms" in line for line in lines)


def test_the_waterfall_says_why_a_smaller_model_heard_a_turn() -> None:
    times = {"turn": 1, "speech_end_ms": 1000, "speculated_ms": 1100, "decoded_ms": 1400}
    heard = event(EventKind.HEARD, 1500, **times, engine="tiny", stepped_back="crowded")
    lines = shown(render_turns(turn_timings([heard])), width=160)
    assert any("tiny, the larger model stepped back: no worker was free" in line for line in lines)


def test_a_silent_call_has_an_explanation_too() -> None:
    assert "said nothing" in shown(render_turns([]))[0]


def test_times_read_the_same_everywhere() -> None:
    assert [offset(ms) for ms in (0, 949, 59_960, 3_600_000)] == [
        "0:00.0",
        "0:00.9",
        "1:00.0",
        "1:00:00.0",
    ]
    assert [length(s) for s in (None, 0.4, 61.0, 3601.2)] == ["", "0:00", "1:01", "1:00:01"]
