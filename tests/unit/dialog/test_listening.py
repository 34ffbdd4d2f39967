"""What the recognizer is told of a step."""

from collections.abc import Callable

import pytest

from dialog.dialogue import Dialogue
from dialog.events import Listen
from dialog.text_call import TextCall

pytestmark = pytest.mark.unit
FLOW = """
languages: [en, zh]
steps:
  tent:
    ask: free
    prompt: {en: Which tent?, zh: 请说帐篷名称}
    hint: {en: It is the Alpine tent., zh: 是高山帐篷。}
    grammar: {en: [the alpine, the coast], zh: [高山, 海岸]}
    then: bye
  bye: {end: {en: Bye., zh: 再见。}}
"""


@pytest.mark.parametrize(
    ("language", "grammar", "hint"),
    [
        ("en", ("the alpine", "the coast"), "It is the Alpine tent."),
        ("zh", ("高山", "海岸"), "是高山帐篷。"),
    ],
)
def test_it_is_told_the_grammar_and_the_hint_of_the_step(
    flow: Callable[[str], Dialogue], language: str, grammar: tuple[str, ...], hint: str
) -> None:
    waits = TextCall(flow(FLOW), caller={"language": language}).pending

    assert isinstance(waits, Listen)
    assert waits.expectation.grammar == grammar
    assert waits.expectation.prompt == hint
