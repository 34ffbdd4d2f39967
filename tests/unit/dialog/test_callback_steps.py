"""The step that arranges a call back, as callers hear it."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from dialog.catalogue import CRM
from dialog.dialogue import Dialogue
from dialog.events import Act, Enqueue, Resumed
from dialog.flow_diff import compare
from dialog.flow_file import check_text
from dialog.flow_graph.model import graph_of
from dialog.flow_sources import Parts
from dialog.flow_tests.reading import check_tests
from dialog.flow_tests.running import run_test
from dialog.flow_tests.walker import walk
from dialog.prompts import Prompts
from dialog.state import State
from dialog.text_call import TextCall

pytestmark = pytest.mark.unit
Make = Callable[[str], Dialogue]

OWN = "+14155552671"
CALLER = {"phone": OWN, "display_name": "Ann Lee"}
LATER = """
person: people
steps:
  later:
    callback: support
    prompt: We can call you back.
    skills: [returns, english]
    priority: 5
    greeting: This is the shop.
    note: "{{ caller.display_name }}"
    then: bye
    failed: sorry
  people:
    queue: support
    prompt: A person.
    then: bye
    left_queue: later
    timed_out: bye
    no_agents: later
    failed: bye
  sorry: {end: Please call again.}
  bye: {end: Goodbye.}
