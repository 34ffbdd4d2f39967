# ruff: noqa: RUF001  Chinese text is Chinese
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialog.understanding import Command, command, is_backchannel, understand
from voxdesk.kernel.speech import AnswerKind, Choice, Expectation, Hypothesis, Transcript

pytestmark = pytest.mark.unit

TODAY = date(2026, 11, 21)  # a Saturday


def said(*texts: str) -> Transcript:
    return Transcript(tuple(Hypothesis(text, 0.9 - 0.1 * n) for n, text in enumerate(texts)))


def value_of(text: str, expected: Expectation) -> str | None:
    found = understand(said(text), expected, today=TODAY)
    return found.value if found else None


YES_NO = [
    ("yes", "yes"), ("Yes.", "yes"), ("yeah", "yes"), ("yep", "yes"), ("yup", "yes"),
    ("uh-huh", "yes"), ("mm-hmm", "yes"), ("sure", "yes"), ("okay", "yes"), ("correct", "yes"),
    ("that's right", "yes"), ("That is correct.", "yes"), ("yes please", "yes"),
    ("of course", "yes"), ("it is", "yes"), ("I do", "yes"), ("go ahead", "yes"),
    ("why not", "yes"), ("no problem", "yes"), ("no, that's right", "yes"),
    ("Yes, that's my order number.", "yes"), ("exactly", "yes"), ("I think so", "yes"),
    ("no", "no"), ("No.", "no"), ("nope", "no"), ("nah", "no"), ("no thanks", "no"),
    ("no thank you", "no"), ("not really", "no"), ("that's not right", "no"),
    ("that's wrong", "no"), ("it isn't", "no"), ("I don't think so", "no"),
    ("No, it's okay.", "no"), ("no no no", "no"), ("incorrect", "no"), ("not correct", "no"),
    ("no, four seven one two", "no"), ("I do not", "no"), ("never mind", "no"),
    ("I don't know", None), ("not sure", None), ("maybe", None), ("what", None),
    ("four seven", None), ("", None),
]  # fmt: skip


@pytest.mark.parametrize(("text", "value"), YES_NO)
def test_yes_and_no_in_english(text: str, value: str | None) -> None:
    assert value_of(text, Expectation(kind=AnswerKind.YES_NO)) == value


YES_NO_ZH = [
    ("是", "yes"), ("是的", "yes"), ("对", "yes"), ("对的。", "yes"), ("好", "yes"),
    ("好的", "yes"), ("可以", "yes"), ("行", "yes"), ("没错", "yes"), ("没问题", "yes"),
    ("嗯", "yes"), ("要", "yes"), ("正确", "yes"), ("對", "yes"), ("yes", "yes"),
    ("不", "no"), ("不是", "no"), ("不对", "no"), ("不用了，谢谢", "no"), ("不要", "no"),
    ("没有", "no"), ("错了", "no"), ("不行", "no"), ("不可以", "no"), ("no", "no"),
    ("不是，是四七一二", "no"), ("不需要", "no"),
    ("对不起", None), ("不好意思", None), ("不知道", None), ("是不是", None), ("四七", None),
]  # fmt: skip


@pytest.mark.parametrize(("text", "value"), YES_NO_ZH)
def test_yes_and_no_in_mandarin(text: str, value: str | None) -> None:
    assert value_of(text, Expectation(kind=AnswerKind.YES_NO, language="zh")) == value


DATES = [
    ("today", "2026-11-21"), ("tomorrow", "2026-11-22"), ("yesterday", "2026-11-20"),
    ("the day after tomorrow", "2026-11-23"), ("the day before yesterday", "2026-11-19"),
    ("friday", "2026-11-27"), ("on Saturday", "2026-11-21"), ("next friday", "2026-11-27"),
    ("last monday", "2026-11-16"), ("last saturday", "2026-11-14"),
    ("in three days", "2026-11-24"), ("three days ago", "2026-11-18"),
    ("a week ago", "2026-11-14"), ("two weeks from now", "2026-12-05"),
    ("a couple of days ago", "2026-11-19"), ("in 10 days", "2026-12-01"),
    ("march third", "2027-03-03"), ("the third of march", "2027-03-03"),
    ("March 3rd, 2026", "2026-03-03"), ("march third twenty twenty six", "2026-03-03"),
    ("march fifth two thousand and five", "2005-03-05"),
    ("twenty third of march twenty twenty six", "2026-03-23"),
    ("It was on December twenty-fifth.", "2026-12-25"), ("november twenty one", "2026-11-21"),
    ("5 March", "2027-03-05"), ("fourth of july", "2026-07-04"), ("the twentieth", "2026-11-20"),
    ("the 20th", "2026-11-20"), ("the twenty-fifth", "2026-11-25"),
    ("first of january twenty twenty seven", "2027-01-01"),
    ("3/14", "2027-03-14"), ("03/14/2026", "2026-03-14"), ("14/03/2026", "2026-03-14"),
    ("2026-03-14", "2026-03-14"), ("3.14.26", "2026-03-14"),
    ("february twenty ninth", "2028-02-29"),
    ("february 30", None), ("2026-02-30", None), ("I have been waiting three days", None),
    ("may I", None), ("one second", None), ("", None),
]  # fmt: skip


