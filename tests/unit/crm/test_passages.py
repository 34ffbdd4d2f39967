"""What a search means within a call: the places that are marked, as people would mark them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm.finding.passages import Found, best, found_in, shortened
from crm.finding.query import parse
from crm.finding.tokens import placed, tokens
from crm.transcripts.model import Segment, Side
from crm.transcripts.words import spread

pytestmark = pytest.mark.unit


def said(text: str, side: Side = Side.CALLER, at_ms: int = 0) -> Segment:
    return Segment(0, side, at_ms, at_ms + 5000, text, spread(text, at_ms, at_ms + 5000))


def marked(found: Found) -> str:
    text = found.segment.text
    for one in reversed(found.places):
        text = f"{text[: one.start]}<{text[one.start : one.end]}>{text[one.end :]}"
    return text


@pytest.mark.parametrize(
    ("query", "text", "shown"),
    [
        ("refund", "I want a Refund, please", "I want a <Refund>, please"),
        ("cafe", "Das Café am Eck", "Das <Café> am Eck"),
        ('"my order"', "my old order, my order", "my old order, <my order>"),
        ("order NEAR/2 late", "late is my order", "<late> is my <order>"),
        ("order NEAR/1 late", "late is my order", ""),
        ("refund OR return", "a return", "a <return>"),
        ("-angry refund", "an angry refund", "an angry <refund>"),
        ("by-voxdesk:refund", "a refund", ""),
        ("refund flow:shop", "a refund", "a <refund>"),
        ("flow:shop", "a refund", ""),
        ("订单", "我想取消订单", "我想取消<订单>"),
        ("退货 订单", "订单要退货。", "<订单>要<退货>。"),
        ("大学", "我在北京大学读书", "我在<北京大学>读书"),  # a shorter word within a long one
    ],
)
def test_what_is_looked_for_is_marked(query: str, text: str, shown: str) -> None:
    found = found_in(parse(query), [said(text)])

    assert [marked(one) for one in found] == [shown] * bool(shown)


def test_the_time_is_that_of_the_first_word_found() -> None:
    (found,) = found_in(parse("late"), [said("my order is late", at_ms=10_000)])

    assert found.words == [3]
    assert found.at_ms == found.segment.words[3].start_ms > 10_000


def test_the_best_are_those_with_most_of_it_in_order_of_time() -> None:
    segments = [said(text) for text in ("order", "order", "late order", "order", "an order, late")]

    chosen = best(found_in(parse("order late"), segments), 3)

    assert [one.segment.text for one in chosen] == ["order", "late order", "an order, late"]


def test_a_long_turn_is_shown_around_what_was_found() -> None:
    (found,) = found_in(parse("refund"), [said("word " * 100 + "refund " + "word " * 100)])

    part = shortened(found)

    assert marked(part).startswith("…word")
    assert marked(part).endswith("word…")
    assert "<refund>" in marked(part)
    assert len(part.segment.text) < 200


@given(st.text(max_size=60))
def test_words_have_their_places_and_are_those_of_the_index(text: str) -> None:
    found = placed(text)

    assert [one.text for one in found] == tokens(text)
    assert all(0 <= one.start < one.end <= len(text) for one in found)


@given(st.text(max_size=300), st.integers(0, 30))
def test_shortening_loses_no_place(text: str, around: int) -> None:
    for found in found_in(parse("a"), [said(f"{text} a {text}")]):
        part = shortened(found, around)
        assert part.places
        assert all(one.end <= len(part.segment.text) for one in part.places)
