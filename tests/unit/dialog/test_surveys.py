"""Surveys as callers hear them."""

from collections.abc import Callable

import pytest

from dialog.dialogue import Dialogue
from dialog.events import Listen, Note
from dialog.flow_file import check_text
from dialog.flow_sources import Parts
from dialog.flow_survey import SCALES, SurveyKind
from dialog.flow_tests.walker import walk
from dialog.prompts import Prompts
from dialog.text_call import TextCall
from voxdesk.kernel.call import EventKind

pytestmark = pytest.mark.unit
Make = Callable[[str], Dialogue]

CSAT = """
person: people
steps:
  rating:
    survey: csat
    questions: {speed: "How quick were we, from 1 to 5?"}
    comment: true
    then: told
  told:
    choose:
      - {if: rating.satisfaction and rating.satisfaction < 3, then: sorry}
      - {else: bye}
  sorry: {say: "Sorry for that {{ rating.satisfaction }}.", then: bye}
  people:
    queue: q
    prompt: A person.
    then: bye
    left_queue: bye
    timed_out: bye
    no_agents: bye
    failed: bye
  bye: {end: Goodbye.}
"""


def one(survey: str, language: str = "en") -> str:
    return (
        f"languages: [{language}]\nsteps:\n  rating: {{survey: {survey}, then: bye}}\n"
        f"  bye: {{end: {'Goodbye.' if language == 'en' else '再见。'}}}\n"
    )


def answers(call: TextCall) -> list[tuple[str, object]]:
    """What the log has of the survey, in order."""
    notes = [a.data for a in call.actions if isinstance(a, Note) and a.kind == EventKind.SURVEY]
    return [
        (note.get("question", ""), note.get("value", note.get("text", note["state"])))
        for note in notes
    ]


def test_every_question_is_asked_and_every_answer_kept(flow: Make) -> None:
    call = TextCall(flow(CSAT))
    assert call.heard_now.startswith("May I ask you a few short questions?")
    call.says("I would say a four").presses("5").says("the man was very kind")

    assert call.heard_now == "Thank you. That helps us. Goodbye."
    assert answers(call) == [
        ("", "offered"),
        ("satisfaction", 4),
        ("speed", 5),
        ("comment", "the man was very kind"),
        ("", "complete"),
    ]


def test_a_bad_answer_can_lead_elsewhere(flow: Make) -> None:
    call = TextCall(flow(CSAT)).says("two").says("skip")

    assert call.heard_now == "All right. Sorry for that 2. Goodbye."
    assert answers(call)[1:] == [("satisfaction", 2), ("", "declined")]


@pytest.mark.parametrize("words", ["skip", "no", "No, thanks.", "stop it please", "I'd rather not"])
def test_who_wants_no_questions_is_let_go(flow: Make, words: str) -> None:
    call = TextCall(flow(CSAT)).says(words)

    assert call.heard_now == "All right. Goodbye."
    assert answers(call) == [("", "offered"), ("", "declined")]


def test_the_star_key_leaves_it_too(flow: Make) -> None:
    assert TextCall(flow(CSAT)).presses("*").heard_now == "All right. Goodbye."


def test_no_is_no_comment_and_the_survey_is_whole(flow: Make) -> None:
    call = TextCall(flow(CSAT)).says("five").says("four").says("no, thanks")

    assert call.heard_now == "Thank you. That helps us. Goodbye."
    assert answers(call)[-1] == ("", "complete")
    assert "comment" not in dict(answers(call))


def test_a_number_off_the_scale_is_asked_again_with_the_scale(flow: Make) -> None:
    call = TextCall(flow(CSAT)).says("nine")
    assert call.heard_now.startswith("Sorry, I didn't get that. From 1, very dissatisfied,")
    call.presses("9")
    assert call.heard_now == "I still didn't get it. Please say a number from 1 to 5."
    call.says("three")

    assert call.step == "rating:speed"


def test_who_isnt_understood_twice_is_let_go_and_not_sent_to_a_person(flow: Make) -> None:
    call = TextCall(flow(CSAT)).says("blue").says("bananas").says("really")

    assert call.heard_now == "All right. Goodbye."


def test_a_person_can_still_be_asked_for(flow: Make) -> None:
    assert TextCall(flow(CSAT)).says("let me speak to an agent").heard_now == "A person."


def test_a_last_answer_can_be_taken_back(flow: Make) -> None:
    call = TextCall(flow(CSAT)).says("two").says("no, I meant four")

    assert call.step == "rating:speed"
    assert [value for name, value in answers(call) if name == "satisfaction"] == [2, 4]


