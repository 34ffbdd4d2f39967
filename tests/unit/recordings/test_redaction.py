# ruff: noqa: RUF001, SIM905  Chinese text is Chinese; lists of words read best as words
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recordings.redaction import Kind, Memory, Turn, redact, redact_turns
from tests.bench.redaction_cases import cases

CARD = "4242 4242 4242 4242"


def test_a_card_number_spoken_digit_by_digit_is_hidden_and_named() -> None:
    said = "sure, my card number is four two four two " + "four two four two " * 3 + "thanks"

    shown = redact(said, "en")

    assert shown.text == "sure, my card number is [card number] thanks"
    assert [span.kind for span in shown.spans] == [Kind.CARD]
    assert shown.text[shown.blocks[0].start : shown.blocks[0].end] == "[card number]"


def test_what_was_asked_says_what_a_few_digits_are() -> None:
    said = "four two four two four two four two"

    assert redact(said, "en", context="What's your card number?").text == "[card number]"
    assert redact(said, "en", context="What's your order number?").text == said
    assert redact(said, "en").text == "[phone number]"  # nobody knows what it is: not shown


def test_a_number_is_hidden_in_pieces_and_when_it_is_mended() -> None:
    said = "it starts with four five three two then seven five nine seven and then three four five"
    ends = " four and it ends in five eight five eight"
    memory = Memory()

    assert not any(word in redact(said + ends, "en").text for word in ("seven", "eight", "nine"))
    memory.redact(Turn("caller", "call me on two one two five five five oh one one nine", "en"))
    mended = memory.redact(Turn("caller", "no sorry oh one nine one at the end", "en"))
    assert mended.text == "no sorry [phone number] at the end"


def test_what_was_asked_holds_through_pauses_until_something_else_is_asked() -> None:
    asked = [
        Turn("voxdesk", "Can I take your passport number?", "en"),
        Turn("caller", "hang on i've got to find my glasses", "en"),
        Turn("voxdesk", "Take your time.", "en"),
        Turn("caller", "p h four four", "en"),
        Turn("voxdesk", "Go on.", "en"),
        Turn("caller", "oh two one nine eight", "en"),
    ]
    other = Turn("voxdesk", "And what's your order number?", "en")
    order = Turn("caller", "double four oh two", "en")

    shown = [one.text for one in redact_turns([*asked, other, order])]

    assert shown[3] == shown[5] == "[id number]"
    assert shown[7] == order.text


def test_what_is_only_mentioned_doesnt_say_what_a_number_is() -> None:
    said = "i've a new passport since the booking it's 533 918 204"

    assert redact(said, "en").text == "i've a new passport since the booking it's [id number]"
    assert redact("my booking is 533 918 204", "en").text == "my booking is 533 918 204"


def test_where_one_only_looks_for_an_order_is_no_question_for_a_phone_number() -> None:
    number = "double eight one oh four"
    turns = [
        Turn("voxdesk", "Do you have the order number handy?", "en"),
        Turn("caller", "it's on my phone hang on", "en"),
        Turn("caller", number, "en"),
    ]

    assert [one.text for one in redact_turns(turns)][2] == number


def test_an_open_number_may_be_read_back_and_a_notice_has_its_own() -> None:
    turns = [
        Turn("voxdesk", "Your complaint has been logged as CP-771-20944.", "en"),
        Turn("caller", "c p seven seven one two oh nine four four okay", "en"),
    ]
    notice = "the penalty notice is w k four four one oh seven two nine six"

    assert [one.text for one in redact_turns(turns)] == [turn.text for turn in turns]
    assert redact(notice, "en").text == notice
    assert redact("my passport is w k four four one oh seven two", "en").text.endswith("number]")


def test_a_date_of_long_ago_is_a_day_of_birth_unless_something_else_happened() -> None:
    assert redact("it's the eighth of july 1977", "en").text == "it's [date of birth]"
    house = "i bought the house on the eighth of july 1977"
    assert redact(house, "en").text == house


def test_traditional_chinese_is_read_too() -> None:
    assert redact("身份證號碼是A123456789", "zh-TW").text == "身份證號碼是[证件号]"


