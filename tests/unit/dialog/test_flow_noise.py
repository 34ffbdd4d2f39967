from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz.distance import Levenshtein

from dialog.dialogue import Dialogue
from dialog.flow_tests.noise import Noise, measured, words_of
from dialog.flow_tests.reading import check_tests
from dialog.flow_tests.script import Says
from dialog.flow_tests.sounds import ALIKE_ZH, sound
from dialog.flow_tests.trials import try_with_errors

pytestmark = pytest.mark.unit

Flows = Callable[[str], Dialogue]
SENTENCE = "hello I would like to know where my order four seven one one is right now please"
SENTENCE_ZH = "你好我想查一下订单四七一一现在到哪里了"


@pytest.mark.parametrize(("text", "language"), [(SENTENCE, "en"), (SENTENCE_ZH, "zh")])
@pytest.mark.parametrize("rate", [0.05, 0.25, 0.5])
def test_as_many_words_are_wrong_as_were_asked_for(text: str, language: str, rate: float) -> None:
    noise = Noise(rate, "a seed")
    said = words_of(text, language)
    errors = words = 0
    for _ in range(2000):
        heard = words_of(noise(Says((text,)), language).n_best[0], language)
        errors += Levenshtein.distance(said, heard)
        words += len(said)

    # An added word beside one that was lost is one error fewer than was drawn.
    assert rate * 0.8 <= errors / words <= rate * 1.1


@given(st.text(max_size=40), st.sampled_from(["en", "zh", "zh-CN", "fr"]), st.integers(0, 99))
def test_any_words_can_be_misheard_and_the_same_seed_hears_the_same(
    text: str, language: str, seed: int
) -> None:
    said = Says((text,), confidence=0.8)
    heard = Noise(0.5, str(seed))(said, language)

    assert heard == Noise(0.5, str(seed))(said, language)
    assert heard.confidence <= said.confidence
    assert len(set(heard.n_best)) == len(heard.n_best)


def test_the_right_words_are_sometimes_the_second_hypothesis() -> None:
    noise = Noise(0.3, "a seed")
    wrong = [
        heard
        for _ in range(1000)
        if (heard := noise(Says((SENTENCE,)), "en")).n_best[0] != SENTENCE
    ]
    second = sum(heard.n_best[1:2] == (SENTENCE,) for heard in wrong)

    assert abs(second / len(wrong) - measured().right_later) < 0.05


def test_without_errors_words_are_heard_as_they_were_said() -> None:
    said = Says(("Order 4711, please!", "water"), 0.7)

    assert Noise(0.0, "x")(said, "en") == said


def test_the_table_has_words_and_shares_and_no_sentences() -> None:
    table = measured()

    assert table.substituted + table.deleted + table.inserted == pytest.approx(1.0, abs=0.002)
    assert 0 < table.right_later < 1
    assert table.words
    every = {
        *table.words,
        *table.added,
        *(word for heard in table.words.values() for word in heard),
    }
    assert all(len(word.split()) == 1 for word in every)
    assert all(0 <= confidence <= 1 for confidence in table.confidences_wrong)


@pytest.mark.parametrize(
    ("one", "other"),
    [("right", "write"), ("for", "four"), ("know", "no"), ("two", "too"), ("their", "there")],
)
def test_words_that_sound_alike_have_the_same_sound(one: str, other: str) -> None:
    assert sound(one) == sound(other)


def test_mandarin_characters_become_others_of_like_sound() -> None:
    assert "七" in ALIKE_ZH["一"]
    assert all(character not in others for character, others in ALIKE_ZH.items())
    heard = {Noise(0.9, str(seed))(Says(("四",)), "zh").n_best[0] for seed in range(200)}

    assert heard & set(ALIKE_ZH["四"])


# ------------------------------------------------------------------ which steps break

FRAGILE = """
steps:
  sure: {ask: free, prompt: What happened?, then: number}
  number: {ask: digits, prompt: Which number?, slot: nr, min_digits: 8, max_digits: 8, then: bye}
  bye: {end: Goodbye.}
"""
TESTS = """
tests:
  it works:
    conversation:
      - {caller: my parcel is broken}
      - {caller: one two three four five six seven eight, step: bye, slots: {nr: "12345678"}}
"""


def test_the_step_that_errors_break_is_told_first_with_what_was_heard(flow: Flows) -> None:
    dialogue = flow(FRAGILE)
    tests = check_tests(TESTS.encode(), dialogue.flow, path="x").tests

    trials = try_with_errors(dialogue, tests, word_error_rate=0.25, repeat=100)

    first, second = trials.steps
    assert (first.step, second.step) == ("number", "sure")
    assert trials.runs == 100
    assert trials.failed == first.broken + second.broken
    assert first.share > 0.5 > second.share
    assert first.examples[0].heard != first.examples[0].said


def test_without_errors_nothing_breaks(flow: Flows) -> None:
    dialogue = flow(FRAGILE)
    tests = check_tests(TESTS.encode(), dialogue.flow, path="x").tests

    trials = try_with_errors(dialogue, tests, word_error_rate=0.0, repeat=3)

    assert trials.failed == 0
    assert {step.step: step.runs for step in trials.steps} == {"sure": 3, "number": 3}
