# ruff: noqa: RUF001, PLR0917  Chinese text is Chinese
"""Callers who say no and at once what they want instead, and who don't know what to answer."""

from collections.abc import Callable

import pytest

from dialog.dialogue import Dialogue
from dialog.events import DigitsTimedOut, NoInput, Pressed
from dialog.state import Phase
from dialog.text_call import TextCall
from dialog.understanding.after_no import after_no

pytestmark = pytest.mark.unit
Make = Callable[[str], Dialogue]

DESK = """
languages: [en, zh]
start_over: menu
person: people
steps:
  menu:
    menu: {en: Status or cancel?, zh: 查订单还是取消？}
    confirm: always
    options:
      status: {phrases: {en: [order status], zh: [查订单]}, key: 1, then: number}
      cancel: {phrases: {en: [cancel it, cancel my order], zh: [取消订单]}, key: 2, then: sure}
      color: {phrases: {en: [another color], zh: [换颜色]}, then: color}
  number:
    ask: order_number
    prompt: {en: What's the number?, zh: 订单号是多少？}
    slot: number
    confirm: always
    then: bye
  color:
    ask: choice
    prompt: {en: Red or blue?, zh: 红色还是蓝色？}
    slot: color
    confirm: always
    options:
      red: {phrases: {en: [red, the red one], zh: [红色]}}
      blue: {phrases: {en: [blue, the blue one], zh: [蓝色]}}
    then: bye
  sure:
    ask: yes_no
    prompt: {en: Shall I cancel it?, zh: 确定要取消吗？}
    yes: bye
    no: kept
  kept: {say: {en: It stays., zh: 订单不变。}, then: menu}
  people: {end: {en: A person., zh: 人工。}, reason: person}
  bye: {end: {en: Bye., zh: 再见。}}
"""


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("No, I want to cancel it.", "i want to cancel it"),
        ("nope, that's false", ""),
        ("no, that is untrue, the blue one", "the blue one"),
        ("no no, the blue one", "the blue one"),
        ("nope, sorry, that's wrong, I meant the blue one", "the blue one"),
        ("that's not what I want, cancel my order", "cancel my order"),
        ("wrong, four seven one two", "four seven one two"),
        ("no", ""),
        ("no thank you", ""),
        ("no, that's not right", ""),
        ("no, that's all", ""),
        ("no, don't cancel it", ""),
        ("no, I don't want that", ""),
        ("no, leave it as it is", ""),
        ("no longer", ""),
        ("I want to cancel it", ""),
        ("yes, cancel it", ""),
        ("不是，我要取消订单", "我要取消订单"),
        ("不，蓝色的", "蓝色的"),
        ("不对不对，我要查订单", "我要查订单"),
        ("不要取消", ""),
        ("不用了", ""),
        ("不是", ""),
        ("没有", ""),
        ("不是，别取消", ""),
    ],
)
def test_what_stands_behind_a_no(text: str, rest: str) -> None:
    assert after_no(text) == rest


@pytest.mark.parametrize(
    ("language", "wish", "reply", "hears"),
    [
        ("en", "order status", "no, I want to cancel it", "cancel it. Right?"),
        ("en", "order status", "no, another color please", "another color. Right?"),
        ("zh", "查订单", "不是，我要取消订单", "取消订单，对吗？"),
    ],
)
def test_another_option_at_the_read_back_is_the_answer(
    flow: Make, language: str, wish: str, reply: str, hears: str
) -> None:
    call = TextCall(flow(DESK), caller={"language": language}).says(wish)

    assert call.says(reply).heard_now == hears


@pytest.mark.parametrize(
    ("language", "start", "answer", "reply", "hears"),
    [
        ("en", "1", "4711", "no, four seven one two", "4 7 1 2. Right?"),
        ("en", "1", "4711", "that's wrong, it's four seven one two", "4 7 1 2. Right?"),
        ("en", "1", "4711", "no, I want to cancel it", "I heard cancel it. Is that right?"),
        ("zh", "1", "4711", "不是，我要取消订单", "我听到的是取消订单，对吗？"),
        ("zh", "1", "4711", "不对，四七一二", "4 7 1 2，对吗？"),
    ],
)
def test_the_words_behind_no_are_used_at_a_number(
    flow: Make, language: str, start: str, answer: str, reply: str, hears: str
) -> None:
    call = TextCall(flow(DESK), caller={"language": language}).presses(start).presses("1")
    call.says(answer)

    assert call.says(reply).heard_now == hears


