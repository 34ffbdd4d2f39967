"""Examples in a flow: what its author may write, and what a caller gets from them."""

from collections.abc import Callable, Mapping

import pytest

from asr.grammar import closed_phrases
from dialog.dialogue import Dialogue
from dialog.events import Listen
from dialog.flow_file import check_text
from dialog.text_call import TextCall
from dialog.understanding.intents.examples import examples_of, lessons_of

pytestmark = pytest.mark.unit

FLOW = """
start: menu
person: people
steps:
  menu:
    menu: Your parcel, a return, or opening hours?
    options:
      parcel:
        phrases: [my parcel, parcel]
        examples: [where is my stuff, has it been sent yet, when will it get here]
        then: parcel
      return:
        phrases: [a return]
        examples: [I want my money back, it does not fit, this is broken]
        then: return
      hours: {phrases: [opening hours], then: hours}
  parcel: {say: It is on its way., then: size}
  return: {say: Send it back., then: bye}
  hours: {say: We are open., then: bye}
  size:
    ask: choice
    prompt: A small or a large one?
    options:
      small: {phrases: [small], examples: [it fits into a pocket, not much, quite tiny]}
      large: {phrases: [large], examples: [two people carry it, a huge one, it needs a van]}
    confirm: always
    then: bye
  people:
    {queue: desk, then: bye, left_queue: bye, timed_out: bye, no_agents: bye, failed: bye}
  bye: {end: Goodbye.}
"""


class Known:
    """Understands exactly these sentences."""

    def __init__(self, sentences: Mapping[str, tuple[str, float]]) -> None:
        self.sentences = sentences
        self.asked: list[tuple[str, str, str]] = []

    def classify(self, step: str, language: str, text: str) -> tuple[str, float] | None:
        self.asked.append((step, language, text))
        return self.sentences.get(text)


SURE = {"did you post it": ("parcel", 0.95), "I regret buying it": ("return", 0.9)}
Flow = Callable[[str], Dialogue]


def call(flow: Flow, sentences: Mapping[str, tuple[str, float]]) -> tuple[TextCall, Known]:
    model = Known(sentences)
    dialogue = flow(FLOW)
    return TextCall(Dialogue(dialogue.flow, dialogue.prompts, intents=model)), model


def test_a_sentence_that_is_no_phrase_is_understood_by_the_examples(flow: Flow) -> None:
    talk, model = call(flow, SURE)

    talk.says("I regret buying it")

    assert talk.ended == "done"
    assert "Send it back." in talk.heard_now
    assert model.asked == [("menu", "en", "I regret buying it")]


def test_a_phrase_counts_before_the_examples(flow: Flow) -> None:
    talk, model = call(flow, {"a return": ("parcel", 1.0)})

    talk.says("a return")

    assert "Send it back." in talk.heard_now
    assert model.asked == []


def test_a_phrase_inside_a_sentence_counts_less_than_sure_examples(flow: Flow) -> None:
    talk, _ = call(flow, {"I want to send this parcel back": ("return", 0.9)})

    talk.says("I want to send this parcel back")

    assert "Send it back." in talk.heard_now


@pytest.mark.parametrize("like", [("return", 0.5), None])
def test_a_phrase_inside_a_sentence_counts_more_than_unsure_examples_or_none(
    flow: Flow, like: tuple[str, float] | None
) -> None:
    talk, _ = call(flow, {"well my parcel I guess": like} if like else {})

    talk.says("well my parcel I guess")

    assert talk.step == "size"


def test_a_phrase_whose_option_has_no_examples_is_not_argued_with(flow: Flow) -> None:
    talk, model = call(flow, {"your opening hours by all means": ("return", 1.0)})

    talk.says("your opening hours by all means")

    assert "We are open." in talk.heard_now
    assert model.asked == []


def test_what_is_like_no_example_is_asked_again(flow: Flow) -> None:
    talk, _ = call(flow, SURE)

    talk.says("it is raining")

    assert talk.step == "menu"
    assert talk.state.no_match == 1


