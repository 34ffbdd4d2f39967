from pathlib import Path

import pytest
from typer.testing import CliRunner

from voxdesk.app.commands.flow import app

pytestmark = pytest.mark.unit

GOOD = "steps:\n  bye: {end: Goodbye.}\n"
WRONG = "steps:\n  hi: {say: Hello., then: by}\n  bye: {end: Goodbye.}\n"


def run(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, list(arguments), env={"COLUMNS": "40"})
    return result.exit_code, result.output


def test_a_good_flow_is_said_to_be_good(tmp_path: Path) -> None:
    path = tmp_path / "good.yaml"
    path.write_text(GOOD)

    code, said = run("check", str(path))

    assert code == 0
    assert said.strip().endswith("1 steps, in en. Nothing is wrong.")


def test_all_files_of_a_folder_are_checked_and_each_problem_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "good.yaml").write_text(GOOD)
    (tmp_path / "wrong.yaml").write_text(WRONG)

    code, said = run("check", str(tmp_path))

    assert code == 1
    assert 'wrong.yaml:2:27  step "hi" goes to "by", and there is no such step.\n' in said
    assert '  Did you mean "bye"?  Steps: hi, bye\n' in said
    assert said.strip().endswith("1 problem.")


def test_a_folder_without_flows_says_what_a_flow_is(tmp_path: Path) -> None:
    code, said = run("check", str(tmp_path))

    assert code == 1
    assert "There is no flow in" in said


def test_the_delivered_flows_are_listed_as_ready(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(Path(__file__).parents[3])

    code, said = run("list")

    assert code == 0
    assert "shop" in said
    assert "ready" in said
