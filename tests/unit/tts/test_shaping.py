import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tts.shaping import (
    SPEECH_LEVEL_DBFS,
    Samples,
    SpeechShaper,
    gain_for,
    join,
    soft_limit,
    speech_level_dbfs,
)
from voxdesk.kernel.audio import Pcm, to_float

pytestmark = pytest.mark.unit

RATE = 22_050


def speech_like(seconds: float = 1.0, level: float = 0.1) -> Samples:
    """Syllables: a tone that swells five times a second."""
    t = np.arange(round(seconds * RATE)) / RATE
    swell = 0.2 + 0.8 * np.sin(2 * np.pi * 2.5 * t) ** 2
    return (level * swell * np.sin(2 * np.pi * 180 * t)).astype(np.float32)


def quiet(ms: float) -> Samples:
    noise = np.random.default_rng(1).normal(0, 1e-4, round(ms * RATE / 1000))
    return noise.astype(np.float32)


def shaped(samples: Samples, sizes: list[int], gain: float = 1.0) -> Pcm:
    shaper = SpeechShaper(RATE, gain)
    out: list[Pcm] = []
    at = 0
    for size in sizes:
        out.append(shaper.push(samples[at : at + size]))
        at += size
    out += [shaper.push(samples[at:]), shaper.finish()]
    return join(out)


def loud(pcm: Pcm) -> np.ndarray:
    return np.flatnonzero(np.abs(pcm) > 300)


def test_silence_around_a_sentence_is_cut_and_silence_inside_is_kept() -> None:
    inside = quiet(200)
    samples = np.concatenate([quiet(300), speech_like(), inside, speech_like(), quiet(400)])

    pcm = shaped(samples, [])

    where = loud(pcm)
    assert where[0] < 16 * 20  # speech begins within 20 ms
    assert len(pcm) - where[-1] < 16 * 70
    assert len(pcm) == pytest.approx(16_000 * 2.2, abs=16 * 100)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(0, 9000), max_size=12))
def test_how_the_pieces_were_cut_is_not_heard(sizes: list[int]) -> None:
    samples = np.concatenate([quiet(90), speech_like(0.5), quiet(150), speech_like(0.3), quiet(80)])

    whole, pieces = shaped(samples, []), shaped(samples, sizes)

    assert len(whole) == len(pieces)
    assert int(np.max(np.abs(whole.astype(int) - pieces.astype(int)))) <= 1


def test_sound_begins_and_ends_without_a_click() -> None:
    pcm = shaped(np.full(RATE, 0.3, np.float32), [])

    assert abs(int(pcm[0])) < 300
    assert abs(int(pcm[-1])) < 300
    assert int(np.max(np.abs(np.diff(pcm.astype(int))))) < 2500


@pytest.mark.parametrize("level", [0.02, 0.1, 0.9])
def test_any_voice_is_brought_to_the_same_level_without_clipping(level: float) -> None:
    samples = speech_like(2.0, level)

    pcm = shaped(samples, [], gain_for(samples, RATE))

    assert speech_level_dbfs(to_float(pcm), 16_000) == pytest.approx(SPEECH_LEVEL_DBFS, abs=1.0)
    assert int(np.max(np.abs(pcm.astype(int)))) < 32_767


@given(st.lists(st.floats(-50, 50, width=32), min_size=1, max_size=50))
def test_peaks_are_bent_never_cut(values: list[float]) -> None:
    samples = np.array(values, np.float32)

    limited = soft_limit(samples)

    assert float(np.max(np.abs(limited))) <= 1.0
    small = np.abs(samples) <= 0.7
    assert np.array_equal(limited[small], samples[small])
    order = np.argsort(samples, kind="stable")
    assert np.all(np.diff(limited[order]) >= -1e-6)


def test_nothing_said_gives_nothing() -> None:
    assert len(shaped(quiet(500), [])) == 0
    assert len(shaped(np.zeros(0, np.float32), [])) == 0
    assert gain_for(np.zeros(RATE, np.float32), RATE) == 1.0
