"""Sensitive steps: what the log keeps of them, and what authors are told."""

from collections.abc import Callable

import pytest

from dialog.dialogue import Dialogue
from dialog.events import Note, Say
from dialog.flow_file import check_text
from dialog.flow_sources import Parts
from dialog.flow_tests.coverage import Coverage
from dialog.prompts import Prompts
from dialog.text_call import TextCall
from voxdesk.kernel.call import EventKind

pytestmark = pytest.mark.unit
Make = Callable[[str], Dialogue]

FLOW = """
person: bye
steps:
  wish:
    menu: What is it?
    also: [size]
    options:
      pin: {phrases: [my pin], key: 1, then: pin}
      other: {phrases: [another matter], key: 2, then: bye}
  pin:
    ask: digits
    prompt: Your PIN?
    min_digits: 4
    max_digits: 6
    confirm: always
    sensitive: true
    then: sure
  sure: {ask: yes_no, prompt: Are you sure?, sensitive: true, yes: kind, no: bye}
  kind:
    menu: Red or blue?
    sensitive: true
    options:
      red: {phrases: [red], key: 1, then: size}
      blue: {phrases: [blue], key: 2, then: bye}
  size:
    ask: choice
    prompt: Small or large?
    options: {small: {phrases: [small]}, large: {phrases: [large]}}
    then: find
  find: {lookup: order, by: {number: "{{ pin }}"}, found: told, missing: bye, failed: bye}
  told: {say: "It is {{ order.status }}.", then: bye}
  bye: {end: Goodbye.}
"""


def talked(dialogue: Dialogue) -> TextCall:
    records = {("order", "471296"): {"status": "sent"}}
    call = TextCall(dialogue, records=records)
    call.says("my pin").says("four seven one two nine six").says("yes").says("yes").says("red")
    return call.says("small")


def test_the_log_has_no_words_and_no_values_of_sensitive_steps(flow: Make) -> None:
    call = talked(flow(FLOW))

    assert call.heard_now == "It is sent. Goodbye."
    notes = [action for action in call.actions if isinstance(action, Note)]
    log = " ".join(str(note) for note in notes)
    assert "471296" not in log.replace(" ", "")
    assert "'red'" not in log
    assert "small" in log
    slots = {note.data["slot"]: note.data.get("value") for note in notes if note.kind == "slot"}
    assert slots == {"pin": None, "sure": None, "size": "small"}
    assert call.state.variables["pin"] == "471296"


def test_everything_that_a_sensitive_step_says_is_marked(flow: Make) -> None:
    said = {a.text: a.sensitive for a in talked(flow(FLOW)).actions if isinstance(a, Say)}

    assert said["Your PIN?"]
    assert said["I heard 4 7 1 2 9 6. Is that right?"]
    assert not said["Small or large?"]


def test_tests_see_the_branches_of_sensitive_steps(flow: Make) -> None:
    dialogue = flow(FLOW)
    coverage = Coverage(dialogue.flow)
    coverage.add(talked(dialogue).history)

    missed = {(way.step, way.key) for way in coverage.missed_branches()}
    assert {("sure", "yes"), ("kind", "options.red.then"), ("pin", "then")}.isdisjoint(missed)
    assert {("sure", "no"), ("kind", "options.blue.then")} <= missed


def test_a_sensitive_answer_is_not_corrected_where_the_words_would_stay(flow: Make) -> None:
    call = talked(
        flow(FLOW.replace("  size: {ask: choice", "  size: {ask: choice, no_match: What?"))
    )
    again = TextCall(flow(FLOW))
    again.says("my pin").says("four seven one two nine six").says("yes").says("yes").says("red")
    again.says("no, I meant four seven one two nine seven")

    assert again.step == "size"
    assert again.state.variables["pin"] == "471296"
    assert call.ended == "done"


def test_a_template_that_fails_does_not_tell_what_it_met(flow: Make) -> None:
    text = FLOW.replace(
        '  told: {say: "It is {{ order.status }}.", then: bye}',
        '  told:\n    choose:\n      - {if: (pin | day) == "x", then: bye}\n      - {else: bye}',
    )
    call = talked(flow(text))

    (failed,) = [a.data for a in call.actions if isinstance(a, Note) and a.kind == EventKind.ERROR]
    assert failed["error"] == "ValueError"
    assert "471296" not in str(call.actions[-3:])


@pytest.mark.parametrize(
    ("before", "after", "wrong"),
    [
        ('"It is {{ order.status }}."', '"Your PIN is {{ pin }}."',
         'step "told": "prompt" uses "pin", which a sensitive step fills'),
        ('say: "It is {{ order.status }}."', 'set: {x: "{{ pin }}"}',
         'step "told": "set.x" uses "pin"'),
        ("order.status", "order.number", '"prompt" uses "order.number", which a sensitive step'),
        ("also: [size]", "also: [pin]", '"also" names the slot "pin", which a sensitive step'),
        ('{say: "It is {{ order.status }}."', "{message: box, sensitive: true",
         'step "told" is sensitive, and a message is a recording'),
        ('{say: "It is {{ order.status }}."',
         '{transfer: "sip:{{ pin }}@x", busy: bye, no_answer: bye, refused: bye, failed: bye',
         "transfers to a target that a sensitive step fills"),
    ],
)  # fmt: skip
def test_what_would_stay_after_all_is_refused(before: str, after: str, wrong: str) -> None:
    assert before in FLOW
    report = check_text(FLOW.replace(before, after).encode(), name="x", path="x.yaml").report

    assert wrong in report
    again = FLOW.replace(before, after).replace("  told: {s", "  told: {sensitive: true, s")
    if "say:" in after or "set:" in after or "number" in after:
        assert check_text(again.encode(), name="x", path="x.yaml").report == ""


SUB = """
takes: [why]
steps:
  code: {ask: digits, prompt: "{{ why }} Your code?", min_digits: 4, max_digits: 4, then: back}
  back: {return: }
"""
MAIN = """
steps:
  go: {subflow: sub, sensitive: true, with: {why: Please.}, then: told}
  told: {say: Thank you., then: bye}
  bye: {end: Bye.}
"""


def test_a_subflow_that_is_run_sensitively_is_sensitive_in_all_its_steps(prompts: Prompts) -> None:
    parts = Parts({"sub": SUB.encode()}, "x.yaml")
    checked = check_text(MAIN.encode(), name="x", path="x.yaml", sources=parts)
    assert checked.report == ""
    assert checked.flow is not None
    call = TextCall(Dialogue(checked.flow, prompts)).says("four seven one two")

    assert "4712" not in str([action for action in call.actions if isinstance(action, Note)])
    nosy = MAIN.replace("Thank you.", '"{{ go.code }}"')
    told = check_text(nosy.encode(), name="x", path="x.yaml", sources=parts).report
    assert 'step "told": "prompt" uses "go.code", which a sensitive step fills.' in told