@pytest.mark.parametrize(("text", "value"), DATES)
def test_dates_in_english(text: str, value: str | None) -> None:
    assert value_of(text, Expectation(kind=AnswerKind.DATE)) == value


DATES_ZH = [
    ("今天", "2026-11-21"), ("明天", "2026-11-22"), ("后天", "2026-11-23"),
    ("大后天", "2026-11-24"), ("昨天", "2026-11-20"), ("前天", "2026-11-19"),
    ("三天后", "2026-11-24"), ("两天前", "2026-11-19"), ("一周以前", "2026-11-14"),
    ("三月五号", "2027-03-05"), ("3月5日", "2027-03-05"), ("2026年3月5日", "2026-03-05"),
    ("二零二六年三月五号", "2026-03-05"), ("明年三月五日", "2027-03-05"),
    ("十二月二十五号", "2026-12-25"), ("二十号", "2026-11-20"), ("五号", "2026-12-05"),
    ("下周三", "2026-11-25"), ("这周五", "2026-11-20"), ("上周一", "2026-11-09"),
    ("星期天", "2026-11-22"), ("周六", "2026-11-21"), ("礼拜二", "2026-11-24"),
    ("二月三十号", None), ("订单号码", None), ("四七一一", None),
]  # fmt: skip


@pytest.mark.parametrize(("text", "value"), DATES_ZH)
def test_dates_in_mandarin(text: str, value: str | None) -> None:
    assert value_of(text, Expectation(kind=AnswerKind.DATE, language="zh")) == value


MENU = (
    Choice("status", ("order status", "where is my order", "track my parcel")),
    Choice("return", ("a return", "send something back", "refund")),
    Choice("hours", ("opening hours", "when are you open")),
    Choice("person", ("a person", "agent")),
)
CHOICES = [
    ("order status", "status"), ("Order status, please.", "status"), ("the order status", "status"),
    ("where's my order", "status"), ("I want to know where is my order", "status"),
    ("tracking my parcels", "status"), ("return", "return"), ("returns", "return"),
    ("I'd like to return something", "return"), ("I want my refund", "return"),
    ("opening hours", "hours"), ("what are your opening hours?", "hours"),
    ("when are you open", "hours"), ("agent", "person"), ("agent agent", "person"),
    # misheard
    ("opening ours", "hours"), ("older status", "status"), ("a pearson", "person"),
    ("re fund", "return"), ("open in hours", "hours"),
    # none of them
    ("the weather", None), ("hi", None), ("", None), ("I like tea", None),
    ("four seven one one", None),
]  # fmt: skip


@pytest.mark.parametrize(("text", "value"), CHOICES)
def test_one_of_a_list_in_english(text: str, value: str | None) -> None:
    assert value_of(text, Expectation(kind=AnswerKind.CHOICE, choices=MENU)) == value


MENU_ZH = (
    Choice("status", ("订单状态", "查订单")),
    Choice("return", ("退货", "退款")),
    Choice("hours", ("营业时间",)),
)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("查订单", "status"), ("我想查订单", "status"), ("订单状态。", "status"),
        ("我要退货", "return"), ("退款", "return"), ("你们营业时间是几点", "hours"),
        ("訂單狀態", None), ("天气", None),
    ],
)  # fmt: skip
def test_one_of_a_list_in_mandarin(text: str, value: str | None) -> None:
    expected = Expectation(kind=AnswerKind.CHOICE, language="zh", choices=MENU_ZH)

    assert value_of(text, expected) == value


def test_words_that_fit_two_options_equally_are_neither() -> None:
    expected = Expectation(kind=AnswerKind.CHOICE, choices=MENU)

    assert value_of("refund or opening hours or agent", expected) in {None, "hours"}
    assert value_of("agent refund", expected) is None


def test_a_yes_or_no_option_understands_every_yes_and_no() -> None:
    options = (Choice("yes", ("yes",)), Choice("no", ("no",)), Choice("hours", ("opening hours",)))
    expected = Expectation(kind=AnswerKind.CHOICE, choices=options)

    assert value_of("nope, I don't think so", expected) == "no"
    assert value_of("yep", expected) == "yes"
    assert value_of("opening hours", expected) == "hours"


def test_free_speech_is_taken_as_it_was_said() -> None:
    assert value_of("The lamp is broken.", Expectation()) == "The lamp is broken."
    assert value_of("...", Expectation()) is None