"""


def promised(call: TextCall) -> list[Mapping[str, str]]:
    """Every request, without what is the same in all of them."""
    keys = ("number", "when")
    acts = (action for action in call.actions if isinstance(action, Act))
    return [{key: act.given[key] for key in keys if key in act.given} for act in acts]


def test_their_own_number_is_confirmed_and_called_soon(flow: Make) -> None:
    call = TextCall(flow(LATER), caller=CALLER)
    assert call.heard_now == (
        "We can call you back. Shall we call you back on 4 1 5, 5 5 5, 2 6 7 1?"
    )
    call.says("yes please")
    assert call.heard_now == "Should we call as soon as somebody is free, or at another time?"
    call.says("as soon as you can")

    assert call.heard_now == "All right. We'll call you as soon as somebody is free. Goodbye."
    [act] = [action for action in call.actions if isinstance(action, Act)]
    assert act.what == "callback.request"
    assert dict(act.given) == {
        "number": OWN,
        "own": OWN,
        "queue": "support",
        "skills": "returns,english",
        "priority": "5",
        "language": "en",
        "greeting": "This is the shop.",
        "note": "Ann Lee",
    }
    kind = CRM.acts[act.what]
    assert set(kind.keys) <= set(act.given) <= set(kind.takes)


@pytest.mark.parametrize(
    ("said", "heard", "when"),
    [
        ("tomorrow at ten", "tomorrow at 10 AM", "2026-11-22T10:00"),
        ("in half an hour", "today at 10:50 AM", "2026-11-21T10:50"),
        ("on Friday at half past three in the afternoon", "3:30 PM", "2026-11-27T15:30"),
        ("the thirtieth at 2 p.m.", "November 30th at 2 PM", "2026-11-30T14:00"),
        ("I am free after five pm tomorrow", "tomorrow at 5 PM", "2026-11-22T17:00"),
    ],
)
def test_a_time_may_be_said_at_once(flow: Make, said: str, heard: str, when: str) -> None:
    call = TextCall(flow(LATER), caller=CALLER).says("yes").says(said)
    assert heard in call.heard_now, "it is read back: a wrong one is a call at a bad moment"
    call.says("yes")

    assert call.heard_now == "All right. We'll call you then. Goodbye."
    assert promised(call) == [{"number": OWN, "when": when}]


@pytest.mark.parametrize("said", ["at another time", "later", "at ten", "tomorrow", "this evening"])
def test_what_a_time_lacks_is_asked_for(flow: Make, said: str) -> None:
    call = TextCall(flow(LATER), caller=CALLER).says("yes").says(said)

    assert call.heard_now == "On what day, and at what time?"


def test_another_number_is_read_back_and_a_time_that_was_misheard_corrected(flow: Make) -> None:
    call = TextCall(flow(LATER), caller=CALLER).says("no").presses("4155552672#")
    assert call.heard_now == "I heard 4 1 5, 5 5 5, 2 6 7 2. Is that right?"
    call.says("yes").says("Thursday at four pm").says("no, on Friday")
    call.says("Friday at four pm").says("yes")

    assert promised(call) == [{"number": "+14155552672", "when": "2026-11-27T16:00"}]


def test_keys_are_enough(flow: Make) -> None:
    call = TextCall(flow(LATER), caller=CALLER).presses("1").presses("2").presses("11271600")
    call.presses("1")

    assert promised(call) == [{"number": OWN, "when": "2026-11-27T16:00"}]


def test_who_hides_their_number_is_asked_for_one(flow: Make) -> None:
    call = TextCall(flow(LATER))

    assert call.heard_now == "We can call you back. What number should we call?"


@pytest.mark.parametrize(
    ("reason", "heard"),
    [
        ("number", "I'm sorry, we can't call that number. What number should we call?"),
        ("time", "I'm sorry, we can't call you then. On what day, and at what time?"),
    ],
)
def test_what_cannot_be_is_asked_for_once_again(flow: Make, reason: str, heard: str) -> None:
    records = {("callback.request", OWN): {"refused": reason}}
    call = TextCall(flow(LATER), caller=CALLER, records=records).says("yes").says("soon")
    assert call.heard_now == heard
    answer = "4155552672" if reason == "number" else "12010900"
    call.presses(answer).says("yes")

    if reason == "number":
        assert call.heard_now.startswith("All right. We'll call you as soon"), "it was said before"
        assert [one["number"] for one in promised(call)] == [OWN, "+14155552672"]
    else:  # it is the same number, and refused again
        assert call.heard_now == "Please call again."


@pytest.mark.parametrize("answer", [{"refused": "number"}, {"refused": "time"}])
def test_it_is_given_up_when_it_is_refused_again_and_tried_afresh_the_next_time(
    flow: Make, answer: Mapping[str, Any]
) -> None:
    text = LATER.replace("sorry: {end: Please call again.}", "sorry: {say: Sorry., then: later}")
    call = TextCall(flow(text), caller=CALLER, records={("callback.request", "*"): answer})
    for _ in range(2):
        call.says("yes").says("soon")
        call.presses("4155552672" if answer["refused"] == "number" else "12010900").says("yes")
        assert call.heard_now.startswith("Sorry. We can call you back. Shall we")


def test_a_database_that_is_away_is_heard_and_leads_on(flow: Make) -> None:
    call = TextCall(flow(LATER), caller=CALLER, crm_away=True).says("yes").says("soon")

    assert call.heard_now == "Sorry, that isn't working just now. Please call again."


def test_too_many_failed_tries_lead_on(flow: Make) -> None:
    call = TextCall(flow(LATER), caller=CALLER).is_silent(4)

    assert call.step == "sorry"


def test_the_key_to_leave_a_queue_promises_a_call(flow: Make) -> None:
    call = TextCall(flow(LATER), caller=CALLER).says("a person please")
    assert isinstance(call.pending, Enqueue)
    assert call.pending.leave_wording == "queue_callback"
    call.comes_back("left_queue")

    assert "Shall we call you back on" in call.heard_now


def test_what_was_answered_before_does_not_count_when_it_is_asked_anew(flow: Make) -> None:
    text = LATER.replace("then: bye\n    failed: sorry", "then: people\n    failed: sorry")
    call = TextCall(flow(text), caller=CALLER).says("no").presses("4155552672#").says("yes")
    call.says("tomorrow at ten").says("yes").comes_back("left_queue").says("yes").says("soon")

    assert promised(call) == [
        {"number": "+14155552672", "when": "2026-11-22T10:00"},
        {"number": OWN},
    ]


def test_a_call_goes_on_after_its_machine_was_away(flow: Make) -> None:
    dialogue = flow(LATER)
    call = TextCall(dialogue, caller=CALLER).says("no").presses("4155552672")
    call.state = State.from_json(call.state.to_json())
    call.happens(Resumed())
    assert "4 1 5, 5 5 5, 2 6 7 2" in call.heard_now
    call.says("yes").says("soon")

    assert promised(call) == [{"number": "+14155552672"}]


ZH = """
languages: [zh]
steps:
  later: {callback: support, then: bye, failed: bye}
  bye: {end: 再见。}
