"""`voxdesk flow walk`: a generated caller looks for what must never happen in a flow."""

import json
from typing import Annotated

import typer

from dialog.flow_tests.walker import Found, Walked, walk
from dialog.flow_tests.writing import written
from voxdesk.app.flow_choice import FlowArgument, load_dialogues
from voxdesk.app.flow_test_runs import coverage_lines
from voxdesk.app.walked import as_data

app = typer.Typer()


@app.command(name="walk")
def walk_flows(
    flow: FlowArgument = "",
    *,
    calls: Annotated[int, typer.Option(min=1, max=1_000_000, help="For each flow.")] = 1000,
    seed: Annotated[int, typer.Option(help="Another number, other calls.")] = 1,
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """Call a flow at random: right and wrong answers, silence, keys, commands, a lost CRM.

    Whatever callers do, they must hear something, never be stuck, and never go in circles. A fault
    is printed as the shortest test that shows it. Exit code 1 when there is one.
    """
    walked = {
        dialogue.flow.path: walk(dialogue, calls=calls, seed=seed)
        for _, dialogue in load_dialogues(flow)
    }
    if as_json:
        shown = [as_data(path, one) for path, one in walked.items()]
        typer.echo(json.dumps(shown, ensure_ascii=False))
    else:
        for path, one in walked.items():
            typer.echo("\n".join(_lines(path, one)))
    if any(one.found for one in walked.values()):
        raise typer.Exit(1)


def _lines(path: str, walked: Walked) -> list[str]:
    lines = [line for found in walked.found for line in _fault_lines(path, walked, found)]
    faults = len(walked.found)
    lines.append(
        f"{path}  {walked.calls} calls, {walked.events} events, "
        f"{faults or 'no'} fault{'' if faults == 1 else 's'}."
    )
    return [*lines, *coverage_lines(walked.coverage, path, "call")]


def _fault_lines(path: str, walked: Walked, found: Found) -> list[str]:
    fault = found.fault
    step = walked.coverage.flow.steps.get(fault.step)
    return [
        f'{path}:{step.line if step else 1}  step "{fault.step}": {fault.text}',
        f"  {found.calls} of {walked.calls} calls. This one shows it:",
        "",
        *(f"  {line}" for line in written(found.test).splitlines()),
        "",
    ]
