"""Recorded calls run again through another version of their flow."""

from collections.abc import Callable

import pytest
from fixtures.written_logs import written
from replays import ORDERS, SUPPORT, Make, changed, recorded, replay, shipped

from dialog.dialogue import Dialogue
from dialog.events import Enqueue, HangUp, Lookup, LookupDone, RecordMessage, Started, Transfer
from dialog.replay.comparing import Kind, Verdict
from dialog.replay.course import Ending, How
from dialog.replay.playing import Cause, play, played
from dialog.replay.recorded import follow
from dialog.replay.summing import summarize
from dialog.text_call import TextCall
from voxdesk.kernel.call import CallEvent, EventKind

pytestmark = pytest.mark.unit


@pytest.fixture
def old(flow: Make) -> Dialogue:
    return flow(SUPPORT)


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


def test_a_caller_who_hangs_up_at_a_read_back_says_no_yes(flow: Make) -> None:
    old = changed(flow, ("min_digits: 4", "min_digits: 4, confirm: always"))
    call = TextCall(old, records=ORDERS).says("orders").says("4711").says("yes")
    call.says("yes").says("orders").says("4711")  # again, and gone while it is read back

    found, again = replay(old, old, call)

    assert found.kind is Kind.SAME
    assert again.course.ending is Ending.HUNG_UP


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


class Likeness:
    """Knows one sentence that is like the examples of returns."""

    def classify(self, step: str, language: str, text: str) -> tuple[str, float] | None:
        known = (step, language, text) == ("menu", "en", "I regret buying it")
        return ("returns", 0.9) if known else None


def test_examples_that_a_draft_has_learnt_understand_what_was_not_understood(
    old: Dialogue, flow: Make
) -> None:
    learnt = changed(
        flow,
        ("phrases: [returns]", "phrases: [returns], examples: [it does not fit, it broke, ugly]"),
        ("phrases: [orders]", "phrases: [orders], examples: [where is it, is it sent, how long]"),
    )
    new = Dialogue(learnt.flow, learnt.prompts, intents=Likeness())
    call = TextCall(old).says("I regret buying it").says("returns").says("no")

    found, again = replay(old, new, call)

    assert again.course.steps == found.before.steps
    assert found.kind is Kind.WORDS, "the caller isn't asked again"
    assert again.course.stops[2].skipped == 1
