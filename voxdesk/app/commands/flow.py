"""`voxdesk flow`: everything that is done with flows."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from dialog.flow_file import Checked, check_file, flow_files
from voxdesk.app.commands import (
    flow_graph,
    flow_publish,
    flow_replay,
    flow_schema,
    flow_test,
    flow_train,
    flow_try,
    flow_versions,
    flow_walk,
)
from voxdesk.app.flow_choice import installed_catalogue
from voxdesk.app.settings import load_settings

COMMANDS = (
    flow_graph,
    flow_publish,
    flow_replay,
    flow_schema,
    flow_test,
    flow_train,
    flow_try,
    flow_versions,
    flow_walk,
)
app = typer.Typer(
    help="Check, test, draw, try, replay, train, list and publish flows.", no_args_is_help=True
)
for command in COMMANDS:
    app.add_typer(command.app)
_out = Console(highlight=False)


@app.command()
def check(
    path: Annotated[
        Path | None,
        typer.Argument(help="A flow's file, or a folder of them; all flows when left out."),
    ] = None,
) -> None:
    """Say everything that is wrong with a flow; exit code 1 when anything is."""
    catalogue = installed_catalogue()
    checked = [check_file(file, catalogue) for file in _files(path)]
    for flow in checked:
        if flow.problems:
            _out.print(flow.report, markup=False, soft_wrap=True)
    wrong = sum(len(flow.problems) for flow in checked)
    if wrong:
        _out.print(f"{wrong} problem{'s' if wrong > 1 else ''}.")
        raise typer.Exit(1)
    for flow in checked:
        _out.print(_summary(flow), markup=False, soft_wrap=True)


@app.command(name="list")
def list_flows() -> None:
    """Every flow, its languages and steps, and whether it can be used."""
    table = Table("flow", "languages", "steps", "version", "state", box=None, pad_edge=False)
    catalogue = installed_catalogue()
    for file in _files(None):
        checked = check_file(file, catalogue)
        flow = checked.flow
        wrong = len(checked.problems)
        table.add_row(
            file.stem,
            ", ".join(flow.languages) if flow else "",
            str(len(flow.steps)) if flow else "",
            flow.version if flow else "",
            f"{wrong} problems" if wrong else "ready",
        )
    _out.print(table)


def _files(path: Path | None) -> list[Path]:
    folder = load_settings().config_dir / "flows" if path is None else path
    if folder.is_dir():
        files = flow_files(folder)
        if not files:
            typer.echo(
                f"There is no flow in {folder}; flows are files that end in .yaml.", err=True
            )
            raise typer.Exit(1)
        return files
    return [folder]


def _summary(checked: Checked) -> str:
    flow = checked.flow
    steps = len(flow.steps) if flow else 0
    languages = ", ".join(flow.languages) if flow else ""
    return f"{checked.path}  {steps} steps, in {languages}. Nothing is wrong."
