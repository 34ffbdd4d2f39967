import pytest
from hypothesis import given
from hypothesis import strategies as st

from asr.phonetics import difference, distance, may_be_alike, pronounce, spell_out, words_of

pytestmark = pytest.mark.unit

WORDS = ("billing", "sales", "order", "agent", "yes", "no", "stop", "parcel", "refund")
LETTERS = sorted(set(pronounce("the quick brown fox jumps over a lazy dog")))
SOUNDS = st.sampled_from([pronounce(word) for word in WORDS]) | st.text(LETTERS, max_size=11)


@pytest.mark.parametrize(
    ("heard", "meant", "other"),
    [
        ("sittener", "sweetener", "sugar"),
        ("dip coffee", "drip coffee", "iced coffee"),
        ("building", "billing", "delivery"),
        ("asian", "agent", "order"),
        ("on a milk", "almond milk", "whole milk"),
        ("sails", "sales", "yes"),
        ("porcel", "parcel", "refund"),
        ("nope", "no", "yes"),
    ],
)
def test_what_was_misheard_sounds_more_like_what_was_meant(
    heard: str, meant: str, other: str
) -> None:
    sound = pronounce(heard)
    assert difference(sound, pronounce(meant)) < difference(sound, pronounce(other))


@pytest.mark.parametrize(("one", "other"), [("sail", "sale"), ("for", "four"), ("12", "twelve")])
def test_words_that_sound_the_same_are_the_same(one: str, other: str) -> None:
    assert difference(pronounce(one), pronounce(other)) == 0.0


@given(SOUNDS, SOUNDS, SOUNDS)
def test_distance_is_one(first: str, second: str, third: str) -> None:
    assert distance(first, first) == 0.0
    assert distance(first, second) == pytest.approx(distance(second, first))
    assert distance(first, second) >= 0.0
    assert difference(first, second) <= 1.0 + 1e-9
    if first != second:
        assert distance(first, second) > 0.0
    assert distance(first, third) <= len(first) + len(third)


@given(SOUNDS, SOUNDS, st.floats(0.05, 0.5))
def test_the_quick_test_never_loses_a_pair_that_is_alike(
    heard: str, meant: str, limit: float
) -> None:
    if difference(heard, meant) <= limit and heard and meant:
        assert may_be_alike(heard, meant, limit=limit)


def test_numbers_are_said_as_people_say_them() -> None:
    assert words_of("a 12 ounce, 20%, order 4711, 007") == (
        "a", "twelve", "ounce", "twenty", "order", "four", "seven", "one", "one",
        "zero", "zero", "seven",
    )  # fmt: skip
    assert words_of("It\u2019s ninety-nine or 99") == (
        "it's", "ninety", "nine", "or", "ninety", "nine",
    )  # fmt: skip


def test_other_scripts_stand_for_themselves() -> None:
    assert words_of("我的订单 4711") == ("我", "的", "订", "单", "four", "seven", "one", "one")
    assert pronounce("订单") == "订单"
    assert difference(pronounce("订单"), pronounce("订餐")) < difference(
        pronounce("订单"), pronounce("人工")
    )


@pytest.mark.parametrize(
    ("name", "like"), [("voxdesk", "box desk"), ("frobble", "bubble"), ("zane", "rain")]
)
def test_a_name_that_no_dictionary_has_sounds_like_its_letters(name: str, like: str) -> None:
    assert 0.0 < difference(spell_out(name), pronounce(like)) < 0.45


@given(st.text(max_size=40))
def test_any_text_can_be_pronounced(text: str) -> None:
    assert isinstance(pronounce(text), str)
