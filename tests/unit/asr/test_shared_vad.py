"""Many calls through one detector hear what each would hear alone, and harm nobody else."""

from collections.abc import Callable, Sequence
from typing import Self

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from synthetic_voice import frames, line_noise, voice

from asr.shared_vad import FEW, GATHER_S, SharedVad, VadStream
from asr.vad import SileroModel, Vad, VadModel, VadResult, WebRtcModel
from voxdesk.kernel.audio import FRAME_SAMPLES, AudioFrame, silence
from voxdesk.kernel.errors import AudioFormatError

pytestmark = pytest.mark.unit
SILERO = SileroModel()
CALLS = [
    list(frames(np.concatenate([line_noise(quiet), voice(0.5), line_noise(0.4)])))
    for quiet in (0.2, 0.31, 0.5)
]


class Loop:
    """An event loop's timers, run by hand."""

    def __init__(self) -> None:
        self.due: list[tuple[float, Callable[[], None]]] = []

    def later(self, seconds: float, function: Callable[[], None]) -> None:
        self.due.append((seconds, function))

    def run(self) -> None:
        due, self.due = self.due, []
        for _, function in due:
            function()


def no_fault(error: Exception) -> None:
    raise error


@pytest.mark.parametrize("model", [SILERO, WebRtcModel()], ids=["silero", "webrtc"])
@settings(max_examples=20, deadline=None)
@given(bursts=st.lists(st.tuples(st.integers(0, 2), st.integers(1, 7)), max_size=40))
def test_calls_side_by_side_hear_what_each_would_hear_alone(
    model: VadModel, bursts: list[tuple[int, int]]
) -> None:
    """Whatever the order in which frames come in, and however many at a time."""
    loop = Loop()
    shared = SharedVad(model, loop.later)
    heard: list[list[VadResult]] = [[] for _ in CALLS]
    streams = [shared.open(results.append, no_fault) for results in heard]
    coming = [iter(call) for call in CALLS]
    for call, count in bursts:
        for _, frame in zip(range(count), coming[call], strict=False):
            streams[call].accept(frame)
        if count % 2:
            loop.run()
    loop.run()

    for results, call in zip(heard, CALLS, strict=True):
        alone = model.open()
        expected = [alone.accept(frame) for frame in call[: len(results)]]
        assert [r.end_s for r in results] == [r.end_s for r in expected]
        assert [r.onset_hint for r in results] == [r.onset_hint for r in expected]
        for field in ("probability", "level_dbfs", "noise_floor_dbfs", "speech_level_dbfs"):
            ours, theirs = ([getattr(r, field) for r in some] for some in (results, expected))
            assert ours == pytest.approx(theirs, abs=1e-3)


def test_few_calls_never_wait_for_others_and_many_do_for_a_moment() -> None:
    loop = Loop()
    shared = SharedVad(WebRtcModel(), loop.later)
    waits = []
    for _ in range(FEW + 1):
        stream = shared.open(lambda _: None, no_fault)
        stream.accept(CALLS[0][0])
        waits.append(loop.due[-1][0])
        loop.run()

    assert waits == [0.0] * FEW + [GATHER_S]


def test_a_call_that_is_over_hears_nothing_more() -> None:
    loop = Loop()
    shared = SharedVad(WebRtcModel(), loop.later)
    heard: list[VadResult] = []
    other: list[VadResult] = []
    stream, neighbour = (shared.open(to.append, no_fault) for to in (heard, other))

    stream.accept(CALLS[0][0])
    neighbour.accept(CALLS[0][0])
    stream.close()
    stream.close()
    stream.accept(CALLS[0][1])
    loop.run()

    assert not heard
    assert len(other) == 1


def test_a_call_may_end_while_the_frames_of_all_are_judged() -> None:
    loop = Loop()
    shared = SharedVad(WebRtcModel(), loop.later)
    heard: list[VadResult] = []
    streams: list[VadStream] = [shared.open(lambda _: streams[1].close(), no_fault)]
    streams.append(shared.open(heard.append, no_fault))
    for stream in streams:
        for frame in CALLS[0][:3]:
            stream.accept(frame)
    loop.run()

    assert not heard


def test_a_listener_that_fails_harms_only_its_own_call() -> None:
    loop = Loop()
    shared = SharedVad(WebRtcModel(), loop.later)
    faults: list[Exception] = []
    heard: list[VadResult] = []

    def fails(_: VadResult) -> None:
        raise ValueError

    for stream in (shared.open(fails, faults.append), shared.open(heard.append, no_fault)):
        stream.accept(CALLS[0][0])
    loop.run()

    assert [type(fault) for fault in faults] == [ValueError]
    assert len(heard) == 1


class Broken:
    """A detector whose library has had enough."""

    name = "broken"

    def open(self) -> Self:
        return self

    def accept(self, frame: AudioFrame) -> VadResult:
        return self.accept_each([self], [frame])[0]

    def accept_each(self, _vads: Sequence[Vad], _frames: Sequence[AudioFrame]) -> list[VadResult]:
        raise RuntimeError


def test_each_call_is_told_when_the_detector_fails() -> None:
    loop = Loop()
    shared = SharedVad(Broken(), loop.later)
    faults: list[Exception] = []
    for _ in range(2):
        shared.open(lambda _: None, faults.append).accept(CALLS[0][0])
    loop.run()

    assert [type(fault) for fault in faults] == [RuntimeError, RuntimeError]


def test_what_is_no_frame_is_refused_at_once() -> None:
    stream = SharedVad(WebRtcModel(), Loop().later).open(lambda _: None, no_fault)

    with pytest.raises(AudioFormatError):
        stream.accept(AudioFrame(silence(FRAME_SAMPLES - 1), 0))
