"""`voxdesk flow train`: learn the examples of flows, and say how well they tell callers apart."""

import typer
from rich.console import Console
from rich.table import Table

from dialog.flow_file import load_flow
from dialog.understanding.intents.examples import lessons_of
from voxdesk.app.flow_choice import FlowArgument, chosen_files, installed_catalogue
from voxdesk.app.intents.training import Trained, train_apart
from voxdesk.app.settings import load_settings

app = typer.Typer()
_out = Console(highlight=False)
MISTAKEN_SHOWN = 3
"""Of a step."""


@app.command()
def train(flow: FlowArgument = "") -> None:
    """Learn the examples of the flows' options, and say how well they are told apart.

    "understood" is the share of sentences that would have been understood without having been
    given as examples: low, and the options are too much alike, or need more examples.

    Nobody has to: `serve`, `flow publish`, `flow test` and `flow try` learn what is missing.
    """
    settings = load_settings()
    trained: list[tuple[str, Trained]] = []
    for path in chosen_files(flow):
        read = load_flow(path, installed_catalogue())
        if lessons := lessons_of(read):
            with _out.status(f"Learning the examples of {read.name} …"):
                report = train_apart(lessons, settings.state_dir)
            trained += [(read.name, line) for line in report]
        elif flow:
            _out.print(
                f"No option of the flow {read.name} has examples: there is nothing to learn."
            )
    if not trained and not flow:
        _out.print("No option of any flow has examples: there is nothing to learn.")
    if trained:
        _out.print(_table(trained))
        for flow_name, line in trained:
            for text, option, other in line.mistaken[:MISTAKEN_SHOWN]:
                _out.print(
                    f'{flow_name}, {line.step}: "{text}" ({option}) would be taken for {other}.',
                    markup=False,
                )


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
