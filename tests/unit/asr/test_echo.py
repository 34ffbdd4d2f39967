import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from asr.echo import EchoGuard
from voxdesk.kernel.audio import FRAME_SAMPLES, SAMPLES_PER_MS, Pcm, to_pcm

pytestmark = pytest.mark.unit

FRAMES = 40


def voice(seed: int, seconds: float = 1.2) -> NDArray[np.float64]:
    """Something like voiced speech: a gliding pitch with harmonics, in syllables, with breath."""
    rng = np.random.default_rng(seed)
    t = np.arange(int(seconds * 16_000)) / 16_000
    pitch = rng.uniform(90, 220) * (1 + rng.uniform(-0.3, 0.3) * t + 0.05 * np.sin(2 * t * 9))
    phase = 2 * np.pi * np.cumsum(pitch) / 16_000
    wave = sum(np.sin(k * phase + rng.uniform(0, 6)) / k for k in range(1, 12))
    syllables = 0.3 + 0.7 * np.abs(np.sin(np.pi * t * rng.uniform(2.5, 5) + rng.uniform(0, 3)))
    return 0.1 * (wave * syllables + 0.15 * rng.normal(size=len(t)))


def feed(guard: EchoGuard, heard: Pcm, sent: Pcm | None) -> None:
    for start in range(0, FRAMES * FRAME_SAMPLES, FRAME_SAMPLES):
        piece = slice(start, start + FRAME_SAMPLES)
        guard.accept(heard[piece], None if sent is None else sent[piece])


@settings(max_examples=25, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    delay_ms=st.integers(20, 400),
    gain_db=st.floats(-30, -6),
)
def test_our_own_prompt_coming_back_is_told_from_a_caller(
    seed: int, delay_ms: int, gain_db: float
) -> None:
    sent = voice(seed)
    heard = np.roll(sent, delay_ms * SAMPLES_PER_MS) * 10 ** (gain_db / 20)
    guard = EchoGuard()
    feed(guard, to_pcm(heard), to_pcm(sent))

    match = guard.match()

    assert match.is_echo
    assert match.delay_ms == pytest.approx(delay_ms, abs=1.0)
    assert match.gain_db == pytest.approx(gain_db, abs=2.0)


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_a_caller_who_speaks_over_a_prompt_is_not_an_echo(seed: int) -> None:
    guard = EchoGuard()
    feed(guard, to_pcm(voice(seed)), to_pcm(voice(seed + 1)))

    assert not guard.match().is_echo


def test_a_caller_who_speaks_over_their_own_echo_is_not_an_echo() -> None:
    sent, caller = voice(1), voice(2)
    guard = EchoGuard()
    feed(guard, to_pcm(caller + 0.1 * np.roll(sent, 1600)), to_pcm(sent))

    assert not guard.match().is_echo


def test_nothing_is_an_echo_when_nothing_was_sent() -> None:
    guard = EchoGuard()
    feed(guard, to_pcm(voice(3)), None)

    assert not guard.possible
    assert not guard.match().is_echo


def test_silence_is_not_an_echo() -> None:
    guard = EchoGuard()
    feed(guard, np.zeros(FRAMES * FRAME_SAMPLES, np.int16), to_pcm(voice(4)))

    assert not guard.match().is_echo
