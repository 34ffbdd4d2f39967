"""Single wordings whose reason is worth a name; the many are in tests/bench/entity_cases/."""

from dataclasses import replace
from datetime import date, time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from dialog.understanding import completeness, readings, understand
from dialog.understanding.keyed import keyed
from dialog.understanding.words import listed
from voxdesk.kernel.speech import (
    AnswerKind,
    Choice,
    Completeness,
    Expectation,
    Hypothesis,
    Transcript,
)

pytestmark = pytest.mark.unit

TODAY = date(2026, 11, 18)  # a Wednesday
NOW = time(10, 20)
COLOURS = (Choice("red", ("red",)), Choice("blue", ("blue",)), Choice("green", ("green",)))
NAMES = ("Catherine Meyer", "John Smith", "John Marsh", "张伟", "王芳")


def expected(kind: str, **fields: object) -> Expectation:
    start = Expectation(kind=AnswerKind(kind), choices=COLOURS, names=NAMES, min_digits=2)
    return replace(start, **fields)  # type: ignore[arg-type]


def heard(expectation: Expectation, *texts: str) -> str | None:
    n_best = Transcript(tuple(Hypothesis(text, 0.9 - 0.1 * n) for n, text in enumerate(texts)))
    found = understand(n_best, expectation, today=TODAY, now=NOW)
    return found.value if found else None


@pytest.mark.parametrize(
    ("kind", "nonsense", "sense", "value"),
    [
        ("date", "march fort", "march fourth", "2027-03-04"),
        ("time", "tree dirty", "three thirty", "15:30"),
        ("datetime", "tuesday at tree", "tuesday at three", "2026-11-24T15:00"),
        ("money", "well done", "twelve dollars", "12.00 USD"),
        ("phone", "415 555 267", "415 555 2671", "+14155552671"),
        ("number", "tree of us", "three of us", "3"),
        ("name", "robert jones", "john smith", "John Smith"),
        ("choices", "bread and stew", "red and blue", "red,blue"),
        ("code", "bravo is fine", "bravo one five", "B15"),
    ],
)
def test_the_second_guess_counts_when_only_it_makes_sense(
    kind: str, nonsense: str, sense: str, value: str
) -> None:
    assert heard(expected(kind, when="future"), nonsense, sense) == value


@pytest.mark.parametrize("kind", ["date", "time", "datetime", "money", "number", "code", "phone"])
@pytest.mark.parametrize(
    "text", ["I don't know", "never mind", "is anybody there", "我不知道", "...", "", "ok"]
)
def test_who_doesnt_answer_is_not_taken_to_have_answered(kind: str, text: str) -> None:
    assert heard(expected(kind), text) is None


def test_the_form_of_a_code_tells_letters_from_digits() -> None:
    assert heard(expected("code", form="AA-9999"), "see oh four four one one") == "CO4411"
    assert heard(expected("code", form="9999"), "for oh too ate") is None
    assert heard(expected("code", form="9999"), "four oh too ate") == "4028"
    assert heard(expected("code", form="AA9999"), "a b one two three") is None


def test_a_bare_hour_is_one_at_which_people_have_appointments() -> None:
    assert heard(expected("time"), "at three") == "15:00"
    assert heard(expected("time"), "at eight") == "08:00"
    assert heard(expected("time"), "three in the morning") == "03:00"


def test_a_day_without_a_year_is_in_the_past_or_the_future_as_the_step_says() -> None:
    assert heard(expected("date", when="future"), "october fifth") == "2027-10-05"
    assert heard(expected("date", when="past"), "october fifth") == "2026-10-05"
    assert heard(expected("date"), "october fifth") == "2026-10-05"
    assert heard(expected("date", when="past"), "friday") == "2026-11-13"
    assert heard(expected("date", when="past", language="zh"), "星期五") == "2026-11-13"


def test_dollars_are_those_of_the_callers_country() -> None:
    assert heard(expected("money", currency="CAD"), "twelve bucks") == "12.00 CAD"
    assert heard(expected("money", currency="EUR"), "twelve bucks") == "12.00 USD"
    assert heard(expected("money", currency="EUR"), "twelve fifty") == "12.50 EUR"
    assert heard(expected("money", currency="JPY"), "twelve point five") is None


def test_a_number_that_no_telephone_has_is_not_accepted() -> None:
    assert (
        heard(expected("phone", country="US"), "one one one five five five two six seven") is None
    )
    assert heard(expected("phone", country="DE"), "oh three oh two three one two five") is not None


def test_a_first_name_that_two_people_have_is_nobodys() -> None:
    assert heard(expected("name"), "john") is None
    assert heard(expected("name"), "john marsh") == "John Marsh"
    assert heard(expected("name"), "m a r s h") == "John Marsh"


