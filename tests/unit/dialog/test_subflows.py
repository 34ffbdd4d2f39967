"""A flow that runs another one, as its author and its callers notice it."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialog.bundle import bundled, unbundled
from dialog.dialogue import Dialogue
from dialog.events import Note, Resumed
from dialog.flow import Flow, Step
from dialog.flow_diff import compare
from dialog.flow_diff_shown import lines
from dialog.flow_file import Checked, check_file, check_text
from dialog.flow_graph.model import graph_of
from dialog.flow_graph.svg import draw
from dialog.flow_sources import Parts
from dialog.flow_steps import KINDS
from dialog.flow_subflow import Subflow
from dialog.flow_templates import sets
from dialog.flow_tests.coverage import Coverage
from dialog.flow_tests.reading import check_tests
from dialog.flow_tests.running import run_test
from dialog.flow_tests.walker import walk
from dialog.inlining import inlined
from dialog.prompts import Prompts
from dialog.state import State
from dialog.text_call import TextCall
from voxdesk.kernel.call import EventKind

pytestmark = pytest.mark.unit

VERIFY = """
takes: [reason]
steps:
  code:
    ask: order_number
    prompt: "For {{ reason }}: your code?"
    min_digits: 4
    max_digits: 4
    confirm: never
    give_up: locked
    then: find
  find: {lookup: order, by: {number: "{{ code }}"}, found: right, missing: again, failed: locked}
  again: {ask: yes_no, prompt: "That isn't it. Again?", yes: code, no: locked}
  right: {say: "Thank you, {{ order.customer }}.", then: done}
  done: {return: }
  locked: {return: locked}
"""
BANK = """
start_over: menu
person: people
steps:
  menu:
    menu: Balance or cards?
    options:
      balance: {phrases: [balance], key: 1, then: check}
      cards: {phrases: [cards], key: 2, then: card}
  check: {subflow: verify, with: {reason: your balance}, then: told, outcomes: {locked: sorry}}
  card: {subflow: verify, with: {reason: your card}, then: told, outcomes: {locked: sorry}}
  told:
    say: "Codes: {{ check.code | spell }}, {{ card.code | spell }}."
    then: more
  more: {ask: yes_no, prompt: Anything else?, yes: menu, no: bye}
  sorry: {say: Sorry., then: people}
  people:
    queue: q
    prompt: I get you a person.
    then: bye
    left_queue: bye
    timed_out: bye
    no_agents: bye
    failed: bye
  bye: {end: Goodbye.}
"""
ANN = {("order", "1234"): {"number": "1234", "customer": "Ann"}}


def checked(main: str = BANK, **subflows: str) -> Checked:
    parts = {name: text.encode() for name, text in ({"verify": VERIFY} | subflows).items()}
    return check_text(
        main.encode(), name="bank", path="bank.yaml", sources=Parts(parts, "bank.yaml")
    )


def read(main: str = BANK, **subflows: str) -> Flow:
    found = checked(main, **subflows)
    assert found.report == ""
    assert found.flow is not None
    return found.flow


@pytest.fixture
def call(prompts: Prompts) -> TextCall:
    return TextCall(Dialogue(read(), prompts), records=ANN)


# ------------------------------------------------------------------ what callers notice


def test_a_subflow_is_run_and_comes_back(call: TextCall) -> None:
    call.says("balance")
    assert call.heard_now == "For your balance: your code?"
    assert call.step == "check/code"

    call.presses("1234")

    assert call.heard_now == "Thank you, Ann. Codes: 1 2 3 4, . Anything else?"
    assert call.step == "more"


def test_each_outcome_leads_where_the_flow_says(call: TextCall) -> None:
    call.says("balance").presses("9999").says("no")

    assert call.heard_now == "Sorry. I get you a person."


def test_two_steps_that_run_the_same_subflow_keep_apart(call: TextCall) -> None:
    call.says("balance").presses("1234").says("yes")
    call.says("cards")
    assert call.heard_now == "For your card: your code?"
    call.presses("1234")

    assert "Codes: 1 2 3 4, 1 2 3 4." in call.heard_now
    assert call.state.variables["check.code"] == call.state.variables["card.code"] == "1234"


def test_a_subflow_that_is_run_again_begins_anew(call: TextCall) -> None:
    call.says("balance").presses("1234").says("yes").says("balance")

    assert call.heard_now == "For your balance: your code?"
    assert "check.code" not in call.state.variables
    assert call.state.variables["check.reason"] == "your balance"


def test_commands_work_in_a_subflow_as_outside(call: TextCall) -> None:
    call.says("balance").says("go back")
    assert call.step == "menu"
    call.says("balance").says("start over")
    assert call.step == "menu"
    call.says("balance").says("a person please")
    assert call.step == "people"


def test_an_answer_in_a_subflow_can_be_corrected_after_it(call: TextCall) -> None:
    call.says("balance").presses("9999").says("no, I meant one two three four")

    assert "Thank you, Ann." in call.heard_now


def test_a_second_reading_that_exists_is_offered_in_a_subflow_too(prompts: Prompts) -> None:
    call = TextCall(Dialogue(read(), prompts), records=ANN)
    call.says("balance").says("one two three five", "one two three four")
    assert "1 2 3 4" in call.heard_now

    call.says("yes")

    assert "Thank you, Ann." in call.heard_now
    assert call.state.variables["check.code"] == "1234"


def test_a_call_in_a_subflow_goes_on_after_a_restart(prompts: Prompts) -> None:
    call = TextCall(Dialogue(read(), prompts), records=ANN).says("balance")
    kept = State.from_json(call.state.to_json())

    again = check_text(checked().data, name="bank", path="kept").flow
    assert again is not None
    state, actions = Dialogue(again, prompts).step(kept, Resumed())

    assert again.version == call.state.version == state.version
    assert any("For your balance: your code?" in str(action) for action in actions)


def test_a_subflow_within_a_subflow(prompts: Prompts) -> None:
    outer = """
