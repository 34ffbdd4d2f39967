"""Variables with a type, as authors declare and callers notice them."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialog.dialogue import Dialogue
from dialog.events import Note
from dialog.flow_file import check_text
from dialog.flow_sources import Parts
from dialog.flow_tests.walker import walk
from dialog.prompts import Prompts
from dialog.text_call import TextCall
from dialog.variables import Unfit, VariableType, typed
from voxdesk.kernel.call import EventKind

pytestmark = pytest.mark.unit
Make = Callable[[str], Dialogue]

FLOW = """
start_over: more
variables:
  tries: {type: number, default: 0}
  vip: {type: flag, default: false}
  wants: flag
  until: date
  name: {type: text, default: friend}
steps:
  more: {ask: yes_no, prompt: "More, {{ name }}?", slot: wants, then: count}
  count: {set: {tries: "{{ tries + 1 }}", vip: "{{ wants }}"}, then: turn}
  turn:
    choose:
      - {if: tries >= 2 and vip, then: day}
      - {if: not wants, then: bye}
      - {else: more}
  day: {ask: date, prompt: Until when?, slot: until, then: told}
  told:
    choose:
      - {if: until > "2026-12-01", then: late}
      - {else: bye}
  late: {say: That is late., then: bye}
  bye: {end: "Goodbye after {{ tries }}."}
"""


def test_a_number_counts_and_a_flag_is_true_or_false(flow: Make) -> None:
    call = TextCall(flow(FLOW))
    assert call.heard_now == "More, friend?"
    call.says("yes").says("yes")
    assert call.step == "day"
    assert call.state.variables["tries"] == 2
    assert call.state.variables["vip"] is True
    call.says("December 24th")

    assert call.heard_now == "That is late. Goodbye after 2."


def test_no_is_false(flow: Make) -> None:
    assert TextCall(flow(FLOW)).says("no").heard_now == "Goodbye after 1."


def test_who_starts_over_begins_with_the_defaults(flow: Make) -> None:
    call = TextCall(flow(FLOW)).says("yes").says("start over")

    assert call.state.variables["tries"] == 0
    assert "wants" not in call.state.variables


def test_a_value_that_does_not_fit_is_noted_and_changes_nothing(flow: Make) -> None:
    text = FLOW.replace('"{{ tries + 1 }}"', '"{{ name }}"')
    call = TextCall(flow(text)).says("no")

    assert call.heard_now == "Goodbye after 0."
    (error,) = [a.data for a in call.actions if isinstance(a, Note) and a.kind == EventKind.ERROR]
    assert error == {"step": "count", "variable": "tries", "error": "it is no number"}
    assert walk(flow(text), calls=20, seed=1).found[0].fault.kind == "broken"


def test_an_empty_text_takes_a_value_away(flow: Make) -> None:
    text = FLOW.replace('"{{ tries + 1 }}"', '""')
    call = TextCall(flow(text)).says("no")

    assert call.heard_now == "Goodbye after ."
    assert "tries" not in call.state.variables


def test_a_subflow_has_its_own_with_defaults_that_need_not_be_given(prompts: Prompts) -> None:
    inner = """
takes: [limit, why]
variables: {limit: {type: number, default: 2}, count: {type: number, default: 0}}
steps:
  ask: {ask: free, prompt: "{{ why }}?", then: add}
  add: {set: {count: "{{ count + 1 }}"}, then: enough}
  enough:
    choose:
      - {if: count >= limit, then: back}
      - {else: ask}
  back: {return: }
"""
    main = """
variables: {count: {type: number, default: 7}}
steps:
  two: {subflow: inner, with: {why: Why}, then: one}
  one: {subflow: inner, with: {why: Who, limit: "{{ 2 - 1 }}"}, then: bye}
  bye: {end: "{{ two.count }} and {{ one.count }} and {{ count }}."}
