from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dialog.dialogue import Dialogue
from dialog.flow_file import flow_files, load_flow
from dialog.flow_tests.faults import FaultKind
from dialog.flow_tests.reading import check_tests
from dialog.flow_tests.running import run_test
from dialog.flow_tests.script import Doing, IsSilent, Presses, Says, World
from dialog.flow_tests.shrinking import shrink
from dialog.flow_tests.walker import walk
from dialog.flow_tests.writing import written
from dialog.prompts import Prompts

pytestmark = pytest.mark.unit

Flows = Callable[[str], Dialogue]
FLOWS = Path(__file__).parents[3] / "config" / "flows"
QUIET = """
steps:
  kind:
    menu: Orders or hours?
    options:
      orders: {phrases: [orders], key: 1, then: number}
      hours: {phrases: [hours], key: 2, then: bye}
  number: {ask: order_number, prompt: Which number?, slot: nr, min_digits: 4, then: find}
  find: {lookup: order, by: {number: "{{ nr }}"}, found: what, missing: bye, failed: bye}
  what:
    menu: "{% if order.status == 'sent' %}It is sent. What now?{% endif %}"
    options: {end: {phrases: [the end], key: 1, then: bye}}
  bye: {end: Goodbye.}
"""
ROUND = """
steps:
  hi: {ask: yes_no, prompt: Do you want a person?, yes: people, no: bye}
  people:
    queue: help
    prompt: Please wait.
    then: bye
    left_queue: bye
    timed_out: sorry
    no_agents: bye
    failed: bye
  sorry: {say: Still nobody., then: people}
  bye: {end: Goodbye.}
"""
BROKEN = """
steps:
  number: {ask: digits, prompt: Which number?, slot: nr, then: find}
  find: {lookup: order, by: {number: "{{ nr }}"}, found: due, missing: bye, failed: bye}
  due: {say: "A part is {{ (order.total_cents | int) / (order.total_cents | int) }}.", then: bye}
  bye: {end: Goodbye.}
"""


def the_test_of(dialogue: Dialogue, kind: FaultKind) -> str:
    """The one fault that is found, as it is printed; run again, it must fail."""
    walked = walk(dialogue, calls=300, seed=1)
    (found,) = [one for one in walked.found if one.fault.kind is kind]
    text = written(found.test)
    checked = check_tests(text.encode(), dialogue.flow, path="x")
    assert checked.report == ""
    outcome = run_test(dialogue, checked.tests[0])
    assert outcome.failure is not None, text
    assert 1 <= found.calls <= walked.calls
    return text


def test_silence_is_found_and_shown_by_the_fewest_events(faulty: Flows) -> None:
    text = the_test_of(faulty(QUIET), FaultKind.SILENCE)

    lines = text.partition("conversation:\n")[2].splitlines()
    assert len(lines) == 2, text
    assert text.count("status") == 1, text


def test_a_queue_that_leads_to_itself_is_found(flow: Flows) -> None:
    text = the_test_of(flow(ROUND), FaultKind.CIRCLES)

    lines = text.partition("conversation:\n")[2].splitlines()
    assert 2 <= len(lines) <= 3, text
    assert lines[-1].strip() == "- {queue: timed_out, ended: true}"


def test_a_template_that_fails_at_some_records_is_found(flow: Flows) -> None:
    text = the_test_of(flow(BROKEN), FaultKind.BROKEN)

    assert "total_cents: 0" in text


class Crashes(Dialogue):
    """Fails at the key 7."""

    def step(self, state, event, at=None):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201
        if getattr(event, "digit", "") == "7":
            raise ZeroDivisionError
        return super().step(state, event, at)


def test_a_crash_is_found_and_told_without_a_traceback(flow: Flows) -> None:
    good = flow(QUIET.replace("{% endif %}", "{% else %}What now?{% endif %}"))
    walked = walk(Crashes(good.flow, good.prompts), calls=300, seed=1)

    crash = next(one for one in walked.found if one.fault.kind is FaultKind.CRASH)
    assert "ZeroDivisionError" in crash.fault.text
    last = crash.test.script[-1].does
    assert isinstance(last, Presses)
    assert last.keys.endswith("7")
    outcome = run_test(Crashes(good.flow, good.prompts), crash.test)
    assert outcome.failure is not None
    assert "crashes" in outcome.failure.differences[0].got


def test_the_same_seed_makes_the_same_calls_and_another_seed_others(shop: Dialogue) -> None:
    one, same, other = (walk(shop, calls=30, seed=seed) for seed in (5, 5, 6))

    assert one.events == same.events
    assert one.coverage.missed_branches() == same.coverage.missed_branches()
    assert one.events != other.events


@pytest.mark.parametrize("path", flow_files(FLOWS), ids=lambda path: path.stem)
def test_every_flow_that_is_delivered_is_walked_without_a_fault(
    path: Path, prompts: Prompts
) -> None:
    walked = walk(Dialogue(load_flow(path), prompts), calls=600, seed=2)

    assert walked.found == (), walked.found[0]


def test_a_flow_is_walked_to_its_last_branch(counter: Dialogue) -> None:
    walked = walk(counter, calls=600, seed=2)

    assert walked.found == ()
    assert walked.coverage.missed_steps() == []
    assert walked.coverage.missed_branches() == []


doings: st.SearchStrategy[Doing] = st.one_of(
    st.builds(Says, st.sampled_from([("a",), ("b",), ("a", "b")])),
    st.builds(Presses, st.text("123", min_size=1, max_size=3)),
    st.builds(IsSilent),
)


@given(st.lists(doings, max_size=20), st.lists(doings, min_size=1, max_size=3, unique=True))
@settings(deadline=None)
def test_what_is_shrunk_still_shows_the_fault_and_nothing_can_be_left_out(
    around: list[Doing], needed: list[Doing]
) -> None:
    def shows(_world: World, script: object) -> bool:
        assert isinstance(script, tuple)
        return all(doing in script for doing in needed)

    _, script = shrink(shows, World(), (*around, *needed))

    assert shows(World(), script)
    assert len(script) == len(needed)