"""


@pytest.mark.parametrize(
    ("said", "when"),
    [
        ("尽快", ""),
        ("随时都可以", ""),
        ("明天上午十点", "2026-11-22T10:00"),
        ("星期五下午三点半", "2026-11-27T15:30"),
        ("两个小时以后", "2026-11-21T12:20"),
    ],
)
def test_in_mandarin(flow: Make, said: str, when: str) -> None:
    call = TextCall(flow(ZH), caller=CALLER)
    assert call.heard_now == "我们给您回电，拨打4 1 5，5 5 5，2 6 7 1，可以吗？"  # noqa: RUF001
    call.says("可以").says(said)
    if when:
        call.says("对")

    assert call.heard_now.endswith("再见。")
    assert promised(call) == [{"number": OWN} | ({"when": when} if when else {})]


def test_within_a_subflow_its_answers_are_fields_of_the_step(prompts: Prompts) -> None:
    inner = """
takes: [who]
steps:
  later: {callback: support, greeting: "{{ who }}", then: done, failed: done}
  done: {return: asked}
"""
    text = """
steps:
  call: {subflow: recall, with: {who: The shop}, outcomes: {asked: told}}
  told: {say: "{{ call.later.number }}.", then: bye}
  bye: {end: Goodbye.}
"""
    parts = Parts({"recall": inner.encode()}, "f.yaml")
    checked = check_text(text.encode(), name="f", path="f.yaml", sources=parts)
    assert checked.report == ""
    assert checked.flow is not None

    call = TextCall(Dialogue(checked.flow, prompts), caller=CALLER).says("yes").says("soon")

    assert call.heard_now.endswith(f"{OWN}. Goodbye.")
    [act] = [action for action in call.actions if isinstance(action, Act)]
    assert act.given["greeting"] == "The shop"


def test_mistakes_are_told_once_and_at_their_place() -> None:
    text = """
steps:
  later:
    callback: support
    greeting: "Hello {{ caller.firstname }}."
    then: "later:number"
    failed: sory
  my-call: {callback: support, sensitive: true, then: sorry, failed: sorry}
  sorry: {end: "{{ later.numbr }}"}
"""
    checked = check_text(text.encode(), name="f", path="f.yaml")
    wanted = (
        'f.yaml:5:32  step "later": "greeting" uses "caller.firstname"',
        'f.yaml:6:11  step "later" goes to "later:number", which is inside of another step.',
        'f.yaml:7:13  step "later" goes to "sory", and there is no such step.',
        'f.yaml:8:3  step "my-call" can\'t be reached',
        'f.yaml:8:3  step "my-call" is a callback, and its name is no word',
        'f.yaml:8:3  step "my-call" is sensitive',
        'f.yaml:9:26  step "sorry": "prompt" uses "later.numbr"',
    )
    told = [line for line in checked.report.splitlines() if line.startswith("f.yaml")]
    assert len(told) == len(wanted)
    assert all(line.startswith(one) for line, one in zip(told, wanted, strict=True))


def test_what_is_private_is_not_kept_with_the_promise() -> None:
    text = """
steps:
  pin: {ask: digits, prompt: Your PIN?, sensitive: true, then: later}
  later: {callback: support, note: "{{ pin }}", then: bye, failed: bye}
  bye: {end: Goodbye.}
"""
    checked = check_text(text.encode(), name="f", path="f.yaml")

    assert '"note" uses "pin", which a sensitive step fills' in checked.report


def test_calls_at_random_find_no_fault_and_reach_every_step(flow: Make) -> None:
    walked = walk(flow(LATER), calls=400, seed=3)

    assert walked.found == ()
    assert walked.coverage.missed_steps() == []


def test_tests_drawings_and_differences_know_it(flow: Make) -> None:
    dialogue = flow(LATER)
    tests = """
tests:
  soon:
    caller: {phone: "+14155552671"}
    conversation:
      - hears: Shall we call you back on 4 1 5
      - {caller: "yes", step: "later:when"}
      - {caller: as soon as possible, did: callback.request, ended: done}
"""
    read = check_tests(tests.encode(), dialogue.flow, path="f.tests.yaml")
    assert read.report == ""
    assert [run_test(dialogue, test).failure for test in read.tests] == [None]

    node = next(node for node in graph_of(dialogue.flow).nodes if node.name == "later")
    assert (node.kind, node.about) == ("callback", "support")
    changed = LATER.replace("priority: 5", "priority: 6")
    [step] = compare(LATER.encode(), changed.encode()).changed
    assert [(change.place, change.before, change.after) for change in step.changes] == [
        ("priority", "5", "6")
    ]