@pytest.mark.parametrize(
    ("words", "value"),
    [("ten", 10), ("nine out of ten", 9), ("zero", 0), ("a seven or so", 7), ("8", 8), ("ate", 8)],
)
def test_numbers_as_callers_say_them(flow: Make, words: str, value: int) -> None:
    assert ("recommend", value) in answers(TextCall(flow(one("nps"))).says(words))


@pytest.mark.parametrize(
    ("words", "value"), [("十分", 10), ("我给八分", 8), ("零分", 0), ("九", 9)]
)
def test_numbers_as_callers_say_them_in_mandarin(flow: Make, words: str, value: int) -> None:
    assert ("recommend", value) in answers(TextCall(flow(one("nps", "zh"))).says(words))


@pytest.mark.parametrize("words", ["跳过", "不用了", "不想评"])
def test_who_wants_no_questions_is_let_go_in_mandarin(flow: Make, words: str) -> None:
    assert TextCall(flow(one("nps", "zh"))).says(words).heard_now == "好的。 再见。"


def test_a_key_that_can_be_followed_by_no_other_is_taken_soon(flow: Make) -> None:
    """Of 0 to 10, only a 1 may become a 10."""
    call = TextCall(flow(one("nps")))
    for key, soon in (("1", False), ("7", True), ("0", True)):
        again = TextCall(flow(one("nps"))).presses(key, then_waits=False)
        waits = again.pending
        assert isinstance(waits, Listen)
        assert waits.gathering == soon
    assert ("recommend", 10) in answers(call.presses("10"))
    assert ("recommend", 0) in answers(TextCall(flow(one("nps"))).presses("0"))


@pytest.mark.parametrize("survey", SurveyKind)
@pytest.mark.parametrize("language", ["en", "zh"])
def test_standard_questions_are_there_in_every_language(
    flow: Make, prompts: Prompts, survey: SurveyKind, language: str
) -> None:
    call = TextCall(flow(one(survey, language)))
    heard = list(call.last)
    while call.step.startswith("rating:"):
        call.presses("5")
        heard += call.last

    assert [name for name, _ in answers(call) if name] == list(SCALES[survey].questions)
    assert all(heard)
    assert prompts.get("survey_thanks", language) in heard


@pytest.mark.parametrize("survey", SurveyKind)
def test_generated_callers_find_nothing_wrong(flow: Make, survey: SurveyKind) -> None:
    question = SCALES[survey].questions[0]
    text = CSAT.replace("csat", survey).replace("satisfaction", question)
    walked = walk(flow(text), calls=100, seed=1)

    assert walked.found == ()


def test_a_survey_in_a_subflow(prompts: Prompts) -> None:
    inner = "steps:\n  rating: {survey: csat, then: back}\n  back: {return: }\n"
    main = """
steps:
  ask: {subflow: inner, then: told}
  told: {end: "{{ ask.rating.satisfaction }} of 5."}
"""
    parts = Parts({"inner": inner.encode()}, "x.yaml")
    checked = check_text(main.encode(), name="x", path="x.yaml", sources=parts)
    assert checked.report == ""
    assert checked.flow is not None

    call = TextCall(Dialogue(checked.flow, prompts)).says("four")

    assert call.heard_now == "Thank you. That helps us. 4 of 5."
    notes = [a.data for a in call.actions if isinstance(a, Note) and a.kind == EventKind.SURVEY]
    assert {note["step"] for note in notes} == {"ask/rating"}


@pytest.mark.parametrize(
    ("before", "after", "wrong", "right"),
    [
        ("survey: csat", "survey: csta", '"survey" is "csta"', '"csat"?'),
        ("speed:", "my-speed:", 'a question can\'t be called "my-speed"', "letters, digits and _"),
        ("comment: true", "comment: true\n    sensitive: true", "is sensitive, and", "Leave"),
        ("  rating:", "  my-rating:", "is a survey, and its name is no word", "letters"),
        ("Sorry for that {{ rating.satisfaction }}", "{{ rating.satisfied }}",
         "the survey csat has no such field", '"satisfaction"?'),
        ("    comment: true", "    coment: true", 'has the key "coment"', '"comment"?'),
    ],
)  # fmt: skip
def test_a_mistake_is_told(before: str, after: str, wrong: str, right: str) -> None:
    assert before in CSAT
    report = check_text(CSAT.replace(before, after).encode(), name="x", path="x.yaml").report

    told = [problem for problem in report.split("x.yaml:") if wrong in problem]
    assert told, report
    assert right in told[0]
