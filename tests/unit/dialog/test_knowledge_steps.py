# ruff: noqa: RUF001  Chinese text is Chinese
import json
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dialog.bundle import bundled
from dialog.dialogue import Dialogue
from dialog.event_log import event_from_json, event_to_json
from dialog.events import (
    Event,
    HangUp,
    Heard,
    Listen,
    Match,
    NoInput,
    Note,
    Pressed,
    Resumed,
    Say,
    Search,
    SearchDone,
    SearchFailed,
    Started,
)
from dialog.flow_file import check_text
from dialog.flow_tests.reading import check_tests
from dialog.flow_tests.running import run_test
from dialog.flow_tests.walker import walk
from dialog.prompts import Prompts
from dialog.state import Phase, State
from dialog.text_call import TextCall
from voxdesk.kernel.call import EventKind
from voxdesk.kernel.speech import Hypothesis, Transcript

pytestmark = pytest.mark.unit

KNOWLEDGE = """
languages: [en, zh]
questions:
  period:
    question: {en: How long can I return something?, zh: 多久之内可以退货？}
    variants: {en: [what is the return period, is it too late to send it back], zh: [几天内能退货]}
    answer:
      en: "Within 30 days{% if caller.first_name %}, {{ caller.first_name }}{% endif %}."
      zh: 30天内都可以。
  refund:
    question: {en: When do I get my money back?, zh: 什么时候退款？}
    variants: {en: [how long does a refund take], zh: [钱什么时候退给我]}
    answer: {en: Within 5 days., zh: 5天内。}
  open:
    question: {en: When are you open?, zh: 几点开门？}
    variants: {en: [opening hours], zh: [营业时间]}
    answer: {en: From 9 to 6., zh: 九点到六点。}
    until: 2026-11-30
  open_late:
    question: {en: When are you open?, zh: 几点开门？}
    variants: {en: [opening hours], zh: [营业时间]}
    answer: {en: Until 9 in December., zh: 十二月开到晚上九点。}
    from: 2026-12-01
    until: 2026-12-31
"""
FLOW = """
languages: [en, zh]
knowledge: shop
person: people
steps:
  ask:
    answer: {en: What would you like to know?, zh: 您想知道什么？}
    again: {en: What is it?, zh: 您想问什么？}
    offer_frequent: true
    then: more
    unknown: sorry
    nothing: bye
  more: {ask: yes_no, prompt: {en: Anything else?, zh: 还有吗？}, yes: ask, no: bye}
  sorry:
    say: {en: "I don't know that: {{ ask }}.", zh: 我不知道。}
    then: more
  people: {end: {en: A person is coming., zh: 转人工。}}
  bye: {end: {en: Goodbye., zh: 再见。}}
"""
WORDS = """
knowledge: shop
steps:
  wish: {ask: free, prompt: What is it about?, then: known}
  known:
    answer:
    words: "{{ wish }}"
    sensitive: true
    then: bye
    unknown: sorry
  sorry: {say: Sorry., then: bye}
  bye: {end: Goodbye.}
"""
SURE, PERHAPS = 0.9, 0.4


@pytest.fixture(scope="module")
def make(prompts: Prompts) -> Callable[[str], Dialogue]:
    def dialogue(flow: str) -> Dialogue:
        whole = bundled(flow.encode(), {"knowledge/shop": KNOWLEDGE.encode()})
        checked = check_text(whole, name="test", path="test.yaml")
        assert checked.report == ""
        assert checked.flow is not None
        return Dialogue(checked.flow, prompts)

    return dialogue


@pytest.fixture(scope="module")
def desk(make: Callable[[str], Dialogue]) -> Dialogue:
    return make(FLOW)