COMMANDS = [
    ("agent", Command.PERSON), ("operator", Command.PERSON), ("Operator!", Command.PERSON),
    ("I want to speak to a person", Command.PERSON), ("talk to someone please", Command.PERSON),
    ("can I talk to a human", Command.PERSON), ("representative", Command.PERSON),
    ("real person", Command.PERSON), ("give me a human", Command.PERSON),
    ("customer service please", Command.PERSON), ("get me an agent", Command.PERSON),
    ("transfer me to an operator", Command.PERSON),
    ("I'd like to speak with a representative please", Command.PERSON),
    ("repeat", Command.REPEAT), ("repeat that please", Command.REPEAT),
    ("can you repeat that", Command.REPEAT), ("say that again", Command.REPEAT),
    ("say again", Command.REPEAT), ("pardon", Command.REPEAT), ("what?", Command.REPEAT),
    ("what did you say", Command.REPEAT), ("sorry, I didn't catch that", Command.REPEAT),
    ("one more time", Command.REPEAT), ("what was that again", Command.REPEAT),
    ("go back", Command.BACK), ("back", Command.BACK), ("previous menu", Command.BACK),
    ("can we go back please", Command.BACK),
    ("start over", Command.START_OVER), ("main menu", Command.START_OVER),
    ("take me back to the main menu", Command.START_OVER), ("start again", Command.START_OVER),
    ("from the beginning", Command.START_OVER), ("let's start over please", Command.START_OVER),
    ("hold on", Command.WAIT), ("one moment please", Command.WAIT), ("let me check", Command.WAIT),
    ("just a second", Command.WAIT), ("wait a minute", Command.WAIT), ("sorry?", Command.REPEAT),
    ("my travel agent booked it", None), ("my order", None), ("what is my order", None),
    ("send it back", None), ("the person who delivered it was rude", None), ("yes", None),
    ("", None),
]  # fmt: skip


@pytest.mark.parametrize(("text", "meant"), COMMANDS)
def test_global_commands_in_english(text: str, meant: Command | None) -> None:
    assert command(text) is meant


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("人工", Command.PERSON), ("转人工", Command.PERSON), ("我要找客服", Command.PERSON),
        ("人工客服", Command.PERSON), ("轉人工", Command.PERSON), ("接线员", Command.PERSON),
        ("重复", Command.REPEAT), ("再说一遍", Command.REPEAT), ("没听清楚", Command.REPEAT),
        ("请再说一次", Command.REPEAT), ("你说什么？", Command.REPEAT),
        ("等一下", Command.WAIT), ("返回", Command.BACK), ("上一步", Command.BACK),
        ("重新开始", Command.START_OVER),
        ("主菜单", Command.START_OVER), ("从头开始", Command.START_OVER),
        ("查订单", None), ("四七一一", None), ("是的", None),
    ],
)  # fmt: skip
def test_global_commands_in_mandarin(text: str, meant: Command | None) -> None:
    assert command(text, "zh") is meant


def test_a_wish_for_a_person_inside_a_sentence_counts_only_where_the_answers_are_few() -> None:
    wish = "this is useless just connect me to some person who works there"

    assert command(wish, closed=True) is Command.PERSON
    assert command(wish, closed=False) is None


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("uh huh", "en"), ("Uh-huh.", "en"), ("mm-hmm", "en"), ("mhm", "en"), ("okay", "en"),
        ("OK, right.", "en"), ("I see", "en"), ("yeah yeah", "en"), ("got it", "en"),
        ("嗯", "zh"), ("嗯嗯", "zh"), ("好的", "zh"), ("哦", "zh"), ("对对对", "zh"),
    ],
)  # fmt: skip
def test_sounds_of_listening_are_recognized(text: str, language: str) -> None:
    assert is_backchannel(text, language)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("agent", "en"), ("stop", "en"), ("order status", "en"), ("no", "en"), ("okay agent", "en"),
        ("four seven", "en"), ("", "en"), ("what", "en"),
        ("人工", "zh"), ("不对", "zh"), ("", "zh"),
    ],
)  # fmt: skip
def test_answers_are_no_sounds_of_listening(text: str, language: str) -> None:
    assert not is_backchannel(text, language)


@given(
    st.text(max_size=300),
    st.sampled_from(list(AnswerKind)),
    st.sampled_from(["en", "zh", "zh-CN", "ko", ""]),
    st.dates(),
)
def test_no_text_breaks_the_understanding(
    text: str, kind: AnswerKind, language: str, today: date
) -> None:
    expected = Expectation(kind=kind, language=language, choices=MENU)

    understand(said(text), expected, today=today)
    command(text, language)
    is_backchannel(text, language)


@given(st.dates(date(1990, 1, 1), date(2060, 12, 31)), st.dates(date(2000, 1, 1), date(2050, 1, 1)))
def test_a_full_date_means_that_day_whatever_today_is(day: date, today: date) -> None:
    expected = Expectation(kind=AnswerKind.DATE)
    zh = Expectation(kind=AnswerKind.DATE, language="zh")
    english = f"{day:%B} {day.day}, {day.year}"
    chinese = f"{day.year}年{day.month}月{day.day}日"

    for text, language in ((english, expected), (day.isoformat(), expected), (chinese, zh)):
        found = understand(said(text), language, today=today)
        assert found is not None
        assert found.value == day.isoformat()