def test_the_blue_one_is_the_blue_one(flow: Make) -> None:
    call = TextCall(flow(DESK)).says("another color").says("yes").says("red")

    assert call.says("no, the blue one").heard_now == "blue. Right?"
    assert call.says("yes").ended == "done"
    assert call.state.variables["color"] == "blue"


@pytest.mark.parametrize(
    "reply", ["no", "no, that's wrong", "no, the purple elephant", "no thanks"]
)
def test_a_mere_no_is_a_no(flow: Make, reply: str) -> None:
    call = TextCall(flow(DESK)).presses("1").presses("1").says("4711")

    assert call.says(reply).heard_now.startswith("Sorry about that. Let's try again.")
    assert call.state.step == "number"


@pytest.mark.parametrize(
    ("language", "reply", "hears"),
    [
        ("en", "no, I'd like another color", "It stays. Red or blue?"),
        ("en", "no, don't cancel it", "It stays. Status or cancel?"),
        ("en", "no", "It stays. Status or cancel?"),
        ("en", "no, my sister said so", "It stays. Status or cancel?"),
        ("zh", "不，我要换颜色", "订单不变。 红色还是蓝色？"),
        ("zh", "不要取消", "订单不变。 查订单还是取消？"),
    ],
)
def test_who_says_no_to_a_question_and_what_else_isn_t_asked_for_it(
    flow: Make, language: str, reply: str, hears: str
) -> None:
    call = TextCall(flow(DESK), caller={"language": language}).presses("2").presses("1")

    assert call.says(reply).heard_now == hears
    assert call.state.wish == ""


def test_a_wish_is_forgotten_with_the_next_words(flow: Make) -> None:
    text = DESK.replace("then: menu}", "then: number}")
    call = TextCall(flow(text)).presses("2").presses("1").says("no, another color")

    assert call.state.step == "number"
    call.says("4711").says("no, that's wrong")
    assert (call.state.step, call.state.wish) == ("number", "")


def test_words_at_a_sensitive_step_are_no_wish(flow: Make) -> None:
    text = DESK.replace("    slot: number\n", "    slot: number\n    sensitive: true\n")
    call = TextCall(flow(text)).presses("1").presses("1").says("4711")
    call.says("no, I want to cancel it")

    assert call.state.step == "number"
    assert "cancel" not in str(call.state.variables)


# ---------------------------------------------------------------- keys that mean nothing


@pytest.mark.parametrize("key", ["#", "7", "A"])
def test_every_key_is_answered_at_once(flow: Make, key: str) -> None:
    call = TextCall(flow(DESK))
    assert call.presses(key).heard_now == "Sorry, I didn't get that. Status or cancel?"
    call.presses("1")
    assert call.presses(key).heard_now == ("Please say yes or no. Or press 1 for yes, 2 for no.")


def test_pound_alone_is_no_number(flow: Make) -> None:
    call = TextCall(flow(DESK)).presses("1").presses("1")

    assert call.presses("#").heard_now == "Sorry, I didn't get that. What's the number?"


def test_pound_that_comes_late_ends_a_number_and_nothing_else(flow: Make) -> None:
    call = TextCall(flow(DESK)).presses("1").presses("1")
    for digit in "4711":
        call.happens(Pressed(digit))
    call.happens(DigitsTimedOut())
    assert call.state.phase is Phase.CONFIRMING

    assert call.presses("#").heard_now == ""
    assert call.presses("#").heard_now.startswith("Please say yes or no.")


def test_who_is_silent_at_a_read_back_hears_of_keys_and_of_a_person(flow: Make) -> None:
    call = TextCall(flow(DESK)).says("order status")

    assert call.happens(NoInput()).heard_now == (
        "Please say yes or no. Or press 1 for yes, 2 for no."
    )
    assert call.happens(NoInput()).heard_now.endswith("Or press 0 for a person.")
