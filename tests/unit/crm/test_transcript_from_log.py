from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm.calls.entries import LoggedEvent
from crm.transcripts.from_log import segments_of
from crm.transcripts.model import Segment, Side, Word
from crm.transcripts.words import pieces, spread
from tests.fixtures.told_calls import CALL, event, logged
from voxdesk.kernel.call import CallEvent, EventKind


def said(*events: CallEvent) -> tuple[Segment, ...]:
    return segments_of(logged(*events))


def prompt(text: str, at_ms: int, utterance: int = 1) -> CallEvent:
    return event(
        EventKind.PROMPT, at_ms, text=text, utterance=utterance, first_audio_ms=at_ms, turn=0
    )


def heard(text: str, start_ms: int, end_ms: int, **more: Any) -> CallEvent:
    return event(
        EventKind.HEARD, end_ms + 400, text=text, speech_start_ms=start_ms, speech_end_ms=end_ms,
        **more,
    )  # fmt: skip


def test_a_conversation_is_read_in_order_with_both_sides() -> None:
    found = said(
        prompt("How can I help?", 0),
        event(EventKind.PROMPT_FINISHED, 1500, utterance=1),
        heard("where is my order", 2000, 3500),
        prompt("Let me see.", 4000, 2),
        event(EventKind.PROMPT_FINISHED, 5000, utterance=2),
    )

    assert [(one.side, one.text) for one in found] == [
        (Side.VOXDESK, "How can I help?"),
        (Side.CALLER, "where is my order"),
        (Side.VOXDESK, "Let me see."),
    ]
    assert [(one.start_ms, one.end_ms) for one in found] == [(0, 1500), (2000, 3500), (4000, 5000)]


def test_words_have_the_times_that_the_recognizer_measured() -> None:
    (one,) = said(heard("my order", 2000, 3500, words=[["my", 2.1, 2.3], ["order", 2.4, 3.4]]))

    assert one.words == (Word("my", 2100, 2300), Word("order", 2400, 3400))


@pytest.mark.parametrize("words", [[["my", "soon", 2]], "my order", [[1, 2, 3]], [["my"]], None])
def test_times_that_make_no_sense_are_not_believed(words: object) -> None:
    (one,) = said(heard("my order", 2000, 3500, words=words))

    assert [word.text for word in one.words] == ["my", "order"]
    assert (one.words[0].start_ms, one.words[-1].end_ms) == (2000, 3500)


def test_longer_words_take_longer() -> None:
    short, long = spread("a reconsideration", 0, 1000)

    assert short.end_ms - short.start_ms < long.end_ms - long.start_ms
    assert short.end_ms == long.start_ms


def test_chinese_has_a_time_for_each_character_with_its_punctuation() -> None:
    assert pieces("你好。我的 order 呢!") == ["你", "好。", "我", "的", "order", "呢!"]


def test_of_a_prompt_that_was_stopped_only_the_words_that_began_have_times() -> None:
    (one,) = said(
        prompt("Press one for billing, two for shipping", 0),
        event(EventKind.PROMPT_STOPPED, 1000, utterance=1, heard_ms=1000, total_ms=2600, by="key"),
    )

    assert one.text == "Press one for billing, two for shipping"
    assert [word.text for word in one.words] == ["Press", "one", "for", "billing,"]
    assert one.end_ms == 1000
    assert one.words[-1].end_ms == 1000


def test_a_prompt_that_paused_goes_on_after_its_pause() -> None:
    (one,) = said(
        prompt("aaaa bbbb", 0),
        event(EventKind.PROMPT_PAUSED, 500, utterance=1, position_ms=500),
        event(EventKind.PROMPT_RESUMED, 2500),
        event(EventKind.PROMPT_FINISHED, 3000, utterance=1),
    )

    assert one.words == (Word("aaaa", 0, 500), Word("bbbb", 2500, 3000))


def test_what_a_sensitive_step_did_not_keep_leaves_a_gap_that_says_so() -> None:
    found = said(
        event(EventKind.PROMPT, 0, utterance=1, first_audio_ms=0),
        event(EventKind.PROMPT_FINISHED, 900, utterance=1),
        event(EventKind.HEARD, 3000, turn=1, speech_start_ms=1000, speech_end_ms=2500),
    )

    assert [(one.side, one.sensitive, one.text, one.words) for one in found] == [
        (Side.VOXDESK, True, "", ()),
        (Side.CALLER, True, "", ()),
    ]


def test_agreeing_while_listening_is_speech_and_noise_is_not() -> None:
    found = said(
        event(EventKind.SPEECH_STARTED, 700, speech_start_ms=500),
        event(EventKind.IGNORED, 900, why="backchannel", text="uh huh"),
        event(EventKind.IGNORED, 1900, why="noise", text="the"),
    )

    assert [(one.text, one.start_ms, one.end_ms) for one in found] == [("uh huh", 500, 900)]


def test_a_log_without_its_end_still_has_its_last_prompt() -> None:
    (one,) = said(prompt("Goodbye", 1000))

    assert one.text == "Goodbye"
    assert one.end_ms > one.start_ms == 1000


_JSON = st.sampled_from(
    [
        None,
        True,
        0,
        1,
        -5,
        1.5,
        1e308,
        10**30,
        "",
        "go on",
        "你好",
        [],
        [["a", 1, 2]],
        [["a", 1e308, 0]],
    ]
)
_KEYS = ("text", "utterance", "first_audio_ms", "speech_start_ms", "speech_end_ms", "words",
         "total_ms", "why")  # fmt: skip
_EVENT = st.builds(
    lambda kind, at, data: event(kind, at, CALL, **data),
    st.sampled_from(sorted(EventKind)),
    st.integers(0, 10**7),
    st.dictionaries(st.sampled_from(_KEYS), _JSON, max_size=5),
)


@given(st.lists(_EVENT, max_size=12))
def test_any_log_gives_segments_in_order_whose_words_lie_in_order(log: Sequence[CallEvent]) -> None:
    entries = [LoggedEvent(seq, one) for seq, one in enumerate(log)]

    found = segments_of(entries)

    assert [one.start_ms for one in found] == sorted(one.start_ms for one in found)
    for one in found:
        assert one.end_ms >= one.start_ms >= 0
        assert all(word.end_ms >= word.start_ms for word in one.words)
        assert one.sensitive == (not one.text)
