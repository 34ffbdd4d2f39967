# ruff: noqa: RUF001  Chinese text is Chinese
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dialog.events import Match, Search
from dialog.knowledge.file import check_knowledge
from dialog.knowledge.grouping import grouped
from dialog.knowledge.index import Wordings, make_index
from dialog.knowledge.library import Library, library_of
from dialog.knowledge.model import Knowledge
from dialog.knowledge.ranking import NO_ANSWER
from dialog.understanding.intents.encoders import encoder_for

pytestmark = pytest.mark.unit

SHOP = """
languages: [en, zh]
questions:
  period:
    question: {en: How long can I return something?, zh: 多久之内可以退货？}
    variants:
      en: [is it too late to send it back, what is the return period]
      zh: [几天内能退货]
    answer: {en: 30 days., zh: 30天。}
  refund:
    question: {en: When do I get my money back?, zh: 什么时候退款？}
    variants: {en: [how long does a refund take, the refund is not there], zh: [钱什么时候退给我]}
    answer: {en: 5 days., zh: 5天。}
  open:
    question: {en: When are you open?, zh: 几点开门？}
    variants: {en: [opening hours], zh: [营业时间]}
    answer: {en: From 9., zh: 九点。}
    until: 2026-11-30
  open_late:
    question: {en: When are you open?, zh: 几点开门？}
    variants: {en: [opening hours], zh: [营业时间]}
    answer: {en: Until 9., zh: 到九点。}
    from: 2026-12-01
"""
BANK = "questions:\n  lost: {question: I lost my card., answer: It is locked.}\n"


def known(**files: str) -> dict[str, Knowledge]:
    found = {}
    for name, text in files.items():
        checked = check_knowledge(text.encode(), name=name, path=name)
        assert checked.report == ""
        assert checked.knowledge is not None
        found[name] = checked.knowledge
    return found


KNOWN = known(shop=SHOP, bank=BANK)


def asked(*texts: str, day: str = "2026-11-21", language: str = "en", of: str = "shop") -> Search:
    return Search(1, texts, language, tuple(of.split()), day)


def names(matches: Sequence[Match]) -> list[str]:
    return [match.question for match in matches]


@pytest.fixture(scope="module", params=["by meaning", "by letters"])
def library(request: pytest.FixtureRequest) -> Library:
    return library_of(KNOWN) if request.param == "by meaning" else Library(KNOWN)


def test_every_wording_finds_its_own_question_first_and_surely(library: Library) -> None:
    for language in ("en", "zh"):
        for question in ("period", "refund", "open"):
            for text in KNOWN["shop"].questions[question].wordings(language):
                found = library.search(asked(text, language=language))

                assert names(found)[0] == f"shop/{question}", text
                assert found[0].confidence > 0.6, text


def test_an_answer_is_found_only_on_its_days(library: Library) -> None:
    assert names(library.search(asked("opening hours", day="2026-11-30")))[0] == "shop/open"
    assert names(library.search(asked("opening hours", day="2026-12-01")))[0] == "shop/open_late"


def test_only_the_files_that_are_named_are_looked_in(library: Library) -> None:
    assert library.search(asked("I lost my card")) == ()
    assert names(library.search(asked("I lost my card", of="bank"))) == ["bank/lost"]
    assert names(library.search(asked("opening hours", of="bank shop")))[0] == "shop/open"
    assert library.search(asked("opening hours", of="nowhere")) == ()


def test_nothing_is_found_in_a_language_that_is_not_there(library: Library) -> None:
    assert library.search(asked("Öffnungszeiten", language="de")) == ()
    assert library.search(asked("I lost my card", language="zh", of="bank")) == ()


@pytest.mark.parametrize("text", ["who won the match last night", "...", "   "])
def test_what_is_like_no_question_is_none(library: Library, text: str) -> None:
    assert library.search(asked(text)) == ()
    assert library.search(asked()) == ()


def test_the_second_reading_counts_when_only_it_makes_sense(library: Library) -> None:
    found = library.search(asked("owe penning ours", "opening hours"))

    assert names(found)[0] == "shop/open"


def test_other_words_for_the_same_are_found_by_meaning() -> None:
    library = library_of(KNOWN)

    assert (
        names(library.search(asked("am I allowed to give it back after a month")))[0]
        == "shop/period"
    )
    assert names(library.search(asked("你们早上什么时候营业", language="zh")))[0] == "shop/open"


def test_a_better_index_takes_the_place_of_the_first() -> None:
    library = Library(KNOWN)
    wordings = library.wordings("en")
    before = library.search(asked("am I allowed to give it back after a month"))

    encoder = encoder_for("en")
    library.put(make_index(wordings, encoder.encode(wordings.texts), encoder.reach))

    after = library.search(asked("am I allowed to give it back after a month"))
    assert names(after)[0] == "shop/period"
    assert before != after


def test_one_question_alone_can_be_found_and_missed() -> None:
    library = library_of(KNOWN)

    assert names(library.search(asked("my card is gone", of="bank"))) == ["bank/lost"]
    assert library.search(asked("do you have boats", of="bank")) == ()


_texts = st.text(st.characters(codec="utf-8"), max_size=60) | st.sampled_from(
    ["opening hours", "refund", "money " * 40, "何时", "1234 5678"]
)


@settings(max_examples=100, deadline=None)
@given(st.lists(_texts, max_size=3), st.sampled_from(["en", "zh"]))
def test_whatever_is_said_matches_are_known_sorted_and_likely_enough(
    texts: list[str], language: str
) -> None:
    found = LETTERS.search(asked(*texts, language=language))

    assert len(found) <= 3
    assert all(name.startswith("shop/") for name in names(found))
    assert sorted(found, key=lambda match: -match.confidence) == list(found)
    assert not found or NO_ANSWER <= found[0].confidence <= 1.0


LETTERS = Library(KNOWN)


# ------------------------------------------------------------------ groups


def by_first_word(texts: Sequence[str]) -> np.ndarray:
    """A stand-in for an encoder: texts that begin alike mean the same."""
    first = sorted({text.split()[0] for text in texts})
    return np.eye(len(first), dtype=np.float32)[[first.index(text.split()[0]) for text in texts]]


def test_questions_that_mean_the_same_are_one_group_the_largest_first() -> None:
    texts = ["boats for sale", "gold price", "boats to rent", "Gold price.", "gold bars", "x y"]

    groups = grouped(texts, by_first_word)

    assert [set(group.texts) for group in groups] == [
        {"gold price", "gold bars"},
        {"boats for sale", "boats to rent"},
        {"x y"},
    ]
    assert groups[0].texts[0] == "gold price"
    assert sorted(place for group in groups for place in group.places) == [0, 1, 2, 3, 4, 5]


def test_without_an_encoder_letters_tell_what_is_alike() -> None:
    groups = grouped(["do you sell boats", "do you sell a boat", "什么时候发工资"])

    assert [len(group.texts) for group in groups] == [2, 1]


@given(st.lists(_texts, max_size=12))
def test_every_question_with_words_is_in_exactly_one_group(texts: list[str]) -> None:
    groups = grouped(texts)

    places = sorted(place for group in groups for place in group.places)
    assert len(set(places)) == len(places)
    assert all(any(c.isalnum() for c in texts[place]) for place in places)


def test_wordings_of_a_language_are_told_apart_by_question() -> None:
    wordings = Library(KNOWN).wordings("en")

    assert isinstance(wordings, Wordings)
    assert wordings.references[0] == "bank/lost"
    assert [wordings.references[owner] for owner in wordings.owners][:2] == [
        "bank/lost",
        "shop/period",
    ]
