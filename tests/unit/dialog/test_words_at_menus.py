"""What a caller said at a menu can be used by the steps that follow."""

from collections.abc import Callable

import pytest

from dialog.dialogue import Dialogue
from dialog.text_call import TextCall

pytestmark = pytest.mark.unit

FLOW = """
steps:
  menu:
    menu: A question, or a person?
    options:
      question: {phrases: [a question], then: told}
  told: {say: "You said: {{ said or 'nothing' }}.", then: menu_again}
  menu_again:
    menu: Anything else?
    options:
      question: {phrases: [a question], then: bye}
  bye: {end: "And then: {{ said or 'nothing' }}."}
"""


def test_the_words_at_a_menu_are_kept_until_the_next_one(flow: Callable[[str], Dialogue]) -> None:
    talk = TextCall(flow(FLOW)).says("I have a question about lamps")
    assert "You said: I have a question about lamps." in talk.heard_now
    assert "And then: another question." in talk.says("another question").heard_now


def test_keys_are_no_words(flow: Callable[[str], Dialogue]) -> None:
    talk = TextCall(flow(FLOW)).says("a question").presses("1")
    assert "And then: nothing." in talk.heard_now
