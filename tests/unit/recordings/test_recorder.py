"""What a listener of a recording notices."""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
import soundfile

from recordings.library import RecordingLibrary, recording_path
from recordings.recorder import MAX_WAITING_FRAMES, Recorder, RecordingInfo, RecordingThread
from voxdesk.kernel.audio import FRAME_SAMPLES, SAMPLE_RATE_HZ, AudioFrame, Pcm
from voxdesk.kernel.call import CallId

pytestmark = pytest.mark.unit
STARTED = datetime(2025, 1, 31, 23, 30, tzinfo=UTC)
CALL = CallId("a1b2c3")


@pytest.fixture
def thread(tmp_path: Path) -> Iterator[RecordingThread]:
    recordings = RecordingThread(tmp_path, min_free_bytes=0)
    yield recordings
    recordings.close()


def tone(value: int) -> Pcm:
    return np.full(FRAME_SAMPLES, value, np.int16)


def speak(recorder: Recorder, frames: range, heard: int, sent: int | None) -> None:
    for number in frames:
        frame = AudioFrame(tone(heard), number * FRAME_SAMPLES)
        recorder.add(frame, None if sent is None else tone(sent))


def finish(recorder: Recorder) -> tuple[RecordingInfo, np.ndarray]:
    info = recorder.close().result(timeout=10)
    audio, rate = soundfile.read(info.path, dtype="int16")
    assert rate == SAMPLE_RATE_HZ
    return info, audio


def test_the_caller_is_left_and_the_answer_right(thread: RecordingThread) -> None:
    recorder = thread.open(CALL, STARTED)
    speak(recorder, range(50), heard=100, sent=-200)
    info, audio = finish(recorder)
    assert info.seconds == 1.0
    assert (audio[:, 0] == 100).all()
    assert (audio[:, 1] == -200).all()


def test_who_gives_up_waiting_for_a_slow_disk_stops_no_other_recording(
    thread: RecordingThread,
) -> None:
    given_up = thread.open(CALL, STARTED)
    given_up.close().cancel()
    other = thread.open(CallId("d4e5f6"), STARTED)
    speak(other, range(50), heard=100, sent=None)

    info, _ = finish(other)

    assert info.seconds == 1.0


def test_a_file_is_found_under_the_day_of_its_call(thread: RecordingThread, tmp_path: Path) -> None:
    recorder = thread.open(CALL, STARTED)
    speak(recorder, range(50), heard=1, sent=None)
    info, _ = finish(recorder)
    assert info.path == tmp_path / "2025/01/31/a1b2c3.wav"
    library = RecordingLibrary(tmp_path)
    with library.open(recorder.name) as file:
        assert file.read() == info.path.read_bytes()
    assert [(one.call_id, one.seconds) for one in library.stored()] == [(CALL, 1.0)]


def test_what_was_lost_is_silence_and_what_follows_stays_in_its_place(
    thread: RecordingThread,
) -> None:
    recorder = thread.open(CALL, STARTED)
    speak(recorder, range(10), heard=5, sent=5)
    speak(recorder, range(30, 40), heard=7, sent=7)
    _, audio = finish(recorder)
    assert len(audio) == 40 * FRAME_SAMPLES
    assert (audio[10 * FRAME_SAMPLES : 30 * FRAME_SAMPLES] == 0).all()
    assert (audio[30 * FRAME_SAMPLES :] == 7).all()


def test_a_sensitive_part_is_silent_and_keeps_its_length(thread: RecordingThread) -> None:
    recorder = thread.open(CALL, STARTED)
    speak(recorder, range(10), heard=5, sent=5)
    recorder.pause()
    speak(recorder, range(10, 60), heard=6, sent=6)
    recorder.resume()
    speak(recorder, range(60, 70), heard=7, sent=7)
    _, audio = finish(recorder)
    assert not (audio == 6).any()
    assert (audio[60 * FRAME_SAMPLES :] == 7).all()


def test_a_call_that_ends_in_a_sensitive_part_is_recorded_to_its_end(
    thread: RecordingThread,
) -> None:
    recorder = thread.open(CALL, STARTED)
    recorder.pause()
    speak(recorder, range(100), heard=6, sent=6)
    info, audio = finish(recorder)
    assert info.seconds == 2.0
    assert len(audio) == 2 * SAMPLE_RATE_HZ
    assert not audio.any()


