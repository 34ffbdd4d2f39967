"""What an engine with a grammar is told that a caller may say."""

import pytest

from asr.grammar import closed_phrases
from asr.language_model import PhraseWeights, mend, phrases_of
from voxdesk.kernel.speech import AnswerKind, Choice, Expectation

pytestmark = pytest.mark.unit
TENTS = Expectation(grammar=("The  Alpine", "the coast"), phrases=("go back",))


def test_a_menu_is_closed_by_its_phrases_and_the_commands() -> None:
    menu = Expectation(
        kind=AnswerKind.CHOICE, choices=(Choice("x", ("hours", "when")),), phrases=("go back",)
    )

    assert closed_phrases(menu) == ("go back", "hours", "when")


def test_a_free_question_is_open_unless_its_flow_says_all_that_callers_say() -> None:
    assert closed_phrases(Expectation(phrases=("go back",))) == ()
    assert closed_phrases(TENTS) == ("go back", "the alpine", "the coast")


def test_engines_without_a_grammar_prefer_it_too() -> None:
    assert mend("it is the coat", phrases_of(TENTS), PhraseWeights()).text == "it is the coast"
