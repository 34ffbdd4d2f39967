"""Any question may be asked at any step, and is answered from the flow's knowledge."""

import pytest

from dialog.bundle import KNOWLEDGE, bundled
from dialog.dialogue import Dialogue
from dialog.events import Search
from dialog.flow_file import check_text
from dialog.flow_graph.asides import picture
from dialog.flow_tests.walker import walk
from dialog.prompts import Prompts
from dialog.text_call import TextCall

pytestmark = pytest.mark.unit

KNOWS = """
questions:
  period:
    question: How long can I return something?
    variants: [what is the return period, is it too late to send it back]
    answer: Within 30 days.
  refund:
    question: When do I get my money back?
    variants: [how long does a refund take]
    answer: Within 5 days.
"""
FLOW = """
knowledge: shop
person: people
anywhere: {answers: true}
steps:
  number:
    ask: order_number
    prompt: Please tell me your order number.
    again: Your order number?
    min_digits: 4
    then: wish
  wish: {ask: free, prompt: What is wrong with it?, then: bye}
  people: {end: A person is coming.}
  bye: {end: Goodbye.}
"""


def made(prompts: Prompts, flow: str = FLOW) -> Dialogue:
    data = bundled(flow.encode(), {f"{KNOWLEDGE}shop": KNOWS.encode()})
    checked = check_text(data, name="test", path="test")
    assert not checked.problems, checked.report
    assert checked.flow is not None
    return Dialogue(checked.flow, prompts)


@pytest.fixture(scope="module")
def asked(prompts: Prompts) -> Dialogue:
    return made(prompts)


def test_a_question_in_mid_form_is_answered_and_the_form_goes_on(asked: Dialogue) -> None:
    call = TextCall(asked).says("how long can I return something")

    assert call.heard_now == "Within 30 days. Back to your order number. Your order number?"
    assert call.says("4711").step == "wish"


def test_a_question_that_nobody_knows_is_a_failed_try_at_the_step(asked: Dialogue) -> None:
    call = TextCall(asked).says("how tall is the moon")

    assert call.heard_now == (
        "Sorry, I can't answer that. Back to your order number. Your order number?"
    )
    assert call.state.no_match == 1


def test_who_only_asks_what_nobody_knows_is_helped_and_gets_a_person(asked: Dialogue) -> None:
    call = TextCall(asked)
    for _ in range(4):
        call.says("how tall is the moon")

    assert call.said[-1] == "A person is coming."


def test_words_that_are_no_question_are_not_looked_for(asked: Dialogue) -> None:
    call = TextCall(asked).says("blue bananas")

    assert not [action for action in call.actions if isinstance(action, Search)]
    assert call.heard_now.startswith("Sorry, I didn't get that.")


def test_a_question_in_free_speech_is_the_answer(asked: Dialogue) -> None:
    call = TextCall(asked).says("4711").says("how long can I return something")

    assert call.step == "bye"


def test_nothing_is_looked_for_at_a_sensitive_step(prompts: Prompts) -> None:
    secret = made(prompts, FLOW.replace("    min_digits", "    sensitive: true\n    min_digits"))

    call = TextCall(secret).says("how long can I return something")

    assert not [action for action in call.actions if isinstance(action, Search)]


def test_a_question_at_an_answer_that_is_read_back(asked: Dialogue) -> None:
    call = TextCall(asked)
    call.says("4711", confidence=0.4).says("how long does a refund take")

    assert (
        call.heard_now
        == "Within 5 days. Back to your order number. I heard 4 7 1 1. Is that right?"
    )


def test_random_callers_ask_and_come_back(asked: Dialogue) -> None:
    walked = walk(asked, calls=200, seed=5)

    assert not walked.found
    assert not walked.coverage.missed_steps()
    assert not [way for way in walked.coverage.missed_branches() if way.step == "anywhere"]


def test_the_drawing_says_that_any_question_may_be_asked(asked: Dialogue) -> None:
    assert "any question" in picture(asked.flow)


def test_answers_need_knowledge() -> None:
    data = FLOW.replace("knowledge: shop\n", "").encode()

    (problem,) = check_text(data, name="test", path="test.yaml").problems

    assert problem.shown("test.yaml").startswith(
        'test.yaml:3:21  anywhere: "answers" is true, and the flow has no knowledge'
    )
