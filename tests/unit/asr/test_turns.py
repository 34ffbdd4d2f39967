"""The turn detector, fed with hand-made frames: what a caller would notice of it."""

from collections.abc import Iterable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from asr.turns import (
    HangTime,
    SpeechPaused,
    SpeechResumed,
    SpeechStarted,
    TurnDetector,
    TurnEnded,
    TurnEvent,
    TurnProfile,
    profile_for,
)
from asr.vad import VadResult
from voxdesk.kernel.speech import AnswerKind, Completeness, Expectation

pytestmark = pytest.mark.unit

FRAME_S = 0.02
PROFILE = TurnProfile(
    hang=HangTime(complete_s=0.4, unsure_s=0.6, incomplete_s=1.0), pause_s=0.12, max_speech_s=5.0
)


def frame(index: int, probability: float, level_dbfs: float) -> VadResult:
    return VadResult(
        end_s=(index + 1) * FRAME_S,
        probability=probability,
        onset_hint=False,
        level_dbfs=level_dbfs,
        noise_floor_dbfs=-65.0,
        speech_level_dbfs=-20.0,
    )


def scene(*parts: tuple[str, float]) -> list[VadResult]:
    """Frames from ("speech" | "silence" | "trail", seconds); trail: the VAD lags, it is silent."""
    kinds = {"speech": (0.95, -22.0), "silence": (0.02, -65.0), "trail": (0.9, -65.0)}
    sounds = [kinds[kind] for kind, seconds in parts for _ in range(round(seconds / FRAME_S))]
    return [frame(i, probability, level) for i, (probability, level) in enumerate(sounds)]


def hear(detector: TurnDetector, results: Iterable[VadResult]) -> list[tuple[float, TurnEvent]]:
    return [(r.end_s, event) for r in results for event in detector.accept(r)]


def test_one_utterance_starts_pauses_and_ends_where_it_did() -> None:
    events = hear(TurnDetector(PROFILE), scene(("silence", 1), ("speech", 2), ("silence", 2)))

    assert [type(event) for _, event in events] == [SpeechStarted, SpeechPaused, TurnEnded]
    (started_at, started), (paused_at, paused), (ended_at, ended) = events
    assert isinstance(started, SpeechStarted)
    assert started.at_s == pytest.approx(1.0)
    assert started_at <= 1.0 + 0.12
    assert paused == SpeechPaused(pytest.approx(1.0), pytest.approx(3.0))
    assert paused_at == pytest.approx(3.12)
    assert ended == TurnEnded(pytest.approx(1.0), pytest.approx(3.0), "silence")
    assert ended_at == pytest.approx(3.6)


@pytest.mark.parametrize(
    ("completeness", "hang_s"),
    [(Completeness.COMPLETE, 0.4), (Completeness.UNSURE, 0.6), (Completeness.INCOMPLETE, 1.0)],
)
def test_how_finished_the_words_sound_decides_how_long_silence_may_last(
    completeness: Completeness, hang_s: float
) -> None:
    detector = TurnDetector(PROFILE)
    ended_at = None
    for result in scene(("speech", 1), ("silence", 2)):
        for event in detector.accept(result):
            if isinstance(event, SpeechPaused):
                detector.hint(completeness, speech_end_s=event.speech_end_s)
            if isinstance(event, TurnEnded):
                ended_at = result.end_s

    assert ended_at == pytest.approx(1 + hang_s)


def test_a_hint_that_comes_after_its_hang_time_ends_the_turn_at_once() -> None:
    detector = TurnDetector(PROFILE)
    results = scene(("speech", 1), ("silence", 0.5))
    assert not any(isinstance(event, TurnEnded) for _, event in hear(detector, results))

    detector.hint(Completeness.COMPLETE)

    (event,) = detector.accept(frame(len(results), 0.0, -65.0))
    assert isinstance(event, TurnEnded)


def test_a_hint_for_an_earlier_pause_is_ignored() -> None:
    detector = TurnDetector(PROFILE)
    events = hear(
        detector, scene(("speech", 1), ("silence", 0.2), ("speech", 1), ("silence", 0.14))
    )
    first = next(event for _, event in events if isinstance(event, SpeechPaused))

    detector.hint(Completeness.COMPLETE, speech_end_s=first.speech_end_s)

    silence = [frame(round(2.34 / FRAME_S) + i, 0.0, -65.0) for i in range(50)]
    ended_at = next(at for at, event in hear(detector, silence) if isinstance(event, TurnEnded))
    assert ended_at == pytest.approx(2.2 + 0.6)


