"""What logs lack, and what recordings have, when calls are run again."""

from typing import Any

import pytest
from fixtures.written_logs import written
from replays import SUPPORT, Make, changed, recorded, shipped

from dialog.dialogue import Dialogue
from dialog.events import Lookup, Started
from dialog.replay.comparing import Kind, compare
from dialog.replay.playing import Cause, Played, play, played
from dialog.replay.recorded import Trouble, follow, languages_of
from dialog.text_call import TextCall
from voxdesk.kernel.call import CallEvent, EventKind
from voxdesk.kernel.speech import Transcript

pytestmark = pytest.mark.unit


@pytest.fixture
def old(flow: Make) -> Dialogue:
    return flow(SUPPORT)


# ------------------------------------------------------------------ logs


def without(log: list[CallEvent], kind: EventKind, **data: Any) -> list[CallEvent]:
    return [
        event
        for event in log
        if event.kind is not kind or any(event.data.get(k) != v for k, v in data.items())
    ]


def test_a_log_that_lacks_a_line_is_followed_up_to_there(old: Dialogue) -> None:
    log = written(shipped(old), old.flow, old.languages)

    found = follow(old, without(log, EventKind.STEP, step="told"), began=Started({}))
    again = played(play(old, found, old.flow))

    assert found.trouble == (Trouble.DIFFERENT, "more")
    difference = compare(found, again, old=old.flow, new=old.flow)
    assert difference.kind is Kind.NOT_REPLAYED
    assert difference.stopped is not None
    assert difference.stopped.cause is Cause.DIFFERENT


def test_a_call_held_by_a_program_that_understood_otherwise_is_not_judged(old: Dialogue) -> None:
    log = [
        CallEvent(e.call_id, e.kind, e.at, e.audio_ms, {**e.data, "value": "returns"})
        if e.kind is EventKind.UNDERSTOOD and e.data.get("value") == "orders"
        else e
        for e in written(shipped(old), old.flow, old.languages)
    ]

    assert follow(old, log, began=Started({})).trouble == (Trouble.DIFFERENT, "number")


def test_words_that_are_not_kept_end_it_there(old: Dialogue, flow: Make) -> None:
    log = [
        CallEvent(e.call_id, e.kind, e.at, e.audio_ms, {"turn": 2})
        if e.kind is EventKind.HEARD and e.data["turn"] == 2
        else e
        for e in written(shipped(old), old.flow, old.languages)
    ]

    found = follow(old, log, began=Started({}))
    same = compare(found, played(play(old, found, old.flow)), old=old.flow, new=old.flow)
    new = changed(flow, ("key: 1, then: number", "key: 1, then: returns"),
                  ("key: 2, then: returns", "key: 2, then: number"))  # fmt: skip
    other = compare(found, played(play(new, found, old.flow)), old=old.flow, new=new.flow)

    assert found.trouble == (Trouble.NOT_KEPT, "number")
    assert same.kind is Kind.NOT_REPLAYED
    assert same.stopped is not None
    assert same.stopped.cause is Cause.NOT_KEPT
    assert other.kind is Kind.WAY, "what differs before the sensitive step is told all the same"


def test_keys_that_are_not_kept_end_it_there(old: Dialogue) -> None:
    call = TextCall(old).says("orders").presses("4711")
    log = [
        CallEvent(e.call_id, e.kind, e.at, e.audio_ms, {"step": "number"})
        if e.kind is EventKind.KEY
        else e
        for e in written(call, old.flow, old.languages)
    ]

    assert follow(old, log, began=Started({})).trouble == (Trouble.NOT_KEPT, "number")


def test_a_call_that_was_never_answered_is_not_replayed(old: Dialogue) -> None:
    found = follow(old, [], began=Started({}))
    again = played(play(old, found, old.flow))

    assert found.trouble == (Trouble.NOT_STARTED, "")
    assert compare(found, again, old=old.flow, new=old.flow).kind is Kind.NOT_REPLAYED


