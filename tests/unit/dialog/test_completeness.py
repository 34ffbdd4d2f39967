# ruff: noqa: RUF001  Chinese text is Chinese
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialog.understanding import completeness
from voxdesk.kernel.speech import (
    AnswerKind,
    Choice,
    Completeness,
    Expectation,
    Hypothesis,
    Transcript,
)

pytestmark = pytest.mark.unit

COMPLETE, UNSURE, INCOMPLETE = Completeness.COMPLETE, Completeness.UNSURE, Completeness.INCOMPLETE
FOUR = Expectation(kind=AnswerKind.DIGITS, min_digits=4, max_digits=4)
ORDER = Expectation(kind=AnswerKind.ORDER_NUMBER, min_digits=4, max_digits=8)
YES_NO = Expectation(kind=AnswerKind.YES_NO)
DATE = Expectation(kind=AnswerKind.DATE)
FREE = Expectation()
MENU = Expectation(
    kind=AnswerKind.CHOICE,
    choices=(
        Choice("status", ("order status", "where is my order")),
        Choice("return", ("return", "refund")),
        Choice("hours", ("opening hours",)),
    ),
)
ZH_ORDER = Expectation(kind=AnswerKind.ORDER_NUMBER, language="zh", min_digits=4, max_digits=8)
ZH_FREE = Expectation(language="zh")


def of(text: str, expected: Expectation) -> Completeness:
    return completeness(Transcript((Hypothesis(text, 0.9),)), expected)


@pytest.mark.parametrize(
    ("text", "expected", "sounds"),
    [
        # a number has a length
        ("4711", FOUR, COMPLETE), ("four seven one one", FOUR, COMPLETE),
        ("four seven", FOUR, INCOMPLETE), ("471", FOUR, INCOMPLETE),
        ("4711", ORDER, UNSURE), ("47112233", ORDER, COMPLETE), ("47", ORDER, INCOMPLETE),
        ("4711 and", ORDER, INCOMPLETE), ("4711 double", ORDER, INCOMPLETE),
        ("4 7 1 1,", ORDER, INCOMPLETE), ("my order number is", ORDER, INCOMPLETE),
        ("um", ORDER, INCOMPLETE), ("hold on", ORDER, INCOMPLETE),
        ("let me check", ORDER, INCOMPLETE), ("one moment please", ORDER, INCOMPLETE),
        ("agent", ORDER, COMPLETE), ("I don't have it", ORDER, UNSURE),
        # a closed answer is there or not
        ("yes", YES_NO, COMPLETE), ("no", YES_NO, COMPLETE), ("right", YES_NO, COMPLETE),
        ("yes but", YES_NO, INCOMPLETE), ("no it's", YES_NO, INCOMPLETE),
        ("well", YES_NO, INCOMPLETE), ("no thank you", YES_NO, COMPLETE),
        ("order status", MENU, COMPLETE), ("Refund.", MENU, COMPLETE),
        ("I'd like a refund and", MENU, INCOMPLETE), ("I'm calling about...", MENU, INCOMPLETE),
        ("I would like to", MENU, INCOMPLETE), ("operator", MENU, COMPLETE),
        ("the weather", MENU, UNSURE),
        ("march third", DATE, COMPLETE), ("tomorrow", DATE, COMPLETE), ("march", DATE, UNSURE),
        ("it was on the", DATE, INCOMPLETE),
        # free speech
        ("I want to", FREE, INCOMPLETE), ("I bought a", FREE, INCOMPLETE),
        ("I need a train from", FREE, INCOMPLETE), ("the lamp is broken and", FREE, INCOMPLETE),
        ("I was wondering if", FREE, INCOMPLETE), ("my name is", FREE, INCOMPLETE),
        ("so um", FREE, INCOMPLETE), ("I'm looking for a place,", FREE, INCOMPLETE),
        ("It's the one with the...", FREE, INCOMPLETE), ("I can't find my", FREE, INCOMPLETE),
        ("Where is my parcel?", FREE, COMPLETE), ("that's all", FREE, COMPLETE),
        ("No, that's all, thank you.", FREE, COMPLETE), ("The lamp is broken.", FREE, COMPLETE),
        ("I want to know where my parcel is.", FREE, COMPLETE), ("start over", FREE, COMPLETE),
        ("the lamp", FREE, UNSURE), ("", FREE, UNSURE), ("...", FREE, UNSURE),
        # Mandarin
        ("四七一一", ZH_ORDER, UNSURE), ("四七", ZH_ORDER, INCOMPLETE),
        ("我的订单号是", ZH_ORDER, INCOMPLETE), ("人工", ZH_ORDER, COMPLETE),
        ("我想", ZH_FREE, INCOMPLETE), ("我要退货因为", ZH_FREE, INCOMPLETE),
        ("就这样，谢谢", ZH_FREE, COMPLETE), ("你们几点开门？", ZH_FREE, COMPLETE),
        ("那个", ZH_FREE, INCOMPLETE), ("我的灯坏了", ZH_FREE, COMPLETE),
    ],
)  # fmt: skip
def test_whether_words_sound_finished(
    text: str, expected: Expectation, sounds: Completeness
) -> None:
    assert of(text, expected) is sounds


def test_the_language_of_the_call_counts_before_the_expectation_s() -> None:
    heard = Transcript((Hypothesis("我的订单号是", 0.9),))

    assert completeness(heard, ORDER, "zh") is INCOMPLETE


@given(st.text("0123456789", min_size=1, max_size=4), st.booleans())
def test_a_number_of_known_length_is_complete_exactly_at_that_length(
    digits: str,
    spelled: bool,  # noqa: FBT001  a drawn value
) -> None:
    text = " ".join(digits) if spelled else digits

    assert of(text, FOUR) is (COMPLETE if len(digits) == 4 else INCOMPLETE)


@given(st.text(max_size=200), st.sampled_from([FOUR, ORDER, YES_NO, DATE, FREE, MENU, ZH_FREE]))
def test_no_text_breaks_it(text: str, expected: Expectation) -> None:
    assert of(text, expected) in Completeness