def test_the_second_hypothesis_wins_when_only_it_makes_sense(flow: Flow) -> None:
    talk, _ = call(flow, SURE)

    talk.says("I forget flying in", "I regret buying it")

    assert "Send it back." in talk.heard_now


def test_the_first_hypothesis_wins_when_both_make_sense(flow: Flow) -> None:
    talk, model = call(flow, SURE)

    talk.says("did you post it", "I regret buying it", "a return")

    assert talk.step == "size"
    assert len(model.asked) == 1


def test_few_hypotheses_are_compared_with_examples_however_many_there_are(flow: Flow) -> None:
    talk, model = call(flow, {})

    talk.says(*(f"nonsense {word}" for word in "abcdefghij"))

    assert len(model.asked) == 3
    assert talk.step == "menu"


def test_an_unsure_understanding_is_read_back(flow: Flow) -> None:
    talk, _ = call(flow, {"it came": ("return", 0.55)})

    talk.says("it came")
    assert "a return" in talk.heard_now

    talk.says("yes")
    assert "Send it back." in talk.heard_now


def test_a_read_back_at_a_menu_can_be_corrected_too(flow: Flow) -> None:
    talk, _ = call(flow, {"it came": ("return", 0.55)})

    talk.says("it came").says("no, my parcel").says("yes")

    assert talk.step == "size"


def test_what_is_hardly_sure_at_all_is_asked_again(flow: Flow) -> None:
    talk, _ = call(flow, {"it came": ("return", 0.5)})

    talk.says("it came", confidence=0.3)

    assert talk.step == "menu"
    assert talk.state.no_match == 1


def test_a_flow_may_take_an_unsure_understanding_at_its_word(flow: Flow) -> None:
    model = Known({"it came": ("return", 0.55)})
    never = flow(FLOW.replace("then: hours}", "then: hours}\n    confirm: never"))
    talk = TextCall(Dialogue(never.flow, never.prompts, intents=model))

    talk.says("it came")

    assert "Send it back." in talk.heard_now


def test_a_sentence_at_a_menu_changes_no_earlier_answer(flow: Flow) -> None:
    text = FLOW.replace("start: menu", "start: day").replace(
        "steps:\n", "steps:\n  day: {ask: date, prompt: When?, confirm: never, then: menu}\n"
    )
    model = Known(
        {"no it was due on Monday": ("parcel", 0.9), "it was due on Monday": ("parcel", 0.9)}
    )
    dialogue = flow(text)
    talk = TextCall(Dialogue(dialogue.flow, dialogue.prompts, intents=model))
    talk.says("tomorrow")

    talk.says("no it was due on Monday")

    assert talk.step == "size"


@pytest.mark.parametrize("said", ["agent please", "can you repeat that", "hold on"])
def test_a_command_is_no_example(flow: Flow, said: str) -> None:
    talk, model = call(flow, {said: ("return", 1.0)})

    talk.says(said)

    assert model.asked == []
    assert "Send it back." not in talk.heard_now


@pytest.mark.parametrize(("said", "ends"), [("yes", True), ("no", False)])
def test_yes_and_no_to_a_read_back_are_no_examples(flow: Flow, said: str, *, ends: bool) -> None:
    talk, _ = call(flow, SURE | {"it is big": ("large", 0.9), said: ("small", 1.0)})
    talk.says("did you post it").says("it is big")

    talk.says(said)

    assert bool(talk.ended) is ends
    assert talk.state.variables.get("size") == ("large" if ends else None)


def test_a_read_back_can_be_corrected_by_a_sentence(flow: Flow) -> None:
    talk, _ = call(flow, SURE | {"it is big": ("large", 0.9), "fits my hand": ("small", 0.9)})
    talk.says("did you post it").says("it is big")

    talk.says("fits my hand").says("yes")

    assert talk.state.variables["size"] == "small"


