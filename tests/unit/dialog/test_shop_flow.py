# ruff: noqa: RUF001  Chinese text is Chinese
from pathlib import Path
from typing import Any

import pytest

from dialog.dialogue import Dialogue
from dialog.events import Act, Enqueue, RecordMessage
from dialog.flow_file import check_file, flow_files
from dialog.flow_templates import fixed_texts
from dialog.text_call import TextCall

pytestmark = pytest.mark.unit

FLOWS = Path(__file__).parents[3] / "config" / "flows"
ANN = {"known": True, "first_name": "Ann", "display_name": "Ann Lee", "language": "en"}
LI = {"known": True, "first_name": "", "display_name": "李雷", "language": "zh-CN"}


def order(**values: Any) -> dict[tuple[str, str], dict[str, Any]]:
    record = {
        "number": "4711", "status": "shipped", "item": "desk lamp", "total_cents": 4990,
        "currency": "USD", "eta": "2026-11-24", "delivered_on": "", "carrier": "UPS", **values,
    }  # fmt: skip
    return {("order", "4711"): record}


@pytest.mark.parametrize("path", flow_files(FLOWS), ids=lambda path: path.stem)
def test_every_flow_that_is_delivered_has_no_problem(path: Path) -> None:
    assert check_file(path).report == ""


def test_the_caller_is_greeted_told_of_machine_and_recording_and_helped(shop: Dialogue) -> None:
    call = TextCall(shop, caller=ANN, records=order())

    assert call.said[0] == (
        "Hello Ann. I'm the automated assistant of Harbor Shop. This call is recorded."
    )
    assert call.says("where's my order?").heard_now == (
        "What's your order number? Say it, or type it."
    )
    assert call.says("It's 4711.").heard_now == (
        "Order 4 7 1 1 is on its way with UPS. It should arrive Tuesday, November 24th. "
        "Anything else?"
    )
    assert call.says("No, that's all, thank you.").heard_now == "Thank you for calling. Goodbye."
    assert call.ended == "done"


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"status": "processing"}, "is being packed. It should arrive Tuesday, November 24th."),
        ({"status": "processing", "eta": ""}, "is being packed. Anything else?"),
        ({"eta": "2026-11-22", "carrier": ""}, "on its way. It should arrive tomorrow."),
        ({"status": "delivered", "delivered_on": "2026-11-20"}, "was delivered yesterday."),
        ({"status": "delivered"}, "was delivered. Anything else?"),
        ({"status": "cancelled"}, "was cancelled. The $49.90 will be paid back to you."),
        ({"status": "returned", "currency": "EUR"}, "The €49.90 will be paid back to you."),
    ],
)  # fmt: skip
def test_each_status_is_said_in_short_sentences(
    shop: Dialogue, values: dict[str, Any], said: str
) -> None:
    call = TextCall(shop, records=order(**values)).presses("1").presses("4711#")

    assert said in call.heard_now


def test_a_status_that_the_flow_does_not_know_goes_to_a_person(shop: Dialogue) -> None:
    call = TextCall(shop, records=order(status="lost")).presses("1").presses("4711#")

    assert isinstance(call.pending, Enqueue)
    assert call.pending.whisper == "A caller, order 4 7 1 1, lost."


def test_an_order_that_is_not_there_is_asked_for_once_more_then_a_person_is_offered(
    shop: Dialogue,
) -> None:
    call = TextCall(shop).presses("1").presses("4712#")
    assert "can't find an order 4 7 1 2" in call.heard_now
    assert call.step == "number"

    call.presses("4713#")
    assert "Shall I get you a person?" in call.heard_now

    assert isinstance(call.says("yes please").pending, Enqueue)


def test_without_the_crm_a_person_takes_over(shop: Dialogue) -> None:
    call = TextCall(shop, crm_away=True).presses("1").presses("4711#")

    assert "can't reach our order system" in call.heard_now
    assert isinstance(call.pending, Enqueue)


