"""Features against an independent computation of Kaldi's definition, and against themselves."""

import gc
from itertools import pairwise

import numpy as np
import psutil
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from synthetic_voice import line_noise, voice

from asr.features import (
    HIRES_MFCC,
    KALDI_MFCC,
    LOG_MEL_80,
    FeatureOptions,
    FeatureStream,
    log_mel,
    mfcc,
)
from asr.lpc import LpcOptions, LpcStream, cepstrum, levinson_durbin, lpc_cepstra
from voxdesk.kernel.audio import Pcm, silence
from voxdesk.kernel.errors import AudioFormatError

pytestmark = pytest.mark.unit


# ------------------------------------------------------------------ Kaldi's numbers, by numpy


def _mel(hz: np.ndarray) -> np.ndarray:
    return 1127.0 * np.log(1.0 + hz / 700.0)


def _windows(pcm: Pcm, options: FeatureOptions) -> tuple[np.ndarray, np.ndarray]:
    """Windowed frames, padded to a power of two, and their log energy before the window."""
    length = round(options.sample_rate_hz * options.frame_length_ms / 1000)
    shift = round(options.sample_rate_hz * options.frame_shift_ms / 1000)
    count = 1 + (len(pcm) - length) // shift
    x = np.stack([pcm[i * shift : i * shift + length].astype(np.float64) for i in range(count)])
    x -= x.mean(axis=1, keepdims=True)
    energy = np.log(np.maximum((x**2).sum(axis=1), np.finfo(np.float32).eps))
    x = np.hstack(
        [x[:, :1] * (1 - options.preemphasis), x[:, 1:] - options.preemphasis * x[:, :-1]]
    )
    n = np.arange(length)
    x *= (0.5 - 0.5 * np.cos(2 * np.pi * n / (length - 1))) ** 0.85  # Povey's window
    padded = 1 << (length - 1).bit_length()
    return np.pad(x, ((0, 0), (0, padded - length))), energy


