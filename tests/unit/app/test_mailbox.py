"""What is kept of a message, and how it is cut for a recognizer."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voxdesk.app.mailbox import LEAD_IN_MS, Heard
from voxdesk.app.transcripts.listening import LONGEST_FRAMES, PAUSE_FRAMES, SPEECH, pieces

pytestmark = pytest.mark.unit


def heard(*spans: tuple[int, bool]) -> Heard:
    """Looked at ten times a second: (milliseconds, whether somebody speaks)."""
    found = Heard(1000)
    now = 1000
    for lasts_ms, speaks in spans:
        for _ in range(lasts_ms // 100):
            now += 100
            found.look(now, speaks=speaks)
    return found


def test_the_silence_around_a_message_is_not_kept() -> None:
    part = heard((2000, False), (3000, True), (1000, False), (500, True), (4000, False)).part

    assert part == (3000 - LEAD_IN_MS, 7500)


def test_a_message_that_begins_at_once_begins_at_the_tone() -> None:
    assert heard((1000, True)).part == (1000, 2000)


@pytest.mark.parametrize("spans", [(), ((4000, False),), ((100, True), (4000, False), (200, True))])
def test_too_little_speech_is_no_message(spans: tuple[tuple[int, bool], ...]) -> None:
    assert heard(*spans).part == (0, 0)


def test_a_message_is_cut_at_its_pauses() -> None:
    speech, pause, breath = [0.9] * 100, [0.1] * 50, [0.1] * 10

    assert pieces([*pause, *speech, *breath, *speech, *pause, *speech]) == [(50, 260), (310, 410)]


def test_a_long_stretch_is_cut_where_it_is_softest() -> None:
    stretch = [0.9] * (LONGEST_FRAMES * 3)
    softest = LONGEST_FRAMES - 50
    stretch[softest] = 0.6

    found = pieces(stretch)

    assert found[0] == (0, softest)
    assert all(end - start <= LONGEST_FRAMES for start, end in found)


@given(st.lists(st.floats(0, 1), max_size=3000))
def test_no_speech_is_lost_and_no_piece_is_too_long(probabilities: list[float]) -> None:
    found = pieces(probabilities)

    inside = {frame for start, end in found for frame in range(start, end)}
    assert {i for i, one in enumerate(probabilities) if one >= SPEECH} <= inside
    assert all(0 < end - start <= LONGEST_FRAMES for start, end in found)
    assert all(before[1] <= after[0] for before, after in pairwise(found))


def test_a_pause_is_longer_than_a_breath() -> None:
    gap = [0.1] * (PAUSE_FRAMES - 1)

    assert len(pieces([0.9, *gap, 0.9])) == 1
    assert len(pieces([0.9, *gap, 0.1, 0.1, 0.9])) == 2