def test_without_a_model_phrases_are_understood_as_ever(flow: Flow) -> None:
    talk = TextCall(flow(FLOW))

    talk.says("I regret buying it")
    assert talk.step == "menu"

    talk.says("a return")
    assert "Send it back." in talk.heard_now


PHRASES_ONLY = """
steps:
  menu:
    menu: Parcels, or returns?
    options: {parcel: {phrases: [my parcel], then: bye}, return: {phrases: [a return], then: bye}}
  bye: {end: Goodbye.}
"""


@pytest.mark.parametrize(("text", "closed"), [(FLOW, False), (PHRASES_ONLY, True)])
def test_a_recognizer_keeps_to_the_phrases_only_where_no_sentences_are_understood(
    flow: Flow, text: str, *, closed: bool
) -> None:
    listen = TextCall(flow(text)).pending

    assert isinstance(listen, Listen)
    assert bool(closed_phrases(listen.expectation)) is closed


# ---------------------------------------------------------------- in the file

MENU = """\
languages: [en, zh]
steps:
  menu:
    menu: {en: Which one?, zh: 哪一个}
    options:
      pay:
        phrases: {en: [pay], zh: [付款]}
        examples: {en: [I pay now, take my money, here is cash], zh: [我付钱, 我来付款, 现在付]}
        then: bye
      ask:
        phrases: {en: [ask], zh: [问题]}
        examples: {en: [how is it, what is it, I wonder], zh: [这是什么, 我想问, 怎么样]}
        then: bye
  bye: {end: {en: Goodbye., zh: 再见。}}
"""


def report(text: str) -> str:
    return check_text(text.encode(), name="shop", path="shop.yaml").report


def test_examples_come_with_the_phrases_of_their_option_and_language() -> None:
    flow = check_text(MENU.encode(), name="shop", path="shop.yaml").flow

    assert report(MENU) == ""
    assert flow is not None
    assert [lesson.language for lesson in lessons_of(flow)] == ["en", "zh"]
    assert examples_of(flow, "zh") == {
        "menu": {
            "pay": ("我付钱", "我来付款", "现在付", "付款"),
            "ask": ("这是什么", "我想问", "怎么样", "问题"),
        }
    }


WRONG = {
    "too few": (
        "en: [I pay now, take my money, here is cash]",
        "en: [I pay now, take my money]",
        '"examples" has 2 for "en"; at least 3 are needed.',
    ),
    "a language left out": (
        "en: [I pay now, take my money, here is cash], ",
        "",
        '"examples" has no text for the language "en"',
    ),
    "a language that the flow lacks": (
        "examples: {en: [how",
        "examples: {de: [eins, zwei, drei], en: [how",
        'for "de", a language the flow lacks',
    ),
    "the same sentence twice": ("I wonder", "I pay now", '"I pay now" means both'),
    "another option's phrase": ("I wonder", "pay", '"pay" means both'),
    "no list": (
        "{en: [how is it, what is it, I wonder], zh: [这是什么, 我想问, 怎么样]}",
        "{en: {a: b}, zh: [这是什么, 我想问, 怎么样]}",
        '"examples.en" must be a list of what callers say',
    ),
    "one option alone": (
        MENU.splitlines(keepends=True)[11],
        "",
        'only "pay" has examples',
    ),
    "options of which several may be said": (
        "    menu: {en: Which one?, zh: 哪一个}",
        "    ask: choices\n    prompt: {en: Which one?, zh: 哪一个}\n    then: bye",
        "ask: choices is understood by phrases only",
    ),
    "misspelled": ("examples: {en: [how", "example: {en: [how", 'Did you mean "examples"?'),
}


@pytest.mark.parametrize("what", WRONG)
def test_a_mistake_in_examples_is_named(what: str) -> None:
    right, wrong, said = WRONG[what]
    assert right in MENU

    assert said in report(MENU.replace(right, wrong))