def reference_log_mel(pcm: Pcm, options: FeatureOptions) -> tuple[np.ndarray, np.ndarray]:
    x, energy = _windows(pcm, options)
    padded = x.shape[1]
    power = np.abs(np.fft.rfft(x, axis=1))[:, : padded // 2] ** 2
    nyquist = options.sample_rate_hz / 2
    high = options.high_hz if options.high_hz > 0 else nyquist + options.high_hz
    edges = np.linspace(_mel(np.array(options.low_hz)), _mel(np.array(high)), options.mel_bins + 2)
    bins = _mel(np.arange(padded // 2) * options.sample_rate_hz / padded)
    up = (bins - edges[:-2, None]) / (edges[1:-1] - edges[:-2])[:, None]
    down = (edges[2:, None] - bins) / (edges[2:] - edges[1:-1])[:, None]
    weights = np.maximum(0.0, np.minimum(up, down))
    return np.log(np.maximum(power @ weights.T, np.finfo(np.float32).eps)), energy


def reference_mfcc(pcm: Pcm, options: FeatureOptions) -> np.ndarray:
    mel, energy = reference_log_mel(pcm, options)
    n = options.mel_bins
    k = np.arange(options.cepstra)[:, None]
    dct = np.sqrt(2 / n) * np.cos(np.pi / n * (np.arange(n) + 0.5) * k)
    dct[0] = np.sqrt(1 / n)
    lifter = 1 + 0.5 * options.lifter * np.sin(np.pi * np.arange(options.cepstra) / options.lifter)
    features = mel @ dct.T * lifter
    if options.use_energy:
        features[:, 0] = energy
    return features


AUDIO = np.concatenate([line_noise(0.3), voice(1.0), line_noise(0.3)])


@pytest.mark.parametrize("options", [KALDI_MFCC, HIRES_MFCC], ids=["13", "hires"])
def test_mfcc_are_those_of_kaldi_s_definition(options: FeatureOptions) -> None:
    features = mfcc(AUDIO, options)

    assert features.shape == (options.frame_count(len(AUDIO)), options.cepstra)
    np.testing.assert_allclose(features, reference_mfcc(AUDIO, options), atol=1e-3, rtol=1e-3)


@pytest.mark.parametrize("rate_hz", [8000, 16000])
def test_log_mel_energies_are_those_of_kaldi_s_definition(rate_hz: int) -> None:
    options = FeatureOptions(sample_rate_hz=rate_hz, mel_bins=40)
    features = log_mel(AUDIO, options)

    expected, _ = reference_log_mel(AUDIO, options)
    np.testing.assert_allclose(features, expected, atol=1e-3, rtol=1e-3)


@settings(deadline=None, max_examples=40)
@given(st.lists(st.integers(0, 700), min_size=1, max_size=60), st.booleans())
def test_however_audio_is_cut_the_features_are_the_same(
    pieces: list[int],
    snip_edges: bool,  # noqa: FBT001  Hypothesis passes it by name
) -> None:
    options = FeatureOptions(snip_edges=snip_edges)
    audio = AUDIO[: sum(pieces)]
    stream = FeatureStream("mfcc", options)
    parts = []
    at = 0
    for piece in pieces:
        parts.append(stream.accept(audio[at : at + piece]))
        at += piece
    parts.append(stream.finish())

    streamed = np.concatenate(parts)

    np.testing.assert_array_equal(streamed, mfcc(audio, options))
    assert len(streamed) == options.frame_count(len(audio))


def test_a_frame_comes_out_as_soon_as_its_window_is_full() -> None:
    stream = FeatureStream("log_mel", LOG_MEL_80)

    counts = [len(stream.accept(AUDIO[i : i + 320])) for i in range(0, 320 * 6, 320)]

    assert counts == [0, 2, 2, 2, 2, 2]


def test_louder_speech_moves_only_the_energy() -> None:
    quiet, loud = mfcc(AUDIO[8000:12000] // 2), mfcc(AUDIO[8000:12000] // 2 * 2)

    np.testing.assert_allclose(loud[:, 0] - quiet[:, 0], 2 * np.log(2), atol=1e-3)
    np.testing.assert_allclose(loud[:, 1:], quiet[:, 1:], atol=2e-2)


def test_silence_and_almost_nothing_have_features_too() -> None:
    assert np.isfinite(mfcc(silence(16_000))).all()
    assert mfcc(silence(399)).shape == (0, 13)
    assert log_mel(silence(0)).shape == (0, 80)


def test_an_hour_of_one_call_is_not_kept_in_memory() -> None:
    stream = FeatureStream("mfcc", HIRES_MFCC)
    second = silence(16_000)
    for _ in range(60):
        stream.accept(second)
    gc.collect()
    before = psutil.Process().memory_info().rss
    for _ in range(300):
        stream.accept(second)

    # Kept, they would be 30,000 frames of 40 floats: 5 MB beside their overhead.
    assert psutil.Process().memory_info().rss - before < 2_500_000


@pytest.mark.parametrize("audio", [np.zeros(400, np.float32), np.zeros((2, 400), np.int16)])
def test_audio_of_another_type_is_refused(audio: np.ndarray) -> None:
    with pytest.raises(AudioFormatError, match="int16"):
        FeatureStream("mfcc", KALDI_MFCC).accept(audio)
    with pytest.raises(AudioFormatError, match="int16"):
        LpcStream().accept(audio)


# ------------------------------------------------------------------ linear prediction

_SIGNALS = st.integers(0, 2**32 - 1).map(
    lambda seed: np.random.default_rng(seed).standard_normal(240)
)


def _lags(signal: np.ndarray, count: int) -> np.ndarray:
    return np.array([signal[: len(signal) - lag] @ signal[lag:] for lag in range(count)])


@settings(deadline=None)
@given(_SIGNALS, st.integers(1, 20))
def test_the_recursion_solves_the_normal_equations(signal: np.ndarray, order: int) -> None:
    r = _lags(signal, order + 1)

    a, _, error = levinson_durbin(r, order)

    toeplitz = r[np.abs(np.subtract.outer(np.arange(order), np.arange(order)))]
    np.testing.assert_allclose(a[1:], np.linalg.solve(toeplitz, -r[1:]), atol=1e-8)
    assert error == pytest.approx(a @ r, rel=1e-8)


@settings(deadline=None)
@given(_SIGNALS, st.integers(1, 20))
def test_the_filter_is_stable_and_each_coefficient_helps(signal: np.ndarray, order: int) -> None:
    r = _lags(signal, order + 1)

    a, reflection, error = levinson_durbin(r, order)

    assert np.abs(np.roots(a)).max() < 1.0
    assert np.abs(reflection).max() < 1.0
    assert 0 <= error <= levinson_durbin(r, order - 1)[2] if order > 1 else error <= r[0]


@settings(deadline=None)
@given(_SIGNALS)
def test_the_cepstrum_is_that_of_the_filter_s_spectrum(signal: np.ndarray) -> None:
    # Reflections of at most 0.9 keep the poles off the unit circle, where 4096 bins would blur.
    a, _, _ = levinson_durbin(_lags(signal, 9), 8)
    spectrum = -np.log(np.abs(np.fft.rfft(a, 4096)))
    expected = 2 * np.fft.irfft(spectrum)[1:16]

    np.testing.assert_allclose(cepstrum(a, 15), expected, atol=1e-6)


def test_a_known_resonator_is_found_again() -> None:
    true = np.array([1.0, -1.6, 0.9])
    noise = np.random.default_rng(5).standard_normal(50_000)
    x = np.zeros_like(noise)
    for n in range(2, len(x)):
        x[n] = noise[n] - true[1] * x[n - 1] - true[2] * x[n - 2]

    a, _, error = levinson_durbin(_lags(x, 3), 2)

    np.testing.assert_allclose(a, true, atol=0.01)
    assert error / len(x) == pytest.approx(1.0, abs=0.03)


def test_silence_has_a_predictor_that_predicts_nothing() -> None:
    a, reflection, error = levinson_durbin(np.zeros(5), 4)

    assert a.tolist() == [1, 0, 0, 0, 0]
    assert not reflection.any()
    assert error == 0
    assert np.isfinite(lpc_cepstra(silence(16_000))).all()


@settings(deadline=None, max_examples=30)
@given(st.lists(st.integers(0, 700), min_size=1, max_size=40))
def test_however_audio_is_cut_the_lpc_cepstra_are_the_same(pieces: list[int]) -> None:
    stream = LpcStream(LpcOptions(order=12))
    audio = AUDIO[: sum(pieces)]
    cuts = np.cumsum([0, *pieces])

    parts = [stream.accept(audio[a:b]) for a, b in pairwise(cuts)]

    whole = lpc_cepstra(audio, LpcOptions(order=12))
    np.testing.assert_allclose(np.concatenate(parts), whole, atol=1e-5)
    assert len(whole) == FeatureOptions().frame_count(len(audio))


def test_too_few_lags_are_refused() -> None:
    with pytest.raises(ValueError, match="order 4 needs 5 lags"):
        levinson_durbin(np.ones(4), 4)
