from collections.abc import Callable
from pathlib import Path

import pytest

from dialog.dialogue import Dialogue
from dialog.flow_file import flow_files, load_flow
from dialog.flow_tests.coverage import Coverage
from dialog.flow_tests.reading import CheckedTests, check_tests, check_tests_file, file_of_tests
from dialog.flow_tests.running import Outcome, run_test
from dialog.prompts import Prompts
from voxdesk.app.intents.on_demand import intents_of

pytestmark = pytest.mark.unit

Flows = Callable[[str], Dialogue]
FLOWS = Path(__file__).parents[3] / "config" / "flows"


def read(dialogue: Dialogue, text: str) -> CheckedTests:
    return check_tests(text.encode(), dialogue.flow, path="desk.tests.yaml")


def conversation(dialogue: Dialogue, *lines: str, before: str = "") -> Outcome:
    """The outcome of a test with these lines."""
    shown = "\n".join(f"      - {line}" for line in lines)
    checked = read(dialogue, f"tests:\n  it works:\n    {before}\n    conversation:\n{shown}\n")
    assert not checked.problems, checked.report
    return run_test(dialogue, checked.tests[0])


def reason(outcome: Outcome) -> tuple[str, str]:
    """What was expected, and what was so."""
    assert outcome.failure is not None, "it passed"
    first = outcome.failure.differences[0]
    return first.expected, first.got


# ------------------------------------------------------------------ what passes and what fails


def test_a_conversation_that_goes_as_expected_passes(desk: Dialogue) -> None:
    outcome = conversation(
        desk,
        "{hears: orders or  A TAXI, step: ask, ended: false}",
        "{caller: orders, hears: Which number?, slots: {nr: null}}",
        '{keys: "4711#", hears: [It is sent., Anything else?], slots: {nr: "4711"}}',
        '{caller: "no", hears: Goodbye., hears_not: order, ended: done}',
        before='records: {order: {"4711": {status: sent}}}',
    )

    assert outcome.failure is None


@pytest.mark.parametrize(
    ("line", "expected", "got"),
    [
        ("{caller: orders, hears: a taxi}", 'to hear "a taxi"', '"Which number?"'),
        ("{caller: orders, hears_not: which}", 'not to hear "which"', '"Which number?"'),
        ("{caller: orders, step: more}", 'step "more"', 'step "number"'),
        ("{caller: orders, language: en, ended: true}", "the call to end", "waits for the caller"),
        ("{caller: orders, queued: help}", 'queue "help"', 'step "number" waits'),
        ("{caller: agent, ended: false, recording: help}", 'message for "help"', "queue: …"),
        ('{caller: orders, slots: {nr: "1"}}', 'nr = "1"', "nr without a value"),
        ("{caller: taxi, transferred: sip:bus@192.0.2.1}", "sip:bus", "sip:taxi"),
    ],
)  # fmt: skip
def test_what_differs_is_said_with_what_was_expected(
    desk: Dialogue, line: str, expected: str, got: str
) -> None:
    wanted, was = reason(conversation(desk, line))

    assert expected in wanted
    assert got in was


def test_a_failure_names_its_line_and_what_the_caller_did_and_heard(desk: Dialogue) -> None:
    outcome = conversation(desk, "{caller: orders}", "{caller: [what, who], step: bye}")

    assert outcome.failure is not None
    assert outcome.failure.line == 6
    assert outcome.failure.did == 'the caller said "what", or "who"'
    assert outcome.failure.step == "number"
    assert outcome.failure.heard == "Which number?"


@pytest.mark.parametrize(
    ("lines", "why"),
    [
        (["{message: recorded}"], 'step "ask" waits for the caller'),
        (["{caller: agent}", "{caller: hello}"], 'waits in the queue "help"'),
        (["{caller: agent}", "{transfer: busy}"], "queue: …"),
        (["{caller: taxi}", "{silence: 1}"], "given to sip:taxi@192.0.2.1"),
        (["{silence: 4}", "{queue: timed_out}", "{keys: '1'}"], "message: recorded"),
        (["{silence: 5}"], 'waits in the queue "help"'),
        (["{caller: agent}", "{queue: connected}", "{caller: hi}"], "the call has ended (done)"),
    ],
)
def test_what_cannot_happen_now_fails_the_test(desk: Dialogue, lines: list[str], why: str) -> None:
    assert why in reason(conversation(desk, *lines))[1]


def test_transfers_queues_and_messages_end_as_the_test_says(desk: Dialogue) -> None:
    busy = conversation(desk, "{caller: taxi}", "{transfer: busy, hears: no such order}")
    left = conversation(
        desk,
        "{caller: agent}",
        "{queue: left_queue, recording: help}",
        "{message: empty, recording: help}",
        "{message: empty, ended: true}",
    )

    assert busy.failure is None
    assert left.failure is None


def test_the_crm_can_go_away_and_come_back_within_a_call(desk: Dialogue) -> None:
    outcome = conversation(
        desk,
        "{caller: orders}",
        "{crm: away}",
        '{caller: "4711", hears: no such order}',
        '{caller: "yes"}',
        "{crm: there}",
        "{caller: orders}",
        '{caller: "4711", hears: It is sent.}',
        before='records: {order: {"4711": {status: sent}}}',
    )

    assert outcome.failure is None


