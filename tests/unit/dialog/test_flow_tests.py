from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dialog.dialogue import Dialogue
from dialog.flow import Queue, Transfer
from dialog.flow_file import flow_files, load_flow
from dialog.flow_tests.coverage import Coverage
from dialog.flow_tests.reading import CheckedTests, check_tests, check_tests_file, file_of_tests
from dialog.flow_tests.running import Outcome, run_test
from dialog.flow_tests.script import (
    CrmTurns,
    Doing,
    Expected,
    FlowTest,
    HandoverEnds,
    IsSilent,
    MessageEnds,
    Presses,
    Says,
    ScriptLine,
    World,
)
from dialog.flow_tests.writing import written
from dialog.prompts import Prompts

pytestmark = pytest.mark.unit

Flows = Callable[[str], Dialogue]
FLOWS = Path(__file__).parents[3] / "config" / "flows"
DESK = """
person: people
steps:
  ask:
    menu: Orders or a taxi?
    options:
      orders: {phrases: [orders], key: 1, then: number}
      taxi: {phrases: [taxi], key: 2, then: taxi}
  number: {ask: order_number, prompt: Which number?, slot: nr, min_digits: 4, then: find}
  find: {lookup: order, by: {number: "{{ nr }}"}, found: told, missing: gone, failed: gone}
  told: {say: "It is {{ order.status }}.", then: more}
  gone: {say: I have no such order., then: more}
  more: {ask: yes_no, prompt: Anything else?, yes: ask, no: bye}
  taxi:
    transfer: sip:taxi@192.0.2.1
    then: bye
    busy: gone
    no_answer: gone
    refused: gone
    failed: gone
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


@pytest.fixture(scope="session")
def desk(flow: Flows) -> Dialogue:
    return flow(DESK)


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


def test_silence_of_the_flow_fails_a_test_that_expects_nothing(flow: Flows) -> None:
    quiet = flow("""
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


# ------------------------------------------------------------------ mistakes in the file