def test_an_older_log_begins_as_is_supposed(old: Dialogue) -> None:
    log = without(written(shipped(old), old.flow, old.languages), EventKind.STARTED)

    found = follow(old, log, began=Started({"known": False}, today="2026-11-21"))

    assert found.trouble is None
    assert found.started.today == "2026-11-21"
    assert languages_of(log) is None


# ------------------------------------------------------------------ their sound


def test_the_words_of_each_turn_are_asked_for_with_what_the_draft_expects(
    old: Dialogue, flow: Make
) -> None:
    new = changed(flow, ("phrases: [orders]", "phrases: [my parcel]"))
    needs = play(new, recorded(old, shipped(old)), old.flow, listen=True)

    first = next(needs)

    assert not isinstance(first, Lookup)
    assert [choice.phrases for choice in first.expectation.choices] == [
        ("my parcel",), ("returns",),
    ]  # fmt: skip
    assert first.given.span_ms is not None


def test_words_that_are_heard_otherwise_are_counted_and_lead_elsewhere(old: Dialogue) -> None:
    found = recorded(old, shipped(old))
    needs = play(old, found, old.flow, listen=True)
    next(needs)

    second = needs.send(Transcript(TextCall(old).says("returns").log[-1].transcript.hypotheses))  # type: ignore[union-attr]
    assert not isinstance(second, Lookup)
    with pytest.raises(StopIteration) as end:
        needs.send(None)  # there is no sound of the last turn: what was heard then
    again: Played = end.value.value

    difference = compare(found, again, old=old.flow, new=old.flow)
    assert again.misheard == (0,)
    assert difference.kind is Kind.WAY
    assert difference.words.heard == 1
    assert difference.part is not None
    assert difference.part.after == "returns"


# ------------------------------------------------------------------ steps of their own kind


def test_what_is_said_at_a_sensitive_step_ends_the_comparison_there(flow: Make) -> None:
    private = flow("""
steps:
  hi: {say: Welcome., then: pin}
  pin: {ask: digits, prompt: Your PIN?, sensitive: true, then: bye}
  bye: {end: Goodbye.}
""")
    call = TextCall(private).says("8 3 6 4")
    log = written(call, private.flow, private.languages)

    found = follow(private, log, began=Started({}))
    again = played(play(private, found, private.flow))
    same = compare(found, again, old=private.flow, new=private.flow)

    assert "8 3 6 4" not in str(log)
    assert found.trouble == (Trouble.NOT_KEPT, "pin")
    assert found.course.steps == ("hi", "pin")
    assert same.kind is Kind.NOT_REPLAYED
    assert same.stopped is not None
    assert (same.stopped.cause, same.stopped.step) == (Cause.NOT_KEPT, "pin")


def test_a_call_is_open_or_closed_as_it_was_then(flow: Make) -> None:
    text = """
hours:
  desk: {timezone: Europe/Berlin, week: {mon-fri: "9:00-17:00"}}
steps:
  now: {hours: desk, open: menu, closed: late}
  menu: {ask: yes_no, prompt: Shall I call you back?, then: later}
  later: {hours: desk, open: bye, closed: late}
  late: {say: We are closed., then: bye}
  bye: {end: Goodbye.}
"""
    open_late = flow(text)
    closes = text.replace("9:00-17:00", "9:00-16:00")
    call = TextCall(open_late, at="2026-11-23T16:59:00+01:00")
    assert call.clock is not None
    call.clock = call.clock.replace(hour=17, minute=1)
    call.says("yes")
    log = written(call, open_late.flow, open_late.languages)

    found = follow(open_late, log, began=Started({}))
    same = played(play(open_late, found, open_late.flow))
    earlier = played(play(flow(closes), found, open_late.flow))

    assert found.trouble is None
    assert same.course.steps == ("now", "menu", "later", "late", "bye")
    assert earlier.course.steps == ("now", "late", "bye")