def test_a_second_hypothesis_and_a_low_confidence_are_heard(desk: Dialogue) -> None:
    outcome = conversation(
        desk,
        "{caller: orders}",
        "{caller: [blue bananas, four seven one one], confidence: 0.3, hears: I heard 4 7 1 1.}",
    )

    assert outcome.failure is None


def test_silence_of_the_flow_fails_a_test_that_expects_nothing(faulty: Flows) -> None:
    quiet = faulty("""
steps:
  why: {ask: free, prompt: Why?, then: what}
  what:
    menu: "{% if caller.first_name %}What?{% endif %}"
    options: {a: {phrases: [hours], then: bye}}
  bye: {end: Bye.}
""")

    assert reason(conversation(quiet, "{caller: it broke}")) == (
        "no fault", "The caller hears nothing.",
    )  # fmt: skip


# ------------------------------------------------------------------ what was reached


def reached(dialogue: Dialogue, *lines: str, before: str = "") -> set[tuple[str, str]]:
    coverage = Coverage(dialogue.flow)
    coverage.add(conversation(dialogue, *lines, before=before).call.history)
    missed = {(way.step, way.key) for way in coverage.missed_branches()}
    every = {(way.step, way.key) for ways in coverage.branches.values() for way in ways}
    return every - missed


def test_only_the_branch_that_was_taken_counts_though_others_lead_to_the_same_step(
    desk: Dialogue,
) -> None:
    assert reached(desk, "{caller: taxi}", "{transfer: refused}") == {
        ("ask", "options.taxi.then"), ("taxi", "refused"), ("gone", "then"),
    }  # fmt: skip
    assert ("people", "no_agents") in reached(desk, "{caller: agent}", "{queue: no_agents}")
    missing = reached(desk, "{keys: '1'}", "{keys: '4711#'}")
    failed = reached(desk, "{keys: '1'}", "{keys: '4711#'}", before="crm: away")
    assert missing - failed == {("find", "missing")}
    assert failed - missing == {("find", "failed")}


def test_asking_for_a_person_or_going_back_is_no_branch(desk: Dialogue) -> None:
    assert reached(desk, "{caller: agent}") == set()
    assert reached(desk, "{keys: '1'}", "{caller: go back}") == {("ask", "options.orders.then")}


def test_conditions_that_lead_to_the_same_step_are_told_apart(flow: Flows) -> None:
    dialogue = flow("""
steps:
  q: {ask: choice, prompt: Which?, options: {a: {phrases: [apple]}, b: {phrases: [bread]}}, then: w}
  w:
    choose:
      - {if: q == "a", then: bye}
      - {if: q == "b", then: bye}
      - {else: bye}
  bye: {end: Bye.}
""")
    coverage = Coverage(dialogue.flow)
    coverage.add(conversation(dialogue, "{caller: bread}").call.history)

    assert [(way.place, way.key) for way in coverage.missed_branches()] == [
        (0, "then"),
        (2, "else"),
    ]


def test_a_confirmed_answer_and_giving_up_are_branches(flow: Flows) -> None:
    dialogue = flow("""
steps:
  q: {ask: digits, prompt: Number?, confirm: always, give_up: lost, then: bye}
  lost: {end: Sorry.}
  bye: {end: Bye.}
""")

    assert reached(dialogue, "{caller: one two}", "{caller: 'yes'}") == {("q", "then")}
    assert reached(dialogue, "{silence: 4}") == {("q", "give_up")}
    assert reached(dialogue, "{caller: one two}") == set()


def test_what_is_reached_is_told_by_language(counter: Dialogue) -> None:
    coverage = Coverage(counter.flow)
    coverage.add(conversation(counter, "{caller: 营业时间}", before="language: zh").call.history)
    coverage.add(conversation(counter, "{caller: refund}").call.history)

    assert "hours" in coverage.missed_steps("en")
    assert "returns" in coverage.missed_steps("zh")
    assert {"hours", "returns"}.isdisjoint(coverage.missed_steps())


# ------------------------------------------------------------------ delivered tests


@pytest.mark.parametrize("path", flow_files(FLOWS), ids=lambda path: path.stem)
def test_the_delivered_tests_pass_and_reach_everything_in_every_language(
    path: Path, prompts: Prompts, tmp_path: Path
) -> None:
    flow = load_flow(path)
    dialogue = Dialogue(flow, prompts, intents=intents_of(flow, tmp_path))
    checked = check_tests_file(file_of_tests(path), dialogue.flow)
    assert checked.report == ""
    coverage = Coverage(dialogue.flow)
    for test in checked.tests:
        outcome = run_test(dialogue, test)
        assert outcome.failure is None, outcome.failure
        coverage.add(outcome.call.history)

    assert coverage.languages == dialogue.flow.languages
    for language in coverage.languages:
        assert coverage.missed_steps(language) == []
        assert coverage.missed_branches(language) == []


def test_a_file_of_tests_is_not_taken_for_a_flow(tmp_path: Path) -> None:
    for name in ("shop.yaml", "shop.tests.yaml"):
        (tmp_path / name).touch()

    assert [path.name for path in flow_files(tmp_path)] == ["shop.yaml"]
