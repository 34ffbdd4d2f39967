"""The one place where publishing meets what a flow has to learn, and its tests."""

from dataclasses import dataclass
from pathlib import Path

from dialog.flow import Flow
from dialog.flow_tests.reading import check_tests_file, file_of_tests
from dialog.flow_tests.running import run_test
from voxdesk.app.flow_choice import dialogue_of
from voxdesk.app.flow_test_runs import failure_lines
from voxdesk.app.intents.on_demand import intents_of
from voxdesk.app.outside.reading import load_catalogue
from voxdesk.app.settings import Settings, load_settings
from voxdesk.kernel.worded import NO_WORDS, Worded, together


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
    details: Worded = NO_WORDS


def run_trial(flow: Flow, path: Path, settings: Settings | None = None) -> TrialReport:
    """Learn a flow's examples, so that they are known when it is live; run the tests beside it.

    Args:
        flow: as it was read from its draft.
        path: of the draft; its tests are beside it.
        settings: of the installation; by default those of this process.

    Raises:
        ModelMissing: the examples can't be learnt; says why.
    """
    settings = settings or load_settings()
    tests = file_of_tests(path)
    if not tests.is_file():
        intents_of(flow, settings.state_dir)
        return TrialReport()
    dialogue = dialogue_of(flow, settings)
    checked = check_tests_file(tests, flow, load_catalogue(settings.config_dir))
    if checked.problems:
        return TrialReport(passed=False, summary="its tests can't be read", details=checked.report)
    outcomes = [run_test(dialogue, test) for test in checked.tests]
    failed = sum(outcome.failure is not None for outcome in outcomes)
    if failed:
        lines = [line for outcome in outcomes for line in failure_lines(outcome, checked.path)]
        return TrialReport(
            passed=False,
            summary=f"{failed} of {len(outcomes)} tests failed",
            details=together(lines),
        )
    count = len(outcomes)
    return TrialReport(summary=f"{count} test{'s' if count != 1 else ''} passed")
