import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dialog.dialogue import Dialogue
from dialog.flow import Queue, Transfer
from dialog.flow_tests.reading import CheckedTests, check_tests, check_tests_file
from dialog.flow_tests.running import run_test
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

pytestmark = pytest.mark.unit

HOW_TO = Path(__file__).parents[3] / "docs" / "how-to" / "test-a-flow.md"


def read(dialogue: Dialogue, text: str) -> CheckedTests:
    return check_tests(text.encode(), dialogue.flow, path="desk.tests.yaml")


def test_the_example_of_the_guide_is_right_and_passes(shop: Dialogue) -> None:
    example = HOW_TO.read_text().partition("```yaml\n")[2].partition("```")[0]
    checked = read(shop, example)

    assert checked.report == ""
    assert len(checked.tests) > 1
    for test in checked.tests:
        assert run_test(shop, test).failure is None


# ------------------------------------------------------------------ mistakes in the file


MISTAKES = [
    ("tests: [", "1:9", "A value is missing", "Write the value"),
    ("- a", "1:1", "The file must be a list of keys", "Keys: language"),
    ("today: 2026-11-21", "1:1", 'needs "tests"', "Write tests:"),
    ("test: {}", "1:1", 'The file has no key "test".', 'Did you mean "tests"?'),
    ("tests:\n  a: {}\n  a: {}", "3:3", 'two tests "a"', ""),
    ("tests:\n  a: {}", "2:3", 'test "a" has no "conversation"', "Write conversation"),
    ("tests:\n  a: {conversation: []}", "2:7", 'has no "conversation"', ""),
    ("tests:\n  a: {conversation: hello}", "2:7", 'has no "conversation"', ""),
    ("tests:\n  a: hello", "2:3", 'test "a" must be a list of keys', "conversation"),
    ("tests:\n  a: {talk: []}", "2:7", 'has no key "talk"', "Keys:"),
    ("tests:\n  a: {today: soon}", "2:7", '"today" must be a day', "2026-11-21"),
    ("tests:\n  a: {crm: gone}", "2:12", '"crm" is "gone"', "there, away"),
    ("tests:\n  a: {caller: Ann}", "2:7", '"caller" must be a list of fields', ""),
    ("tests:\n  a: {caller: {firstname: Ann}}", "2:16", '"caller.firstname"', '"first_name"?'),
    ("tests:\n  a: {language: [en]}", "2:17", '"language" must be a name', ""),
    ("tests:\n  a: {records: {ordre: {}}}", "2:17", 'the kind "ordre"', 'Did you mean "order"?'),
    ("tests:\n  a: {records: none}", "2:7", '"records" are kinds with numbers', ""),
    ("tests:\n  a: {records: {order: none}}", "2:17", '"records.order" must be numbers', ""),
    ("tests:\n  a: {records: {order: {1: {state: x}}}}", "2:29", "no such field", '"status"?'),
    ("tests:\n  a: {records: {order: {1: sent}}}", "2:25", "must be a list of fields", ""),
    ("tests:\n  a: {records: {}, records: {}}", "2:20", 'the key "records" twice', ""),
]
LINES = [
    ("hello", "a line of a conversation says what the caller does", ""),
    ("{callr: hi}", 'no key "callr"', 'Did you mean "caller"?'),
    ("{caller: hi, there}", '"there" stands between commas', "put quotes around"),
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


@pytest.mark.parametrize(("text", "at", "said", "hint"), MISTAKES)
def test_a_mistake_in_a_file_of_tests_is_named_with_its_place(
    desk: Dialogue, text: str, at: str, said: str, hint: str
) -> None:
    report = read(desk, text).report

    places = [line.partition("  ")[0] for line in report.splitlines() if said in line]
    assert places == [f"desk.tests.yaml:{at}"]
    assert hint in report


@pytest.mark.parametrize(("line", "said", "hint"), LINES)
def test_a_mistake_in_a_conversation_is_named_with_its_place(
    desk: Dialogue, line: str, said: str, hint: str
) -> None:
    report = read(desk, f"tests:\n  a:\n    conversation:\n      - {line}\n").report

    assert re.match(r"desk\.tests\.yaml:[45]:\d+  ", report)
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
