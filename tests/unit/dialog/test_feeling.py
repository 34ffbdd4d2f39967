import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialog.understanding.feeling import Feeling, feeling

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        ("where is my order", "calm"),
        ("my card was stolen and the screen is dead", "calm"),
        ("this is the third time i call about it", "frustrated"),
        ("i already told you", "frustrated"),
        ("this is ridiculous", "angry"),
        ("This is RIDICULOUS!", "angry"),
        ("i want my money back now", "angry"),
        ("you stupid machine", "angry"),
        ("thank you so much that's wonderful", "pleased"),
        ("这是第三次打电话了", "frustrated"),
        ("太过分了", "angry"),
        ("太過分了", "angry"),
        ("我要投诉你们", "angry"),
        ("太好了谢谢你", "pleased"),
        ("我想查一下订单", "calm"),
    ],
)
def test_what_callers_feel_is_read_off_their_words(said: str, wanted: str) -> None:
    assert feeling(said).feeling == wanted


@pytest.mark.parametrize(
    "said",
    [
        "i'm not angry i just want to know what happened",
        "no problem at all",
        "sorry this may be a stupid question",
        "i hate to bother you",
        "我没有生气",
        "麻烦你帮我查一下",
        "不好意思请再说一遍",
        "垃圾袋有没有货",
    ],
)
def test_courtesy_and_denial_are_no_feeling(said: str) -> None:
    assert feeling(said).feeling is Feeling.CALM


@pytest.mark.parametrize(
    "said", ["oh great it's broken again", "thanks for nothing", "wonderful the wrong one again"]
)
def test_praise_that_is_none_is_not_taken_for_pleasure(said: str) -> None:
    assert feeling(said).feeling in {Feeling.FRUSTRATED, Feeling.ANGRY}


def test_more_cues_are_a_stronger_feeling() -> None:
    one = feeling("this is ridiculous")
    several = feeling("this is ridiculous you idiots i want my money back now")

    assert one.upset < several.upset <= 1.0


@given(st.text(max_size=3000))
def test_any_text_has_one_feeling_with_a_strength(said: str) -> None:
    felt = feeling(said)

    assert 0.0 <= felt.strength <= 1.0
    assert 0.0 <= felt.upset <= 1.0
    assert felt == feeling(said)


@given(st.sampled_from(["where is my order", "this is ridiculous", "太过分了", "非常感谢"]))
def test_capitals_punctuation_and_gaps_make_no_difference(said: str) -> None:
    assert feeling(f"  {said.upper()}!!  ") == feeling(said)


@pytest.mark.parametrize(
    "said", ["really " * 3000, "i already " * 2000, "no " * 5000, "第" * 5000, "怎么还" * 3000]
)
def test_a_text_made_to_be_slow_is_read_in_no_time(said: str) -> None:
    begun = time.process_time()

    feeling(said)

    assert time.process_time() - begun < 5.0, "of the processor; usually some milliseconds"
