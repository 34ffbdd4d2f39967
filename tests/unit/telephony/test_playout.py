"""Playout against a model that concatenates what should be heard."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from telephony.line.playout import Playout
from telephony.messages import FRAME_BYTES, LegCleared, LegPlayed

pytestmark = pytest.mark.unit


class Listener:
    """A playout, and what its far end heard of it."""

    def __init__(self) -> None:
        self.events: list[LegPlayed | LegCleared] = []
        self.playout = Playout(3, self.events.append)
        self.heard = b""
        self.now_ms = 0

    def frames(self, count: int = 1) -> bytes:
        new = b""
        for _ in range(count):
            new += self.playout.next_frame(self.now_ms) or bytes(FRAME_BYTES)
            self.now_ms += 20
        self.heard += new
        return new


def sound(ms: int, value: int = 1) -> bytes:
    return bytes((value,)) * (ms * 32)


def test_an_utterance_is_heard_whole_and_its_start_progress_and_end_are_told() -> None:
    far = Listener()
    far.playout.append(1, sound(450), last=True)

    far.frames(30)

    assert far.heard.rstrip(b"\0") == sound(450)
    assert far.events == [
        LegPlayed(3, 1, 20, finished=False, at_ms=20),
        LegPlayed(3, 1, 220, finished=False, at_ms=220),
        LegPlayed(3, 1, 420, finished=False, at_ms=420),
        LegPlayed(3, 1, 450, finished=True, at_ms=450),
    ]


def test_the_next_utterance_starts_without_a_gap() -> None:
    far = Listener()
    far.playout.append(1, sound(30, 1), last=True)
    far.playout.append(2, sound(30, 2), last=True)

    assert far.frames(3) == sound(30, 1) + sound(30, 2)


def test_a_pause_holds_everything_and_resume_goes_on_at_the_exact_sample() -> None:
    far = Listener()
    whole = bytes(range(1, 251)) * 32
    far.playout.append(1, whole, last=True)
    far.playout.append(2, sound(20), last=True)

    before = far.frames(3)
    far.playout.pause(1)
    assert far.frames(5) == bytes(5 * FRAME_BYTES)
    far.playout.resume(1)
    after = far.frames(30)

    assert (before + after).startswith(whole + sound(20))


def test_nothing_of_a_cleared_utterance_is_heard_however_late_it_comes() -> None:
    far = Listener()
    far.playout.append(1, sound(1000, 1), last=False)
    far.playout.append(2, sound(20, 2), last=True)
    far.frames(2)

    far.playout.clear(1)
    far.playout.append(1, sound(500, 1), last=True)
    far.playout.clear(1)

    assert far.frames(2) == sound(20, 2) + bytes(FRAME_BYTES)
    assert [event for event in far.events if isinstance(event, LegCleared)] == [
        LegCleared(3, 1, 40, 40)
    ]


def test_clearing_what_never_came_or_is_over_says_where_it_stopped() -> None:
    far = Listener()
    far.playout.append(1, sound(40), last=True)
    far.frames(5)

    far.playout.clear(1)
    far.playout.clear(2)
    far.playout.append(2, sound(20), last=True)

    assert far.events[-2:] == [LegCleared(3, 1, 40, 100), LegCleared(3, 2, 0, 100)]
    assert far.frames() == bytes(FRAME_BYTES)


def test_a_close_that_comes_after_all_was_played_still_ends_the_utterance() -> None:
    far = Listener()
    far.playout.append(1, sound(40), last=False)
    far.frames(5)
    assert not any(isinstance(e, LegPlayed) and e.finished for e in far.events)

    far.playout.append(1, b"", last=True)
    far.frames()

    assert far.events[-1] == LegPlayed(3, 1, 40, finished=True, at_ms=100)


def test_live_audio_is_at_most_40_ms_behind_and_what_is_dropped_is_counted() -> None:
    far = Listener()
    far.playout.set_live(on=True)
    for value in (1, 2, 3, 4, 5):
        far.playout.push_live(sound(20, value))

    assert far.frames(3) == sound(20, 4) + sound(20, 5) + bytes(FRAME_BYTES)
    assert far.playout.dropped_live == 3


def test_live_audio_outside_live_mode_is_not_heard() -> None:
    far = Listener()
    far.playout.push_live(sound(20))
    far.playout.set_live(on=True)
    far.playout.push_live(sound(20))
    far.playout.set_live(on=False)

    assert far.frames(2) == bytes(2 * FRAME_BYTES)


@given(st.lists(st.integers(0, 2000), max_size=12), st.integers(1, 9))
def test_however_audio_is_chunked_it_is_heard_once_in_order(sizes: list[int], every: int) -> None:
    far = Listener()
    samples = b"".join(int(i % 30000 + 1).to_bytes(2, "little") for i in range(sum(sizes)))
    start = 0
    for index, size in enumerate(sizes):
        far.playout.append(1, samples[2 * start : 2 * (start + size)], last=False)
        start += size
        if index % every == 0:
            far.frames()
    far.playout.append(1, b"", last=True)
    far.frames(sum(sizes) // 320 + 2)

    pairs = [far.heard[i : i + 2] for i in range(0, len(far.heard), 2)]
    assert b"".join(pair for pair in pairs if pair != b"\0\0") == samples
    assert far.events[-1] == LegPlayed(
        3, 1, sum(sizes) // 16, finished=True, at_ms=far.events[-1].at_ms
    )


class PlayoutMachine(RuleBasedStateMachine):
    """Whatever is asked of it, positions never run back and nothing cleared is heard."""

    def __init__(self) -> None:
        super().__init__()
        self.far = Listener()
        self.cleared: set[int] = set()

    @rule(utterance=st.integers(1, 6), ms=st.integers(0, 90), last=st.booleans())
    def append(self, utterance: int, ms: int, *, last: bool) -> None:
        self.far.playout.append(utterance, sound(ms, utterance), last=last)

    @rule(utterance=st.integers(1, 6), paused=st.booleans())
    def pause_or_resume(self, utterance: int, *, paused: bool) -> None:
        (self.far.playout.pause if paused else self.far.playout.resume)(utterance)

    @rule(utterance=st.integers(1, 6))
    def clear(self, utterance: int) -> None:
        self.far.playout.clear(utterance)
        self.cleared.add(utterance)

    @rule(count=st.integers(1, 8))
    def time_passes(self, count: int) -> None:
        assert not self.cleared & set(self.far.frames(count))

    @invariant()
    def events_make_sense(self) -> None:
        for utterance in range(1, 7):
            mine = [event for event in self.far.events if event.utterance == utterance]
            positions = [event.position_ms for event in mine]
            assert positions == sorted(positions)
            assert sum(isinstance(event, LegCleared) for event in mine) == (
                utterance in self.cleared
            )
            if mine:
                assert positions[-1] <= self.far.heard.count(utterance) // 32


TestPlayoutMachine = PlayoutMachine.TestCase
TestPlayoutMachine.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
