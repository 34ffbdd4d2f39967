import pytest

from voxdesk.app.barge_in import Verdict, judge
from voxdesk.kernel.speech import (
    AnswerKind,
    BargeIn,
    Choice,
    Expectation,
    Hypothesis,
    Transcript,
)

pytestmark = pytest.mark.unit

MENU = Expectation(
    kind=AnswerKind.CHOICE,
    choices=(Choice("billing", ("billing", "my bill")), Choice("orders", ("my order", "order"))),
)
YES_NO = Expectation(kind=AnswerKind.YES_NO)
PROMPT = "For billing, say billing, or press one. For your order, say order, or press two."


def said(text: str) -> Transcript:
    return Transcript((Hypothesis(text, 0.9),) if text else ())


@pytest.mark.parametrize("text", ["billing", "my order please", "I want to talk about my bill"])
def test_an_answer_over_the_prompt_stops_it(text: str) -> None:
    assert judge(said(text), MENU, mode=BargeIn.SPEECH, prompt=PROMPT) is Verdict.MEANT


@pytest.mark.parametrize("text", ["uh-huh", "mm-hmm", "okay"])
def test_a_backchannel_lets_the_prompt_go_on(text: str) -> None:
    verdict = judge(said(text), MENU, mode=BargeIn.SPEECH, prompt=PROMPT, prompt_heard=0.3)

    assert verdict is Verdict.BACKCHANNEL


def test_okay_is_an_answer_once_the_question_is_known() -> None:
    verdict = judge(
        said("okay"), YES_NO, mode=BargeIn.SPEECH, prompt="Shall I go on?", prompt_heard=0.9
    )

    assert verdict is Verdict.MEANT


def test_okay_is_an_answer_when_nothing_is_playing() -> None:
    assert judge(said("okay"), YES_NO) is Verdict.MEANT


def test_speech_without_words_lets_the_prompt_go_on() -> None:
    assert judge(said(""), MENU, mode=BargeIn.SPEECH, prompt=PROMPT) is Verdict.NOISE


def test_words_of_the_prompt_itself_are_our_own_echo() -> None:
    verdict = judge(
        said("for billing say billing or press"),
        Expectation(),
        mode=BargeIn.SPEECH,
        prompt=PROMPT,
    )

    assert verdict is Verdict.ECHO


@pytest.mark.parametrize(
    ("text", "verdict"),
    [("what a lovely day it is", Verdict.NOT_EXPECTED), ("billing", Verdict.MEANT)],
)
def test_where_only_keywords_count_other_words_do_nothing(text: str, verdict: Verdict) -> None:
    assert judge(said(text), MENU, mode=BargeIn.KEYWORDS, prompt=PROMPT) is verdict


def test_words_that_a_recognizer_is_hardly_sure_of_are_noise_unless_they_are_expected() -> None:
    hardly = Transcript((Hypothesis("I don't know", 0.18),))
    expected = Transcript((Hypothesis("billing", 0.18),))

    assert judge(hardly, MENU) is Verdict.NOISE
    assert judge(hardly, MENU, mode=BargeIn.SPEECH, prompt=PROMPT) is Verdict.NOISE
    assert judge(expected, MENU) is Verdict.MEANT


@pytest.mark.parametrize("text", ["Ah, ha.", "Write.", "Icy."])
def test_a_murmur_that_was_spelled_like_words_lets_the_prompt_go_on(text: str) -> None:
    verdict = judge(said(text), Expectation(), mode=BargeIn.SPEECH, prompt=PROMPT, speech_s=0.4)

    assert verdict is Verdict.BACKCHANNEL


def test_what_may_have_been_a_murmur_lets_the_prompt_go_on() -> None:
    either = Transcript((Hypothesis("I see you", 0.5), Hypothesis("I see.", 0.4)))
    short = Transcript((Hypothesis("Icy.", 0.5), Hypothesis("I see.", 0.4)))

    assert judge(short, Expectation(), mode=BargeIn.SPEECH, prompt=PROMPT) is Verdict.BACKCHANNEL
    assert judge(either, Expectation(), mode=BargeIn.SPEECH, prompt=PROMPT) is Verdict.MEANT


@pytest.mark.parametrize("text", ["billing", "agent", "my order"])
def test_a_short_word_that_is_expected_stops_the_prompt(text: str) -> None:
    verdict = judge(said(text), MENU, mode=BargeIn.SPEECH, prompt=PROMPT, speech_s=0.4)

    assert verdict is Verdict.MEANT


@pytest.mark.parametrize(
    ("text", "verdict"),
    [("your order", Verdict.ECHO), ("press", Verdict.ECHO), ("my garden", Verdict.MEANT)],
)
def test_a_few_words_of_the_prompt_are_echo_where_they_are_no_answer(
    text: str, verdict: Verdict
) -> None:
    one = Expectation(kind=AnswerKind.YES_NO)

    assert judge(said(text), one, mode=BargeIn.SPEECH, prompt=PROMPT, speech_s=0.9) is verdict


def test_thanks_that_a_recognizer_hears_in_a_crowd_are_noise() -> None:
    crowd = Transcript((Hypothesis("Thank you very much.", 0.44),))
    caller = Transcript((Hypothesis("Thank you very much.", 0.9),))

    assert judge(crowd, MENU) is Verdict.NOISE
    assert judge(caller, MENU) is Verdict.MEANT


def test_what_may_be_asked_at_any_step_stops_a_prompt_like_an_answer() -> None:
    expectation = Expectation(
        kind=AnswerKind.ORDER_NUMBER, asides=(Choice("hours", ("opening hours",)),)
    )

    asked = judge(said("your opening hours"), expectation, mode=BargeIn.KEYWORDS, prompt=PROMPT)
    other = judge(said("my old shoes"), expectation, mode=BargeIn.KEYWORDS, prompt=PROMPT)

    assert (asked, other) == (Verdict.MEANT, Verdict.NOT_EXPECTED)
