# ruff: noqa: RUF001  Chinese text is Chinese

"""Callers ask for another language by voice, at any step, and are remembered by it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialog.dialogue import Dialogue
from dialog.events import Listen, Note
from dialog.prompts import Prompts
from dialog.text_call import TextCall
from dialog.understanding.language_wish import language_wish
from voxdesk.kernel.call import EventKind
from voxdesk.kernel.errors import FlowError

pytestmark = pytest.mark.unit

Flows = Callable[[str], Dialogue]

FORM = """
languages: [en, zh]
anywhere:
  options:
    hours: {phrases: {en: [opening hours], zh: [营业时间]}, then: hours}
    chinese_menu: {phrases: {en: [a printed menu], zh: [菜单]}, then: which}
steps:
  number:
    ask: order_number
    prompt: {en: Please tell me your order number., zh: 请告诉我您的订单号。}
    again: {en: Your order number?, zh: 订单号？}
    min_digits: 4
    then: book
  book:
    ask: choice
    prompt: {en: Is the book in English or Chinese?, zh: 书是英文的还是中文的？}
    options:
      english: {phrases: {en: [English], zh: [英文]}}
      chinese: {phrases: {en: [Chinese], zh: [中文]}}
    then: wish
  wish: {ask: free, prompt: {en: What is wrong with it?, zh: 有什么问题？}, then: bye}
  hours: {say: {en: From 9 to 6., zh: 九点到六点。}, then: back}
  which: {ask: free, prompt: {en: For which shop?, zh: 哪家店？}, then: back}
  back: {return: }
  bye: {end: {en: "Goodbye.", zh: 再见。}}
"""


@pytest.fixture(scope="module")
def form(flow: Flows) -> Dialogue:
    return flow(FORM)


def remembered(call: TextCall) -> list[Any]:
    return [
        action.data["language"]
        for action in call.actions
        if isinstance(action, Note) and action.kind == EventKind.LANGUAGE
    ]


# ------------------------------------------------------------------ what is a wish


@pytest.mark.parametrize(
    ("said", "language"),
    [
        ("Spanish", "es"),
        ("español", "es"),
        ("espanol por favor", None),
        ("en español, por favor", "es"),
        ("can you speak chinese please", "zh"),
        ("I'd like to continue in Mandarin", "zh"),
        ("do you speak English?", "en"),
        ("说中文", "zh"),
        ("请说普通话好吗", "zh"),
        ("能不能换成英语", "en"),
        ("说英文吧", "en"),
        ("i don't speak english", None),
        ("不会说英语", None),
        ("my chinese teapot is broken", None),
        ("the manual is only in german", None),
        ("", None),
    ],
)
def test_asking_for_a_language_is_told_from_talking_of_one(
    prompts: Prompts, said: str, language: str | None
) -> None:
    wish = language_wish(said, prompts.language_names)

    assert (wish.language if wish else None) == language


@given(st.text(max_size=200))
def test_any_words_are_a_wish_or_none(prompts: Prompts, said: str) -> None:
    wish = language_wish(said, prompts.language_names)

    assert wish is None or wish.language in prompts.language_names


# ------------------------------------------------------------------ in a call


def test_the_question_is_asked_again_in_full_in_the_language_that_was_asked_for(
    form: Dialogue,
) -> None:
    call = TextCall(form).says("can you speak Chinese")

    assert call.heard_now == "好的，我说中文。 请告诉我您的订单号。"
    assert call.state.language == "zh"
    assert call.says("四七幺幺").heard_now == "书是英文的还是中文的？"


def test_and_back_again(form: Dialogue) -> None:
    call = TextCall(form, caller={"language": "zh"}).says("English please")

    assert call.heard_now == "All right, I'll speak English. Please tell me your order number."


def test_a_name_that_is_an_answer_is_one(form: Dialogue) -> None:
    call = TextCall(form).says("4711").says("Chinese")

    assert call.state.variables["book"] == "chinese"
    assert call.state.language == "en"


def test_free_speech_that_names_a_language_is_an_answer_and_a_wish_is_a_wish(
    form: Dialogue,
) -> None:
    call = TextCall(form).says("4711").says("english")

    assert call.says("speak chinese").state.language == "zh"
    assert call.says("Chinese").step == "bye"


def test_an_answer_that_is_read_back_is_read_back_in_the_new_language(form: Dialogue) -> None:
    call = TextCall(form)
    call.says("4711", confidence=0.4).says("说中文")

    assert call.heard_now == "好的，我说中文。 我听到的是4 7 1 1，对吗？"
    assert call.says("对").step == "book"


def test_a_question_that_was_left_is_asked_in_the_new_language(form: Dialogue) -> None:
    call = TextCall(form)
    call.says("4711", confidence=0.4).says("a printed menu").says("说中文").says("海港")

    assert call.heard_now == "我们回到您的订单号。 我听到的是4 7 1 1，对吗？"


def test_a_language_that_the_flow_lacks_is_declined_and_nothing_is_counted(form: Dialogue) -> None:
    call = TextCall(form).says("en español por favor")

    assert call.heard_now == "Sorry, I can't speak that language here. Your order number?"
    assert call.state.no_match == 0


def test_a_language_without_a_voice_here_is_declined(form: Dialogue) -> None:
    english = Dialogue(form.flow, form.prompts, languages=["en"])

    assert "can't speak" in TextCall(english).says("speak Chinese").heard_now


def test_the_language_that_is_spoken_already_is_no_change(form: Dialogue) -> None:
    call = TextCall(form).says("English please")

    assert call.heard_now == "Please tell me your order number."
    assert not remembered(call)


def test_the_log_says_what_the_caller_wants_to_be_spoken_to_in(form: Dialogue) -> None:
    assert remembered(TextCall(form).says("speak Chinese").says("English please")) == ["zh", "en"]


def test_the_recognizer_is_told_how_other_languages_are_called(form: Dialogue) -> None:
    waits = TextCall(form).pending

    assert isinstance(waits, Listen)
    assert "Mandarin" in waits.expectation.phrases
    assert "Spanish" not in waits.expectation.phrases, "which this flow hasn't"


# ------------------------------------------------------------------ the file of names


def write(folder: Path, text: str) -> Path:
    (folder / "commands").mkdir()
    (folder / "commands" / "languages.yaml").write_text(text, encoding="utf-8")
    return folder


def test_mistakes_in_the_names_are_told_with_their_lines(tmp_path: Path) -> None:
    write(tmp_path, "en: [English]\nspanish: [Spanish]\nfr: []\nde: [english]\n")

    with pytest.raises(FlowError) as failed:
        Prompts.load(tmp_path)
    told = str(failed.value)

    assert 'languages.yaml:2  "spanish" is no primary language tag. Did you mean "es"?' in told
    assert 'languages.yaml:3  "fr" must be a list of names' in told
    assert 'languages.yaml:4  "english" is the name of "en" and of "de".' in told


def test_without_the_file_no_language_can_be_asked_for(form: Dialogue) -> None:
    silent = Dialogue(form.flow, Prompts({"en": form.prompts._wording["en"]}))

    assert TextCall(silent).says("speak Chinese").state.language == "en"
