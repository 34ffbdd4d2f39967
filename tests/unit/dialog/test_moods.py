# ruff: noqa: RUF001  Chinese text is Chinese

"""How callers who are upset are met: soothing words once, then a person, sooner than others."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialog.dialogue import Dialogue
from dialog.events import Enqueue, Listen, Note, Say
from dialog.flow_tests.walker import walk
from dialog.state import State
from dialog.text_call import TextCall
from voxdesk.kernel.call import EventKind

pytestmark = pytest.mark.unit

Flows = Callable[[str], Dialogue]

SHOP = """
languages: [en, zh]
person: people
when_upset: {priority: 20}
steps:
  number:
    ask: order_number
    prompt: {en: Please tell me your order number., zh: 请告诉我您的订单号。}
    again: {en: Your order number?, zh: 您的订单号？}
    min_digits: 4
    max_digits: 6
    then: more
  more:
    menu: {en: Anything else?, zh: 还有别的吗？}
    options:
      "yes": {phrases: {en: [something], zh: [还有]}, then: number}
      "no": {phrases: {en: [nothing], zh: [没有了]}, then: how}
  how:
    choose:
      - {if: feeling == "angry", then: sorry}
      - {if: upset >= 0.5, then: sorry}
      - {else: bye}
  sorry: {say: {en: We will do better., zh: 我们会改进。}, then: bye}
  people:
    queue: help
    priority: 5
    prompt: {en: I get you somebody., zh: 正在为您转接。}
    whisper: {en: "A caller who is {{ feeling }}.", zh: "{{ feeling }}"}
    then: bye
    left_queue: bye
    timed_out: bye
    no_agents: bye
    failed: bye
  bye: {end: {en: Goodbye., zh: 再见。}}
