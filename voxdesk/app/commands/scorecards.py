"""`voxdesk scorecards`: check and list the questions by which calls are judged."""

import json
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from voxdesk.app.commands.checked_files import chosen, out, print_check, state
from voxdesk.app.scorecards.reading import (
    CheckedScorecard,
    check_scorecard_file,
    scorecard_files,
)
from voxdesk.app.scorecards.schema import scorecard_schema
from voxdesk.app.settings import load_settings
from voxdesk.app.terminal import clean
from voxdesk.kernel.worded import worded

app = typer.Typer(help="Check and list scorecards.", no_args_is_help=True)


@app.command()
def check(
    name: Annotated[
        str, typer.Argument(help="A name, or a file; all of config/scorecards when left out.")
    ] = "",
) -> None:
    """Say everything that is wrong with scorecards; exit code 1 when anything is."""
    print_check([check_scorecard_file(path) for path in _files(name)], _content)


def _content(checked: CheckedScorecard) -> str:
    card = checked.scorecard
    if card is None:
        return "Nothing"
    return f"{len(list(card.questions()))} questions, in {', '.join(card.languages)}"


@app.command(name="list")
def list_() -> None:
    """Every scorecard, and whether calls can be scored by it."""
    table = Table(box=None, header_style="bold", pad_edge=False)
    for column in ("name", "title", "sections", "questions", "languages", "passed from", ""):
        table.add_column(column)
    for path in _files(""):
        checked = check_scorecard_file(path)
        card = checked.scorecard
        table.add_row(
            Text(clean(checked.name)),
            Text(clean(card.title.get(card.languages[0], ""))) if card else "",
            str(len(card.sections)) if card else "",
            str(len(list(card.questions()))) if card else "",
            ", ".join(card.languages) if card else "",
            f"{card.passed_from:g}" if card and card.passed_from is not None else "",
            state(checked),
        )
    out.print(table, soft_wrap=False)


@app.command()
def schema() -> None:
    """Print the JSON Schema of the files, by which editors complete keys."""
    typer.echo(json.dumps(scorecard_schema(), indent=2, ensure_ascii=False))


def _files(name: str) -> list[Path]:
    folder = load_settings().config_dir
    return chosen(
        name,
        scorecard_files(folder),
        what="scorecard",
        kind=worded("Scorecards"),
        folder=folder / "scorecards",
    )
