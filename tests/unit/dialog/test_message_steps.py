from collections.abc import Callable

import pytest

from dialog.dialogue import Dialogue
from dialog.events import HangUp, MessageDone, RecordMessage
from dialog.text_call import TextCall

pytestmark = pytest.mark.unit

FLOW = """
languages: [en, zh]
steps:
  voice: {message: desk, prompt: {en: Speak., zh: 请说。}, then: bye}
  bye: {end: {en: Goodbye., zh: 再见。}}
"""


@pytest.fixture(scope="module")
def voice(flow: Callable[[str], Dialogue]) -> Dialogue:
    return flow(FLOW)


def test_a_message_is_saved(voice: Dialogue) -> None:
    call = TextCall(voice).leaves_message()

    assert call.heard_now == "Thank you. Your message is saved. Goodbye."


def test_no_message_is_asked_for_again_once(voice: Dialogue) -> None:
    call = TextCall(voice).leaves_message(recorded=False)
    assert call.heard_now == "I didn't hear a message. Please speak after the tone."
    assert isinstance(call.pending, RecordMessage)

    assert call.leaves_message(recorded=False).heard_now == "I didn't hear a message. Goodbye."
    assert isinstance(call.pending, HangUp)


def test_the_second_try_counts(voice: Dialogue) -> None:
    call = TextCall(voice).leaves_message(recorded=False).leaves_message()

    assert "saved" in call.heard_now


def test_who_skips_it_by_a_key_is_not_asked_again(voice: Dialogue) -> None:
    call = TextCall(voice).happens(MessageDone(recorded=False, skipped=True))

    assert call.heard_now == "I didn't hear a message. Goodbye."


def test_whoever_writes_it_down_knows_its_language(voice: Dialogue) -> None:
    call = TextCall(voice, caller={"language": "zh"})

    assert call.pending == RecordMessage("desk", 120.0, language="zh", transcribe=True)


def test_some_messages_are_heard_only(flow: Callable[[str], Dialogue]) -> None:
    secret = flow(FLOW.replace("message: desk,", "message: desk, transcribe: false,"))

    call = TextCall(secret)

    assert isinstance(call.pending, RecordMessage)
    assert not call.pending.transcribe