class Scripted:
    """A call in which the test says what every search finds."""

    def __init__(self, dialogue: Dialogue, **caller: object) -> None:
        self.dialogue = dialogue
        self.state = dialogue.initial_state()
        self.notes: list[Note] = []
        self.searches: list[Search] = []
        self.heard = ""
        self.happens(Started(caller, today="2026-11-21"))

    def happens(self, event: Event) -> "Scripted":
        event = event_from_json(json.loads(json.dumps(event_to_json(event))))  # as its log has it
        self.state = State.from_json(json.loads(json.dumps(self.state.to_json())))
        self.state, actions = self.dialogue.step(self.state, event)
        self.heard = " ".join(action.text for action in actions if isinstance(action, Say))
        self.notes += [action for action in actions if isinstance(action, Note)]
        self.searches += [action for action in actions if isinstance(action, Search)]
        return self

    def says(self, *n_best: str) -> "Scripted":
        hypotheses = tuple(Hypothesis(text, 0.9) for text in n_best)
        return self.happens(Heard(Transcript(hypotheses)))

    def finds(self, **confidence: float) -> "Scripted":
        matches = tuple(Match(f"shop/{name}", value) for name, value in confidence.items())
        return self.happens(SearchDone(self.searches[-1].token, matches))

    @property
    def asked(self) -> list[dict[str, object]]:
        """What the log has of questions."""
        return [dict(note.data) for note in self.notes if note.kind == EventKind.QUESTION]


def test_a_question_that_is_surely_known_is_answered_and_the_call_goes_on(desk: Dialogue) -> None:
    call = Scripted(desk, first_name="Ann")
    assert call.heard == "What would you like to know?"

    call.says("can I still return it", "can I steal it")
    assert call.heard == ""
    assert call.searches[-1].texts == ("can I still return it", "can I steal it")
    call.finds(period=SURE, refund=PERHAPS)

    assert call.heard == "Within 30 days, Ann. Anything else?"
    assert call.asked == [
        {
            "step": "ask",
            "flow": "test",
            "knowledge": ["shop"],
            "language": "en",
            "outcome": "answered",
            "question": "shop/period",
        }
    ]


def test_repeat_says_the_answer_again(desk: Dialogue) -> None:
    call = Scripted(desk).says("returns").finds(period=SURE)

    call.says("say that again")

    assert call.heard == "Within 30 days. Anything else?"


def test_a_question_that_is_perhaps_known_is_offered_then_the_next_then_given_up(
    desk: Dialogue,
) -> None:
    call = Scripted(desk).says("money for the jacket").finds(period=PERHAPS, refund=0.3, open=0.2)
    assert call.heard == "Did you mean: How long can I return something?"

    call.says("no")
    assert call.heard == "Or: When do I get my money back?"
    call.says("no, that's not it")

    assert call.heard == "I don't know that: money for the jacket. Anything else?"
    assert call.asked[-1]["outcome"] == "unknown"
    assert call.asked[-1]["text"] == "money for the jacket"


@pytest.mark.parametrize("yes", ["yes", "yes please", "that's it, yes", "1"])
def test_a_yes_to_the_offer_is_answered(desk: Dialogue, yes: str) -> None:
    call = Scripted(desk).says("the jacket").finds(period=PERHAPS)

    call.happens(Pressed(yes)) if yes == "1" else call.says(yes)

    assert call.heard == "Within 30 days. Anything else?"


@pytest.mark.parametrize(
    "words", ["how long does the refund take", "no, when do I get my money back", "opening hours"]
)
def test_another_question_at_the_offer_is_looked_for(desk: Dialogue, words: str) -> None:
    call = Scripted(desk).says("the jacket").finds(period=PERHAPS).says(words)

    assert call.searches[-1].texts == (words,)
    assert call.finds(refund=SURE).heard == "Within 5 days. Anything else?"


def test_asking_about_offers_again_and_again_comes_to_an_end(desk: Dialogue) -> None:
    call = Scripted(desk).says("the jacket").finds(period=PERHAPS)
    call.says("the other jacket I think").finds(refund=PERHAPS)

    call.says("well which of the jackets").finds(open=PERHAPS)

    assert "I don't know that" in call.heard


def test_what_is_not_known_leads_to_its_step_with_the_callers_words(desk: Dialogue) -> None:
    call = Scripted(desk).says("do you sell boats").finds()

    assert call.heard == "I don't know that: do you sell boats. Anything else?"
    assert call.asked[-1]["text"] == "do you sell boats"


def test_a_search_that_fails_is_no_question_without_an_answer(desk: Dialogue) -> None:
    call = Scripted(desk).says("do you sell boats")

    call.happens(SearchFailed(call.searches[-1].token, "timeout"))

    assert "I don't know that" in call.heard
    assert call.asked == []


