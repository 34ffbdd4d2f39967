# ruff: noqa: RUF001  Chinese text is Chinese

"""What callers may ask at any step that waits, and that they come back to where they were."""

import json
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialog.dialogue import Dialogue
from dialog.events import Enqueue, HangUp, Listen, Resumed
from dialog.flow_anywhere import ASIDES
from dialog.flow_graph.asides import picture
from dialog.flow_graph.model import Traffic
from dialog.flow_tests.walker import walk
from dialog.state import State
from dialog.text_call import TextCall
from dialog.understanding.intents.examples import lessons_of
from voxdesk.kernel.speech import AnswerKind

pytestmark = pytest.mark.unit

Flows = Callable[[str], Dialogue]

FORM = """
languages: [en, zh]
person: people
anywhere:
  options:
    hours:
      phrases: {en: [opening hours, when are you open], zh: [营业时间]}
      key: 7
      then: hours
    shops:
      phrases: {en: [where are your shops, nearest shop], zh: [最近的店]}
      then: city
    delivery:
      phrases: {en: [how long does delivery take], zh: [多久送到]}
      then: express
steps:
  menu:
    menu: {en: Orders or a taxi?, zh: 订单还是出租车？}
    options:
      orders: {phrases: {en: [orders], zh: [订单]}, then: number}
      taxi: {phrases: {en: [taxi], zh: [出租车]}, then: bye}
  number:
    ask: order_number
    prompt: {en: Please tell me your order number., zh: 请告诉我您的订单号。}
    again: {en: Your order number?, zh: 您的订单号？}
    min_digits: 4
    max_digits: 6
    then: day
  day:
    ask: date
    prompt: {en: When did you order?, zh: 您什么时候订的？}
    when: past
    then: why
  why: {ask: free, prompt: {en: What is wrong with it?, zh: 有什么问题？}, then: sure}
  sure:
    ask: yes_no
    prompt: {en: "Order {{ number | spell }}. Right?", zh: "订单{{ number | spell }}，对吗？"}
    about: {en: your order, zh: 您的订单}
    yes: bye
    no: number
  hours: {say: {en: We are open from 9 to 6., zh: 我们九点到六点营业。}, then: back}
  city: {ask: free, prompt: {en: In which city?, zh: 哪个城市？}, then: told}
  told: {say: {en: "In {{ city }} it is at the market.", zh: "{{ city }}的店在市场。"}, then: back}
  express:
    ask: yes_no
    prompt: {en: Is it by express?, zh: 是快递吗？}
    yes: one_day
    no: a_week
  one_day: {say: {en: One day., zh: 一天。}, then: back}
  a_week: {say: {en: A week., zh: 一个星期。}, then: back}
  back: {return: }
  people:
    queue: help
    prompt: {en: I get you somebody., zh: 正在为您转接。}
    then: bye
    left_queue: bye
    timed_out: bye
    no_agents: bye
    failed: bye
  bye: {end: {en: Goodbye., zh: 再见。}}
"""


@pytest.fixture(scope="module")
def form(flow: Flows) -> Dialogue:
    return flow(FORM)


def at_number(form: Dialogue) -> TextCall:
    return TextCall(form).says("orders")


# ------------------------------------------------------------------ there and back


def test_what_is_asked_in_mid_form_is_told_and_the_question_asked_again_in_short(
    form: Dialogue,
) -> None:
    call = at_number(form).says("when are you open")

    assert call.heard_now == (
        "We are open from 9 to 6. Back to your order number. Your order number?"
    )
    assert call.says("4711").heard_now == "When did you order?"


def test_the_same_in_mandarin(form: Dialogue) -> None:
    call = TextCall(form, caller={"language": "zh"}).says("订单").says("请问你们的营业时间")

    assert call.heard_now == "我们九点到六点营业。 我们回到您的订单号。 您的订单号？"


def test_answers_given_before_are_kept(form: Dialogue) -> None:
    call = at_number(form).says("4711").says("opening hours").says("yesterday").says("broken")

    assert call.heard_now == "Order 4 7 1 1. Right?"


def test_a_side_branch_may_ask_something_itself(form: Dialogue) -> None:
    call = at_number(form).says("nearest shop")
    assert call.heard_now == "In which city?"

    call.says("berlin")

    assert call.heard_now == (
        "In berlin it is at the market. Back to your order number. Your order number?"
    )


def test_the_key_of_an_aside_works_where_the_step_has_no_use_for_it(form: Dialogue) -> None:
    assert TextCall(form).presses("7").heard_now.startswith("We are open")

    in_a_number = at_number(form).presses("7711")

    assert in_a_number.step == "day"
    assert in_a_number.state.variables["number"] == "7711"


def test_the_question_is_named_by_its_author_or_by_its_kind(form: Dialogue) -> None:
    call = at_number(form).says("4711").says("when are you open")
    assert "Back to the date." in call.heard_now

    call.says("yesterday").says("when are you open")
    assert "All right, let's go on." in call.heard_now

    call.says("it is broken").says("when are you open")
    assert "Back to your order." in call.heard_now


