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

BYE = "\n  bye: {end: Goodbye.}\n"


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
        'config/flows/billing.yaml:9  step "menu" goes to "aggent", and there is no such step.\n'
        '  Did you mean "agent"?  Steps: greet, menu, pay, agent, bye'
    )


CASES = {
    "a misspelled key": (
        "steps:\n  a: {say: Hi., thenn: bye}" + BYE,
        [
            ':2  step "a" has no "then", and "say" needs one.',
            ':2  step "a" has the key "thenn"',
            'Did you mean "then"?',
        ],
    ),
    "an unknown kind": (
        "steps:\n  a: {sya: Hi., then: bye}" + BYE,
        [':2  step "a" doesn\'t say what it does.', 'Did you mean "say"?'],
    ),
    "two kinds at once": (
        "steps:\n  a: {say: Hi., end: Bye., then: bye}" + BYE,
        [':2  step "a" is say and end at once'],
    ),
    "a wrong number": (
        "steps:\n  a: {ask: free, prompt: Yes?, no_input_s: soon, then: bye}" + BYE,
        ['"no_input_s" must be a number of seconds from 1 to 60, and is "soon".'],
    ),
    "a number out of bounds": (
        "steps:\n  a: {ask: free, prompt: Yes?, attempts: 40, then: bye}" + BYE,
        ['"attempts" must be a whole number from 1 to 9, and is "40".'],
    ),
    "a wrong answer type": (
        "steps:\n  a: {ask: digit, prompt: Yes?, then: bye}" + BYE,
        ['"ask" is "digit"', 'Did you mean "digits"?'],
    ),
    "a word that is no mode": (
        'steps:\n  a: {say: Hi., barge_in: "on", then: bye}' + BYE,
        ['"barge_in" is "on"', "Values: speech, keywords, off"],
    ),
    "a key of another kind of answer": (
        "steps:\n  a: {ask: yes_no, prompt: Yes?, min_digits: 3, then: bye}" + BYE,
        ['"min_digits" has no meaning when it asks for yes_no.'],
    ),
    "no number can fit": (
        "steps:\n  a: {ask: digits, prompt: Go., min_digits: 5, max_digits: 4, then: bye}" + BYE,
        ["min_digits is more than max_digits"],
    ),
    "a choice without options": (
        "steps:\n  a: {ask: choice, prompt: Which?, then: bye}" + BYE,
        ['asks for a choice, and has no "options".'],
    ),
    "an option without phrases or target": (
        "steps:\n  a: {menu: Which?, options: {x: {key: 1}, y: {phrases: [y], then: bye}}}" + BYE,
        ['option "x" doesn\'t say what callers say for it.', 'option "x" has no "then".'],
    ),
    "a key twice in a menu": (
        "steps:\n  a:\n    menu: Which?\n    options:\n"
        "      x: {phrases: [apples], key: 1, then: bye}\n"
        "      y: {phrases: [pears], key: 1, then: bye}" + BYE,
        [':6  step "a": the key 1 means both "x" and "y".', "Keys still free: 2, 3"],
    ),
    "a phrase twice in a menu": (
        "steps:\n  a:\n    menu: Which?\n    options:\n"
        "      x: {phrases: [apples, my order], then: bye}\n"
        "      y: {phrases: [pears, My order], then: bye}" + BYE,
        [':6  step "a": "My order" means both "x" and "y".'],
    ),
    "a key twice in a step": (
        "steps:\n  a:\n    say: Hi.\n    say: Hello.\n    then: bye" + BYE,
        [':4  step "a" has the key "say" twice.'],
    ),
    "a step twice": (
        "steps:\n  a: {say: Hi., then: bye}\n  a: {say: Ho., then: bye}" + BYE,
        [':3  There are two steps "a".'],
    ),
    "an unreachable step": (
        "steps:\n  a: {say: Hi., then: bye}\n  b: {say: Ho., then: bye}" + BYE,
        [':3  step "b" can\'t be reached: no step goes to it.'],
    ),
    "a loop without a wait": (
        "steps:\n  a: {say: Hi., then: b}\n  b: {say: Ho., then: c}\n"
        "  c: {choose: [{if: callee, then: a}, {else: bye}]}" + BYE,
        [":2  a loop without any wait for the caller: a → b → c → a."],
    ),
    "no way out": (
        "steps:\n  a: {ask: free, prompt: Yes?, then: b}\n  b: {say: Hm., then: a}\n",
        [':2  step "a" has no way out', ':3  step "b" has no way out'],
    ),
    "no else": (
        "steps:\n  a: {choose: [{if: callee, then: bye}]}" + BYE,
        [':2  step "a" has no "else"'],
    ),
    "an unknown variable": (
        "steps:\n  a: {ask: free, prompt: Yes?, slot: name, then: b}\n"
        '  b: {say: "Hi {{ nmae }}.", then: bye}' + BYE,
        [':3  step "b": "prompt" uses the variable "nmae", and nothing sets it.', '"name"?'],
    ),
    "a variable that is set too late": (
        'steps:\n  a: {say: "Hi {{ name }}.", then: b}\n'
        "  b: {ask: free, prompt: Yes?, slot: name, then: bye}" + BYE,
        [':2  step "a": "prompt" uses the variable "name", which no step before it sets.'],
    ),
    "a field that no order has": (
        "steps:\n  f: {lookup: order, by: {number: '1'}, found: b, missing: bye, failed: bye}\n"
        '  b: {say: "{{ order.staus }}", then: bye}' + BYE,
        [':3  step "b": "prompt" uses "order.staus"', 'Did you mean "status"?'],
    ),
    "a field that no caller has": (
        'steps:\n  b: {say: "{{ caller.firstname }}", then: bye}' + BYE,
        ['uses "caller.firstname"', 'Did you mean "first_name"?'],
    ),
    "a broken template": (
        'steps:\n  b: {say: "Hi {{ caller.first_name.", then: bye}' + BYE,
        [':2  step "b": "prompt" is not a valid template'],
    ),
    "an unknown filter": (
        'steps:\n  b: {say: "{{ callee | spel }}", then: bye}' + BYE,
        ['uses the filter "spel". Filters: '],
    ),
    "a template that could fill the memory": (
        'steps:\n  b: {say: "{{ callee * 1000000 }}", then: bye}' + BYE,
        ["uses multiplication, which templates of a flow can't."],
    ),
    "braces in a condition": (
        'steps:\n  a: {choose: [{if: "{{ callee }}", then: bye}, {else: bye}]}' + BYE,
        ["is an expression already; leave the braces away."],
    ),
    "a prompt that lacks a language": (
        (
            "languages: [en, zh]\nsteps:\n  a: {say: {en: Hi.}, then: bye}\n"
            "  bye: {end: {en: Bye., zh: 再见。}}\n"
        ),
        [':3  step "a": "say" has no text for the language "zh".'],
    ),
    "a plain prompt in a flow of two languages": (
        (
            "languages: [en, zh]\nsteps:\n  a: {say: Hi., then: bye}\n"
            "  bye: {end: {en: Bye., zh: 再见。}}\n"
        ),
        [':3  step "a": "say" has no text for the language "zh".'],
    ),
    "a language that the flow lacks": (
        "steps:\n  a: {say: {en: Hi., zh: 您好}, then: bye}" + BYE,
        ['has a text for "zh", a language the flow lacks.'],
    ),
    "a start that isn't there": (
        "start: aa\nsteps:\n  a: {say: Hi., then: bye}" + BYE,
        [':1  "start" is "aa", and there is no such step.', 'Did you mean "a"?'],
    ),
    "an unknown key of the flow": (
        "strat: a\nsteps:\n  a: {say: Hi., then: bye}" + BYE,
        [':1  A flow has no key "strat".', 'Did you mean "start"?'],
    ),
    "no steps": ("start: a\n", ['A flow needs "steps", at least one.']),
    "no mapping": ("- a\n- b\n", ["A flow is a list of keys with values."]),
    "no YAML": ("steps:\n  a: {say: [}\n", [":2  This is not YAML"]),
    "a tab": ("steps:\n\ta: 1\n", [":2  This is not YAML"]),
    "an alias": (
        "steps:\n  a: &x {say: Hi., then: bye}\n  b: *x" + BYE,
        [":3  Aliases (*name) are not used in these files"],
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_what_is_wrong_is_said_with_its_line_and_what_would_be_right(case: str) -> None:
    text, expected = CASES[case]
    said = report(text)

    for part in expected:
        assert part in said


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

    assert "Aliases" in report("\n".join(lines))


def test_depth_and_size_are_bounded() -> None:
    assert "deeper than" in report("a: " + "[" * 5000)
    assert "larger than" in report("a: " + "x" * 600_000)


def test_text_that_is_not_utf_8_is_said_with_its_line() -> None:
    checked = check_text("a: b\nc: é".encode("latin-1"), name="x", path="x.yaml")

    assert checked.report.startswith("x.yaml:2  This line is not UTF-8")


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
