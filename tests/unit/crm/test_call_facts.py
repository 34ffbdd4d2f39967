from typing import Any

import pytest

from crm.calls.entries import LoggedEvent
from crm.facts.facts import facts_of
from crm.facts.markers import Marker, MarkerKind, markers_of
from tests.fixtures.told_calls import event, logged, whole_call
from voxdesk.kernel.call import CallEvent, EventKind


def log_of(*events: CallEvent) -> list[LoggedEvent]:
    return list(logged(*events))


def prompt(start_ms: int, end_ms: int, utterance: int, **more: Any) -> list[CallEvent]:
    return [
        event(
            EventKind.PROMPT, start_ms, text="Hello", utterance=utterance, first_audio_ms=start_ms,
            **more,
        ),
        event(EventKind.PROMPT_FINISHED, end_ms, utterance=utterance),
    ]  # fmt: skip


def heard(start_ms: int, end_ms: int, turn: int = 1) -> CallEvent:
    return event(
        EventKind.HEARD, end_ms, turn=turn, text="well", speech_start_ms=start_ms,
        speech_end_ms=end_ms,
    )  # fmt: skip


def found(kind: MarkerKind, *events: CallEvent) -> list[Marker]:
    return [marker for marker in markers_of(log_of(*events)) if marker.kind is kind]


def test_a_whole_call_in_figures() -> None:
    log = list(logged(*whole_call()))

    facts = facts_of(log)

    assert facts.turns == 2
    assert facts.no_matches == 1
    assert facts.no_inputs == 1
    assert facts.barge_ins == 1
    assert facts.keys == 1
    assert facts.latency_p50_ms == 700
    assert facts.slow_turns == 0
    assert facts.transferred
    assert facts.steps[0] == "menu"
    assert facts.duration_ms == log[-1].event.audio_ms


def test_no_moment_says_what_somebody_said() -> None:
    words = {EventKind.HEARD, EventKind.PROMPT, EventKind.IGNORED, EventKind.NO_MATCH}
    said = [one for one in whole_call(private="secret") if one.kind in words]

    moments = markers_of(log_of(*said))

    assert MarkerKind.NO_MATCH in {one.kind for one in moments}
    assert not [one for one in moments if "secret" in one.label]


def test_a_long_pause_is_a_silence_and_a_short_one_is_not() -> None:
    events = [*prompt(0, 1000, 1), heard(3000, 4000), *prompt(9000, 10_000, 2)]

    (silence,) = found(MarkerKind.SILENCE, *events)

    assert (silence.start_ms, silence.end_ms) == (4000, 9000)
    assert facts_of(log_of(*events)).longest_silence_ms == 5000


def test_waiting_in_a_queue_and_talking_with_a_person_are_no_silence() -> None:
    events = [
        *prompt(0, 1000, 1),
        event(EventKind.QUEUED, 1100, queue="billing"),
        event(EventKind.BRIDGED, 30_000, agent="anna"),
        event(EventKind.ENDED, 90_000, cause="caller_hung_up"),
    ]

    assert found(MarkerKind.SILENCE, *events) == []
    assert [one.label for one in found(MarkerKind.QUEUED, *events)] == ["billing"]


def test_speaking_over_a_prompt_is_an_overlap() -> None:
    (overlap,) = found(MarkerKind.OVERLAP, *prompt(0, 3000, 1), heard(2000, 3500))

    assert (overlap.start_ms, overlap.end_ms) == (2000, 3000)


def test_a_slow_answer_lasts_from_the_callers_last_sound_to_our_first() -> None:
    (slow,) = found(MarkerKind.SLOW_TURN, heard(1000, 2000), *prompt(4500, 5000, 1, turn=1))

    assert (slow.start_ms, slow.end_ms, slow.label) == (2000, 4500, "2500")


def test_the_digits_of_a_number_are_not_told_and_a_choice_is() -> None:
    keys = [event(EventKind.KEY, at, digit="4") for at in (1000, 1500, 2000, 20_000)]

    assert [one.label for one in found(MarkerKind.KEY, *keys)] == ["", "", "", "4"]


def test_what_is_not_recorded_is_shown_as_such() -> None:
    (gap,) = found(
        MarkerKind.NOT_RECORDED,
        event(EventKind.RECORDING, 1000, state="paused", why="sensitive"),
        event(EventKind.RECORDING, 9000, state="resumed"),
    )

    assert (gap.start_ms, gap.end_ms, gap.label) == (1000, 9000, "sensitive")


def test_the_strongest_feeling_stays() -> None:
    facts = facts_of(
        log_of(
            event(EventKind.FEELING, 100, feeling="frustrated", strength=0.4),
            event(EventKind.FEELING, 200, feeling="angry", strength=0.9),
            event(EventKind.FEELING, 300, feeling="pleased", strength=0.2),
        )
    )

    assert facts.feeling == "angry"


@pytest.mark.parametrize("data", [{}, {"step": 3, "agent": None, "strength": "much", "by": []}])
def test_an_odd_log_has_figures_too(data: dict[str, Any]) -> None:
    log = [event(kind, 100, **data) for kind in EventKind]

    assert facts_of(log_of(*log)).turns == 1