def test_the_agent_hears_who_and_why_and_so_does_who_calls_back(shop: Dialogue) -> None:
    call = TextCall(shop, caller=ANN, records=order()).presses("1").says("4711")
    call.says("actually, can I talk to someone?")
    assert isinstance(call.pending, Enqueue)
    assert call.pending.whisper == "Ann Lee, order 4 7 1 1, shipped."

    call.comes_back("left_queue").presses("4155552671#").says("yes").presses("1")
    assert call.ended == "done"
    [promise] = [one for one in call.actions if isinstance(one, Act)]
    assert (promise.what, promise.given["number"]) == ("callback.request", "+14155552671")
    assert promise.given["note"] == "Call back. Ann Lee, order 4 7 1 1, shipped."


@pytest.mark.parametrize("outcome", ["timed_out", "no_agents", "failed"])
def test_when_nobody_is_free_a_message_can_be_left(shop: Dialogue, outcome: str) -> None:
    call = TextCall(shop).presses("0").comes_back(outcome)

    assert call.heard_now.startswith("Sorry, nobody is free right now. Shall we call you back")
    assert isinstance(call.says("a message").pending, RecordMessage)
    assert call.leaves_message().ended == "done"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("when are you open", "Monday to Saturday"),
        ("any special offers", "20 percent off"),
    ],
)
def test_common_questions_are_answered(shop: Dialogue, words: str, said: str) -> None:
    assert said in TextCall(shop).says(words).heard_now


def test_a_question_can_follow_another(shop: Dialogue) -> None:
    call = TextCall(shop).says("opening hours").says("special offers").says("no thanks")

    assert call.ended == "done"


@pytest.mark.parametrize(
    ("key", "said"),
    [
        ("4", "the address, the delivery day, or the item?"),
        ("5", "Order 4 7 1 1, desk lamp. Shall I cancel it?"),
    ],
)
def test_an_order_that_is_being_packed_can_still_be_changed_and_cancelled(
    shop: Dialogue, key: str, said: str
) -> None:
    call = TextCall(shop, records=order(status="processing")).presses(key).presses("4711#")

    assert said in call.heard_now


def test_an_order_is_cancelled_only_after_a_yes(shop: Dialogue) -> None:
    call = TextCall(shop, records=order(status="processing")).presses("5").presses("4711#")
    assert not [action for action in call.actions if isinstance(action, Act)]

    assert "It's cancelled." in call.says("yes").heard_now
    [done] = [action for action in call.actions if isinstance(action, Act)]
    assert (done.what, done.given) == ("order.cancel", {"number": "4711"})


def test_a_mandarin_caller_is_served_in_mandarin_from_the_first_word(shop: Dialogue) -> None:
    call = TextCall(shop, caller=LI, records=order())
    assert call.said[0].startswith("您好。")

    assert call.says("我想查订单").heard_now == "请说出或输入您的订单号。"
    assert call.says("四七幺幺").heard_now == (
        "订单4 7 1 1已经发货，由UPS配送。 预计11月24日星期二送达。 还需要别的帮助吗？"
    )
    assert call.says("不用了，谢谢").heard_now == "感谢您的来电，再见。"


def test_the_mandarin_ladder_and_read_back_are_mandarin_too(shop: Dialogue) -> None:
    call = TextCall(shop, caller=LI).is_silent(3)
    assert "订单状态请按1" in call.heard_now

    call.presses("1").says("四七一一", confidence=0.3)
    assert call.heard_now == "我听到的是4 7 1 1，对吗？"

    assert call.says("不对，四七一二").heard_now == "4 7 1 2，对吗？"
    assert isinstance(call.says("转人工").pending, Enqueue)


def test_the_language_can_be_changed_in_the_call(shop: Dialogue) -> None:
    call = TextCall(shop).says("Chinese")
    assert call.heard_now.startswith("请问有什么可以帮您")

    assert call.says("英语").heard_now.startswith("How can I help you")


@pytest.mark.parametrize("language", ["en", "zh"])
def test_no_prompt_is_long(shop: Dialogue, language: str) -> None:
    limit = 25 if language == "en" else 45
    for text in fixed_texts(shop.flow, language):
        length = len(text.split()) if language == "en" else len(text)
        assert length <= limit, text


def test_the_greeting_of_an_unknown_caller_can_be_spoken_before_the_first_call(
    shop: Dialogue,
) -> None:
    texts = fixed_texts(shop.flow, "en")

    assert texts[0].startswith("Hello. I'm the automated assistant")
    assert "How can I help you, with an order, a return, or a question?" in texts
    assert not any("{" in text for text in texts)