MISTAKES = [
    ("tests: [", 1, "This is not YAML", ""),
    ("- a", 1, "The file must be a list of keys", "Keys: language"),
    ("today: 2026-11-21", 1, 'needs "tests"', "Write tests:"),
    ("test: {}", 1, 'The file has no key "test".', 'Did you mean "tests"?'),
    ("tests:\n  a: {}\n  a: {}", 3, 'two tests "a"', ""),
    ("tests:\n  a: {}", 2, 'test "a" has no "conversation"', "Write conversation"),
    ("tests:\n  a: {conversation: []}", 2, 'has no "conversation"', ""),
    ("tests:\n  a: {conversation: hello}", 2, 'has no "conversation"', ""),
    ("tests:\n  a: hello", 2, 'test "a" must be a list of keys', "conversation"),
    ("tests:\n  a: {talk: []}", 2, 'has no key "talk"', "Keys:"),
    ("tests:\n  a: {today: soon}", 2, '"today" must be a day', "2026-11-21"),
    ("tests:\n  a: {crm: gone}", 2, '"crm" is "gone"', "there, away"),
    ("tests:\n  a: {caller: Ann}", 2, '"caller" must be a list of fields', ""),
    ("tests:\n  a: {caller: {firstname: Ann}}", 2, '"caller.firstname"', '"first_name"?'),
    ("tests:\n  a: {language: [en]}", 2, '"language" must be a name', ""),
    ("tests:\n  a: {records: {ordre: {}}}", 2, 'the kind "ordre"', 'Did you mean "order"?'),
    ("tests:\n  a: {records: none}", 2, '"records" are kinds with numbers', ""),
    ("tests:\n  a: {records: {order: none}}", 2, '"records.order" must be numbers', ""),
    ("tests:\n  a: {records: {order: {1: {state: x}}}}", 2, "no such field", '"status"?'),
    ("tests:\n  a: {records: {order: {1: sent}}}", 2, "must be a list of fields", ""),
    ("tests:\n  a: {records: {}, records: {}}", 2, 'the key "records" twice', ""),
]
LINES = [
    ("hello", "a line of a conversation says what the caller does", ""),
    ("{callr: hi}", 'no key "callr"', 'Did you mean "caller"?'),
    ("{caller: hi, caller: ho}", 'the key "caller" twice', ""),
    ("{caller: hi, keys: '1'}", "caller and keys at once", "Write a line for each"),
    ("{caller: ''}", '"caller" must be a text', "silence: 1"),
    ("{caller: {a: b}}", '"caller" must be a text', ""),
    ("{caller: hi, confidence: 2}", '"confidence" must be a number', ""),
    ("{caller: hi, over_prompt: all}", '"over_prompt" must be a number', ""),
    ("{silence: 1, confidence: 0.3}", "the caller says nothing here", ""),
    ("{keys: one}", '"keys" must be keys of a phone', '"4711#"'),
    ("{keys: {}}", '"keys" must be keys of a phone', ""),
    ("{silence: 0}", '"silence" must be a whole number of times', ""),
    ("{silence: long}", '"silence" must be a whole number', ""),
    ("{transfer: bussy}", '"transfer" is "bussy"', 'Did you mean "busy"?'),
    ("{queue: busy}", '"queue" is "busy"', "left_queue"),
    ("{message: lost}", '"message" is "lost"', "recorded"),
    ("{crm: off}", '"crm" is "off"', "away"),
    ("{caller: hi, hears: []}", '"hears" must be a text', ""),
    ("{caller: hi, step: numbr}", '"step" is "numbr"', 'Did you mean "number"?'),
    ("{caller: hi, language: fr}", '"language" is "fr"', "Languages: en"),
    ("{caller: hi, queued: helps}", '"queued" is "helps"', 'Did you mean "help"?'),
    ("{caller: hi, recording: x}", '"recording" is "x"', "Mailboxes: help"),
    ("{caller: hi, ended: finished}", '"ended" is "finished"', "Reasons: done"),
    ("{caller: hi, slots: nr}", '"slots" must be a list of variables', ""),
    ("{caller: hi, slots: {number: 1}}", 'nothing sets the variable "number"', "Variables:"),
    ("{caller: hi, slots: {nr: [1]}}", '"slots.nr" must be one value', ""),
    ("{hears: Orders}\n      - {hears: taxi}", "here the caller does nothing", "the line before"),
]


@pytest.mark.parametrize(("text", "line", "said", "hint"), MISTAKES)
def test_a_mistake_in_a_file_of_tests_is_named_with_its_line(
    desk: Dialogue, text: str, line: int, said: str, hint: str
) -> None:
    report = read(desk, text).report

    assert f"desk.tests.yaml:{line}  " in report
    assert said in report
    assert hint in report


@pytest.mark.parametrize(("line", "said", "hint"), LINES)
def test_a_mistake_in_a_conversation_is_named_with_its_line(
    desk: Dialogue, line: str, said: str, hint: str
) -> None:
    report = read(desk, f"tests:\n  a:\n    conversation:\n      - {line}\n").report

    assert report.startswith("desk.tests.yaml:")
    assert said in report
    assert hint in report


def test_a_file_that_is_not_there_or_not_text_is_named(desk: Dialogue, tmp_path: Path) -> None:
    assert "can't be read" in check_tests_file(tmp_path / "x.tests.yaml", desk.flow).report
    assert "UTF-8" in check_tests(b"\xff", desk.flow, path="x").report


yaml_values = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=8)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(
            st.sampled_from(["tests", "a", "conversation", "caller", "keys", "records", "order",
                             "hears", "slots", "silence", "today", "crm", "ended", "x"]),
            inner,
            max_size=4,
        ),
    ),
    max_leaves=12,
)  # fmt: skip


