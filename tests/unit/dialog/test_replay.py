"""Recorded calls run again through another version of their flow."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from fixtures.written_logs import written

from dialog.dialogue import Dialogue
from dialog.events import Enqueue, HangUp, Lookup, LookupDone, RecordMessage, Started, Transfer
from dialog.replay.comparing import Comparison, Kind, Verdict, compare
from dialog.replay.course import Ending, How
from dialog.replay.playing import Cause, Played, play, played
from dialog.replay.recorded import Recorded, Trouble, follow, languages_of
from dialog.replay.summing import summarize
from dialog.text_call import TextCall
from voxdesk.kernel.call import CallEvent, EventKind
from voxdesk.kernel.speech import Transcript

pytestmark = pytest.mark.unit

Make = Callable[[str], Dialogue]
ORDERS = {("order", "4711"): {"number": "4711", "status": "shipped"}}
SUPPORT = """
person: people
steps:
  greet: {say: Welcome., then: menu}
  menu:
    menu: Orders or returns?
    options:
      orders: {phrases: [orders], key: 1, then: number}
      returns: {phrases: [returns], key: 2, then: returns}
  number: {ask: order_number, prompt: Which number?, slot: nr, min_digits: 4, then: find}
  find: {lookup: order, by: {number: "{{ nr }}"}, found: told, missing: gone, failed: gone}
  told: {say: "It is {{ order.status }}.", then: more}
  gone: {say: I have no such order., then: people}
  returns: {say: Send it back., then: more}
  more: {ask: yes_no, prompt: Anything else?, yes: menu, no: bye}
  people:
    queue: help
    prompt: I get you somebody.
    then: bye
    left_queue: voice
    timed_out: voice
    no_agents: voice
    failed: voice
  voice: {message: help, then: bye}
  bye: {end: Goodbye.}
