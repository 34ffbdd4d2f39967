"""Halving the sample rate: speech stays, what would fold back does not."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from synthetic_voice import voice

from asr.decimate import Decimator
from voxdesk.kernel.audio import Pcm, level_dbfs

pytestmark = pytest.mark.unit

AUDIO = voice(0.5)


def tone(hz: float) -> Pcm:
    t = np.arange(16_000) / 16_000
    return (np.sin(2 * np.pi * hz * t) * 10_000).astype(np.int16)


@pytest.mark.parametrize("hz", [100, 1000, 3000])
def test_speech_keeps_its_level(hz: float) -> None:
    half = Decimator().accept_pcm(tone(hz))

    assert level_dbfs(half[100:]) == pytest.approx(level_dbfs(tone(hz)), abs=0.3)


@pytest.mark.parametrize("hz", [5500, 6500, 7500])
def test_what_would_fold_back_into_the_band_is_taken_out(hz: float) -> None:
    half = Decimator().accept_pcm(tone(hz))

    assert level_dbfs(half[100:]) < level_dbfs(tone(hz)) - 40


@given(st.lists(st.integers(0, 500), max_size=20))
def test_however_audio_is_cut_the_result_is_the_same(pieces: list[int]) -> None:
    decimator = Decimator()
    cuts = np.cumsum([0, *pieces])

    parts = [decimator.accept_pcm(AUDIO[a:b]) for a, b in pairwise(cuts)]

    whole = Decimator().accept_pcm(AUDIO[: cuts[-1]])
    np.testing.assert_array_equal(np.concatenate([*parts, whole[:0]]), whole)


def test_full_scale_does_not_wrap_around() -> None:
    square = np.repeat(np.array([32767, -32768] * 50, np.int16), 40)

    half = Decimator().accept_pcm(square)

    agrees = np.sign(half[20:].astype(int)) == np.sign(square[29::2][: len(half) - 20].astype(int))
    assert agrees.mean() > 0.9
