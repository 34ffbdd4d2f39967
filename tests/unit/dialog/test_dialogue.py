from collections.abc import Callable

import pytest

from dialog.dialogue import Dialogue
from dialog.events import Enqueue, Listen
from dialog.state import Phase
from dialog.text_call import TextCall
from voxdesk.kernel.speech import AnswerKind

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
    assert call.pending.gathering
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


def test_a_key_where_words_are_asked_for_is_not_passed_over_in_silence(flow: Flows) -> None:
    dialogue = flow("steps: {q: {ask: free, prompt: Why?, then: e}, e: {end: Bye.}}")

    assert TextCall(dialogue).presses("5").heard_now == "Sorry, I didn't get that. Why?"


def test_a_key_that_is_neither_yes_nor_no_hears_which_keys_are(number: Dialogue) -> None:
    call = TextCall(number).says("4711", confidence=0.3)

    assert "press 1 for yes, 2 for no" in call.presses("7").heard_now
    assert "press 1 for yes, 2 for no" in call.presses("#").heard_now
    call.presses("1")
    assert call.state.variables["nr"] == "4711"


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
