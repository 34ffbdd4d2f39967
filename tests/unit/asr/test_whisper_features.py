import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from asr.whisper_features import FFT_SAMPLES, HOP_SAMPLES, log_mel, mel_filters

pytestmark = pytest.mark.unit


def by_definition(samples: np.ndarray, frames: int, mels: int) -> np.ndarray:
    """The same by the textbook, one sample and one filter at a time, in double precision."""
    padded = np.zeros(frames * HOP_SAMPLES)
    kept = samples[: len(padded)]
    padded[: len(kept)] = kept
    mirrored = np.pad(padded, FFT_SAMPLES // 2, mode="reflect")
    window = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(FFT_SAMPLES) / FFT_SAMPLES)
    turns = np.exp(
        -2j * np.pi * np.outer(np.arange(FFT_SAMPLES // 2 + 1), np.arange(FFT_SAMPLES)) / 400
    )
    columns = []
    for frame in range(frames):
        piece = mirrored[frame * HOP_SAMPLES : frame * HOP_SAMPLES + FFT_SAMPLES] * window
        columns.append(np.abs(turns @ piece) ** 2)
    power = np.array(columns).T
    logs = np.log10(np.maximum(slaney(mels) @ power, 1e-10))
    return (np.maximum(logs, logs.max() - 8.0) + 4.0) / 4.0


def slaney(mels: int) -> np.ndarray:
    """Triangles between equal steps of Slaney's mel scale, each of area 1."""

    def hz(mel: float) -> float:
        return mel * 200 / 3 if mel < 15 else 1000.0 * 6.4 ** ((mel - 15) / 27)

    top = 15 + 27 * np.log(8.0) / np.log(6.4)
    edges = [hz(top * step / (mels + 1)) for step in range(mels + 2)]
    filters = np.zeros((mels, 201))
    for mel in range(mels):
        low, middle, high = edges[mel : mel + 3]
        for bin_index in range(201):
            at = bin_index * 40.0
            if low < at <= middle:
                weight = (at - low) / (middle - low)
            elif middle < at < high:
                weight = (high - at) / (high - middle)
            else:
                continue
            filters[mel, bin_index] = weight * 2.0 / (high - low)
    return filters


def test_filters_are_those_of_the_scale() -> None:
    assert np.allclose(mel_filters(80), slaney(80), atol=1e-7)


@pytest.mark.parametrize("samples", [0, 100, 399, 400, 8_000, 15_900, 16_000, 40_000])
def test_the_spectrogram_is_that_of_the_definition(samples: int) -> None:
    rng = np.random.default_rng(samples)
    tone = np.sin(2 * np.pi * 440 * np.arange(samples) / 16_000)
    sound = (0.3 * tone + 0.05 * rng.standard_normal(samples)).astype(np.float32)
    got = log_mel(sound, frames=100)
    assert got.shape == (80, 100)
    assert got.dtype == np.float32
    assert np.abs(got - by_definition(sound, 100, 80)).max() < 2e-4


@given(st.floats(0.01, 1.0))
def test_a_quieter_caller_has_the_same_picture_only_darker(gain: float) -> None:
    rng = np.random.default_rng(1)
    sound = (0.2 * rng.standard_normal(8_400)).astype(np.float32)
    loud, quiet = log_mel(sound, frames=50), log_mel(sound * np.float32(gain), frames=50)
    shift = np.log10(gain) / 2.0  # 2 log10 of amplitude, divided by 4
    assert np.abs((quiet - loud) - shift).max() < 1e-3
