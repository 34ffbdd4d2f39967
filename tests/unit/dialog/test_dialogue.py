from collections.abc import Callable

import pytest

from dialog.dialogue import Dialogue
from dialog.events import Enqueue, HangUp, Listen, Lookup, LookupDone, Note, Say, Transfer
from dialog.state import Phase
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


# ---------------------------------------------------------------- answers


def test_a_clear_answer_is_taken_without_a_question(number: Dialogue) -> None:
    call = TextCall(number).says("four seven one one")

    assert call.heard_now == "It is 4 7 1 1. Anything else?"


def test_an_unclear_answer_is_read_back_and_taken_on_yes(number: Dialogue) -> None:
    call = TextCall(number).says("four seven one one", confidence=0.4)
    assert call.heard_now == "I heard 4 7 1 1. Is that right?"

    assert call.says("yep").heard_now.startswith("It is 4 7 1 1.")


def test_the_correction_that_comes_with_the_no_is_read_back(number: Dialogue) -> None:
    call = TextCall(number).says("4711", confidence=0.4).says("no, four seven one two")
    assert call.heard_now == "4 7 1 2. Right?"

    assert call.says("that's right").heard_now.startswith("It is 4 7 1 2.")


def test_the_number_said_again_means_yes(number: Dialogue) -> None:
    call = TextCall(number).says("4711", confidence=0.4).says("four seven one one")

    assert call.heard_now.startswith("It is 4 7 1 1.")


def test_after_a_no_the_second_hypothesis_is_offered(number: Dialogue) -> None:
    call = TextCall(number).says("4711", "4712", confidence=0.4).says("no")

    assert call.heard_now == "4 7 1 2. Right?"


def test_what_was_denied_is_not_offered_again(number: Dialogue) -> None:
    call = TextCall(number).says("4711", confidence=0.4).says("no")
    assert call.heard_now.startswith("Sorry about that.")

    call.says("4711", "4719", confidence=0.9)

    assert call.heard_now.startswith("It is 4 7 1 9.")


def test_neither_yes_nor_no_asks_anew_in_the_end(number: Dialogue) -> None:
    call = TextCall(number).says("4711", confidence=0.4)
    for _ in range(2):
        assert "1 for yes" in call.says("the weather is nice").heard_now

    call.says("the weather is nice")

    assert isinstance(call.pending, Listen)
    assert call.pending.expectation.kind is AnswerKind.ORDER_NUMBER


def test_a_number_said_in_two_turns_is_put_together_and_read_back(number: Dialogue) -> None:
    call = TextCall(number).says("four seven")
    assert "2 digits" in call.heard_now

    assert call.says("one one").heard_now == "I heard 4 7 1 1. Is that right?"


def test_forty_digits_said_at_once_are_answered_with_their_count(number: Dialogue) -> None:
    call = TextCall(number).says(" ".join(["seven"] * 40))

    assert "I got 40 digits. It has 4 to 6." in call.heard_now
    assert call.step == "number"


# ---------------------------------------------------------------- keys


def test_keys_end_with_pound(number: Dialogue) -> None:
    call = TextCall(number).presses("4711#")

    assert call.heard_now.startswith("It is 4 7 1 1.")


def test_keys_end_when_no_further_one_comes(number: Dialogue) -> None:
    assert TextCall(number).presses("4711").heard_now.startswith("It is 4 7 1 1.")


def test_star_begins_the_number_again(number: Dialogue) -> None:
    assert TextCall(number).presses("49*4711#").heard_now.startswith("It is 4 7 1 1.")


def test_forty_keys_at_once_are_answered_with_their_count_and_none_leaks_on(
    number: Dialogue,
) -> None:
    call = TextCall(number).presses("1" * 40)

    assert "I got 40 digits" in call.heard_now
    assert call.step == "number"
    assert call.state.keys == ""


def test_after_the_longest_number_only_a_moment_is_waited(number: Dialogue) -> None:
    call = TextCall(number).presses("471234", then_waits=False)

    assert isinstance(call.pending, Listen)
    assert call.pending.inter_digit_s < 1.0


def test_zero_alone_at_a_number_gets_a_person(number: Dialogue) -> None:
    assert isinstance(TextCall(number).presses("0").pending, Enqueue)


def test_keys_and_speech_work_at_the_same_step(number: Dialogue) -> None:
    call = TextCall(number).says("four seven").presses("4711#").presses("2")

    assert call.ended == "done"


def test_keys_are_never_read_back(number: Dialogue) -> None:
    assert TextCall(number).presses("4711#").state.phase is Phase.LISTENING


def test_a_key_that_means_nothing_here_is_explained(number: Dialogue) -> None:
    call = TextCall(number).presses("4711#").presses("7")

    assert call.heard_now == "Sorry, I didn't get that. Anything else?"


def test_one_and_two_are_yes_and_no_to_a_read_back(number: Dialogue) -> None:
    call = TextCall(number).says("4711", confidence=0.4)

    assert call.presses("1").heard_now.startswith("It is 4 7 1 1.")


def test_an_option_is_chosen_by_the_name_of_its_key(number: Dialogue) -> None:
    assert TextCall(number).says("4711").says("one").step == "number"
    assert TextCall(number).says("4711").says("2").ended == "done"


# ---------------------------------------------------------------- the ladder


def test_silence_is_met_with_more_help_each_time_then_keys_then_a_person(number: Dialogue) -> None:
    call = TextCall(number)
    heard = [call.is_silent().heard_now for _ in range(4)]

    assert heard[0] == "Sorry, I didn't hear anything. Your order number?"
    assert "one digit after the other" in heard[1]
    assert "keypad" in heard[2]
    assert isinstance(call.pending, Enqueue)


