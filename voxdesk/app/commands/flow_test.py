"""`voxdesk flow test`: run the tests beside the flows, and say what they never reach."""

import json
from typing import Annotated

import typer

from dialog.flow_tests.reading import file_of_tests
from voxdesk.app.flow_choice import FlowArgument, load_dialogues
from voxdesk.app.flow_test_runs import as_data, report_lines, run_tests

app = typer.Typer()


@app.command(name="test")
def run_flow_tests(
    flow: FlowArgument = "",
    *,
    errors: Annotated[
        float | None,
        typer.Option(
            min=1, max=100, help="Also run every test with so many errors in 100 words heard."
        ),
    ] = None,
    repeat: Annotated[
        int, typer.Option(min=1, max=10_000, help="With --errors: runs of each test.")
    ] = 20,
    seed: Annotated[int, typer.Option(help="With --errors: another number, other errors.")] = 1,
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """Run the tests beside a flow (shop.tests.yaml for shop.yaml).

    Says which line failed, what the caller did, what was expected and what the caller heard; then
    which steps and branches no test reached. Exit code 1 when a test fails or can't be read.
    """
    reports = []
    for path, dialogue in load_dialogues(flow):
        tests = file_of_tests(path)
        if tests.is_file() or flow:
            reports.append(run_tests(tests, dialogue, errors, repeat, seed))
        elif not as_json:
            typer.echo(f"{dialogue.flow.name}  has no tests; they would be in {tests.name}.")
    if as_json:
        typer.echo(json.dumps([as_data(report) for report in reports], ensure_ascii=False))
    else:
        for report in reports:
            typer.echo("\n".join(report_lines(report)))
    if any(report.failed or report.checked.problems for report in reports):
        raise typer.Exit(1)
