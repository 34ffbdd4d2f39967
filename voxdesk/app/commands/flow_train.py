"""`voxdesk flow train`: learn the examples of flows, and say how well they tell callers apart."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from dialog.flow_file import load_flow
from dialog.understanding.intents.examples import example_languages
from voxdesk.app.intents.training import Trained, train_apart
from voxdesk.app.settings import load_settings

_out = Console(highlight=False)


def train(
    name: Annotated[
        str | None, typer.Argument(metavar="FLOW", help="A flow's name; all when left out.")
    ] = None,
) -> None:
    """Learn the examples of the flows' options; `voxdesk serve` does it too where it is missing.

    "understood" is the share of sentences that would have been understood without having been
    given as examples: low, and the options are too much alike, or need more examples.
    """
    settings = load_settings()
    trained: list[tuple[str, Trained]] = []
    for path in _files(settings.config_dir / "flows", name):
        flow = load_flow(path)
        if example_languages(flow):
            report = train_apart(path, flow, settings.state_dir)
            trained += [(flow.name, line) for line in report]
        elif name is not None:
            _out.print(f"No option of the flow {name} has examples: there is nothing to learn.")
    if not trained and name is None:
        _out.print("No option of any flow has examples: there is nothing to learn.")
    if trained:
        _out.print(_table(trained))


def _files(folder: Path, name: str | None) -> list[Path]:
    files = sorted(folder.glob("*.yaml"))
    chosen = [path for path in files if name in {None, path.stem}]
    if not chosen:
        known = ", ".join(path.stem for path in files) or "none"
        wanted = f'no flow "{name}"' if name is not None else "no flow"
        typer.echo(f"There is {wanted} in {folder}. Flows there: {known}", err=True)
        raise typer.Exit(1)
    return chosen


def _table(trained: list[tuple[str, Trained]]) -> Table:
    table = Table(
        "flow", "language", "step", "options", "examples", "understood", box=None, pad_edge=False
    )
    for flow, line in trained:
        table.add_row(
            flow,
            line.language,
            line.step,
            str(line.options),
            str(line.examples),
            f"{100 * line.right:.0f} %",
        )
    return table