steps:
  first: {subflow: verify, with: {reason: all of it}, then: on, outcomes: {locked: out}}
  on: {say: "It was {{ first.code | spell }}.", then: back}
  back: {return: }
  out: {return: no}
"""
    main = """
steps:
  go: {subflow: outer, then: told, outcomes: {"no": bye}}
  told: {say: "Again {{ go.first.code | spell }}.", then: bye}
  bye: {end: Goodbye.}
"""
    call = TextCall(Dialogue(read(main, outer=outer), prompts), records=ANN)
    assert call.step == "go/first/code"
    call.presses("1234")

    assert call.heard_now == "Thank you, Ann. It was 1 2 3 4. Again 1 2 3 4. Goodbye."


def test_a_subflow_alone_says_goodbye_and_ends_with_its_outcome(prompts: Prompts) -> None:
    alone = check_text(VERIFY.encode(), name="verify", path="verify.yaml")
    assert alone.report == ""
    assert alone.flow is not None

    call = TextCall(Dialogue(alone.flow, prompts)).presses("9999").says("no")

    assert call.heard_now == "Goodbye."
    assert call.ended == "locked"


def test_it_does_not_see_the_variables_of_the_flow_that_runs_it() -> None:
    nosy = VERIFY.replace("{{ reason }}", "{{ wish }}")

    found = checked(verify=nosy)

    assert 'runs the flow "verify", and that can\'t be run' in found.report
    assert 'uses the variable "wish", and nothing sets it' in found.report


# ------------------------------------------------------------------ what authors are told


@pytest.mark.parametrize(
    ("before", "after", "wrong", "right"),
    [
        ("subflow: verify, with: {reason: your balance}", "subflow: verfy",
         'runs the flow "verfy", and there is no such flow', 'Did you mean "verify"?'),
        ("with: {reason: your balance}, ", "",
         "doesn't give the variable \"reason\"", "Write with: {reason:"),
        ("with: {reason: your balance}", "with: {reason: x, raeson: y}",
         'gives the variable "raeson"', 'Did you mean "reason"?'),
        ("your balance}, then: told, outcomes: {locked: sorry}", "x}, then: told",
         'says nothing of the outcome "locked"', "Write outcomes: {locked: …}"),
        ("your balance}, then: told, outcomes: {locked: sorry}", "x}, outcomes: {locked: sorry}",
         'has no "then", and the flow "verify" comes back', "Write then: …"),
        ("outcomes: {locked: sorry}}\n  card", "outcomes: {locked: sorry, loked: bye}}\n  card",
         'never returns "loked"', 'Did you mean "locked"?'),
        ("told, outcomes: {locked: sorry}}\n  card", "tld, outcomes: {locked: sorry}}\n  card",
         'goes to "tld"', 'Did you mean "told"?'),
        ("check.code", "check.kode",
         'uses "check.kode", and the subflow "verify" has no such field', 'Did you mean "code"?'),
        ("check:", "check/it:",
         'The step "check/it" has a slash or a colon in its name', "Write check_it."),
        ("check:", "check-it:",
         'step "check-it" runs a subflow, and its name is no word', "Write check_it."),
        ("{subflow: verify, with: {reason: your balance}", "{subflow: ../verify, with: {reason: x}",
         'runs the flow "../verify", and there is no such flow', 'Did you mean "verify"?'),
        ("told, outcomes: {locked: sorry}}\n  card",
         "card/code, outcomes: {locked: sorry}}\n  card",
         'goes to "card/code", which is inside of another step', 'Write "card"'),
        ("say: Sorry.", "set: {check: sorry}",
         'step "sorry" sets the variable "check"', "Give one of them another name."),
    ],
)  # fmt: skip
def test_a_mistake_in_running_a_subflow_is_told(
    before: str, after: str, wrong: str, right: str
) -> None:
    assert before in BANK
    report = checked(BANK.replace(before, after, 1)).report

    told = [problem for problem in report.split("bank.yaml:") if wrong in problem]
    assert told, report
    assert right in told[0]


def test_flows_that_run_each_other_are_told_with_the_way_round() -> None:
    runs = "steps:\n  go: {{subflow: {}, then: bye}}\n  bye: {{end: Bye.}}\n"
    returns = "steps:\n  go: {{subflow: {}, then: back}}\n  back: {{return: }}\n"
    found = checked(runs.format("a"), a=returns.format("b"), b=returns.format("a"))

    assert "runs itself then: a → b → a." in found.report


def test_a_flow_that_runs_itself_is_refused() -> None:
    found = checked("steps:\n  go: {subflow: bank, then: bye}\n  bye: {end: Bye.}\n")

    assert "runs itself then: bank → bank." in found.report


def test_a_problem_that_only_the_whole_shows_names_the_file_that_it_is_in() -> None:
    quiet = "steps:\n  a: {set: {x: y}, then: b}\n  b: {return: }\n"
    main = "steps:\n  go: {subflow: quiet, then: go}\n"

    report = checked(main, quiet=quiet).report

    assert "a loop without any wait for the caller: go → go/a → go/b → go" in report
    silent = 'steps:\n  q: {ask: free, prompt: "{{ t }}", then: r}\n  r: {return: }\ntakes: [t]\n'
    main = (
        'steps:\n  go: {subflow: silent, with: {t: "{{ callee }}"}, then: bye}\n'
        "  bye: {end: Bye.}\n"
    )
    report = checked(main, silent=silent).report
    assert report.startswith('silent.yaml:2:3  step "go/q" may wait for an answer without')


def test_subflows_that_grow_without_end_are_refused() -> None:
    def doubled(name: str) -> str:
        return (
            f"steps:\n  a: {{subflow: {name}, then: b}}\n  b: {{subflow: {name}, then: c}}\n"
            "  c: {return: }\n"
        )

    parts = {f"f{number}": doubled(f"f{number + 1}") for number in range(30)}
    parts["f30"] = "steps:\n  a: {ask: free, prompt: Yes?, then: b}\n  b: {return: }\n"
    main = "steps:\n  a: {subflow: f0, then: b}\n  b: {end: Bye.}\n"

    assert "more than 1000 steps" in checked(main, **parts).report


def test_a_language_that_the_subflow_lacks_is_told() -> None:
    main = (
        "languages: [en, zh]\nsteps:\n  a: {subflow: s, then: b}\n"
        "  b: {end: {en: Bye., zh: 再见。}}\n"
    )

    report = checked(main, s="steps:\n  a: {say: Hi., then: b}\n  b: {return: }\n").report

    assert 'runs the flow "s", which lacks the language "zh"' in report


def test_a_subflow_is_read_from_the_folder_of_its_flow(tmp_path: Path) -> None:
    (tmp_path / "verify.yaml").write_text(VERIFY)
    (tmp_path / "bank.yaml").write_text(BANK)

    assert check_file(tmp_path / "bank.yaml").report == ""

    (tmp_path / "verify.yaml").write_text(VERIFY.replace("then: find", "then: fnd"))
    report = check_file(tmp_path / "bank.yaml").report
    assert 'verify.yaml:11:11  step "code" goes to "fnd"' in report


# ------------------------------------------------------------------ tests, drawings, walks


def test_a_flow_with_subflows_is_tested_and_all_of_it_reached(prompts: Prompts) -> None:
    tests = b"""
