import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm.finding import expressions
from crm.finding.cursors import Cursor, decode, encode
from crm.finding.document import GAP, Column, document_of
from crm.finding.query import (
    MOST_CHARACTERS,
    MOST_WORDS,
    Near,
    Phrase,
    Query,
    SearchRefused,
    Term,
    parse,
)
from crm.finding.tokens import tokens
from crm.finding.wanted import Sort
from crm.transcripts.model import Segment, Side


def word(*words: str) -> Term:
    return Term((Phrase(words),))


def test_words_are_looked_for_one_by_one_and_phrases_as_a_whole() -> None:
    assert parse('refund "my Order"').terms == (word("refund"), word("my", "order"))


def test_what_is_joined_by_or_is_one_condition() -> None:
    assert parse("refund OR return OR back").terms == (
        Term((Phrase(("refund",)), Phrase(("return",)), Phrase(("back",)))),
    )


def test_near_takes_words_and_phrases() -> None:
    assert parse('order NEAR/5 "too late"').terms == (
        Term((Near(Phrase(("order",)), Phrase(("too", "late")), 5),)),
    )
    assert parse("order NEAR late").terms == (
        Term((Near(Phrase(("order",)), Phrase(("late",)), 10),)),
    )


def test_words_may_be_unwanted_or_of_one_side() -> None:
    assert parse("by-caller:refund -angry").terms == (
        Term((Phrase(("refund",)),), Column.CALLER),
        Term((Phrase(("angry",)),), wanted=False),
    )


def test_fields_are_kept_apart() -> None:
    query = parse('flow:shop customer:"Ana Silva" late')

    assert query.fields == (("flow", "shop"), ("customer", "Ana Silva"))
    assert query.terms == (word("late"),)


def test_accents_case_and_width_make_no_difference() -> None:
    assert tokens("Café ＯＲＤＥＲ Straße") == tokens("CAFE order STRASSE")  # noqa: RUF001


def test_chinese_is_cut_into_words() -> None:
    assert tokens("我要退款") == ["我要", "退款"]
    assert parse("我要退款").terms == (word("我要"), word("退款"))
    assert parse('"我要退款"').terms == (word("我要", "退款"),)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("ref*", "no patterns"),
        ("/ref.*und/", "no patterns"),
        ("[a-z]+", "no patterns"),
        ("(a OR b)", "no patterns"),
        ("caller_said MATCH 'x'; DROP TABLE calls;--x", "no patterns"),
        ('"my order', "open"),
        ("OR refund", "between two words"),
        ("refund OR", "missing"),
        ("refund NEAR/99 order", "at most 10"),
        ("a NEAR b NEAR c", "not three"),
        ("...", "no word"),
        ("folw:shop", "Did you mean flow"),
        ("-flow:shop", "excluded"),
        ("x" * (MOST_CHARACTERS + 1), "at most"),
        ("a " * (MOST_WORDS + 1), "at most"),
        ("a OR -b", "word or a phrase"),
    ],
)
def test_what_is_no_search_says_what_would_be(text: str, says: str) -> None:
    with pytest.raises(SearchRefused, match=re.escape(says)):
        parse(text)


@pytest.mark.parametrize("text", ["", "   ", "\0", "\t\n"])
def test_nothing_looks_for_nothing_or_is_refused(text: str) -> None:
    try:
        assert parse(text) == Query()
    except SearchRefused as refused:
        assert "no word" in str(refused)  # noqa: PT017


def test_the_expressions_of_both_databases() -> None:
    query = parse('by-caller:refund order NEAR/1 late "a b"')

    assert expressions.fts5(query) == (
        '{caller} : ("refund") AND (NEAR("order" "late", 1)) AND ("a b")'
    )
    assert expressions.tsquery(query) == (
        "(('refund':A)) & ((('order') <1> ('late') | ('order') <2> ('late') | "
        "('late') <1> ('order') | ('late') <2> ('order'))) & (('a' <-> 'b'))"
    )


@given(st.text(max_size=60))
def test_no_sign_of_the_reader_gets_into_an_expression(text: str) -> None:
    try:
        query = parse(text)
    except SearchRefused:
        return
    signs = set(" \t\n\0'\"\\:*()&|!<>-{}^+,")
    for term in query.terms:
        for one in term.any_of:
            phrases = [one] if isinstance(one, Phrase) else [one.left, one.right]
            assert all(
                word and not set(word) & signs for phrase in phrases for word in phrase.words
            )


def said(side: Side, text: str) -> Segment:
    return Segment(0, side, 0, 1000, text)


def test_no_phrase_goes_over_from_one_turn_to_the_next() -> None:
    document = document_of([said(Side.CALLER, "my order"), said(Side.CALLER, "is late")])

    assert document.columns[Column.CALLER] == ("my", "order", GAP, "is", "late", GAP)
    assert document.as_tsvector() == "'my':1A 'order':2A 'is':4A 'late':5A"


def test_shorter_words_within_a_chinese_word_are_found_too() -> None:
    document = document_of([said(Side.CALLER, "中华人民共和国")])

    words = document.columns[Column.CALLER]
    assert words[0] == "中华人民共和国"
    assert "人民" in words[1:]


def test_a_cursor_survives_its_trip_and_nonsense_is_refused() -> None:
    cursor = Cursor(Sort.DURATION, 1200, 17)

    assert decode(encode(cursor), Sort.DURATION, of_facts=True) == cursor
    for text in ("", "!", "bnVsbA", "W10", encode(cursor)[:-3], "x" * 1000):
        with pytest.raises(SearchRefused):
            decode(text, Sort.DURATION, of_facts=True)
    with pytest.raises(SearchRefused, match="another order"):
        decode(encode(cursor), Sort.SILENCE, of_facts=True)