def test_a_long_text_is_read_to_its_end() -> None:
    said = "blah blah " * 1_000 + f"my card is {CARD} and so on"

    assert redact(said, "en").text.endswith("my card is [card number] and so on")


def test_a_label_is_in_the_language_of_the_words() -> None:
    assert redact("我的手机号是幺三八零零幺三八零零零", "zh-CN").text == "我的手机号是[电话号码]"


def test_a_number_in_two_turns_and_read_back_is_hidden_everywhere() -> None:
    turns = [
        Turn("voxdesk", "Please say your card number.", "en"),
        Turn("caller", "four two four two four two four two", "en"),
        Turn("voxdesk", "Go on.", "en"),
        Turn("caller", "four two four two four two four two", "en"),
        Turn("voxdesk", "So that's 4 2 4 2 4 2 4 2 4 2 4 2 4 2 4 2?", "en"),
        Turn("caller", "yes, and I'd like 12 tickets", "en"),
    ]

    shown = [one.text for one in redact_turns(turns)]

    assert not any(digit in " ".join(shown[:5]) for digit in ("four", "4"))
    assert shown[5] == "yes, and I'd like 12 tickets"


@pytest.mark.parametrize("language", ["en", "zh"])
def test_developed_cases_hold(language: str) -> None:
    """The figures are `python -m tests.bench.redaction`'s; this keeps them from getting worse."""
    for case in cases():
        if case.part not in {"developed", "fresh", "wider"} or case.language != language:
            continue
        memory = Memory()
        for said in case.turns:
            turn = Turn("caller" if said.caller else "voxdesk", said.text, language)
            hidden = {
                place
                for span in memory.redact(turn).spans
                for place in range(span.start, span.end)
                if said.text[place].isalnum()
            }
            wanted = {
                place
                for mark in said.marks
                for place in range(mark.start, mark.end)
                if said.text[place].isalnum() and mark.kind != "~"
            }
            assert wanted <= hidden, said.text
            assert not (hidden and case.negative), said.text


@given(
    st.lists(
        st.one_of(
            st.sampled_from(
                "four two double oh , - . and um + at dot com 4242 1985 march third born street 12"
                " elm my card number is 年 月 号 路 幺 三 十 身份证 İ ß ﬁ ４ 二 叉 x".split()
            ),
            st.text(max_size=6),
        ),
        max_size=30,
    ),
    st.sampled_from(["en", "zh"]),
    st.sampled_from(["", "your card number?", "您的地址？", "date of birth", "a\nb\n"]),
)
@settings(max_examples=150, deadline=None)
def test_whatever_is_said_spans_are_in_order_and_the_rest_stays(
    pieces: list[str], language: str, context: str
) -> None:
    text = " ".join(pieces)

    shown = redact(text, language, context=context)

    place, shown_place = 0, 0
    for span, block in zip(shown.spans, shown.blocks, strict=True):
        assert place <= span.start < span.end <= len(text)
        assert shown.text[shown_place : block.start] == text[place : span.start]
        place, shown_place = span.end, block.end
    assert shown.text[shown_place:] == text[place:]


@pytest.mark.parametrize(
    "hostile",
    [
        "4 " * 12_000,
        "a." * 12_000 + "@",
        "john dot " * 3_000,
        "路一" * 6_000,
        "12 a " * 4_000,
        "1985 " * 3_000,
        "x " * 10_000 + " at ",
        "twenty " * 3_000,
        "de89 " * 3_000,
        "月" * 15_000,
        "phone 123 " * 1_000,
        "and the a b 1 " * 800,
    ],
)
@pytest.mark.parametrize("language", ["en", "zh"])
def test_text_meant_to_be_slow_is_read_in_time(hostile: str, language: str) -> None:
    began = time.monotonic()

    redact(hostile, language, context=hostile[:5000])

    assert time.monotonic() - began < 20, "the time grows with more than the text's length"


@pytest.mark.parametrize(
    "said", ["2026-03-04", "on 4/3/2026 at 10:30", "2026年3月4日", "from 2019 to 2024"]
)
def test_a_day_is_no_number_that_nobody_announced(said: str) -> None:
    assert redact(said, "en").text == said
