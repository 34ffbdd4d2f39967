# ruff: noqa: RUF001  Chinese text is Chinese
"""Slots of a call: answers that come along, that are taken back, that are keyed, read back."""

import json
from collections.abc import Callable

import pytest

from dialog.dialogue import Dialogue
from dialog.events import Listen
from dialog.flow_file import check_text
from dialog.state import State
from dialog.text_call import TextCall

pytestmark = pytest.mark.unit

Flows = Callable[[str], Dialogue]
TODAY = "2026-11-18"

RETURN = """
start: wish
person: people
steps:
  wish:
    menu: What can I do for you?
    also: [order, reason, day]
    options:
      back: {phrases: [return, send back], key: 1, then: order}
  order:
    ask: order_number
    prompt: Your order number?
    min_digits: 4
    max_digits: 8
    also: [reason, day]
    then: reason
  reason:
    ask: choice
    prompt: What is wrong with it?
    options:
      broken: {phrases: [broken], key: 1}
      size: {phrases: [too small, too large], key: 2}
    then: day
  day:
    ask: date
    prompt: When shall we collect it?
    when: future
    confirm: always
    then: paid
  paid: {ask: money, prompt: What did you pay?, currency: USD, then: sure}
  sure: {ask: yes_no, prompt: "Shall I go ahead?", yes: done, no: wish}
  done:
    end: "{{ order | spell }}, {{ reason }}, {{ day | day }}, {{ paid | money }}. Goodbye."
  people: {say: I'll get somebody., then: done}
"""


@pytest.fixture(scope="module")
def returns(flow: Flows) -> Dialogue:
    return flow(RETURN)


def begin(dialogue: Dialogue) -> TextCall:
    return TextCall(dialogue, today=TODAY)


# ---------------------------------------------------------------- several in one sentence


def test_what_came_along_in_one_sentence_is_not_asked_again(returns: Dialogue) -> None:
    call = begin(returns).says("I want to return order 4711 because it is broken")

    assert call.heard_now == "When shall we collect it?"
    assert call.state.variables["order"] == "4711"
    assert call.state.variables["reason"] == "broken"


def test_what_came_along_is_read_back_where_its_step_always_does(returns: Dialogue) -> None:
    call = begin(returns).says("return order 4711 it's broken, collect it next tuesday")
    assert call.heard_now == "I heard Tuesday, November 24th. Is that right?"

    assert call.says("no, wednesday next week").heard_now == "November 25th. Right?"
    assert call.says("yes").heard_now == "What did you pay?"


def test_what_came_along_unclearly_is_read_back(returns: Dialogue) -> None:
    call = begin(returns).says("return order 4711", confidence=0.5)

    assert call.heard_now == "I heard 4 7 1 1. Is that right?"
    assert call.says("no").heard_now.endswith("Your order number?")


def test_who_goes_back_is_asked_what_came_along(returns: Dialogue) -> None:
    call = begin(returns).says("return order 4711 it is broken").says("go back")

    assert call.heard_now == "What is wrong with it?"


def test_what_came_along_is_forgotten_when_the_question_is_asked_anew(returns: Dialogue) -> None:
    call = begin(returns).says("it is broken").says("start over").says("return").says("4711")

    assert call.heard_now == "What is wrong with it?"


def test_what_came_along_survives_a_restart(returns: Dialogue) -> None:
    call = begin(returns).says("the day is the third of december")
    assert call.state.ahead["day"].value == "2026-12-03"

    assert State.from_json(json.loads(json.dumps(call.state.to_json()))) == call.state


# ---------------------------------------------------------------- taken back


def test_an_answer_can_be_taken_back_at_the_next_question(returns: Dialogue) -> None:
    call = begin(returns).says("return").says("4711").says("no, I meant 4712")

    assert call.heard_now == "All right, 4 7 1 2. What is wrong with it?"
    assert call.state.variables["order"] == "4712"


def test_what_was_answered_since_is_not_asked_or_read_back_again(returns: Dialogue) -> None:
    call = begin(returns).says("return").says("4711").says("broken").says("friday").says("yes")
    call.says("sorry, I meant 4712")

    assert call.heard_now == "All right, 4 7 1 2. What did you pay?"
    assert call.state.variables["day"] == "2026-11-20"


def test_a_plain_no_with_another_value_changes_the_answer_just_before(returns: Dialogue) -> None:
    call = begin(returns).says("return").says("4711").says("broken").says("no, it's too small")

    assert call.heard_now == "All right, too small. When shall we collect it?"