"""


def recorded(old: Dialogue, call: TextCall) -> Recorded:
    log = written(call, old.flow, old.languages)
    found = follow(old, log, began=Started({}))
    assert found.trouble is None
    return found


def replay(
    old: Dialogue, new: Dialogue, call: TextCall, names: Mapping[str, str] | None = None
) -> tuple[Comparison, Played]:
    found = recorded(old, call)
    again = played(play(new, found, old.flow, names=names))
    return compare(found, again, old=old.flow, new=new.flow, names=names), again


def shipped(old: Dialogue) -> TextCall:
    """The caller asks for an order, and is content."""
    return TextCall(old, records=ORDERS).says("orders").says("4711").says("no")


@pytest.fixture
def old(flow: Make) -> Dialogue:
    return flow(SUPPORT)


def changed(flow: Make, *changes: tuple[str, str]) -> Dialogue:
    text = SUPPORT
    for before, after in changes:
        assert before in text
        text = text.replace(before, after)
    return flow(text)


# ------------------------------------------------------------------ the same version


def test_a_call_runs_the_same_way_through_the_version_it_ran_on(old: Dialogue) -> None:
    found, again = replay(old, old, shipped(old))

    assert found.kind is Kind.SAME
    assert again.course.steps == (
        "greet", "menu", "number", "find", "told", "more", "bye",
    )  # fmt: skip
    assert (again.course.ending, again.course.reason) == (Ending.DONE, "done")


@pytest.mark.parametrize(
    "call",
    [
        lambda old: TextCall(old, records=ORDERS).presses("1").presses("4711").presses("2"),
        lambda old: TextCall(old, records=ORDERS).presses("1").presses("4711#").says("no"),
        lambda old: TextCall(old).says("orders").presses("47").says("4711"),
        lambda old: TextCall(old).is_silent(6).comes_back("no_agents").leaves_message(),
        lambda old: TextCall(old).says("agent").comes_back("timed_out").leaves_message(),
        lambda old: (
            TextCall(old).says("agent").comes_back("left_queue").leaves_message(recorded=False)
        ),
        lambda old: TextCall(old).says("agent").comes_back("connected"),
        lambda old: TextCall(old, crm_away=True).says("orders").says("4711"),
        lambda old: TextCall(old).says("blue bananas", "returns").says("go back").says("orders"),
        lambda old: TextCall(old).says("orders", confidence=0.3).says("4711", confidence=0.3),
        TextCall,
    ],
)  # fmt: skip
def test_whatever_callers_do_the_same_version_changes_nothing(
    old: Dialogue, call: Callable[[Dialogue], TextCall]
) -> None:
    found, _ = replay(old, old, call(old))

    assert found.kind is Kind.SAME, found


# ------------------------------------------------------------------ other versions


def test_a_prompt_with_other_words_is_told_by_its_step(old: Dialogue, flow: Make) -> None:
    new = changed(flow, ("It is {{ order.status }}.", "Your order is {{ order.status }}."))

    found, _ = replay(old, new, shipped(old))

    assert found.kind is Kind.WORDS
    assert found.words.said == ("told",)


def test_a_sentence_more_on_the_way_is_no_other_way(old: Dialogue, flow: Make) -> None:
    new = changed(
        flow,
        ("then: menu}\n  menu", "then: news}\n  news: {say: We moved., then: menu}\n  menu"),
    )

    found, _ = replay(old, new, shipped(old))

    assert found.kind is Kind.WORDS
    assert found.words.said == ("news",)


def test_a_call_that_is_led_elsewhere_parts_there_and_its_end_is_judged(
    old: Dialogue, flow: Make
) -> None:
    new = changed(flow, ("gone: {say: I have no such order., then: people}",
                         "gone: {say: I have no such order., then: bye}"))  # fmt: skip
    call = TextCall(old).says("orders").says("4711").comes_back("connected")

    found, _ = replay(old, new, call)

    assert found.kind is Kind.END
    assert found.verdict is Verdict.BETTER, "from a person to done"
    assert found.part is not None
    assert (found.part.step, found.part.before, found.part.after) == ("gone", "people", "bye")
    assert (found.part.left, found.part.taken) == (("gone", "people"), ("gone", "bye"))
    assert (found.before.ending, found.after.ending) == (Ending.PERSON, Ending.DONE)


def test_words_for_a_question_that_is_not_asked_any_more_are_left_out(
    old: Dialogue, flow: Make
) -> None:
    new = changed(
        flow,
        ("greet: {say: Welcome., then: menu}", "greet: {say: Welcome., then: number}"),
    )

    found, again = replay(old, new, shipped(old))

    assert again.stopped is None
    assert [stop.skipped for stop in again.course.stops] == [0, 1, 0]
    assert found.kind is Kind.WAY
    assert found.after.ending is Ending.DONE


def test_a_new_question_stops_the_replay_where_the_caller_has_no_answer_to_it(
    old: Dialogue, flow: Make
) -> None:
    new = changed(
        flow,
        ("then: find}", "then: zip}\n  zip: {ask: digits, prompt: Your zip code?, then: find}"),
    )

    found, again = replay(old, new, shipped(old))

    assert again.stopped is not None
    assert (again.stopped.cause, again.stopped.step) == (Cause.OTHER_WORDS, "zip")
    assert found.kind is Kind.WAY
    assert found.part is not None
    assert (found.part.step, found.part.before, found.part.after) == ("number", "find", "zip")
    assert found.after.ending is Ending.OPEN


def test_a_yes_meant_for_another_question_answers_none(old: Dialogue, flow: Make) -> None:
    new = changed(
        flow,
        ("returns: {say: Send it back., then: more}",
         "returns: {ask: yes_no, prompt: Shall I delete your account?, yes: bye, no: more}"),
    )  # fmt: skip
    call = TextCall(old).says("returns").says("yes").says("agent")

    found, again = replay(old, new, call)

    assert again.stopped is not None
    assert again.stopped.step == "returns"
    assert found.after.ending is Ending.OPEN


def test_words_that_make_sense_at_a_new_question_are_lent_to_it(old: Dialogue, flow: Make) -> None:
    new = changed(
        flow,
        ("slot: nr, min_digits: 4", "slot: order_nr, min_digits: 4"),
        ('"{{ nr }}"', '"{{ order_nr }}"'),
    )

    found, again = replay(old, new, shipped(old))

    assert again.course.stops[2].how is How.BORROWED
    assert found.supposed
    assert found.kind is Kind.SAME


def test_an_answer_that_is_not_understood_any_more_ends_the_replay_there(
    old: Dialogue, flow: Make
) -> None:
    new = changed(flow, ("min_digits: 4", "min_digits: 6"))

    found, again = replay(old, new, shipped(old))

    assert again.stopped is not None
    assert (again.stopped.cause, again.stopped.step) == (Cause.ASKED_AGAIN, "number")
    assert found.kind is Kind.WAY
    assert found.part is not None
    assert (found.part.step, found.part.before, found.part.after) == ("number", "find", "")


def test_what_is_read_back_is_supposed_to_be_right_when_the_call_went_on_with_it(
    old: Dialogue, flow: Make
) -> None:
    new = changed(flow, ("min_digits: 4", "min_digits: 4, confirm: always"))

    found, again = replay(old, new, shipped(old))

    assert [stop.how for stop in again.course.stops].count(How.SUPPOSED) == 1
    assert found.supposed
    assert found.kind is Kind.WORDS
    assert found.words.said == ("number",)


def test_a_yes_to_what_is_not_read_back_any_more_is_left_out(flow: Make) -> None:
    old = changed(flow, ("min_digits: 4", "min_digits: 4, confirm: always"))
    call = TextCall(old, records=ORDERS).says("orders").says("4711").says("yes").says("no")

    found, again = replay(old, flow(SUPPORT), call)

    assert again.stopped is None
    assert found.kind is Kind.WORDS


def test_renamed_steps_are_the_same_steps(old: Dialogue, flow: Make) -> None:
    new = flow(SUPPORT.replace("menu", "entry").replace("entry: Orders", "menu: Orders"))

    found, _ = replay(old, new, shipped(old), names={"menu": "entry"})

    assert found.kind is Kind.SAME


def test_a_version_that_waits_less_long_takes_a_pause_for_no_answer(
    old: Dialogue, flow: Make
) -> None:
    new = changed(flow, ("menu: Orders or returns?", "menu: Orders or returns?\n    no_input_s: 2"))
    log = written(shipped(old), old.flow, old.languages)
    late = [
        CallEvent(
            event.call_id, event.kind, event.at, event.audio_ms,
            {**event.data, "speech_start_ms": event.audio_ms + 3000}
            if event.kind is EventKind.HEARD else event.data,
        )
        for event in log
    ]  # fmt: skip

    found = follow(old, late, began=Started({}))
    again = played(play(new, found, old.flow))

    assert [stop.how for stop in again.course.stops].count(How.TIMED) == 1
    assert again.course.ending is Ending.DONE
    assert played(play(old, found, old.flow)).course == found.course


# ------------------------------------------------------------------ nothing is done or made up


def test_a_queue_that_the_call_was_not_in_ends_the_replay_with_a_person(
    old: Dialogue, flow: Make
) -> None:
    new = changed(flow, ("returns: {say: Send it back., then: more}",
                         "returns: {say: Send it back., then: people}"))  # fmt: skip
    call = TextCall(old).says("returns").says("no")

    found, again = replay(old, new, call)

    assert isinstance(again.course.stops[-1].wait, Enqueue)
    assert found.kind is Kind.END
    assert found.verdict is Verdict.WORSE, "from done to a person"
    assert found.after.ending is Ending.PERSON


def test_what_a_lookup_would_find_is_not_made_up(old: Dialogue, flow: Make) -> None:
    new = changed(flow, ('{number: "{{ nr }}"}', '{number: "{{ nr }}0"}'))

    found, again = replay(old, new, shipped(old))

    assert again.stopped is not None
    assert (again.stopped.cause, again.stopped.what) == (Cause.LOOKUP, "order")
    assert found.kind is Kind.NOT_REPLAYED
    assert found.stopped == again.stopped


def test_whoever_drives_it_may_answer_what_was_not_looked_up(old: Dialogue, flow: Make) -> None:
    new = changed(flow, ('{number: "{{ nr }}"}', '{number: "{{ nr }}0"}'))
    needs = play(new, recorded(old, shipped(old)), old.flow)

    asked = next(needs)

    assert isinstance(asked, Lookup)
    assert dict(asked.by) == {"number": "47110"}
    with pytest.raises(StopIteration) as end:
        needs.send(LookupDone(asked.token, found=True, record={"status": "lost"}))
    assert end.value.value.course.ending is Ending.DONE


def test_a_flow_that_goes_in_circles_ends_the_replay(old: Dialogue, flow: Make) -> None:
    new = changed(flow, ("then: bye\n    left_queue: voice", "then: menu\n    left_queue: voice"))
    call = TextCall(old).says("agent").comes_back("connected")

    found, again = replay(old, new, call)

    assert not isinstance(again.course.stops[-1].wait, HangUp | Transfer | RecordMessage)
    assert found.before.ending is Ending.PERSON


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


# ------------------------------------------------------------------ many


def test_calls_are_grouped_by_where_they_part(old: Dialogue, flow: Make) -> None:
    new = changed(flow, ("gone: {say: I have no such order., then: people}",
                         "gone: {say: I have no such order., then: bye}"))  # fmt: skip
    lost = [TextCall(old).says("orders").says("4711").comes_back("connected") for _ in range(3)]
    summary = summarize(replay(old, new, call)[0] for call in [*lost, shipped(old)])

    assert summary.calls == 4
    assert summary.kinds[Kind.END] == 3
    assert summary.kinds[Kind.SAME] == 1
    assert summary.verdicts[Verdict.BETTER] == 3
    (parting,) = summary.partings
    assert (parting.step, parting.before, parting.after) == ("gone", "people", "bye")
    assert len(parting.calls) == parting.better == 3
    assert summary.ends == {(Ending.PERSON, Ending.DONE): 3}
    assert summary.marks["gone", "bye"].more == 3
    assert summary.marks["gone", "people"].fewer == 3
    assert summary.traffic.moves["gone", "bye"] == 3


def test_a_caller_who_hangs_up_at_a_read_back_says_no_yes(flow: Make) -> None:
    old = changed(flow, ("min_digits: 4", "min_digits: 4, confirm: always"))
    call = TextCall(old, records=ORDERS).says("orders").says("4711").says("yes")
    call.says("yes").says("orders").says("4711")  # again, and gone while it is read back

    found, again = replay(old, old, call)

    assert found.kind is Kind.SAME
    assert again.course.ending is Ending.HUNG_UP
