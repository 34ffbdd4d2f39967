import numpy as np
import pytest

from asr.plausibility import evidence, is_loop, is_made_up, spoken_units
from voxdesk.kernel.audio import to_pcm

pytestmark = pytest.mark.unit

RNG = np.random.default_rng(3)


@pytest.mark.parametrize(
    ("text", "duration_s"),
    [
        ("the the the the the the the the the the the the", 6.0),
        ("Thank you for watching. Thank you for watching. Thank you for watching. " * 2, 12.0),
        ("six eight three six eight three six eight three", 1.0),
        ("我们我们我们我们我们我们我们我们我们我们我们我们", 3.0),
    ],
)
def test_a_stuck_decoder_is_noticed(text: str, duration_s: float) -> None:
    assert is_loop(text, duration_s=duration_s)


@pytest.mark.parametrize(
    ("text", "duration_s"),
    [
        ("No, no, no.", 1.2),
        ("four three three three", 2.0),
        ("8 8 8 8 8 8", 3.0),
        ("I would like to know when my order 4711 will arrive, please.", 3.5),
        ("Yes, yes, I totally forgot, I'm looking for a place to go to in town.", 5.5),
        ("我想查询一下我的订单什么时候到", 3.0),
    ],
)
def test_people_who_repeat_themselves_are_believed(text: str, duration_s: float) -> None:
    assert not is_loop(text, duration_s=duration_s)


def test_words_of_a_script_without_spaces_are_its_characters() -> None:
    assert spoken_units("我要退货 please") == 5


def test_words_found_in_silence_are_made_up() -> None:
    quiet = to_pcm(0.0003 * RNG.standard_normal(16_000))
    assert is_made_up(evidence(quiet, no_speech=0.1, log_prob=-0.2))


def test_unlikely_words_in_what_sounds_like_no_speech_are_made_up() -> None:
    noise = to_pcm(0.05 * RNG.standard_normal(16_000))
    assert is_made_up(evidence(noise, no_speech=0.8, log_prob=-1.4))
    assert not is_made_up(evidence(noise, no_speech=0.8, log_prob=-0.2))
    assert not is_made_up(evidence(noise, no_speech=0.1, log_prob=-1.4))


def test_a_turn_shorter_than_a_measuring_block_is_measured_all_the_same() -> None:
    assert evidence(to_pcm(0.1 * np.ones(800)), no_speech=0.0, log_prob=0.0).level_dbfs > -30