def test_a_thinking_pause_does_not_end_the_turn() -> None:
    events = hear(
        TurnDetector(PROFILE),
        scene(("speech", 1), ("silence", 0.5), ("speech", 1), ("silence", 1)),
    )

    assert [type(event) for _, event in events] == [
        SpeechStarted,
        SpeechPaused,
        SpeechResumed,
        SpeechPaused,
        TurnEnded,
    ]
    assert events[2][1] == SpeechResumed(pytest.approx(1.5))
    assert events[-1][1] == TurnEnded(pytest.approx(0.0), pytest.approx(2.5), "silence")


def test_speech_that_begins_in_the_very_frame_of_the_hang_time_is_not_cut() -> None:
    events = hear(
        TurnDetector(PROFILE),
        scene(("speech", 1), ("silence", 0.58), ("speech", 1), ("silence", 1)),
    )

    assert sum(isinstance(event, TurnEnded) for _, event in events) == 1


def test_the_end_is_found_by_level_while_the_probability_still_trails() -> None:
    events = hear(TurnDetector(PROFILE), scene(("speech", 1), ("trail", 0.2), ("silence", 1)))

    assert events[-1][0] == pytest.approx(1.6)


@pytest.mark.parametrize("length_s", [0.02, 0.04, 0.06, 0.08])
def test_a_click_or_a_short_cough_starts_nothing(length_s: float) -> None:
    # 60 ms touch four frames of 20 ms when they don't line up with them.
    events = hear(
        TurnDetector(PROFILE),
        scene(("silence", 1), ("speech", length_s), ("trail", 0.1), ("silence", 1)),
    )

    assert events == []


def test_a_click_in_a_pause_does_not_stretch_it() -> None:
    events = hear(
        TurnDetector(PROFILE),
        scene(("speech", 1), ("silence", 0.3), ("speech", 0.02), ("silence", 1)),
    )

    assert [type(event) for _, event in events] == [SpeechStarted, SpeechPaused, TurnEnded]
    assert events[-1][0] == pytest.approx(1.6)


def test_speech_that_drowns_in_noise_starts_on_the_probability_alone() -> None:
    noisy = [
        VadResult(
            end_s=(i + 1) * FRAME_S,
            probability=0.9 if 50 <= i < 100 else 0.05,
            onset_hint=False,
            level_dbfs=-20.0,
            noise_floor_dbfs=-20.5,
            speech_level_dbfs=-20.0,
        )
        for i in range(150)
    ]

    events = hear(TurnDetector(PROFILE), noisy)

    assert events[0][0] <= 1.0 + 0.22
    assert isinstance(events[-1][1], TurnEnded)


def test_a_monologue_is_cut_and_heard_on_as_the_next_turn() -> None:
    events = hear(TurnDetector(PROFILE), scene(("speech", 12), ("silence", 1)))

    ended = [event for _, event in events if isinstance(event, TurnEnded)]
    assert [event.reason for event in ended] == ["too_long", "too_long", "silence"]
    assert all(event.end_s - event.start_s <= 5.0 + 1e-6 for event in ended)


def test_a_dropped_turn_says_nothing_more() -> None:
    detector = TurnDetector(PROFILE)
    hear(detector, scene(("speech", 1)))

    detector.drop()

    assert not detector.speaking
    assert hear(detector, [frame(50 + i, 0.02, -65.0) for i in range(100)]) == []


def test_the_step_changes_how_long_is_waited_in_a_pause_under_way() -> None:
    detector = TurnDetector(PROFILE)
    hear(detector, scene(("speech", 1), ("silence", 0.5)))

    detector.expect(TurnProfile(hang=HangTime(1.0, 2.0, 3.0)))

    events = hear(detector, [frame(75 + i, 0.02, -65.0) for i in range(150)])
    assert events[-1][0] == pytest.approx(3.0)


def test_numbers_get_more_patience_than_a_menu() -> None:
    digits = profile_for(Expectation(kind=AnswerKind.ORDER_NUMBER)).hang
    free = profile_for(Expectation(kind=AnswerKind.FREE)).hang
    menu = profile_for(Expectation(kind=AnswerKind.CHOICE), max_speech_s=7.0)

    assert menu.hang.unsure_s < free.unsure_s < digits.unsure_s
    assert menu.max_speech_s == 7.0