def test_a_no_to_a_question_is_an_answer_to_it(returns: Dialogue) -> None:
    call = begin(returns).says("return").says("4711").says("broken").says("friday").says("yes")
    call.says("twelve dollars").says("no, it's broken")

    assert call.heard_now == "What can I do for you?"


def test_what_answers_this_question_takes_nothing_back(returns: Dialogue) -> None:
    call = begin(returns).says("return").says("4711").says("broken")

    assert call.says("sorry, I meant friday").heard_now.startswith("I heard Friday")


def test_who_said_fifteen_and_not_fifty_is_heard_the_second_time(flow: Flows) -> None:
    call = TextCall(
        flow("""
start: count
steps:
  count: {ask: number, prompt: How many?, confirm: always, then: bye}
  bye: {end: "{% if count < 20 %}Few.{% else %}Many.{% endif %}"}
""")
    )

    assert call.says("fifty").heard_now == "I heard 50. Is that right?"
    assert call.says("I said fifteen, not fifty").heard_now == "15. Right?"
    assert call.says("yes").heard_now == "Few."


def test_a_phone_number_said_in_two_parts_is_put_together(flow: Flows) -> None:
    call = at(flow, "phone").says("four one five").says("five five five two six seven one")

    assert call.heard_now == "I heard 4 1 5, 5 5 5, 2 6 7 1. Is that right?"


# ---------------------------------------------------------------- read back, keys, help

EVERY = """
languages: [en, zh]
start: {start}
steps:
  time: {{ask: time, prompt: {{en: Well?, zh: 嗯？}}, confirm: always, then: bye}}
  datetime: {{ask: datetime, prompt: {{en: Well?, zh: 嗯？}}, confirm: always, then: bye}}
  money: {{ask: money, prompt: {{en: Well?, zh: 嗯？}}, currency: EUR, confirm: always, then: bye}}
  phone: {{ask: phone, prompt: {{en: Well?, zh: 嗯？}}, country: US, confirm: always, then: bye}}
  number: {{ask: number, prompt: {{en: Well?, zh: 嗯？}}, confirm: always, then: bye}}
  code: {{ask: code, prompt: {{en: Well?, zh: 嗯？}}, confirm: always, then: bye}}
  name:
    ask: name
    prompt: {{en: Well?, zh: 嗯？}}
    names: ["{{{{ caller.last_order | default('') }}}}, Catherine Meyer", John Smith]
    confirm: always
    then: bye
  choices:
    ask: choices
    prompt: {{en: Well?, zh: 嗯？}}
    confirm: always
    options:
      red: {{phrases: {{en: [red], zh: [红色]}}, key: 1}}
      blue: {{phrases: {{en: [blue], zh: [蓝色]}}, key: 2}}
      green: {{phrases: {{en: [green], zh: [绿色]}}, key: 3}}
    then: bye
  bye: {{end: {{en: Bye., zh: 再见。}}}}
"""
KINDS = ("time", "datetime", "money", "phone", "number", "code", "name", "choices")


def at(flow: Flows, kind: str, language: str = "en") -> TextCall:
    text = EVERY.format(start="jump")
    others = "\n".join(f'      - {{if: callee == "{other}", then: {other}}}' for other in KINDS[1:])
    text = text.replace(
        "steps:\n", f"steps:\n  jump:\n    choose:\n{others}\n      - {{else: time}}\n", 1
    )
    text = text.replace('callee == "', 'caller.phone == "')
    caller = {"phone": kind, "language": language, "display_name": "Priya Raghavan"}
    return TextCall(flow(text), today=TODAY, caller=caller)


@pytest.mark.parametrize(
    ("kind", "said", "read_back"),
    [
        ("time", "half past three", "3:30 PM"), ("time", "noon", "noon"),
        ("datetime", "tomorrow at ten", "tomorrow at 10 AM"),
        ("money", "twelve fifty", "€12.50"), ("money", "$12", "$12"),
        ("phone", "415 555 2671", "4 1 5, 5 5 5, 2 6 7 1"),
        ("phone", "plus 44 20 7946 0958", "plus 4 4, 2 0, 7 9 4 6, 0 9 5 8"),
        ("number", "two and a half", "2.5"), ("code", "b as in boy 12", "B 1 2"),
        ("name", "katherine myer", "Catherine Meyer"), ("name", "ragavan", "Priya Raghavan"),
        ("choices", "red and green", "red and green"), ("choices", "all", "red, blue and green"),
        ("choices", "neither", "none of them"),
    ],
)  # fmt: skip
def test_an_answer_is_read_back_as_people_say_it(
    flow: Flows, kind: str, said: str, read_back: str
) -> None:
    assert at(flow, kind).says(said).heard_now == f"I heard {read_back}. Is that right?"


