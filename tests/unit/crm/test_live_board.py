"""Calls in progress as whoever watches sees them, whatever order their logs come in."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm.calls.entries import LoggedEvent
from crm.live.board import GONE_AFTER, Board
from crm.live.call import LiveCall, Stage
from crm.transcripts.model import Side
from voxdesk.kernel.call import CallEvent, CallId, EventKind

pytestmark = pytest.mark.unit
START = datetime(2026, 11, 26, 9, 0, tzinfo=UTC)
CALL = "a1b2c3"
LOG: list[tuple[EventKind, dict[str, object]]] = [
    (EventKind.INCOMING, {"caller": "+15550123", "callee": "100"}),
    (EventKind.STARTED, {"facts": {"display_name": "Ada Byron", "language": "en"}}),
    (EventKind.ANSWERED, {}),
    (EventKind.STEP, {"step": "greet", "flow": "shop"}),
    (EventKind.PROMPT, {"text": "Hello.", "first_audio_ms": 100}),
    (EventKind.HEARD, {"turn": 1, "text": "an agent please", "speech_end_ms": 3000}),
    (EventKind.STEP, {"step": "person"}),
    (EventKind.PROMPT, {"turn": 1, "text": "One moment.", "first_audio_ms": 3900}),
    (EventKind.QUEUED, {"queue": "service"}),
    (EventKind.QUEUE_POSITION, {"queue": "service", "position": 2}),
    (EventKind.BRIDGED, {"agent": "kim"}),
]


def logged(seq: int, kind: EventKind, data: dict[str, object], call: str = CALL) -> LoggedEvent:
    at = START + timedelta(seconds=seq)
    return LoggedEvent(seq, CallEvent(CallId(call), kind, at, seq * 1000, data))


def whole() -> list[LoggedEvent]:
    return [logged(seq, kind, data) for seq, (kind, data) in enumerate(LOG)]


def board_of(events: list[LoggedEvent]) -> LiveCall:
    board = Board()
    for event in events:
        board.take(event)
    call = board.find(CALL)
    assert call is not None
    return call


def test_a_call_that_waited_and_now_talks_with_a_person() -> None:
    call = board_of(whole())
    assert (call.caller, call.customer, call.flow, call.step) == (
        "+15550123",
        "Ada Byron",
        "shop",
        "person",
    )
    assert (call.stage, call.agent, call.queue) == (Stage.PERSON, "kim", "service")
    assert call.latencies == [(1, 900)]
    assert [(line.side, line.text) for line in call.lines] == [
        (Side.VOXDESK, "Hello."),
        (Side.CALLER, "an agent please"),
        (Side.VOXDESK, "One moment."),
    ]


def test_how_long_somebody_waits_is_known_from_when_they_began() -> None:
    call = board_of(whole()[:10])
    assert (call.stage, call.position, call.since) == (
        Stage.WAITING,
        2,
        START + timedelta(seconds=8),
    )


@given(st.permutations(range(len(LOG))), st.lists(st.integers(0, len(LOG) - 1), max_size=5))
def test_lines_that_come_twice_or_late_change_nothing(order: list[int], again: list[int]) -> None:
    events = whole()
    mixed = board_of([events[place] for place in [*order, *again]])
    assert mixed == board_of(events)


def test_of_a_sensitive_step_there_are_no_words() -> None:
    call = board_of([*whole()[:5], logged(6, EventKind.HEARD, {"turn": 1})])
    assert [line.text for line in call.lines] == ["Hello.", None]


def test_at_a_sensitive_step_no_words_are_taken_and_whoever_watches_knows_why() -> None:
    board = Board()
    for event in whole()[:5]:
        board.take(event)
    board.hear(CALL, "my card is")
    board.take(logged(5, EventKind.RECORDING, {"state": "paused", "why": "sensitive"}))
    call = board.find(CALL)
    assert call is not None
    assert (call.secret, call.partial) == (True, "")
    assert board.hear(CALL, "four two four two") is None
    assert call.partial == ""
    board.take(logged(6, EventKind.RECORDING, {"state": "resumed"}))
    assert not call.secret
    assert board.hear(CALL, "thank you") == CALL


def test_words_that_are_being_recognized_go_when_the_turn_is_over() -> None:
    board = Board()
    for event in whole()[:5]:
        board.take(event)
    assert board.hear(CALL, "an agent") == CALL
    assert board.hear(CALL, "an agent") is None
    call = board.find(CALL)
    assert call is not None
    assert call.partial == "an agent"
    board.take(whole()[5])
    assert call.partial == ""
    assert board.hear("nobody", "hello") is None


def test_a_call_that_is_over_is_seen_ending_and_does_not_come_back() -> None:
    board = Board()
    end = logged(20, EventKind.ENDED, {"cause": "caller_hung_up"})
    for event in [*whole(), end]:
        board.take(event)
    call = board.find(CALL)
    assert call is not None
    assert (call.stage, call.cause) == (Stage.ENDED, "caller_hung_up")
    assert board.drop_old(end.event.at, open_since=START) == []
    assert board.drop_old(end.event.at + GONE_AFTER, open_since=START) == [CALL]
    assert board.take(logged(21, EventKind.RECORDING, {})) is None
    assert board.find(CALL) is None


def test_a_call_that_nobody_ended_is_forgotten_in_the_end() -> None:
    board = Board()
    board.take(whole()[0])
    assert board.drop_old(START, open_since=START + timedelta(seconds=1)) == [CALL]
