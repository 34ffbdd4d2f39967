import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from voxdesk.kernel.audio import Pcm
from voxdesk.testing.rtp_codec import PCMU
from voxdesk.testing.signal_checks import (
    find,
    frame_levels_dbfs,
    onset_s,
    share_heard,
    speech_bounds,
)

pytestmark = pytest.mark.unit

RATE = 8000


def noise(seconds: float, level: float = 3000, seed: int = 1) -> Pcm:
    rng = np.random.default_rng(seed)
    return (rng.normal(size=round(seconds * RATE)) * level).astype(np.int16)


def silence(seconds: float) -> Pcm:
    return np.zeros(round(seconds * RATE), np.int16)


@given(st.integers(0, 8000))
def test_a_sentence_is_found_where_it_is(lag: int) -> None:
    sentence = noise(0.5)
    heard = np.concatenate([silence(lag / RATE), sentence // 3, silence(0.3)])

    match = find(sentence, heard, RATE)

    assert match.lag_s == lag / RATE
    assert match.correlation > 0.99


def test_g711_barely_matters_and_another_sentence_is_not_taken_for_it() -> None:
    sentence = noise(1.0)
    over_the_phone = PCMU.decode(PCMU.encode(sentence))

    assert find(sentence, over_the_phone, RATE).correlation > 0.99
    assert find(sentence, noise(2.0, seed=2), RATE).correlation < 0.2
    assert find(sentence, silence(2.0), RATE).correlation < 0.2


def test_a_prompt_stopped_in_its_middle_was_half_heard() -> None:
    prompt = noise(4.0)

    assert share_heard(prompt, np.concatenate([prompt[: 2 * RATE], silence(2.0)]), RATE) == 0.5
    assert share_heard(prompt, prompt, RATE) == 1.0
    assert share_heard(prompt, noise(4.0, seed=5), RATE) == 0.0


def test_speech_starts_and_ends_where_it_is_within_35_db_of_its_peak() -> None:
    loud = noise(0.2)
    faint = (loud * 10 ** (-40 / 20)).astype(np.int16)
    heard = np.concatenate([faint, loud, faint, loud, faint])

    bounds = speech_bounds(heard, RATE)

    assert bounds is not None
    assert (bounds.first, bounds.last, bounds.longest_pause_ms) == (10, 39, 200)
    assert bounds.duration_s == pytest.approx(0.6)
    assert speech_bounds(silence(1.0), RATE) is None


def test_onset_and_level() -> None:
    heard = np.concatenate([silence(0.3), noise(0.1, level=3276.8)])

    assert onset_s(heard, RATE) == pytest.approx(0.3)
    assert onset_s(silence(1.0), RATE) is None
    assert frame_levels_dbfs(heard, RATE)[-5:] == pytest.approx(-20.0, abs=1.5)