def test_an_answer_that_is_read_back_is_read_back_again(form: Dialogue) -> None:
    call = at_number(form)
    call.says("4711", confidence=0.4)
    assert call.heard_now == "I heard 4 7 1 1. Is that right?"

    call.says("opening hours")

    assert call.heard_now.endswith("Back to your order number. I heard 4 7 1 1. Is that right?")
    assert call.says("yes").step == "day"
    assert call.state.variables["number"] == "4711"


def test_failed_tries_are_neither_forgiven_nor_added_to(form: Dialogue) -> None:
    call = at_number(form).says("blue bananas").says("opening hours").says("blue bananas")

    assert "Please say one digit after the other" in call.heard_now


def test_repeat_says_the_question_again_and_not_what_was_asked_between(form: Dialogue) -> None:
    call = at_number(form).says("opening hours").says("repeat")

    assert call.heard_now == "Your order number?"


# ------------------------------------------------------------------ an answer comes first


def test_a_number_is_an_answer_whatever_else_is_like_it(flow: Flows) -> None:
    sevens = flow(FORM.replace("when are you open]", "when are you open, four seven one one]", 1))

    call = TextCall(sevens).says("orders").says("four seven one one")

    assert call.state.variables["number"] == "4711"


def test_a_day_is_an_answer_even_inside_of_a_question(form: Dialogue) -> None:
    call = at_number(form).says("4711").says("yesterday when are you open")

    assert call.step == "why"


def test_words_of_an_aside_inside_of_free_speech_are_the_answer(form: Dialogue) -> None:
    call = at_number(form).says("4711").says("yesterday")

    assert call.says("your opening hours on the parcel were wrong").step == "sure"


def test_free_speech_that_is_nothing_but_an_aside_is_one(form: Dialogue) -> None:
    call = at_number(form).says("4711").says("yesterday").says("when are you open")

    assert call.heard_now.startswith("We are open")
    assert call.step == "why"


def test_the_menu_has_its_own_words(flow: Flows) -> None:
    both = flow(FORM.replace("taxi: {phrases: {en: [taxi]", "taxi: {phrases: {en: [nearest shop]"))

    assert TextCall(both).says("nearest shop").step == "bye"


def test_a_number_that_is_half_understood_is_no_question(flow: Flows) -> None:
    short = flow(FORM.replace("[opening hours, when are you open]", "[hours]"))

    call = TextCall(short).says("orders").says("four seven hours")

    assert "I got only 2 digits" in call.heard_now


def test_a_guess_that_is_hardly_heard_interrupts_nothing(form: Dialogue) -> None:
    call = at_number(form)
    call.says("opening hours", confidence=0.2)

    assert call.heard_now.startswith("Sorry, I didn't get that.")


def test_global_commands_still_work_and_come_first(form: Dialogue) -> None:
    asking = at_number(form).says("nearest shop")

    assert asking.says("one moment please").heard_now == "Take your time."
    assert asking.says("repeat that").heard_now == "In which city?"
    assert isinstance(asking.says("agent").pending, Enqueue)


# ------------------------------------------------------------------ inside of one another


def test_an_aside_can_be_interrupted_by_another(form: Dialogue) -> None:
    call = at_number(form).says("nearest shop").says("when are you open")
    assert call.heard_now == "We are open from 9 to 6. All right, let's go on. In which city?"

    call.says("berlin")

    assert call.heard_now.endswith("Your order number?")


def test_three_questions_wait_at_most(form: Dialogue) -> None:
    call = at_number(form).says("nearest shop").says("how long does delivery take")
    call.says("nearest shop")
    assert len(call.state.interrupted) == 3

    call.says("how long does delivery take")

    assert call.heard_now == "Let's finish this first. In which city?"
    assert len(call.state.interrupted) == 3


def test_asking_the_same_again_inside_of_itself_begins_it_anew(form: Dialogue) -> None:
    call = at_number(form).says("how long does delivery take").says("how long does delivery take")

    assert call.heard_now == "Is it by express?"
    assert len(call.state.interrupted) == 1


def test_go_back_leaves_the_aside_for_the_question(form: Dialogue) -> None:
    call = at_number(form).says("nearest shop").says("go back")
    assert call.heard_now == "Back to your order number. Your order number?"

    assert call.says("go back").step == "menu"


def test_start_over_forgets_the_question(form: Dialogue) -> None:
    call = at_number(form).says("nearest shop").says("start over")

    assert call.step == "menu"
    assert not call.state.interrupted


def test_who_never_answers_in_an_aside_gets_a_person(form: Dialogue) -> None:
    call = at_number(form).says("nearest shop").is_silent(4)

    assert isinstance(call.pending, Enqueue)
    assert not call.state.interrupted


def test_a_return_where_nothing_was_interrupted_ends_the_call(flow: Flows) -> None:
    alone = flow("steps: {a: {say: Hello., then: b}, b: {return: }}")

    assert isinstance(TextCall(alone).pending, HangUp)


# ------------------------------------------------------------------ by examples