def test_options_that_are_denied_are_left_out() -> None:
    assert heard(expected("choices"), "all of them but not the red one") == "blue,green"
    assert heard(expected("choices"), "none of them") == ""
    assert heard(expected("choice"), "not red, blue") == "blue"


def test_what_answers_another_question_must_say_what_it_is() -> None:
    for kind, vague, plain in (
        ("money", "order 4711", "4711 dollars"),
        ("time", "at three", "at three o'clock"),
        ("choice", "the second one", "the blue one"),
    ):
        assert heard(expected(kind, explicit=True), vague) is None
        assert heard(expected(kind, explicit=True), plain) is not None


@pytest.mark.parametrize(
    ("kind", "text", "sounds"),
    [
        ("phone", "four one five five five five", Completeness.INCOMPLETE),
        ("phone", "four one five five five five two six seven one", Completeness.COMPLETE),
        ("code", "b as in", Completeness.INCOMPLETE),
        ("time", "at three", Completeness.UNSURE),
        ("time", "at three thirty", Completeness.COMPLETE),
        ("money", "twelve", Completeness.UNSURE),
        ("money", "twelve dollars", Completeness.COMPLETE),
        ("money", "twelve dollars and", Completeness.INCOMPLETE),
        ("number", "twenty", Completeness.UNSURE),
        ("number", "five", Completeness.COMPLETE),
        ("choices", "the red one and", Completeness.INCOMPLETE),
        ("datetime", "tomorrow at nine thirty", Completeness.COMPLETE),
        ("name", "john smith", Completeness.COMPLETE),
        ("date", "hold on", Completeness.INCOMPLETE),
    ],
)
def test_the_wait_for_more_words_fits_the_answer(
    kind: str, text: str, sounds: Completeness
) -> None:
    assert completeness(Transcript((Hypothesis(text, 0.9),)), expected(kind)) is sounds


@pytest.mark.parametrize(
    ("kind", "keys", "value"),
    [
        ("time", "1530", "15:30"), ("time", "930", "09:30"), ("time", "2575", ""),
        ("datetime", "12031530", "2026-12-03T15:30"), ("datetime", "02301530", ""),
        ("money", "1299", "12.99 USD"), ("money", "5", "0.05 USD"),
        ("phone", "4155552671", "+14155552671"), ("phone", "1234", ""), ("number", "007", "7"),
        ("date", "1203", "2026-12-03"), ("date", "123", ""),
    ],
)  # fmt: skip
def test_keys_mean_what_callers_are_told(kind: str, keys: str, value: str) -> None:
    assert keyed(keys, expected(kind, when="future"), TODAY) == value


WORDS = st.sampled_from(
    listed(
        "a and at bravo cent 5 double dollars four half hundred in january k minus next no not of "
        "oh one past point second the third thousand to tuesday week "
        "不是 一 万 三 个 半 点 块 号 周 A 第"
    )
)


@given(
    st.one_of(st.text(max_size=200), st.lists(WORDS, max_size=30).map(" ".join)),
    st.sampled_from(list(AnswerKind)),
    st.sampled_from(["en", "zh", "zh-CN", ""]),
    st.dates(),
    st.sampled_from(["nearest", "past", "future"]),
)
def test_no_words_break_the_understanding(
    text: str, kind: AnswerKind, language: str, today: date, when: str
) -> None:
    expectation = expected(str(kind), language=language, when=when)
    transcript = Transcript((Hypothesis(text, 0.9),))

    understand(transcript, expectation, today=today, now=NOW)
    completeness(transcript, expectation)


@given(
    st.sampled_from(list(AnswerKind)), st.text("0123456789", min_size=1, max_size=64), st.dates()
)
@example(AnswerKind.MONEY, "1" + "0" * 63, TODAY)
def test_no_keys_break_the_understanding(kind: AnswerKind, keys: str, today: date) -> None:
    assert isinstance(keyed(keys, expected(str(kind)), today), str)


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("the second one", "b"),
        ("I'd like the last one, please", "c"),
        ("option three please", "c"),
        ("第二个", "b"),
        ("they moved the piano to the second floor", None),
        ("it was last week", None),
    ],
)
def test_a_place_in_the_list_is_an_answer_and_talk_that_has_such_a_word_is_none(
    said: str, meant: str | None
) -> None:
    options = (Choice("a", ("tea",)), Choice("b", ("coffee",)), Choice("c", ("water",)))
    expectation = Expectation(kind=AnswerKind.CHOICE, choices=options)

    found = readings(Transcript((Hypothesis(said, 0.9),)), expectation)

    assert [reading.value for reading in found] == ([meant] if meant else [])