@pytest.mark.parametrize(
    ("hang", "pause_s", "max_speech_s"),
    [
        (HangTime(0.5, 0.4, 0.6), 0.1, 5.0),
        (HangTime(0.4, 0.5, 0.6), 0.5, 5.0),
        (HangTime(0.4, 0.5, 0.6), 0.1, 0.0),
    ],
)
def test_a_profile_that_makes_no_sense_is_refused(
    hang: HangTime, pause_s: float, max_speech_s: float
) -> None:
    with pytest.raises(ValueError, match=r"complete|max_speech_s"):
        TurnProfile(hang=hang, pause_s=pause_s, max_speech_s=max_speech_s)


# ------------------------------------------------------------------ whatever is heard

_SOUNDS = st.tuples(st.floats(0, 1), st.floats(-100, 0))
_STRETCHES = st.lists(st.tuples(_SOUNDS, st.integers(1, 60)), max_size=25)
_HINTS = st.lists(st.sampled_from([None, *Completeness]), min_size=1, max_size=7)


def _random_call(stretches: list[tuple[tuple[float, float], int]]) -> list[VadResult]:
    sounds = [sound for sound, frames in stretches for _ in range(frames)]
    return [frame(i, probability, level) for i, (probability, level) in enumerate(sounds)]


@settings(deadline=None)
@given(_STRETCHES, _HINTS)
def test_events_alternate_and_every_time_is_in_bounds(
    stretches: list[tuple[tuple[float, float], int]], hints: list[Completeness | None]
) -> None:
    detector = TurnDetector(PROFILE)
    results = _random_call(stretches)
    tail = [frame(len(results) + i, 0.0, -65.0) for i in range(round(1.2 / FRAME_S))]
    follow: dict[type | None, tuple[type, ...]] = {
        None: (SpeechStarted,),
        TurnEnded: (SpeechStarted,),
        SpeechStarted: (SpeechPaused, TurnEnded),
        SpeechPaused: (SpeechResumed, TurnEnded),
        SpeechResumed: (SpeechPaused, TurnEnded),
    }
    last: type | None = None
    started_s = -1.0
    pauses = 0
    for result in [*results, *tail]:
        for event in detector.accept(result):
            assert isinstance(event, follow[last])
            last = type(event)
            if isinstance(event, SpeechStarted):
                started_s = event.at_s
                assert result.end_s - 0.4 - 1e-6 <= started_s <= result.end_s
            elif isinstance(event, SpeechPaused):
                assert event.speech_start_s == started_s
                assert event.speech_end_s <= result.end_s - PROFILE.pause_s + 1e-6
                hint = hints[pauses % len(hints)]
                pauses += 1
                if hint is not None:
                    detector.hint(hint, speech_end_s=event.speech_end_s)
            elif isinstance(event, TurnEnded):
                assert started_s == event.start_s <= event.end_s <= result.end_s
                waited_s = result.end_s - event.end_s
                if event.reason == "silence":
                    assert waited_s >= PROFILE.hang.complete_s - 1e-6
                assert result.end_s - event.start_s <= PROFILE.max_speech_s + 1e-6
    assert not detector.speaking, "silence for longer than every hang time ends any turn"
    assert last in (None, TurnEnded)


@settings(deadline=None)
@given(st.lists(st.tuples(st.floats(0, 0.49), st.floats(-100, 0)), max_size=300))
def test_noise_alone_never_starts_a_turn(sounds: list[tuple[float, float]]) -> None:
    results = [frame(i, probability, level) for i, (probability, level) in enumerate(sounds)]

    assert hear(TurnDetector(PROFILE), results) == []


@settings(deadline=None)
@given(st.sampled_from([*Completeness]), st.integers(6, 80), st.integers(1, 60))
def test_no_turn_ends_before_its_hang_time(
    completeness: Completeness, speech_frames: int, pause_frames: int
) -> None:
    hang_s = PROFILE.hang.of(completeness)
    detector = TurnDetector(PROFILE)
    ended: list[float] = []
    parts = (("speech", speech_frames * FRAME_S), ("silence", pause_frames * FRAME_S))
    for result in scene(*parts):
        for event in detector.accept(result):
            if isinstance(event, SpeechPaused):
                detector.hint(completeness)
            if isinstance(event, TurnEnded):
                ended.append(result.end_s)

    assert bool(ended) == (pause_frames * FRAME_S >= hang_s - 1e-6)
