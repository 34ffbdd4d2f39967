"""Speakers are told apart by their vectors, and each gets a channel."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from recordings.speakers.apart import D_VECTOR, Turn, speech_spans, turns_of
from recordings.speakers.parts import LONGEST_S, two_channels, utterances
from voxdesk.kernel.audio import SAMPLE_RATE_HZ

pytestmark = pytest.mark.unit
HOP_S, WINDOW_S = 0.2, 0.8


def talk(*parts: tuple[int, float], noise: float = 0.4) -> tuple[np.ndarray, list]:
    """Vectors and spans of speakers who speak for so many seconds each, with pauses between."""
    dice = np.random.default_rng(5)
    voices = np.linalg.qr(dice.normal(size=(64, 8)))[0].T
    rows, spans, at = [], [], 0.0
    for speaker, seconds in parts:
        spans.append((at, at + seconds))
        at += seconds + 0.6
        # A window is of whoever speaks in its middle.
        count = max(0, round((at - WINDOW_S / 2) / HOP_S) - len(rows))
        noises = dice.normal(size=(count, 64)) * noise / 8
        rows += list(voices[speaker] + noises)
    vectors = np.array(rows, np.float32).reshape(-1, 64)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return vectors, spans


def separate(vectors: np.ndarray, spans: list) -> list[Turn]:
    return turns_of(vectors, spans, D_VECTOR, window_s=WINDOW_S, hop_s=HOP_S)


@pytest.mark.parametrize(
    "who", [[0, 1, 0, 1], [0, 0, 0], [0, 1, 2, 1, 0, 2], [0, 1, 0, 0, 1, 1, 0]]
)
def test_each_turn_has_its_speaker_numbered_as_first_heard(who: list[int]) -> None:
    turns = separate(*talk(*((speaker, 5.0) for speaker in who)))
    assert [turn.speaker for turn in turns] == who


def test_a_change_without_a_pause_is_heard() -> None:
    vectors, _ = talk((0, 6.0), (1, 6.0))
    turns = separate(vectors, [(0.0, 12.6)])
    assert [turn.speaker for turn in turns] == [0, 1]
    assert abs(turns[0].end_s - 6.6) < 0.7


def test_a_cough_is_nobody_new() -> None:
    turns = separate(*talk((0, 8.0), (1, 8.0), (5, 0.6), (0, 8.0)))
    assert {turn.speaker for turn in turns} == {0, 1}


def test_one_sentence_is_of_one_person_however_its_sounds_differ() -> None:
    turns = separate(*talk((0, 1.6), (1, 1.5)))
    assert {turn.speaker for turn in turns} == {0}


def test_no_speech_is_no_turn_and_no_vector_is_one_speaker() -> None:
    none = np.zeros((0, 1), np.float32)
    assert separate(none, []) == []
    assert separate(none, [(0.0, 0.4)]) == [Turn(0, 0.0, 0.4)]


@hypothesis_settings(deadline=None, max_examples=60)
@given(st.lists(st.tuples(st.integers(0, 4), st.floats(0.05, 9)), min_size=1, max_size=12))
def test_whatever_is_heard_the_turns_are_the_speech_in_order(
    parts: list[tuple[int, float]],
) -> None:
    vectors, spans = talk(*parts, noise=2.0)
    turns = separate(vectors, spans)
    assert abs(sum(t.end_s - t.start_s for t in turns) - sum(b - a for a, b in spans)) < 1e-6
    assert all(a.end_s <= b.start_s + 1e-9 for a, b in itertools.pairwise(turns))
    heard = list(dict.fromkeys(turn.speaker for turn in turns))
    assert heard == list(range(len(heard)))


@given(st.lists(st.floats(0, 1), max_size=200))
def test_stretches_of_speech_are_in_order_and_apart(probabilities: list[float]) -> None:
    spans = speech_spans(probabilities, 0.02)
    assert all(end - start >= 0.2 - 1e-9 for start, end in spans)
    assert all(a[1] < b[0] for a, b in itertools.pairwise(spans))


def test_long_speech_is_cut_where_it_is_soft_and_short_pauses_are_spoken_over() -> None:
    turns = [Turn(0, 0.0, 3.0), Turn(0, 3.4, 5.0), Turn(1, 5.1, 40.0), Turn(0, 41.0, 42.0)]
    parts = utterances(turns, lambda start, end: (start + end) / 2)
    assert parts[0] == Turn(0, 0.0, 5.0)
    assert all(part.end_s - part.start_s <= LONGEST_S for part in parts)
    assert [part.speaker for part in parts[1:-1]] == [1] * (len(parts) - 2)
    assert (parts[1].start_s, parts[-2].end_s) == (5.1, 40.0)


def test_the_agent_is_on_the_right_and_nothing_is_lost() -> None:
    mono = np.arange(1, 10 * SAMPLE_RATE_HZ + 1, dtype=np.int32).astype(np.int16)
    sound = two_channels(mono, [Turn(0, 1.0, 4.0), Turn(1, 5.0, 9.0)], agent=0)
    assert sound.shape == (len(mono), 2)
    assert np.array_equal(sound.sum(axis=1), mono)
    second = SAMPLE_RATE_HZ
    assert not sound[2 * second, 0]
    assert sound[2 * second, 1]
    assert sound[6 * second, 0]
    assert not sound[6 * second, 1]
