import threading

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scripted_voice import ScriptedVoice, sound

from tts.fallback import CircuitBreaker, FallbackVoice, rest_of
from voxdesk.kernel.audio import Pcm
from voxdesk.kernel.errors import SynthesisFailed

pytestmark = pytest.mark.unit

SENTENCE = "Your order is on its way, it was sent this morning, and it arrives on Tuesday."


class Clock:
    """Time that a test owns."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def two_voices() -> tuple[ScriptedVoice, ScriptedVoice]:
    return ScriptedVoice("cloud:1", local=False), ScriptedVoice("local:1")


def pcm_of(voice: FallbackVoice, sentence: str = SENTENCE) -> Pcm:
    return np.concatenate(list(voice.synthesize(sentence)))


def test_a_well_voice_speaks_alone() -> None:
    first, second = two_voices()
    voice = FallbackVoice(first, second)

    pieces = list(voice.synthesize(SENTENCE))

    assert len(pieces) == 3
    assert second.said == []
    assert voice.name == "cloud:1"
    assert not voice.local


def test_the_second_voice_says_the_same_sentence() -> None:
    first, second = two_voices()
    first.fail_on = lambda _sentence, _piece: True
    voice = FallbackVoice(first, second)

    pcm = pcm_of(voice)

    assert np.array_equal(pcm, np.tile(sound(SENTENCE), 3))
    assert second.said == [SENTENCE]
    assert voice.name == "local:1"


def test_an_outage_costs_one_try_not_one_a_sentence() -> None:
    clock = Clock()
    first, second = two_voices()
    first.fail_on = lambda _sentence, _piece: True
    voice = FallbackVoice(first, second, clock=clock)

    for _ in range(10):
        pcm_of(voice)

    assert len(first.said) == 1
    assert len(second.said) == 10


def test_after_the_outage_the_first_voice_speaks_again() -> None:
    clock = Clock()
    first, second = two_voices()
    first.fail_on = lambda _sentence, _piece: True
    voice = FallbackVoice(first, second, clock=clock)
    pcm_of(voice)
    first.fail_on = lambda _sentence, _piece: False

    clock.now += 31
    pcm_of(voice)

    assert len(first.said) == 2
    assert len(second.said) == 1
    assert voice.name == "cloud:1"


def test_a_voice_that_hangs_is_passed_over_in_time() -> None:
    first, second = two_voices()
    gate = first.hold[SENTENCE] = threading.Event()
    voice = FallbackVoice(first, second, first_sound_s=0.05)

    pcm = pcm_of(voice)

    gate.set()
    assert second.said == [SENTENCE]
    assert len(pcm) == 3 * 1600


def test_a_sentence_cut_in_the_middle_is_ended_by_the_second_voice() -> None:
    first, second = two_voices()
    first.pieces = 40
    first.fail_on = lambda _sentence, piece: piece == 25  # after 2.5 s
    voice = FallbackVoice(first, second)

    pieces = list(voice.synthesize(SENTENCE))

    assert len(pieces) == 25 + 3
    assert second.said == ["it was sent this morning, and it arrives on Tuesday."]


def test_a_sentence_that_was_all_but_said_isnt_said_again() -> None:
    first, second = two_voices()
    first.pieces = 200
    first.fail_on = lambda _sentence, piece: piece == 80  # 8 s: more than the whole sentence
    voice = FallbackVoice(first, second)

    pcm_of(voice)

    assert second.said == []


def test_a_caller_who_interrupts_proves_nothing() -> None:
    first, second = two_voices()
    first.pieces = 1000
    voice = FallbackVoice(first, second)
    speech = voice.synthesize(SENTENCE)
    next(speech)

    speech.close()  # type: ignore[attr-defined]

    assert voice.name == "cloud:1"
    assert second.said == []


def test_both_failing_is_a_failure() -> None:
    first, second = two_voices()
    first.fail_on = second.fail_on = lambda _sentence, _piece: True

    with pytest.raises(SynthesisFailed, match="local:1"):
        pcm_of(FallbackVoice(first, second))


def test_each_failed_try_makes_the_rest_longer_up_to_a_limit() -> None:
    breaker = CircuitBreaker(rest_s=30, longest_rest_s=100)
    now = 0.0
    rests = []
    for _ in range(4):
        assert breaker.allow(now)
        breaker.failed(now)
        begin = now
        while not breaker.allow(now):
            now += 1
        breaker.gave_up()
        rests.append(now - begin)
        assert breaker.allow(now)
        breaker.gave_up()

    assert rests == [30, 60, 100, 100]


def test_only_one_sentence_tries_a_voice_that_rested() -> None:
    breaker = CircuitBreaker(rest_s=30)
    breaker.allow(0)
    breaker.failed(0)

    assert [breaker.allow(30), breaker.allow(30), breaker.allow(31)] == [True, False, False]


def test_a_success_that_began_before_the_failure_proves_nothing() -> None:
    breaker = CircuitBreaker(rest_s=30)
    breaker.allow(0)
    breaker.failed(5)

    breaker.succeeded(started_s=0)

    assert not breaker.closed
    assert not breaker.allow(6)


@given(st.lists(st.tuples(st.sampled_from(["ask", "fail", "ok", "stop"]), st.floats(0, 100))))
def test_a_breaker_always_lets_a_try_through_in_the_end(steps: list[tuple[str, float]]) -> None:
    breaker = CircuitBreaker(rest_s=30, longest_rest_s=300)
    now = 0.0
    asked = False
    for what, passed_s in steps:
        now += passed_s
        if what == "ask":
            asked = breaker.allow(now) or asked
        elif asked:
            {
                "fail": lambda at=now: breaker.failed(at),
                "ok": lambda at=now: breaker.succeeded(started_s=at),
                "stop": breaker.gave_up,
            }[what]()
            asked = False
    if asked:
        breaker.gave_up()

    assert breaker.allow(now + 300)


@given(st.text(max_size=200), st.floats(0, 60), st.sampled_from(["en", "zh"]))
def test_the_rest_is_always_an_end_of_the_sentence(text: str, heard_s: float, tag: str) -> None:
    rest = rest_of(text, heard_s, tag)

    assert text.strip().endswith(rest) or rest == text


def test_the_more_was_heard_the_less_is_left() -> None:
    lengths = [len(rest_of(SENTENCE, heard / 10, "en")) for heard in range(80)]

    assert lengths == sorted(lengths, reverse=True)
    assert lengths[0] == len(SENTENCE)
    assert lengths[-1] == 0