def test_nonsense_is_met_the_same_way(number: Dialogue) -> None:
    call = TextCall(number)
    heard = [call.says("blue bananas").heard_now for _ in range(4)]

    assert heard[0] == "Sorry, I didn't get that. Your order number?"
    assert "one digit after the other" in heard[1]
    assert "keypad" in heard[2]
    assert isinstance(call.pending, Enqueue)


def test_the_ladder_starts_anew_at_the_next_step(number: Dialogue) -> None:
    call = TextCall(number).is_silent(2).says("4711").is_silent()

    assert call.heard_now == "Sorry, I didn't hear anything. Anything else?"


def test_a_call_without_a_person_to_go_to_ends_politely(flow: Flows) -> None:
    call = TextCall(
        flow("steps: {q: {ask: free, prompt: Yes?, then: e}, e: {end: Goodbye.}}")
    ).is_silent(4)

    assert call.ended == "no_input"
    assert call.heard_now == "Goodbye."


def test_own_wording_is_used_in_its_order(flow: Flows) -> None:
    dialogue = flow("""
steps:
  q:
    ask: yes_no
    prompt: Is it red?
    no_input: [Hello?, Anybody?]
    no_match: [Red or not?]
    attempts: 4
    then: e
  e: {end: Bye.}
""")
    call = TextCall(dialogue)

    assert call.is_silent().heard_now == "Hello?"
    assert call.is_silent().heard_now == "Anybody?"
    assert call.says("banana").heard_now == "Red or not?"
    assert call.is_silent().heard_now == "Anybody?"
    assert call.is_silent().ended


def test_a_caller_who_cut_the_menu_off_hears_all_of_it_again(flow: Flows) -> None:
    dialogue = flow("""
steps:
  m:
    menu: Do you want apples or pears?
    again: Apples or pears?
    options: {a: {phrases: [apples], then: e}, p: {phrases: [pears], then: e}}
  e: {end: Bye.}
""")

    cut_off = TextCall(dialogue).says("blue bananas", over_prompt=True, prompt_heard=0.2)
    heard_out = TextCall(dialogue).says("blue bananas")

    assert cut_off.heard_now.endswith("Do you want apples or pears?")
    assert heard_out.heard_now.endswith("get that. Apples or pears?")


def test_a_listening_sound_over_a_question_that_was_not_heard_is_no_answer(flow: Flows) -> None:
    dialogue = flow("""
steps:
  q: {ask: yes_no, prompt: Shall I delete it?, yes: gone, no: kept}
  gone: {end: Gone.}
  kept: {end: Kept.}
""")
    call = TextCall(dialogue).says("okay", over_prompt=True, prompt_heard=0.05)
    assert call.heard_now == "Shall I delete it?"

    assert call.says("okay").heard_now == "Gone."


# ---------------------------------------------------------------- everywhere


def test_repeat_says_the_whole_last_prompt_again(number: Dialogue) -> None:
    call = TextCall(number).says("4711")

    assert call.says("sorry?", "repeat that").heard_now  # not understood, the ladder answers
    assert call.says("can you repeat that").heard_now == "It is 4 7 1 1. Anything else?"
    assert call.presses("*").heard_now == "It is 4 7 1 1. Anything else?"


def test_repeat_while_an_answer_is_read_back_repeats_the_question(number: Dialogue) -> None:
    call = TextCall(number).says("4711", confidence=0.4).says("what?")

    assert call.heard_now == "I heard 4 7 1 1. Is that right?"


@pytest.mark.parametrize("words", ["hold on", "one moment please", "let me check"])
def test_who_asks_for_a_moment_gets_it(number: Dialogue, words: str) -> None:
    call = TextCall(number).says(words)

    assert call.heard_now == "Take your time."
    assert isinstance(call.pending, Listen)
    assert call.pending.no_input_s > 10
    assert call.state.no_match == 0


def test_go_back_returns_to_the_step_answered_before(number: Dialogue) -> None:
    call = TextCall(number).says("4711").says("go back")
    assert call.step == "number"

    assert "at the start" in call.says("go back").heard_now


def test_start_over_forgets_the_answers(number: Dialogue) -> None:
    call = TextCall(number).says("4711").says("start over")

    assert call.step == "number"
    assert "nr" not in call.state.variables


@pytest.mark.parametrize("words", ["agent", "I want to talk to a human", "operator please"])
def test_a_person_can_be_asked_for_everywhere(number: Dialogue, words: str) -> None:
    assert isinstance(TextCall(number).says(words).pending, Enqueue)
    assert isinstance(TextCall(number).says("4711", confidence=0.4).says(words).pending, Enqueue)
    assert isinstance(TextCall(number).says("4711").says(words).pending, Enqueue)


def test_without_a_person_the_caller_hears_so_and_the_step_goes_on(flow: Flows) -> None:
    call = TextCall(flow("steps: {q: {ask: free, prompt: Yes?, then: e}, e: {end: Bye.}}"))

    assert call.says("operator").heard_now == "Sorry, nobody can take the call now. Yes?"
    assert call.step == "q"


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
  p: {queue: s, then: e, left_queue: p2, timed_out: p2, no_agents: p2, failed: p2}
  p2: {say: Nobody is free., then: p}
  e: {end: Bye.}
""")
    call = TextCall(dialogue)
    for _ in range(100):
        if not call.ended:
            call.comes_back("no_agents")

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
