import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialog.flow import Ask, Menu
from dialog.flow_file import check_file, check_text, load_flow
from voxdesk.kernel.errors import FlowError
from voxdesk.kernel.speech import AnswerKind

pytestmark = pytest.mark.unit


def report(text: str) -> str:
    return check_text(text.encode(), name="billing", path="config/flows/billing.yaml").report


GOOD = """\
start: greet
person: agent
steps:
  greet: {say: Hello., then: menu}
  menu:
    menu: Pay, or an agent?
    options:
      pay: {phrases: [pay, pay my bill], then: pay}
      agent: {phrases: [agent], key: 0, then: agent}
  pay: {ask: digits, prompt: Your card number?, slot: card, check: luhn, then: bye}
  agent:
    queue: support
    then: bye
    left_queue: bye
    timed_out: bye
    no_agents: bye
    failed: bye
  bye: {end: Goodbye.}
"""


def test_a_good_flow_has_no_problem_and_keeps_its_lines() -> None:
    checked = check_text(GOOD.encode(), name="billing", path="billing.yaml")

    assert checked.report == ""
    assert checked.flow is not None
    menu, pay = checked.flow.steps["menu"], checked.flow.steps["pay"]
    assert isinstance(menu, Menu)
    assert isinstance(pay, Ask)
    assert (menu.line, pay.line) == (5, 10)
    assert pay.answer is AnswerKind.DIGITS
    assert [option.key for option in menu.options] == ["1", "0"]


def test_a_misspelled_step_is_answered_with_the_one_that_was_meant() -> None:
    text = GOOD.replace("key: 0, then: agent}", "key: 0, then: aggent}")

    assert report(text) == (
        'config/flows/billing.yaml:9:47  step "menu" goes to "aggent", and there is no such step.\n'
        '  Did you mean "agent"?  Steps: greet, menu, pay, agent, bye'
    )


def test_every_problem_is_said_at_once() -> None:
    said = report("""\
start: one
steps:
  one: {say: "{{ nothing }}", then: tow}
  two: {ask: digits, prompt: Go., min_digits: none, then: one}
  three: {lookup: order, by: {}, found: one}
  bye: {end: Bye.}
""")

    for part in [
        'goes to "tow"', '"nothing"', '"min_digits" must be', "can't be reached", '"by" must be',
        'has no "missing"', 'has no "failed"',
    ]:  # fmt: skip
        assert part in said


def test_a_step_that_cannot_be_read_causes_no_other_complaint() -> None:
    said = report("steps:\n  a: {say: Hi., then: b}\n  b: {sya: Ho., then: c}\n  c: {end: Bye.}\n")

    assert said.count("billing.yaml") == 1


def test_a_billion_laughs_are_refused_at_once() -> None:
    lines = ["a0: &a0 [x, x]"] + [f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]" for n in range(1, 60)]

    assert "Anchors" in report("\n".join(lines))


@pytest.mark.parametrize("end", ["", "x"], ids=["a long way", "each target misspelled"])
def test_a_flow_of_very_many_steps_is_checked_as_a_small_one(end: str) -> None:
    steps = "".join(f"  s{n}: {{say: Hi., then: s{n + 1}{end}}}\n" for n in range(2000))

    said = report(f"steps:\n{steps}  s2000: {{end: Bye.}}\n")

    assert ("2001 steps follow one another" in said) == (not end)
    assert said.count("there is no such step") == (2000 if end else 0)


def test_depth_and_size_are_bounded() -> None:
    assert "deeper than" in report("a: " + "[" * 5000)
    assert "larger than" in report("a: " + "x" * 600_000)


def test_text_that_is_not_utf_8_is_said_with_its_line() -> None:
    checked = check_text("a: b\nc: é".encode("latin-1"), name="x", path="x.yaml")

    assert checked.report.startswith("x.yaml:2:4  This line is not UTF-8")


def test_a_missing_file_is_a_clear_error(tmp_path: Path) -> None:
    with pytest.raises(FlowError, match=r"gone\.yaml:1  The file can't be read: No such file"):
        load_flow(tmp_path / "gone.yaml")


def test_loading_a_wrong_flow_fails_with_the_whole_report(tmp_path: Path) -> None:
    path = tmp_path / "f.yaml"
    path.write_text("steps:\n  a: {say: Hi., then: b}\n")

    with pytest.raises(FlowError) as failed:
        load_flow(path)

    assert str(failed.value) == check_file(path).report
    assert 'goes to "b"' in str(failed.value)


@given(st.text(alphabet="steps:\n {}[]a-\"'|>&*!%#?,0en", max_size=200))
def test_no_file_breaks_the_reader(text: str) -> None:
    checked = check_text(text.encode(), name="x", path="x.yaml")

    assert checked.problems or checked.flow


yaml_values = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.sampled_from(["a", "b", "{{ x", "say"])),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(
            st.sampled_from(
                ["say", "ask", "menu", "then", "options", "phrases", "choose", "if", "else", "by",
                 "lookup", "found", "queue", "transfer", "end", "prompt", "language", "set", "en"]
            ),
            inner,
            max_size=4,
        ),
    ),
    max_leaves=12,
)  # fmt: skip


@given(st.dictionaries(st.sampled_from(["a", "b", "c"]), yaml_values, min_size=1))
def test_steps_of_any_shape_are_read_or_explained(steps: dict[str, object]) -> None:
    text = json.dumps({"steps": steps})  # JSON is YAML 1.2

    checked = check_text(text.encode(), name="x", path="x.yaml")

    assert checked.problems or checked.flow