class Known:
    """Understands exactly one sentence, asked at any step."""

    def __init__(self, sentence: str, option: str, sure: float) -> None:
        self.sentence, self.option, self.sure = sentence, option, sure

    def classify(self, step: str, language: str, text: str) -> tuple[str, float] | None:
        known = (step, language, text) == (ASIDES, "en", self.sentence)
        return (self.option, self.sure) if known else None


EXAMPLES = FORM.replace(
    "[营业时间]}", "[营业时间]}\n      examples: {en: [a b, c d, e f], zh: [甲乙, 丙丁, 戊己]}"
).replace(
    "[最近的店]}", "[最近的店]}\n      examples: {en: [g h, i j, k l], zh: [庚辛, 壬癸, 子丑]}"
)
LATE = "is anybody there late at night"


@pytest.mark.parametrize(("sure", "asked"), [(0.9, True), (0.3, False)])
def test_a_sentence_that_is_like_examples_asks_aside(
    flow: Flows, sure: float, *, asked: bool
) -> None:
    plain = flow(EXAMPLES)
    dialogue = Dialogue(plain.flow, plain.prompts, intents=Known(LATE, "hours", sure))

    call = TextCall(dialogue).says("orders").says(LATE)

    assert call.heard_now.startswith("We are open") is asked
    assert call.step == "number"


def test_examples_of_asides_are_never_heard_in_free_speech(flow: Flows) -> None:
    plain = flow(EXAMPLES)
    dialogue = Dialogue(plain.flow, plain.prompts, intents=Known(LATE, "hours", 0.9))

    call = TextCall(dialogue).says("orders").says("4711").says("yesterday").says(LATE)

    assert call.step == "sure"


def test_what_is_learnt_for_asides_is_learnt_from_all_of_them(flow: Flows) -> None:
    (english, _) = lessons_of(flow(EXAMPLES).flow)

    assert set(english.steps[ASIDES]) == {"hours", "shops"}
    assert "opening hours" in english.steps[ASIDES]["hours"]


# ------------------------------------------------------------------ a whole call


def test_another_engine_takes_up_a_call_in_the_middle_of_an_aside(form: Dialogue) -> None:
    call = at_number(form).says("nearest shop")
    state = State.from_json(call.state.to_json())
    assert state == call.state

    resumed, _ = form.step(state, Resumed())

    assert resumed.interrupted == call.state.interrupted
    assert call.says("berlin").step == "number"


SAID = [
    "orders", "taxi", "4711", "yesterday", "it is broken", "yes", "no", "opening hours",
    "nearest shop", "how long does delivery take", "berlin", "go back", "repeat", "start over",
    "one moment", "agent", "blue bananas", "no, 4712", "说中文", "英语", "营业时间", "最近的店",
    "订单", "this is ridiculous", "",
]  # fmt: skip


@given(st.lists(st.tuples(st.sampled_from(SAID), st.sampled_from([0.9, 0.4, 0.1])), max_size=20))
def test_whatever_is_asked_in_between_the_call_goes_on_and_ends_when_it_is_left_alone(
    form: Dialogue, said: list[tuple[str, float]]
) -> None:
    call = TextCall(form)
    for text, confidence in said:
        if isinstance(call.pending, Listen):
            call.says(text, confidence=confidence)
            assert call.heard_now, text
        assert len(call.state.interrupted) <= 3
        assert State.from_json(json.loads(json.dumps(call.state.to_json()))) == call.state

    for _ in range(40):
        if isinstance(call.pending, Listen):
            call.is_silent()

    assert not isinstance(call.pending, Listen)


def test_the_recognizer_knows_what_may_be_asked(form: Dialogue) -> None:
    waits = at_number(form).pending

    assert isinstance(waits, Listen)
    assert "opening hours" in waits.expectation.phrases
    assert waits.expectation.kind is AnswerKind.ORDER_NUMBER


def test_random_callers_reach_every_side_branch_and_nothing_is_wrong(form: Dialogue) -> None:
    walked = walk(form, calls=300, seed=1)

    assert not walked.found
    assert not walked.coverage.missed_steps()
    assert not [way for way in walked.coverage.missed_branches() if way.step == "anywhere"]


def test_the_drawing_shows_what_may_be_asked_and_how_many_did(form: Dialogue) -> None:
    traffic = Traffic(
        calls=2,
        reached={"menu": 2, "number": 3, "hours": 1, "back": 1},
        moves={
            ("menu", "number"): 2,
            ("number", "hours"): 1,
            ("hours", "back"): 1,
            ("back", "number"): 1,
        },
        ended={"number": 2},
    )

    drawn = picture(form.flow, "en", traffic)

    assert 'data-from="anywhere" data-to="hours"' in drawn
    assert "“opening hours” [7]" in drawn
    assert 'data-from="number" data-to="hours"' not in drawn
    assert 'data-from="back"' not in drawn


def test_a_flow_without_asides_is_drawn_as_before(flow: Flows) -> None:
    plain = flow("steps: {a: {ask: yes_no, prompt: Yes?, then: b}, b: {end: Bye.}}")

    assert "anywhere" not in picture(plain.flow)
