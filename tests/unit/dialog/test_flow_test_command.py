import json
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from voxdesk.app.commands.flow import app

pytestmark = pytest.mark.unit

CONFIG = Path(__file__).parents[3] / "config"
FLOW = """steps:
  q:
    menu: Hours or a refund?
    options:
      hours: {phrases: [opening hours], key: 1, then: hours}
      refund: {phrases: [refund], key: 2, then: bye}
  hours: {say: From nine to five., then: bye}
  bye: {end: Goodbye.}
"""
GOOD = "tests:\n  hours:\n    conversation: [{caller: opening hours, hears: nine, ended: done}]\n"
BAD = GOOD.replace("hears: nine", "hears: ten")


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A config folder with the delivered prompts and one flow, whose files tests may change."""
    shutil.copytree(CONFIG / "prompts", tmp_path / "config" / "prompts")
    flows = tmp_path / "config" / "flows"
    flows.mkdir()
    (flows / "desk.yaml").write_text(FLOW)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("VOXDESK_CONFIG_DIR", str(tmp_path / "config"))
    return flows


def run(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, list(arguments), env={"COLUMNS": "40"})
    assert result.exception is None or isinstance(result.exception, SystemExit)
    return result.exit_code, result.output


def test_passing_tests_are_counted_and_what_they_never_reach_is_named(config: Path) -> None:
    (config / "desk.tests.yaml").write_text(GOOD)

    code, said = run("test", "desk")

    assert code == 0
    assert "desk.tests.yaml  1 test, 0 failed" in said
    assert "1 of 3 branches that no test took:" in said
    assert 'config/flows/desk.yaml:6  "q" to "bye" (options.refund.then)' in said


def test_a_failure_says_line_words_expectation_and_what_was_heard(config: Path) -> None:
    (config / "desk.tests.yaml").write_text(BAD)

    code, said = run("test", str(config / "desk.yaml"))

    assert code == 1
    assert 'desk.tests.yaml:3  "hours": the caller said "opening hours".' in said
    assert 'expected  to hear "ten"' in said
    assert 'got       "From nine to five. Goodbye."' in said


def test_a_mistake_in_the_tests_is_told_and_fails(config: Path) -> None:
    (config / "desk.tests.yaml").write_text(GOOD.replace("caller:", "callr:"))

    code, said = run("test")

    assert code == 1
    assert 'desk.tests.yaml:3:21  test "hours": a line of a conversation has no key "callr"' in said


def test_a_flow_without_tests_says_where_they_would_be(config: Path) -> None:
    assert run("test") == (0, "desk  has no tests; they would be in desk.tests.yaml.\n")
    code, said = run("test", "desk")
    assert code == 1
    assert "desk.tests.yaml:1  The file can't be read" in said


def test_a_flow_that_is_not_there_or_is_wrong_is_told(config: Path) -> None:
    code, said = run("test", "dask")
    assert code == 1
    assert 'Did you mean "desk"?' in said

    (config / "desk.yaml").write_text(FLOW.replace("then: hours", "then: hour"))
    code, said = run("walk", "desk")
    assert code == 1
    assert 'goes to "hour", and there is no such step' in said


def test_programs_get_the_same_as_json(config: Path) -> None:
    (config / "desk.tests.yaml").write_text(BAD)

    code, said = run("test", "desk", "--json", "--errors", "25", "--repeat", "2")

    assert code == 1
    (report,) = json.loads(said)
    assert report["flow"] == "desk"
    (test,) = report["tests"]
    assert test["failure"]["line"] == 3
    assert report["coverage"]["missed_branches"] == [
        {"step": "q", "key": "options.refund.then", "to": "bye", "line": 6}
    ]
    assert report["errors"] == {"runs": 0, "failed": 0, "steps": []}


def test_with_errors_the_steps_that_break_are_listed(config: Path) -> None:
    (config / "desk.tests.yaml").write_text(GOOD)

    code, said = run("test", "desk", "--errors", "60", "--repeat", "50")

    assert code == 0
    assert "of 50 runs failed" in said
    assert "%        50  q" in said
    assert '"opening hours" heard as "' in said


def test_a_walk_without_a_fault_says_so(config: Path) -> None:
    code, said = run("walk", "desk", "--calls", "100")

    assert code == 0
    assert "config/flows/desk.yaml  100 calls, " in said
    assert "no faults." in said
    assert "Every step (3) and every branch (3) was reached." in said


def test_a_fault_is_printed_as_a_test(config: Path) -> None:
    people = """  people:
    queue: help
    then: bye
    left_queue: bye
    timed_out: sorry
    no_agents: bye
    failed: bye
  sorry: {say: Still nobody., then: people}
"""
    endless = FLOW.replace("key: 2, then: bye}", "key: 2, then: people}") + people
    (config / "desk.yaml").write_text(endless)

    code, said = run("walk", "desk", "--calls", "300")
    assert code == 1
    assert 'step "people": ' in said
    assert "tests:" in said

    _, shown = run("walk", "desk", "--calls", "300", "--json")
    (report,) = json.loads(shown)
    (config / "desk.tests.yaml").write_text(report["faults"][0]["test"])
    assert run("test", "desk")[0] == 1
