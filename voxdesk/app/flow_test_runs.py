"""Tests of a flow, run, and what came of them: for commands, the API and publishing."""

import time
from collections.abc import Callable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dialog.dialogue import Dialogue
from dialog.flow_problems import path_of
from dialog.flow_tests.coverage import Branch, Coverage
from dialog.flow_tests.noise import measured
from dialog.flow_tests.reading import CheckedTests, check_tests_file
from dialog.flow_tests.running import Outcome, run_test
from dialog.flow_tests.trials import StepTrials, Trials, try_with_errors
from voxdesk.app.outside.reading import load_catalogue
from voxdesk.kernel.worded import NO_WORDS, Worded, worded
from voxdesk.kernel.worded import as_data as as_worded

EXAMPLES = 2


@dataclass(frozen=True, slots=True)
class Report:
    """What came of the tests of one flow."""

    dialogue: Dialogue
    checked: CheckedTests
    outcomes: tuple[Outcome, ...]
    coverage: Coverage
    took_s: float
    trials: Trials | None = None

    @property
    def failed(self) -> int:
        """How many tests failed."""
        return sum(outcome.failure is not None for outcome in self.outcomes)


def run_tests(
    path: Path,
    dialogue: Dialogue,
    errors: float | None = None,
    repeat: int = 20,
    seed: int = 1,
    *,
    on_begin: Callable[[int], None] = lambda _: None,
    on_run: Callable[[], None] = lambda: None,
) -> Report:
    """Run a file of tests.

    Args:
        path: of the file.
        dialogue: of its flow.
        errors: also run each with so many errors in 100 words heard.
        repeat: so many times, then.
        seed: another number, other errors.
        on_begin: told how many runs there will be.
        on_run: called after each of them.
    """
    begun = time.perf_counter()
    checked = check_tests_file(path, dialogue.flow, load_catalogue(path.parent.parent))
    runnable = () if checked.problems else checked.tests
    coverage = Coverage(dialogue.flow)
    on_begin(len(runnable) * (1 if errors is None else 1 + repeat))
    outcomes = []
    for test in runnable:
        outcomes.append(run_test(dialogue, test))
        on_run()
    for outcome in outcomes:
        coverage.add(outcome.call.history)
    took_s = time.perf_counter() - begun
    trials = None
    if errors is not None:
        passed = [outcome.test for outcome in outcomes if outcome.failure is None]
        trials = try_with_errors(
            dialogue,
            passed,
            word_error_rate=errors / 100,
            repeat=repeat,
            seed=seed,
            on_run=on_run,
        )
    return Report(dialogue, checked, tuple(outcomes), coverage, took_s, trials)


# ------------------------------------------------------------------ for people


def report_lines(report: Report) -> list[str]:
    """All of it, for people."""
    checked = report.checked
    if checked.problems:
        return [checked.report]
    lines: list[str] = []
    for outcome in report.outcomes:
        lines += failure_lines(outcome, checked.path)
    count = len(report.outcomes)
    said = f"{count} test{'s' if count != 1 else ''}, {report.failed} failed"
    lines.append(f"{checked.path}  {said}, in {report.took_s * 1000:.0f} ms.")
    lines += coverage_lines(report.coverage, report.dialogue.flow.path, "test")
    if report.trials is not None:
        lines += _trial_lines(report.trials)
    return lines


def failure_lines(outcome: Outcome, path: str) -> list[Worded]:
    """Which line of which test failed, and how; nothing when it passed."""
    failure = outcome.failure
    if failure is None:
        return []
    place = f"{path}:{failure.line or outcome.test.line:d}"
    name = outcome.test.name
    lines = [worded('{place}  "{test}": {did}.', place=place, test=name, did=failure.did)]
    for one in failure.differences:
        lines.append(worded("  expected  {expected}", expected=one.expected))
        lines.append(worded("  got       {got}", got=one.got))
    if failure.heard and not any(failure.heard in one.got for one in failure.differences):
        lines.append(worded('  heard     "{heard}"', heard=failure.heard))
    return [*lines, worded('  The call is at step "{step}".', step=failure.step), NO_WORDS]


