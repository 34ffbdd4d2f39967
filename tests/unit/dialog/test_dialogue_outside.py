from collections.abc import Callable

import pytest

from dialog.dialogue import Dialogue
from dialog.events import Enqueue, HangUp, Listen, Lookup, LookupDone, Note, Say, Transfer
from dialog.text_call import TextCall
from voxdesk.kernel.speech import AnswerKind, BargeIn

pytestmark = pytest.mark.unit

Flows = Callable[[str], Dialogue]

NUMBER = """
start: number
person: people
steps:
  number:
    ask: order_number
    prompt: Your order number?
    slot: nr
    min_digits: 4
    max_digits: 6
    then: confirmed
  confirmed: {say: "It is {{ nr | spell }}.", then: more}
  more:
    menu: Anything else?
    options:
      again: {phrases: [another order], key: 1, then: number}
      "no": {phrases: ["no"], key: 2, then: bye}
  people: {queue: support, then: more, left_queue: bye, timed_out: bye, no_agents: bye, failed: bye}
  bye: {end: Goodbye.}
"""


@pytest.fixture(scope="module")
def number(flow: Flows) -> Dialogue:
    return flow(NUMBER)


# ---------------------------------------------------------------- the CRM

FIND = """
start: number
person: people
steps:
  number: {ask: order_number, prompt: Number?, slot: nr, min_digits: 4, then: find}
  find:
    lookup: order
    by: {number: "{{ nr }}"}
    prompt: One moment.
    found: found
    missing: missing
    failed: failed
  found: {say: "{{ order.number | spell }} is {{ order.status }}.", then: bye}
  missing: {say: "No order {{ nr | spell }}.", then: number}
  failed: {say: Our system is down., then: people}
  people: {queue: support, then: bye, left_queue: bye, timed_out: bye, no_agents: bye, failed: bye}
  bye: {end: Goodbye.}
"""
ORDER = {"number": "4712", "status": "shipped"}


@pytest.fixture(scope="module")
def find(flow: Flows) -> Dialogue:
    return flow(FIND)


def test_a_record_is_said(find: Dialogue) -> None:
    call = TextCall(find, records={("order", "4712"): ORDER}).says("4712")

    assert call.heard_now == "One moment. 4 7 1 2 is shipped. Goodbye."


def test_a_missing_record_and_a_failed_lookup_have_their_own_ways(find: Dialogue) -> None:
    assert TextCall(find).says("4711").heard_now.endswith("No order 4 7 1 1. Number?")
    assert isinstance(TextCall(find, crm_away=True).says("4711").pending, Enqueue)


def test_the_reading_that_the_crm_knows_is_offered_and_never_taken_unasked(find: Dialogue) -> None:
    call = TextCall(find, records={("order", "4712"): ORDER}).says("4711", "4712")
    assert call.heard_now == "One moment. I heard 4 7 1 2. Is that right?"

    assert call.says("yes").heard_now == "4 7 1 2 is shipped. Goodbye."


def test_a_no_to_that_reading_is_the_missing_way(find: Dialogue) -> None:
    call = TextCall(find, records={("order", "4712"): ORDER}).says("4711", "4712").says("no")

    assert call.heard_now == "No order 4 7 1 1. Number?"


def test_the_answer_to_an_older_question_is_ignored(find: Dialogue) -> None:
    listening = TextCall(find).state
    assert find.step(listening, LookupDone(1, found=True, record=ORDER)) == (listening, [])

    asked = find.initial_state()
    for event in TextCall(find).says("4711").log[:2]:
        asked, actions = find.step(asked, event)
    (lookup,) = [action for action in actions if isinstance(action, Lookup)]
    same, nothing = find.step(asked, LookupDone(lookup.token - 1, found=True, record=ORDER))

    assert nothing == []
    assert same == asked


def test_a_caller_may_ask_for_a_person_while_the_crm_is_asked(find: Dialogue) -> None:
    state = find.initial_state()
    log = TextCall(find).says("4711").log[:2]
    for event in log:
        state, _ = find.step(state, event)
    call = TextCall(find)
    call.state = state

    call.says("agent")

    assert isinstance(call.pending, Enqueue)


# ---------------------------------------------------------------- people

OUTCOMES = """
steps:
  q: {ask: free, prompt: Why do you call?, slot: why, then: move}
  move:
    transfer: "sip:{{ why }}@example.com"
    prompt: I'll put you through.
    timeout_s: 20
    headers: {X-Reason: "{{ why }}"}
    then: thanks
    busy: busy
    no_answer: nobody
    refused: nobody
    failed: nobody
  thanks: {end: Thanks.}
  busy: {say: They are busy., then: q}
  nobody: {end: Nobody is there.}
"""