@pytest.mark.parametrize("words", ["no", "nothing, thanks", "that's all", "No, thank you. Bye."])
def test_who_wants_to_know_nothing_is_let_go(desk: Dialogue, words: str) -> None:
    call = Scripted(desk).says(words)

    assert call.heard == "Goodbye."
    assert call.asked == []


@pytest.mark.parametrize("words", ["yes", "okay", "uh huh"])
def test_a_mere_yes_is_no_question(desk: Dialogue, words: str) -> None:
    call = Scripted(desk).says(words)

    assert call.searches == []
    assert "What is it?" in call.heard


@pytest.mark.parametrize(
    "words",
    ["how soon can I have it", "do I have to pay", "no delivery came", "is that right for me"],
)
def test_a_yes_or_no_inside_a_question_is_part_of_it(desk: Dialogue, words: str) -> None:
    assert Scripted(desk).says(words).searches[-1].texts == (words,)


def test_global_commands_work_where_questions_are_asked(desk: Dialogue) -> None:
    assert Scripted(desk).says("say that again").heard == "What would you like to know?"
    assert Scripted(desk).says("agent").heard == "A person is coming."
    assert Scripted(desk).happens(Pressed("0")).heard == "A person is coming."


def test_a_person_may_be_asked_for_while_an_answer_is_looked_for(desk: Dialogue) -> None:
    call = Scripted(desk).says("the jacket").says("I want to speak to a person")
    assert call.heard == "A person is coming."

    before = call.state
    assert call.finds(period=SURE).state == before  # it comes too late


def test_silence_is_met_as_at_other_steps(desk: Dialogue) -> None:
    call = Scripted(desk)

    said = [call.happens(NoInput()).heard for _ in range(4)]

    assert "What is it?" in said[0]
    assert "in a few words" in said[1]
    assert "A person is coming." in said[3]


def test_silence_at_an_offer_is_met_with_keys_a_person_and_the_question_anew(
    desk: Dialogue,
) -> None:
    call = Scripted(desk).says("the jacket").finds(period=PERHAPS)

    said = [call.happens(NoInput()).heard for _ in range(3)]

    assert said == [
        "Please say yes or no. Or press 1 for yes, 2 for no.",
        "Please say yes or no. Or press 1 for yes, 2 for no. Or press 0 for a person.",
        "I'm not sure what you would like to know. What is it? Or press 0 for a person.",
    ]
    assert call.says("the jacket").searches[-1].texts == ("the jacket",)


def test_silence_at_an_offer_for_words_said_before_leads_on(
    make: Callable[[str], Dialogue],
) -> None:
    call = Scripted(make(WORDS)).says("the jacket").finds(period=PERHAPS)
    for _ in range(2):
        call.happens(NoInput())

    assert call.happens(NoInput()).heard == (
        "I'm not sure what you would like to know. Sorry. Goodbye."
    )


def test_a_call_that_goes_on_in_another_engine_looks_again(desk: Dialogue) -> None:
    call = Scripted(desk).says("the jacket")

    call.happens(Resumed())

    assert call.searches[-1].texts == ("the jacket",)
    assert call.finds(period=SURE).heard.startswith("Within 30 days.")


def test_confirm_always_and_never(make: Callable[[str], Dialogue]) -> None:
    always = make(FLOW.replace("nothing: bye", "nothing: bye\n    confirm: always"))
    never = make(FLOW.replace("nothing: bye", "nothing: bye\n    confirm: never"))

    assert Scripted(always).says("returns").finds(period=0.99).heard.startswith("Did you mean")
    assert Scripted(never).says("returns").finds(period=0.31).heard.startswith("Within 30")


def test_words_that_were_heard_before_are_answered_without_being_asked_for(
    make: Callable[[str], Dialogue],
) -> None:
    call = Scripted(make(WORDS)).says("is it too late to send it back")
    assert call.heard == ""
    assert call.searches[-1].texts == ("is it too late to send it back",)

    assert call.finds(period=SURE).heard == "Within 30 days. Goodbye."