"""
    parts = Parts({"inner": inner.encode()}, "x.yaml")
    checked = check_text(main.encode(), name="x", path="x.yaml", sources=parts)
    assert checked.report == ""
    assert checked.flow is not None
    call = TextCall(Dialogue(checked.flow, prompts)).says("a").says("b").says("c")

    assert call.heard_now == "2 and 1 and 7."
    wrong = main.replace('"{{ 2 - 1 }}"', "many")
    report = check_text(wrong.encode(), name="x", path="x.yaml", sources=parts).report
    assert 'step "one" sets "one.limit" to "many", and that is no number.' in report


@pytest.mark.parametrize(
    ("before", "after", "wrong", "right"),
    [
        ("type: number", "type: nubmer", '"type" is "nubmer"', '"number"?'),
        ("until: date", "until: dat", '"type" is "dat"', '"date"?'),
        ("default: 0", "default: none", 'its default "none" is no number', "Write 3"),
        ("default: false", "default: maybe", 'its default "maybe" is no flag', "true or false"),
        ("{type: number, default: 0}", "{typ: number}", 'has no key "typ"', '"type"?'),
        ("slot: until", "slot: tries", 'fills "tries" with a date answer', "Declare it"),
        ('"{{ tries + 1 }}"', "several", 'sets "tries" to "several", and that is no number', "3"),
        ("tries >= 2", 'tries >= "2"', '"tries", a number, with the text "2"', "without quotes"),
        ("and vip", 'and vip == "true"', '"vip", a flag, with the text "true"', "Write vip"),
        ('until > "2026-12-01"', "until > 20261201", '"until", a date, with the number', "quotes"),
        ('until > "2026-12-01"', 'until > "December"', 'with the text "December"', "2026-12-24"),
        ("  until: date", "  caller: text\n  until: date", "every call has one", "other"),
        ("  until: date", "  due-on: text\n  until: date", "its name is no word", "letters"),
        ("until: date", "until: date\n  odd: text", "", ""),
    ],
)  # fmt: skip
def test_a_mistake_is_told(before: str, after: str, wrong: str, right: str) -> None:
    assert before in FLOW
    report = check_text(FLOW.replace(before, after, 1).encode(), name="x", path="x.yaml").report
    if not wrong:
        assert report == ""
        return

    told = [problem for problem in report.split("x.yaml:") if wrong in problem]
    assert told, report
    assert right in told[0]


def test_a_declared_variable_that_nothing_sets_has_no_value_to_say() -> None:
    text = FLOW.replace("{{ name }}?", "{{ odd }}?").replace(
        "until: date", "until: date\n  odd: text"
    )
    report = check_text(text.encode(), name="x", path="x.yaml").report

    assert 'uses the variable "odd", which no step before it sets' in report
    assert "Give it a default, or set it before." in report


@pytest.mark.parametrize(
    ("condition", "wrong"),
    [
        ("number == 4711", '"number", a text, with the number 4711'),
        ('rooms > "3"', '"rooms", a number, with the text "3"'),
        ('number == "4711"', ""),
        ("rooms > 3", ""),
        ("3 < rooms", ""),
        ("number | int > 3", ""),
        ("note == 1", '"note", a text, with the number 1'),
    ],
)
def test_what_answers_and_sets_fill_is_known_without_declaring_it(
    condition: str, wrong: str
) -> None:
    text = f"""
steps:
  a: {{ask: order_number, prompt: Number?, slot: number, then: b}}
  b: {{ask: number, prompt: Rooms?, slot: rooms, then: c}}
  c: {{set: {{note: "1"}}, then: d}}
  d:
    choose:
      - {{if: {condition!r}, then: bye}}
      - {{else: bye}}
  bye: {{end: Goodbye.}}
"""
    report = check_text(text.encode(), name="x", path="x.yaml").report

    assert wrong in report
    assert bool(report) == bool(wrong)


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        (" 3 ", VariableType.NUMBER, 3),
        ("2.50", VariableType.NUMBER, 2.5),
        ("-1", VariableType.NUMBER, -1),
        ("True", VariableType.FLAG, True),
        ("no", VariableType.FLAG, False),
        ("2026-12-24T18:30", VariableType.DATE, "2026-12-24"),
        ("18:30:15", VariableType.TIME, "18:30"),
        ("2026-12-24T18:30", VariableType.DATETIME, "2026-12-24T18:30"),
        ("  words ", VariableType.TEXT, "words"),
    ],
)
def test_a_text_becomes_a_value(text: str, kind: VariableType, value: object) -> None:
    assert typed(text, kind) == value


@given(st.text(), st.sampled_from(VariableType))
def test_whatever_a_text_is_it_becomes_a_value_or_is_refused(text: str, kind: VariableType) -> None:
    try:
        value = typed(text, kind)
    except Unfit:
        return

    assert typed(str(value), kind) == value
