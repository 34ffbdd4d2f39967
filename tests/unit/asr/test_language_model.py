import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asr.closed_set import decide, is_candidate
from asr.language_model import PhraseWeights, log_add, mend, normalized, phrases_of, rescore
from asr.rescored import rescored
from asr.spoken_numbers import digit_string, share_of_digits, split_at_digits
from voxdesk.kernel.speech import AnswerKind, Choice, Expectation, Hypothesis, Transcript

pytestmark = pytest.mark.unit

SHOP = Expectation(
    phrases=("track my order", "opening hours", "gift card", "return a parcel", "speak to an agent")
)
MENU = Expectation(
    kind=AnswerKind.CHOICE,
    choices=tuple(
        Choice(phrase, (phrase,)) for phrase in ("billing", "delivery", "returns", "opening hours")
    ),
)
WEIGHTS = PhraseWeights()


def texts(readings: list[tuple[str, float]]) -> list[str]:
    return [text for text, _ in readings]


# ------------------------------------------------------------------ mending and ranking


@pytest.mark.parametrize(
    ("heard", "meant"),
    [
        ("I want to track my odor, please.", "I want to track my order, please."),
        ("Can you tell me the opening ours?", "Can you tell me the opening hours?"),
        ("I lost my give card.", "I lost my gift card."),
        ("let me speak to an Asian", "let me speak to an agent"),
    ],
)
def test_a_misheard_phrase_of_the_step_is_mended(heard: str, meant: str) -> None:
    assert mend(heard, phrases_of(SHOP), WEIGHTS).text == meant


@pytest.mark.parametrize(
    "said",
    [
        "I would like to book a table for two people on Sunday.",
        "My name is Cheryl Turner and I live in Cambridge.",
        "What is the weather like tomorrow?",
        "no that will be all thank you",
    ],
)
def test_speech_about_something_else_stays_as_it_was(said: str) -> None:
    mended = mend(said, phrases_of(SHOP), WEIGHTS)
    assert mended.text == said
    assert mended.changed == 0


def test_an_expected_reading_overtakes_a_slightly_likelier_one() -> None:
    ranked = rescore([("track my boarder", -2.0), ("track my order", -2.5)], phrases_of(SHOP))
    assert texts(ranked)[0] == "track my order"


def test_a_much_likelier_reading_stays_first() -> None:
    ranked = rescore([("tell me a story", -2.0), ("return a parcel", -40.0)], phrases_of(SHOP))
    assert texts(ranked)[0] == "tell me a story"


@given(
    st.lists(
        st.tuples(
            st.sampled_from(
                ["track my odor", "opening ours", "hello there", "a gift card", "", "订单", "..."]
            ),
            st.floats(-30, 0),
        ),
        max_size=6,
    )
)
def test_no_reading_is_lost_and_belief_adds_up(readings: list[tuple[str, float]]) -> None:
    ranked = rescore(readings, phrases_of(SHOP))
    assert {text for text, _ in readings} <= set(texts(ranked))
    assert len(set(texts(ranked))) == len(ranked)
    shares = [share for _, share in ranked]
    assert shares == sorted(shares, reverse=True)
    assert not ranked or math.isclose(sum(shares), 1.0)


def test_adding_probabilities_by_their_logarithms() -> None:
    scores: dict[str, float] = {}
    for probability in (0.25, 0.25):
        log_add(scores, "one", math.log(probability))
    log_add(scores, "other", math.log(0.5))
    shares = normalized(scores)
    assert shares["one"] == pytest.approx(shares["other"]) == pytest.approx(0.5)


def test_a_step_that_expects_nothing_has_no_phrases() -> None:
    assert phrases_of(Expectation()) == ()


def test_mandarin_phrases_are_found_and_mended_character_by_character() -> None:
    step = Expectation(language="zh", phrases=("查询订单状态",))
    assert mend("查询订单状太", phrases_of(step), WEIGHTS).text == "查询订单状态"


# ------------------------------------------------------------------ closed sets


def test_a_word_of_the_menu_is_recognized_by_its_sound() -> None:
    decided = decide([("Building.", -1.0), ("Bill in.", -1.5)], phrases_of(MENU))
    assert decided is not None
    assert decided.phrase.text == "billing"


@pytest.mark.parametrize("said", ["tomorrow", "I know", "umbrella", "hm"])
def test_a_word_outside_of_the_menu_is_none_of_it(said: str) -> None:
    assert decide([(said, -1.0)], phrases_of(MENU)) is None


def test_what_is_heard_exactly_is_surer_than_what_sounds_alike() -> None:
    phrases = phrases_of(MENU)
    exact, alike = decide([("returns", -1.0)], phrases), decide([("return us", -1.0)], phrases)
    assert exact is not None
    assert alike is not None
    assert exact.confidence > alike.confidence


def test_a_long_explanation_is_not_taken_for_a_menu_word() -> None:
    assert is_candidate("delivery please", 1.2)
    assert not is_candidate("well it was about that delivery that never came", 2.5)
    assert not is_candidate("delivery", 9.0)


def test_any_engine_gains_the_phrase_that_was_meant_and_keeps_what_it_heard() -> None:
    heard = Transcript(
        (Hypothesis("building", 0.6), Hypothesis("bill in", 0.5)), start_s=3.0, end_s=4.0
    )
    result = rescored(heard, MENU)
    assert [one.text for one in result.hypotheses] == ["billing", "building", "bill in"]
    assert rescored(Transcript(()), MENU).hypotheses == ()
    assert rescored(heard, Expectation()) is heard


# ------------------------------------------------------------------ digits


@pytest.mark.parametrize(
    ("text", "digits"),
    [
        ("2, 4, 9, 2.", "2492"),
        ("two four nine two", "2492"),
        ("double four oh 1", "4401"),
        ("triple seven", "777"),
        ("24-92", "2492"),
        ("all three three", None),
        ("", None),
    ],
)
def test_spellings_of_one_digit_string_are_the_same(text: str, digits: str | None) -> None:
    assert digit_string(text) == digits


def test_a_number_is_cut_out_of_its_sentence() -> None:
    assert split_at_digits("It's order 4711") == ("It's order", "4711")
    assert split_at_digits("Hello there.") == ("Hello there.", "")
    assert share_of_digits("all three three three") == 0.75
    assert share_of_digits("...") == 0.0
