"""The one place where publishing meets the tests of a flow."""

from dataclasses import dataclass
from pathlib import Path

from dialog.dialogue import Dialogue
from dialog.flow import Flow
from dialog.flow_tests.reading import check_tests_file, file_of_tests
from dialog.flow_tests.running import run_test
from dialog.prompts import Prompts
from voxdesk.app.commands.flow_test import failure_lines
from voxdesk.app.settings import load_settings


@dataclass(frozen=True, slots=True)
class TrialReport:
    """What a flow's tests said.

    Attributes:
        passed: nothing failed; so too when there are no tests.
        summary: in a few words, "12 tests passed"; empty when there are none.
        details: what failed, as it is printed.
    """

    passed: bool = True
    summary: str = ""
    details: str = ""


def tests_pass(flow: Flow, path: Path) -> TrialReport:
    """Run the tests that lie beside a flow's file.

    Args:
        flow: as it was read from its draft.
        path: of the draft; its tests are beside it.
    """
    tests = file_of_tests(path)
    if not tests.is_file():
        return TrialReport()
    checked = check_tests_file(tests, flow)
    if checked.problems:
        return TrialReport(passed=False, summary="its tests can't be read", details=checked.report)
    dialogue = Dialogue(flow, Prompts.load(load_settings().config_dir / "prompts"))
    outcomes = [run_test(dialogue, test) for test in checked.tests]
    failed = sum(outcome.failure is not None for outcome in outcomes)
    if failed:
        lines = [line for outcome in outcomes for line in failure_lines(outcome, checked.path)]
        return TrialReport(
            passed=False,
            summary=f"{failed} of {len(outcomes)} tests failed",
            details="\n".join(lines),
        )
    count = len(outcomes)
    return TrialReport(summary=f"{count} test{'s' if count != 1 else ''} passed")