def test_a_transfer_says_what_it_does_and_where_to(flow: Flows) -> None:
    call = TextCall(flow(OUTCOMES)).says("sales")

    assert call.heard_now == "I'll put you through."
    assert call.pending == Transfer("sip:sales@example.com", "bridged", 20.0, {"X-Reason": "sales"})


@pytest.mark.parametrize(
    ("outcome", "said"),
    [
        ("connected", "Thanks."),
        ("busy", "They are busy. Why do you call?"),
        ("no_answer", "Nobody is there."),
        ("refused", "Nobody is there."),
        ("failed", "Nobody is there."),
        ("something new", "Nobody is there."),
    ],
)
def test_after_a_transfer_the_dialogue_goes_on_where_the_flow_says(
    flow: Flows, outcome: str, said: str
) -> None:
    assert TextCall(flow(OUTCOMES)).says("sales").comes_back(outcome).heard_now == said


# ---------------------------------------------------------------- wording and safety


def test_values_that_do_not_fit_a_prompt_are_an_apology_and_a_note(flow: Flows) -> None:
    dialogue = flow("""
steps:
  find: {lookup: order, by: {number: "1"}, found: price, missing: e, failed: e}
  price: {say: "It costs {{ order.total_cents | money }}.", then: e}
  e: {end: Bye.}
""")
    call = TextCall(dialogue, records={("order", "1"): {"total_cents": "free"}})

    assert "can't tell you that" in call.heard_now
    assert call.ended == "done"
    assert any(isinstance(a, Note) and a.kind == "error" for a in call.actions)


def test_a_condition_on_an_empty_record_is_false_and_the_call_goes_on(flow: Flows) -> None:
    dialogue = flow("""
steps:
  find: {lookup: order, by: {number: "1"}, found: price, missing: e, failed: e}
  price:
    choose: [{if: order.total_cents > 100, then: dear}, {else: cheap}]
  dear: {end: Dear.}
  cheap: {end: Cheap.}
  e: {end: Bye.}
""")

    assert TextCall(dialogue, records={("order", "1"): {"status": "x"}}).said == ["Cheap."]


def test_a_loop_that_only_values_make_ends_with_an_apology(flow: Flows) -> None:
    dialogue = flow("""
person: p
steps:
  find: {lookup: order, by: {number: "1"}, found: e, missing: q, failed: q}
  q:
    choose: [{if: callee == "x", then: ask}, {else: p}]
  ask: {ask: free, prompt: Yes?, then: find}
  p: {queue: s, then: e, left_queue: p2, timed_out: p2, no_agents: e, failed: e}
  p2: {say: Nobody is free., then: p}
  e: {end: Bye.}
""")
    call = TextCall(dialogue)
    for _ in range(100):
        if not call.ended:
            call.comes_back("timed_out")

    assert call.ended == "error"
    assert "something went wrong" in call.heard_now


def test_a_step_s_own_barge_in_language_and_secrecy_reach_the_voice(flow: Flows) -> None:
    dialogue = flow("""
languages: [en, zh]
steps:
  s: {say: 您好, language: zh, barge_in: keywords, sensitive: true, then: e}
  e: {end: {en: Bye., zh: 再见。}}
""")
    says = [action for action in TextCall(dialogue).actions if isinstance(action, Say)]

    assert says[0] == Say("您好", "zh", BargeIn.KEYWORDS, sensitive=True)
    assert (says[1].text, says[1].language) == ("Bye.", "en")


def test_a_language_without_a_voice_here_is_neither_started_nor_changed_to(
    shop: Dialogue,
) -> None:
    english = Dialogue(shop.flow, shop.prompts, languages=["en"])

    call = TextCall(english, caller={"language": "zh"}).presses("8")

    assert call.state.language == "en"
    assert "can't speak that language" in call.heard_now


def test_what_the_recognizer_should_expect_is_told_to_it(shop: Dialogue) -> None:
    call = TextCall(shop, caller={"first_name": "Ann"})
    assert isinstance(call.pending, Listen)
    expected = call.pending.expectation

    assert expected.kind is AnswerKind.CHOICE
    assert {"status", "return", "hours", "person"} <= {c.value for c in expected.choices}
    assert "agent" in expected.phrases
    assert expected.entities == ("Ann",)
    assert expected.prompt == "I'd like to know the status of my order, please."


def test_a_dead_call_answers_nothing(number: Dialogue) -> None:
    call = TextCall(number).says("4711").says("no")
    assert isinstance(call.pending, HangUp)

    assert call.says("hello?").last == []
    assert call.is_silent().last == []