def test_markers_do_not_disturb_the_sound(thread: RecordingThread) -> None:
    recorder = thread.open(CALL, STARTED)
    speak(recorder, range(50), heard=3, sent=4)
    recorder.mark("gruß", at_ms=500)
    recorder.mark("over the end", at_ms=90_000)
    info, audio = finish(recorder)
    assert len(audio) == SAMPLE_RATE_HZ
    raw = info.path.read_bytes()
    assert "gruß".encode() in raw
    assert b"over the end" not in raw
    assert int.from_bytes(raw[4:8], "little") + 8 == len(raw)


def test_a_call_that_goes_on_in_a_restarted_engine_is_one_recording(tmp_path: Path) -> None:
    for frames, level in ((range(50), 3), (range(60, 100), 4)):
        thread = RecordingThread(tmp_path, min_free_bytes=0)
        recorder = thread.open(CALL, STARTED)
        speak(recorder, frames, heard=level, sent=None)
        recorder.mark("part", at_ms=100)
        _, audio = finish(recorder)
        thread.close()
    assert (audio[: 50 * FRAME_SAMPLES, 0] == 3).all()
    assert (audio[50 * FRAME_SAMPLES : 60 * FRAME_SAMPLES] == 0).all()
    assert (audio[60 * FRAME_SAMPLES :, 0] == 4).all()


def test_many_calls_are_recorded_at_once(thread: RecordingThread) -> None:
    recorders = [thread.open(CallId(f"call-{number}"), STARTED) for number in range(20)]
    for frame in range(50):
        for level, recorder in enumerate(recorders):
            speak(recorder, range(frame, frame + 1), heard=level, sent=-level)
    for level, recorder in enumerate(recorders):
        _, audio = finish(recorder)
        assert (audio == [level, -level]).all()
        assert len(audio) == SAMPLE_RATE_HZ


def test_a_full_disk_stops_the_recording_once_and_not_the_call(tmp_path: Path) -> None:
    thread = RecordingThread(tmp_path, min_free_bytes=1 << 60)
    told: list[str] = []
    heard_of_it = threading.Event()

    def on_failure(reason: str) -> None:
        told.append(reason)
        heard_of_it.set()

    recorder = thread.open(CALL, STARTED, on_failure=on_failure)
    speak(recorder, range(50), heard=1, sent=1)
    assert heard_of_it.wait(10)
    speak(recorder, range(50, 100), heard=1, sent=1)
    info = recorder.close().result(timeout=10)
    thread.close()
    assert "free" in info.failed
    assert told == [info.failed]
    assert info.seconds == 0.0


def test_a_disk_that_hangs_costs_silence_and_not_memory(tmp_path: Path) -> None:
    thread = RecordingThread(tmp_path, min_free_bytes=0)
    stuck, release = threading.Event(), threading.Event()

    def hang(_reason: str) -> None:
        stuck.set()
        release.wait(30)

    # The one thread is kept by another call's failure, as by a disk that doesn't answer.
    (tmp_path / "2025").write_text("a file where a folder should be")
    other = thread.open(CallId("other"), STARTED, on_failure=hang)
    speak(other, range(1), heard=1, sent=1)
    assert stuck.wait(10)
    recorder = thread.open(CALL, datetime(2026, 1, 1, tzinfo=UTC))
    speak(recorder, range(MAX_WAITING_FRAMES + 100), heard=9, sent=9)
    release.set()
    info, audio = finish(recorder)
    thread.close()
    assert info.dropped_frames == 100
    assert len(audio) == (MAX_WAITING_FRAMES + 100) * FRAME_SAMPLES
    assert (audio[: MAX_WAITING_FRAMES * FRAME_SAMPLES] == 9).all()
    assert (audio[MAX_WAITING_FRAMES * FRAME_SAMPLES :] == 0).all()


def test_closing_the_thread_finishes_what_is_open(tmp_path: Path) -> None:
    thread = RecordingThread(tmp_path, min_free_bytes=0)
    recorder = thread.open(CALL, STARTED)
    speak(recorder, range(50), heard=1, sent=2)
    thread.close()
    assert soundfile.info(recorder.path).frames == SAMPLE_RATE_HZ


@pytest.mark.parametrize("call_id", ["", "../etc", "a/b", ".hidden", "x" * 65])
def test_a_call_id_cannot_lead_out_of_the_folder(call_id: str) -> None:
    with pytest.raises(ValueError, match="call's id"):
        recording_path(CallId(call_id), STARTED)
