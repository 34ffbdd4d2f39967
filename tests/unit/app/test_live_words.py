import pytest

from crm.live.call import Line, LiveCall
from crm.transcripts.model import Side
from voxdesk.app.http.shown import shown_last
from voxdesk.app.live.view import lines_of, partial_of

pytestmark = pytest.mark.unit


def test_words_are_hidden_by_what_was_asked_and_when_they_are_read_back() -> None:
    lines = [
        Line(1, Side.VOXDESK, 0, "What's your card number?"),
        Line(2, Side.CALLER, 1000, "four two four two four two four two"),
        Line(3, Side.VOXDESK, 3000, "I heard 4 2 4 2 4 2 4 2. Is that right?"),
        Line(4, Side.CALLER, 5000, "yes and I have two bags"),
        Line(5, Side.CALLER, 6000, None),
    ]

    shown = lines_of(lines, "en", shown_last, after=1)

    assert [line["text"] for line in shown] == [
        "[card number]",
        "I heard [card number]. Is that right?",
        "yes and I have two bags",
        None,
    ]
    call = LiveCall("aa", language="en", lines=lines[:1], partial="four two four two")
    assert partial_of(call, shown_last) == "[card number]"