@pytest.mark.parametrize(
    ("kind", "said", "read_back"),
    [
        ("time", "下午三点半", "下午3点30分"), ("datetime", "明天上午十点", "明天上午10点"),
        ("money", "十二块五", "12.50欧元"),
        ("phone", "加一四一五五五五二六七一",
         "4 1 5，5 5 5，2 6 7 1"),
        ("choices", "红色和绿色", "红色和绿色"), ("choices", "都要", "红色、蓝色和绿色"),
    ],
)  # fmt: skip
def test_an_answer_is_read_back_in_mandarin(
    flow: Flows, kind: str, said: str, read_back: str
) -> None:
    assert at(flow, kind, "zh").says(said).heard_now == f"我听到的是{read_back}，对吗？"


@pytest.mark.parametrize(
    ("kind", "keys", "value"),
    [
        ("time", "1530", "15:30"), ("datetime", "12031530", "2026-12-03T15:30"),
        ("money", "1250#", "12.50 EUR"), ("phone", "4155552671#", "+14155552671"),
        ("number", "15#", 15), ("choices", "31#", ["red", "green"]), ("number", "0#", 0),
    ],
)  # fmt: skip
def test_an_answer_can_be_keyed(flow: Flows, kind: str, keys: str, value: object) -> None:
    call = at(flow, kind).presses(keys).says("yes")

    assert call.state.variables[kind] == value


@pytest.mark.parametrize(
    "kind", ["time", "datetime", "money", "phone", "number", "code", "name", "choices"]
)
@pytest.mark.parametrize("language", ["en", "zh"])
def test_who_isnt_understood_is_told_how_to_answer(flow: Flows, kind: str, language: str) -> None:
    call = at(flow, kind, language)

    said = [call.says("blah").heard_now for _ in range(3)]

    assert len(set(said)) == 3
    assert all(said)


def test_the_recognizer_knows_the_names_that_may_be_said(flow: Flows) -> None:
    listening = at(flow, "name").pending

    assert isinstance(listening, Listen)
    assert {"Catherine Meyer", "John Smith", "Priya Raghavan"} <= set(listening.expectation.names)
    assert set(listening.expectation.names) <= set(listening.expectation.entities)


# ---------------------------------------------------------------- what is refused

ONE = """steps:
  a: {{ask: {ask}, prompt: A?, {more}, then: b}}
  b: {{ask: free, prompt: B?, then: c}}
  c: {{end: Bye.}}
"""


@pytest.mark.parametrize(
    ("ask", "more", "complaint"),
    [
        ("money", "currency: dollars", "three letters of a currency"),
        ("phone", "country: Germany", "two letters of a country"),
        ("code", "format: ab12", "must be made of A"),
        ("code", "format: []", "must be made of A"),
        ("date", "when: later", "not one of its values"),
        ("date", "currency: USD", '"currency" has no meaning when it asks for date'),
        ("number", "format: AA", '"format" has no meaning when it asks for number'),
        ("choices", "confirm: never", 'asks for choices, and has no "options"'),
        ("choices", 'options: {"x,y": {phrases: [x]}}', "can't have a comma"),
        ("date", "also: [nothing]", "no ask fills it"),
        ("date", "also: [a]", "which is its own"),
        ("date", "also: [b]", "can't be told from other words"),
        ("name", "names: ['{{ nobody }}']", "nothing sets it"),
    ],
)
def test_keys_that_make_no_sense_are_refused_where_they_stand(
    ask: str, more: str, complaint: str
) -> None:
    checked = check_text(ONE.format(ask=ask, more=more).encode(), name="t", path="t.yaml")

    assert complaint in checked.report
    assert "t.yaml:2" in checked.report


def test_two_numbers_in_one_sentence_are_refused() -> None:
    text = """
steps:
  a: {ask: order_number, prompt: A?, also: [b], then: b}
  b: {ask: phone, prompt: B?, then: c}
  c: {end: Bye.}
"""
    assert "the same words would answer two questions" in (
        check_text(text.encode(), name="t", path="t.yaml").report
    )
