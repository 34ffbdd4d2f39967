"""Voice activity on sound made here: voice, line noise, loud noise, clicks."""

import logging
import tracemalloc
from pathlib import Path

import numpy as np
import pytest
from synthetic_voice import frames, line_noise, voice, white_noise

from asr.levels import LevelTracker
from asr.turns import SpeechStarted, TurnDetector, TurnEnded
from asr.vad import SileroModel, VadModel, WebRtcModel, load_vad
from voxdesk.kernel.audio import SILENCE_DBFS, AudioFrame, silence
from voxdesk.kernel.errors import AudioFormatError, ModelMissing

pytestmark = pytest.mark.unit


@pytest.fixture(scope="module")
def silero() -> SileroModel:
    return SileroModel()


@pytest.fixture(params=["silero", "webrtc"])
def model(request: pytest.FixtureRequest, silero: SileroModel) -> VadModel:
    return silero if request.param == "silero" else WebRtcModel()


def test_a_voice_is_heard_within_100_ms_and_its_end_within_200(model: VadModel) -> None:
    call = np.concatenate([line_noise(1), voice(2), line_noise(1)])
    vad = model.open()

    results = [vad.accept(frame) for frame in frames(call)]

    assert max(r.probability for r in results if r.end_s <= 1.0) < 0.3
    assert min(r.probability for r in results if 1.1 < r.end_s <= 3.0) > 0.5
    assert max(r.probability for r in results if r.end_s > 3.2) < 0.3


def test_the_turn_of_a_voice_is_found_where_it_is(model: VadModel) -> None:
    call = np.concatenate([line_noise(1), voice(2), line_noise(1)])
    vad = model.open()
    detector = TurnDetector()

    events = [event for frame in frames(call) for event in detector.accept(vad.accept(frame))]

    assert isinstance(events[0], SpeechStarted)
    assert events[0].at_s == pytest.approx(1.0, abs=0.05)
    assert isinstance(events[-1], TurnEnded)
    assert events[-1].end_s == pytest.approx(3.0, abs=0.1)
    assert sum(isinstance(event, TurnEnded) for event in events) == 1


@pytest.mark.parametrize("level_dbfs", [-60.0, -40.0, -20.0, -3.0])
def test_noise_of_any_level_is_nobody_speaking(silero: SileroModel, level_dbfs: float) -> None:
    vad = silero.open()

    loudest = max(
        vad.accept(frame).probability for frame in frames(white_noise(5, level_dbfs=level_dbfs))
    )

    assert loudest < 0.5


def test_clicks_on_the_line_start_no_turn(silero: SileroModel) -> None:
    call = line_noise(20)
    random = np.random.default_rng(1)
    for second in range(1, 19):
        length = 16 * random.integers(1, 60)
        at = 16_000 * second + random.integers(0, 320)
        call[at : at + length] = random.integers(-12_000, 12_000, length)
    vad = silero.open()
    detector = TurnDetector()

    assert [event for frame in frames(call) for event in detector.accept(vad.accept(frame))] == []


def test_a_voice_in_noise_of_nearly_its_level_is_heard(silero: SileroModel) -> None:
    call = np.concatenate([silence(16_000), voice(2), silence(16_000)])
    call += white_noise(4, level_dbfs=-30.0)
    vad = silero.open()
    detector = TurnDetector()

    events = [event for frame in frames(call) for event in detector.accept(vad.accept(frame))]

    assert sum(isinstance(event, TurnEnded) for event in events) == 1


def test_calls_share_a_model_and_hear_only_their_own_audio(model: VadModel) -> None:
    one, other = frames(voice(1)), frames(white_noise(1, level_dbfs=-20.0))
    alone = model.open()
    expected = [alone.accept(frame) for frame in one]
    first, second = model.open(), model.open()

    together = []
    for mine, theirs in zip(one, other, strict=True):
        together.append(first.accept(mine))
        second.accept(theirs)

    assert together == expected


def test_closed_calls_leave_no_memory_behind(model: VadModel) -> None:
    call = frames(voice(0.1))

    def many_calls() -> None:
        for _ in range(100):
            vad = model.open()
            for frame in call:
                vad.accept(frame)

    many_calls()
    tracemalloc.start()
    try:
        before, _ = tracemalloc.get_traced_memory()
        many_calls()
        after, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert after - before < 20_000


@pytest.mark.parametrize(
    "frame",
    [AudioFrame(silence(160), 0), AudioFrame(silence(320), 0, 8000), AudioFrame(silence(0), 0)],
)
def test_audio_of_another_shape_is_refused(model: VadModel, frame: AudioFrame) -> None:
    with pytest.raises(AudioFormatError, match="320 samples at 16000 Hz"):
        model.open().accept(frame)


def test_a_missing_model_falls_back_and_says_so(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        model = load_vad(tmp_path / "gone.onnx")

    assert model.name == "webrtc"
    assert "gone.onnx" in caplog.text


def test_a_file_that_is_no_model_is_named(tmp_path: Path) -> None:
    path = tmp_path / "model.onnx"
    path.write_text("not a model")

    with pytest.raises(ModelMissing, match=r"model\.onnx"):
        SileroModel(path)


# ------------------------------------------------------------------ levels


def test_the_noise_floor_finds_the_noise_between_words() -> None:
    levels = LevelTracker()
    for _ in range(5):
        for _ in range(50):
            levels.update(-18.0, 0.95)
        for _ in range(50):
            levels.update(-48.0, 0.02)

    assert levels.noise_floor_dbfs == pytest.approx(-48.0, abs=2.0)
    assert levels.speech_level_dbfs == pytest.approx(-18.0, abs=2.0)


def test_a_lost_frame_is_not_a_quieter_line() -> None:
    levels = LevelTracker()
    for _ in range(200):
        levels.update(-45.0, 0.02)
    floor = levels.noise_floor_dbfs

    for _ in range(200):
        levels.update(SILENCE_DBFS, 0.0)

    assert levels.noise_floor_dbfs == floor


def test_a_quiet_caller_is_known_within_half_a_second_of_speech() -> None:
    levels = LevelTracker()
    for _ in range(25):
        levels.update(-45.0, 0.9)

    assert levels.speech_level_dbfs == pytest.approx(-45.0, abs=3.0)