def coverage_lines(coverage: Coverage, path: str, by: str) -> list[str]:
    """What nobody reached: at all, and in each language.

    Args:
        coverage: of the calls.
        path: of the flow.
        by: who may reach things: "test", "call".
    """
    languages = coverage.languages
    lines = _missed(coverage, path, f"no {by}", "")
    everywhere: set[str | Branch] = {*coverage.missed_steps(), *coverage.missed_branches()}
    for language in languages if len(languages) > 1 else ():
        missed = {*coverage.missed_steps(language), *coverage.missed_branches(language)}
        if missed - everywhere:
            lines += _missed(coverage, path, f"no {by} in {language}", language, everywhere)
    if not lines:
        steps, branches = len(coverage.flow.steps), coverage.all_branches
        lines.append(f"Every step ({steps}) and every branch ({branches}) was reached.")
    return lines


def _missed(
    coverage: Coverage,
    path: str,
    who: str,
    language: str,
    told: AbstractSet[str | Branch] = frozenset(),
) -> list[str]:
    steps = [name for name in coverage.missed_steps(language) if name not in told]
    ways = [branch for branch in coverage.missed_branches(language) if branch not in told]
    lines = []
    if steps:
        lines.append(f"{len(steps)} of {len(coverage.flow.steps)} steps that {who} reached:")
        lines += [f'  {_place(coverage.flow.steps[name].line, path)}  "{name}"' for name in steps]
    if ways:
        lines.append(f"{len(ways)} of {coverage.all_branches} branches that {who} took:")
        lines += [
            f'  {_place(way.line, path)}  "{way.step}" to "{way.target}" ({way.key})'
            for way in ways
        ]
    return lines


def _place(line: int, path: str) -> str:
    """A line with its file, which may be a subflow's."""
    return f"{path_of(line) or path}:{line}"


def _trial_lines(trials: Trials) -> list[str]:
    source = f"English errors as measured ({measured().source}), Mandarin errors made up"
    lines = [
        f"With errors, {trials.failed} of {trials.runs} runs failed. {source}.",
        "Broken  of heard  step",
    ]
    return lines + [line for step in trials.steps for line in _step_lines(step)]


def _step_lines(step: StepTrials) -> list[str]:
    lines = [f"{step.share:6.1%}  {step.runs:8}  {step.step}"]
    return lines + [
        f'                    "{one.said}" heard as "{one.heard}"'
        for one in step.examples[:EXAMPLES]
    ]


# ------------------------------------------------------------------ for programs


def as_data(report: Report) -> dict[str, Any]:
    """All of it, for programs."""
    flow, coverage = report.dialogue.flow, report.coverage
    document: dict[str, Any] = {
        "flow": flow.name,
        "version": flow.version,
        "file": report.checked.path,
        "problems": [
            {
                "line": problem.line,
                "text": problem.text,
                "hint": problem.hint,
                "worded": as_worded(problem.text),
                "hint_worded": as_worded(problem.hint),
            }
            for problem in report.checked.problems
        ],
        "tests": [_test_json(outcome) for outcome in report.outcomes],
        "took_s": round(report.took_s, 4),
        "coverage": coverage_json(coverage),
    }
    if report.trials is not None:
        document["errors"] = _trials_json(report.trials)
    return document


def coverage_json(coverage: Coverage) -> dict[str, Any]:
    """What was reached, and what wasn't."""
    return {
        "steps": len(coverage.flow.steps),
        "branches": coverage.all_branches,
        "missed_steps": coverage.missed_steps(),
        "missed_branches": [
            {"step": way.step, "key": way.key, "to": way.target, "line": way.line}
            for way in coverage.missed_branches()
        ],
    }


def _test_json(outcome: Outcome) -> dict[str, Any]:
    failure = outcome.failure
    found: dict[str, Any] = {
        "name": outcome.test.name,
        "line": outcome.test.line,
        "passed": failure is None,
    }
    if failure is not None:
        found["failure"] = {
            "line": failure.line,
            "did": failure.did,
            "did_worded": as_worded(failure.did),
            "differences": [
                {
                    "expected": one.expected,
                    "got": one.got,
                    "expected_worded": as_worded(one.expected),
                    "got_worded": as_worded(one.got),
                }
                for one in failure.differences
            ],
            "heard": failure.heard,
            "step": failure.step,
        }
    return found


def _trials_json(trials: Trials) -> dict[str, Any]:
    return {
        "runs": trials.runs,
        "failed": trials.failed,
        "steps": [
            {"step": one.step, "heard": one.runs, "broken": one.broken} for one in trials.steps
        ],
    }