records: {order: {"1234": {customer: Ann}}}
tests:
  balance:
    conversation:
      - {hears: Balance or cards?}
      - {caller: balance, step: check/code}
      - {keys: "1234", hears: "Thank you, Ann.", slots: {check.code: "1234"}, step: more}
      - {caller: "yes", step: menu}
      - {caller: cards, step: card/code}
      - {keys: "9999", step: card/again}
      - {caller: "yes"}
      - {keys: "9999"}
      - {caller: "no", hears: Sorry., queued: q}
"""
    flow = read()
    found = check_tests(tests, flow, path="bank.tests.yaml")
    assert found.report == ""
    outcome = run_test(Dialogue(flow, prompts), found.tests[0])
    assert outcome.failure is None

    coverage = Coverage(flow)
    coverage.add(outcome.call.history)

    assert "card/locked" not in coverage.missed_steps()
    assert "check/locked" in coverage.missed_steps()
    missed = {(way.step, way.key) for way in coverage.missed_branches()}
    assert ("check", "then") not in missed
    assert ("check/done", "then") not in missed
    assert ("check/locked", "then") in missed


def test_generated_callers_find_nothing_wrong(prompts: Prompts) -> None:
    walked = walk(Dialogue(read(), prompts), calls=150, seed=1)

    assert walked.found == ()
    assert "check/right" not in walked.coverage.missed_steps()


def test_a_drawing_shows_the_steps_of_subflows() -> None:
    drawn = draw(graph_of(read()))

    assert "check/code" in drawn
    assert "card/code" in drawn


PAGE = (Path(__file__).parents[3] / "docs" / "reference" / "flows.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_step_can_be_part_of_a_subflow(kind: str) -> None:
    section = re.search(rf"^## {kind}\n(.*?)(?=^## |\Z)", PAGE, re.DOTALL | re.MULTILINE)
    assert section is not None
    example = re.search(r"```yaml\n(.*?)```", section[1], re.DOTALL)
    assert example is not None
    flow = checked(example[1]).flow
    assert flow is not None

    steps = {step.name: step for step in inlined(Subflow(name="x", flow="s", then="after"), flow)}

    assert steps
    for step in steps.values():
        assert {target for _, target, _ in step.targets()} <= {*steps, "after"}, step
        assert _variables(step) <= {name for name in _variables(step) if name.startswith("x.")}, (
            step
        )


def _variables(step: Step) -> set[str]:
    return {name for name in sets(step) if name != "language"}


# ------------------------------------------------------------------ one text, versions, differences


@given(st.binary(), st.dictionaries(st.from_regex(r"\A\w+\Z"), st.binary(), max_size=3))
def test_a_bundle_gives_back_what_went_into_it(main: bytes, parts: dict[str, bytes]) -> None:
    if any(b"\n--- # subflow " in data for data in (main, *parts.values())):
        return

    assert unbundled(bundled(main, parts)) == (main, parts)


def test_the_version_covers_the_subflows_and_the_bundle_has_the_same() -> None:
    first, second = checked(), checked(verify=VERIFY.replace("your code?", "the code?"))
    again = check_text(first.data, name="bank", path="bank 1")
    alone = check_text(b"steps:\n  bye: {end: Bye.}\n", name="bank", path="bank.yaml")

    assert first.flow is not None
    assert second.flow is not None
    assert again.flow is not None
    assert first.flow.version != second.flow.version
    assert again.flow.version == first.flow.version
    assert again.data == first.data
    assert alone.data == b"steps:\n  bye: {end: Bye.}\n"


def test_a_file_that_pretends_to_be_a_bundle_is_refused() -> None:
    sly = "# hello\n--- # subflow verify\nsteps:\n  bye: {end: Bye.}\n"

    assert checked(sly).report


def test_what_changed_in_a_subflow_is_told_by_its_step() -> None:
    before = checked().data
    after = checked(verify=VERIFY.replace("again", "retry").replace("your code?", "the code?")).data

    told = ["".join(words.text for words in line) for line in lines(compare(before, after))]

    assert (
        told[0] == '> step "verify/again" is now called "verify/retry", so in verify/find.missing'
    )
    assert told[1] == '~ step "verify/code" (ask)'
    assert compare(before, before) == compare(b"", b"")


def test_the_log_names_the_steps_of_subflows(call: TextCall) -> None:
    call.says("balance")

    steps = [
        a.data["step"] for a in call.actions if isinstance(a, Note) and a.kind == EventKind.STEP
    ]

    assert steps == ["menu", "check", "check/code"]