@given(st.one_of(st.binary(max_size=60), yaml_values.map(lambda value: repr(value).encode())))
@settings(deadline=None)
def test_no_file_whatever_is_in_it_makes_a_traceback(shop: Dialogue, data: bytes) -> None:
    checked = check_tests(data, shop.flow, path="x")

    assert checked.problems or checked.tests


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


def test_what_is_reached_is_told_by_language(shop: Dialogue) -> None:
    coverage = Coverage(shop.flow)
    coverage.add(conversation(shop, "{caller: 营业时间}", before="language: zh").call.history)
    coverage.add(conversation(shop, "{caller: refund}").call.history)

    assert "hours" in coverage.missed_steps("en")
    assert "returns" in coverage.missed_steps("zh")
    assert {"hours", "returns"}.isdisjoint(coverage.missed_steps())


# ------------------------------------------------------------------ delivered tests


@pytest.mark.parametrize("path", flow_files(FLOWS), ids=lambda path: path.stem)
def test_the_delivered_tests_pass_and_reach_everything_in_every_language(
    path: Path, prompts: Prompts
) -> None:
    dialogue = Dialogue(load_flow(path), prompts)
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


# ------------------------------------------------------------------ writing

texts = st.text(st.characters(exclude_categories=("Cs",)), min_size=1, max_size=12).filter(
    lambda text: text.strip() == text and bool(text.strip())
)
keys = st.text("0123456789*#", min_size=1, max_size=8)
doings: st.SearchStrategy[Doing] = st.one_of(
    st.builds(
        Says,
        st.lists(texts, min_size=1, max_size=3).map(tuple),
        st.sampled_from([0.0, 0.3, 0.9, 1.0]),
        st.sampled_from([None, 0.0, 0.4, 1.0]),
    ),
    st.builds(Presses, keys),
    st.builds(IsSilent, st.integers(1, 9)),
    st.builds(HandoverEnds, st.just("queue"), st.sampled_from(["connected", *Queue.OUTCOMES])),
    st.builds(
        HandoverEnds, st.just("transfer"), st.sampled_from(["connected", *Transfer.OUTCOMES])
    ),
    st.builds(MessageEnds, st.booleans()),
    st.builds(CrmTurns, st.booleans()),
)
expectations = st.builds(
    Expected,
    hears=st.lists(texts, max_size=2).map(tuple),
    step=st.sampled_from(["", "menu", "bye"]),
    slots=st.dictionaries(st.just("order_number"), st.one_of(st.none(), texts)),
    ended=st.sampled_from([None, True, False, "done"]),
    language=st.sampled_from(["", "zh"]),
)
fields = st.one_of(st.none(), st.booleans(), st.integers(), texts)
worlds = st.builds(
    World,
    caller=st.dictionaries(
        st.sampled_from(["first_name", "language", "phone"]), texts, min_size=1
    ).map(lambda caller: {**caller, "known": False}),
    records=st.dictionaries(
        st.tuples(st.just("order"), texts),
        st.one_of(st.none(), st.fixed_dictionaries({"status": fields, "number": texts})),
        max_size=2,
    ),
    callee=st.one_of(st.just(""), texts),
    today=st.sampled_from(["2026-11-21", "2027-01-02"]),
    crm_away=st.booleans(),
)


@given(texts, worlds, st.lists(st.tuples(doings, expectations), min_size=1, max_size=4))
@settings(deadline=None)
def test_a_test_that_is_written_is_read_as_the_same(
    shop: Dialogue, name: str, world: World, lines: list[tuple[Doing, Expected]]
) -> None:
    test = FlowTest(name, world, tuple(ScriptLine(does, expects) for does, expects in lines))

    checked = check_tests(written(test).encode(), shop.flow, path="x")

    assert checked.report == ""
    (found,) = checked.tests
    assert (found.name, found.world) == (name, world)
    assert [(line.does, line.expects) for line in found.script] == lines