def test_what_is_asked_at_a_sensitive_step_is_in_no_record(make: Callable[[str], Dialogue]) -> None:
    call = Scripted(make(WORDS)).says("my card number is on the invoice").finds()

    assert call.heard == "Sorry. Goodbye."
    assert "text" not in call.asked[-1]


def test_frequent_questions_are_named_those_that_hold_today_first_two(desk: Dialogue) -> None:
    asked = [
        "shop/gone",
        "shop/open_late",
        "other/refund",
        "shop/refund",
        "shop/period",
        "shop/open",
    ]

    call = Scripted(desk, frequent=asked)

    assert call.heard == (
        "What would you like to know? You can ask, for example: When do I get my money back? "
        "Or: How long can I return something?"
    )
    assert Scripted(desk, frequent=["shop/refund"]).heard.endswith("my money back?")
    assert Scripted(desk, frequent="shop/refund").heard == "What would you like to know?"
    chinese = Scripted(desk, frequent=["shop/refund"], language="zh")
    assert chinese.heard == "您想知道什么？ 比如您可以问：什么时候退款？"


def test_the_whole_of_it_with_what_really_finds_questions(desk: Dialogue) -> None:
    call = TextCall(desk, today="2026-11-21")

    assert call.says("when are you open").heard_now == "From 9 to 6. Anything else?"
    call.says("yes").says("is it too late to send it back")
    assert call.heard_now.startswith("Within 30 days")
    assert (
        TextCall(desk, today="2026-12-10").says("when are you open").heard_now.startswith("Until 9")
    )
    chinese = TextCall(desk, caller={"language": "zh"}, today="2026-12-10")
    assert chinese.says("几天内能退货").heard_now.startswith("30天内")
    assert "I don't know that" in TextCall(desk).says("who won the match last night").heard_now


_words = st.sampled_from(
    ["returns", "yes", "no", "nothing", "go back", "okay", "how much", "start over", "什么", ""]
)
_found = st.dictionaries(
    st.sampled_from(["period", "refund", "open", "nowhere"]), st.floats(0, 1), max_size=3
)
_moves = st.one_of(
    _words.map(lambda text: Heard(Transcript((Hypothesis(text, 0.9),) if text else ()))),
    st.just(NoInput()),
    st.sampled_from("012*#").map(Pressed),
    _found,
)


@settings(max_examples=150)
@given(st.lists(_moves, max_size=25))
def test_whatever_happens_the_caller_is_never_left_in_silence(
    desk: Dialogue, moves: list[Event | dict[str, float]]
) -> None:
    call = Scripted(desk)
    for move in moves:
        if isinstance(move, dict):
            if call.state.phase is Phase.SEARCHING:
                call.finds(**move)
                assert call.heard
            continue
        before = call.state
        call.happens(move)
        silent = not call.heard
        waits = call.state.phase in {Phase.SEARCHING, Phase.ENDED} or call.state == before
        assert not silent or waits or isinstance(move, Pressed)


def test_a_generated_caller_finds_no_fault_and_takes_every_branch(desk: Dialogue) -> None:
    walked = walk(desk, calls=60, seed=1)

    assert walked.found == ()
    assert {branch.key for branch in walked.coverage.missed_branches()} <= {"give_up"}


def test_tests_of_a_flow_say_what_is_asked_and_what_is_heard(desk: Dialogue) -> None:
    text = b"""
tests:
  returns:
    caller: {frequent: [shop/refund]}
    conversation:
      - {hears: When do I get my money back?}
      - {caller: is it too late to send it back, hears: Within 30 days, step: more}
      - {caller: "yes"}
      - {caller: do you sell boats, hears: "I don't know that", slots: {ask: do you sell boats}}
"""
    checked = check_tests(text, desk.flow, path="x")
    assert checked.report == ""

    (test,) = checked.tests
    assert run_test(desk, test).failure is None


def test_actions_are_those_of_a_waiting_step(desk: Dialogue) -> None:
    _, actions = desk.step(desk.initial_state(), Started({}, today="2026-11-21"))

    listen = next(action for action in actions if isinstance(action, Listen))
    assert (listen.step, str(listen.expectation.kind)) == ("ask", "free")
    assert not any(isinstance(action, HangUp) for action in actions)