"""
SOOTHED = "I'm sorry about the trouble."
OFFERED = "Would you rather talk to a person?"


@pytest.fixture(scope="module")
def shop(flow: Flows) -> Dialogue:
    return flow(SHOP)


def upset_twice(shop: Dialogue) -> TextCall:
    return TextCall(shop).says("this is ridiculous").says("you stupid machine")


def notes(call: TextCall) -> list[Any]:
    return [
        action.data
        for action in call.actions
        if isinstance(action, Note) and action.kind == EventKind.FEELING
    ]


# ------------------------------------------------------------------ soothing words


def test_who_is_upset_is_soothed_once_and_asked_again(shop: Dialogue) -> None:
    call = TextCall(shop).says("this is ridiculous")

    assert call.heard_now.startswith(SOOTHED)
    assert call.heard_now.endswith("Your order number?")
    assert "Sorry, I didn't get that" not in call.heard_now
    assert SOOTHED not in call.says("i already told you 4711").heard_now


def test_the_same_in_mandarin(shop: Dialogue) -> None:
    call = TextCall(shop, caller={"language": "zh"}).says("太过分了")

    assert call.heard_now.startswith("很抱歉给您添麻烦了")


def test_an_upset_answer_is_an_answer(shop: Dialogue) -> None:
    call = TextCall(shop).says("for the third time it is 4711")

    assert call.heard_now.startswith(SOOTHED)
    assert call.step == "more"
    assert call.state.variables["number"] == "4711"


def test_a_flow_has_its_own_words(flow: Flows) -> None:
    own = flow(
        SHOP.replace(
            "{priority: 20}",
            "{soothe: {en: \"Oh dear, {{ caller.first_name or 'friend' }}.\", zh: 哎呀。}}",
        )
    )

    assert TextCall(own).says("this is ridiculous").heard_now.startswith("Oh dear, friend.")


def test_a_flow_that_says_nothing_of_it_does_as_it_always_did(flow: Flows) -> None:
    plain = flow(SHOP.replace("when_upset: {priority: 20}", ""))

    call = TextCall(plain).says("this is ridiculous").says("this is ridiculous")

    assert SOOTHED not in " ".join(call.said)
    assert OFFERED not in " ".join(call.said)
    assert call.state.mood.feeling == "angry"
    call.says("agent")
    assert isinstance(call.pending, Enqueue)
    assert call.pending.priority == 5


# ------------------------------------------------------------------ a person


def test_the_second_time_a_person_is_offered(shop: Dialogue) -> None:
    call = upset_twice(shop)
    assert call.heard_now == OFFERED

    call.says("yes please")

    assert isinstance(call.pending, Enqueue)
    assert call.pending.whisper == "A caller who is angry."


def test_who_declines_is_asked_the_question_and_not_offered_again(shop: Dialogue) -> None:
    call = upset_twice(shop).says("no")
    assert call.heard_now == "All right, let's go on. Your order number?"

    assert OFFERED not in call.says("you are useless").heard_now


def test_the_answer_itself_is_as_good_as_yes_or_no(shop: Dialogue) -> None:
    assert upset_twice(shop).says("no it is four seven one one").step == "more"


@pytest.mark.parametrize(("key", "step"), [("1", "people"), ("2", "number")])
def test_the_offer_is_answered_by_keys_too(shop: Dialogue, key: str, step: str) -> None:
    assert upset_twice(shop).presses(key).step == step


def test_a_keyed_number_is_no_answer_to_the_offer(shop: Dialogue) -> None:
    assert upset_twice(shop).presses("1234").state.variables["number"] == "1234"


def test_the_offer_can_be_repeated(shop: Dialogue) -> None:
    call = upset_twice(shop).says("say that again")

    assert call.heard_now == OFFERED
    assert isinstance(call.says("yes").pending, Enqueue)


def test_silence_after_the_offer_is_silence_at_the_question(shop: Dialogue) -> None:
    call = upset_twice(shop).is_silent()
    assert call.heard_now.startswith("Sorry, I didn't hear anything.")

    assert not call.state.offering


def test_no_person_is_offered_where_nobody_is(flow: Flows) -> None:
    alone = flow(
        SHOP.replace("person: people\n", "")
        .replace("yes: people", "yes: bye")
        .replace(
            '"no": {phrases: {en: [nothing], zh: [没有了]}, then: how}',
            '"no": {phrases: {en: [nothing], zh: [没有了]}, then: people}',
        )
        .replace("then: bye\n    left", "then: how\n    left")
    )

    call = upset_twice(alone)

    assert OFFERED not in call.heard_now
    assert call.step == "number"


def test_whoever_was_upset_is_served_before_others(shop: Dialogue) -> None:
    calm = TextCall(shop).says("agent").pending
    angry = TextCall(shop).says("this is ridiculous").says("agent").pending

    assert isinstance(calm, Enqueue)
    assert isinstance(angry, Enqueue)
    assert (calm.priority, angry.priority) == (5, 25)


def test_the_flow_may_go_elsewhere_and_come_back(flow: Flows) -> None:
    elsewhere = flow(
        SHOP.replace("{priority: 20}", "{then: explain}").replace(
            "  bye: {end",
            "  explain: {say: {en: Numbers are in our e-mail., zh: 在邮件里。}, then: back}\n"
            "  back: {return: }\n"
            "  bye: {end",
        )
    )

    call = upset_twice(elsewhere)

    assert call.heard_now == (
        "Numbers are in our e-mail. Back to your order number. Your order number?"
    )
    walked = walk(elsewhere, calls=300, seed=3)
    assert not walked.found
    assert "explain" not in walked.coverage.missed_steps()


# ------------------------------------------------------------------ in flows and in the log


@pytest.mark.parametrize(
    ("said", "heard"),
    [("nothing this is ridiculous", "We will do better."), ("nothing", "Goodbye.")],
)
def test_a_flow_can_branch_by_the_feeling(shop: Dialogue, said: str, heard: str) -> None:
    assert heard in TextCall(shop).says("4711").says(said).heard_now


def test_a_strong_feeling_outlasts_a_mere_answer_and_fades_with_more_words(shop: Dialogue) -> None:
    call = TextCall(shop).says("this is ridiculous you idiots").says("4711")
    assert call.state.mood.feeling == "angry"

    for _ in range(3):
        call.says("something else that i would like to ask about")

    assert call.state.mood.feeling == "calm"


def test_who_has_to_say_the_same_again_and_again_is_frustrated(shop: Dialogue) -> None:
    call = TextCall(shop)
    for _ in range(3):
        call.says("it is on the yellow paper")

    assert call.state.mood.feeling == "frustrated"


def test_the_log_has_the_feeling_of_a_turn_and_none_where_it_is_calm(shop: Dialogue) -> None:
    call = TextCall(shop).says("this is ridiculous").says("4711")

    assert [note["feeling"] for note in notes(call)] == ["angry"]
    assert notes(call)[0]["step"] == "number"


def test_a_sensitive_step_leaves_no_trace_of_the_words(flow: Flows) -> None:
    secret = flow(SHOP.replace("    min_digits: 4", "    sensitive: true\n    min_digits: 4"))

    call = TextCall(secret).says("this is ridiculous")

    assert not notes(call)
    assert call.state.mood.words == 0
    assert call.heard_now.startswith(SOOTHED), "they are soothed all the same"


@given(
    st.lists(
        st.sampled_from(
            [
                "this is ridiculous",
                "yes",
                "no",
                "4711",
                "you stupid machine",
                "agent",
                "something",
                "太过分了",
                "repeat",
                "go back",
                "blue bananas",
                "thank you so much",
                "start over",
            ]
        ),
        max_size=12,
    )
)
def test_whatever_is_felt_the_call_can_be_taken_up_by_another_engine(
    shop: Dialogue, said: list[str]
) -> None:
    call = TextCall(shop)
    for text in said:
        if isinstance(call.pending, Listen):
            call.says(text)
    state = State.from_json(json.loads(json.dumps(call.state.to_json())))

    assert state == call.state
    assert 0.0 <= state.mood.upset <= 1.0
    assert sum(OFFERED in text for text in _offers(call)) <= 1


def _offers(call: TextCall) -> list[str]:
    """What was said without being asked to repeat it."""
    return [
        action.text
        for reaction in call.history
        for action in reaction.actions
        if isinstance(action, Say) and not reaction.before.offering
    ]
