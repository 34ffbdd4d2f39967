"""`voxdesk scorecards`: check and list the questions by which calls are judged."""

import json
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from dialog.flow_problems import meant
from voxdesk.app.scorecards.reading import check_scorecard_file, scorecard_files
from voxdesk.app.scorecards.schema import scorecard_schema
from voxdesk.app.settings import load_settings
from voxdesk.app.terminal import clean

app = typer.Typer(help="Check and list scorecards.", no_args_is_help=True)
_out = Console(highlight=False, markup=False, soft_wrap=True)


@app.command()
def check(
    name: Annotated[
        str, typer.Argument(help="A name, or a file; all of config/scorecards when left out.")
    ] = "",
) -> None:
    """Say everything that is wrong with scorecards; exit code 1 when anything is."""
    checked = [check_scorecard_file(path) for path in _files(name)]
    for each in checked:
        if each.problems:
            _out.print(each.report)
    wrong = sum(len(each.problems) for each in checked)
    if wrong:
        _out.print(f"{wrong} problem{'s' if wrong > 1 else ''}.")
        raise typer.Exit(1)
    for each in checked:
        card = each.scorecard
        if card is not None:
            count = len(list(card.questions()))
            languages = ", ".join(card.languages)
            _out.print(f"{each.path}  {count} questions, in {languages}. Nothing is wrong.")


@app.command(name="list")
def list_() -> None:
    """Every scorecard, and whether calls can be scored by it."""
    table = Table(box=None, header_style="bold", pad_edge=False)
    for column in ("name", "title", "sections", "questions", "languages", "passed from", ""):
        table.add_column(column)
    for path in _files(""):
        checked = check_scorecard_file(path)
        card = checked.scorecard
        wrong = len(checked.problems)
        table.add_row(
            Text(clean(checked.name)),
            Text(clean(card.title.get(card.languages[0], ""))) if card else "",
            str(len(card.sections)) if card else "",
            str(len(list(card.questions()))) if card else "",
            ", ".join(card.languages) if card else "",
            f"{card.passed_from:g}" if card and card.passed_from is not None else "",
            f"{wrong} problem{'s' if wrong > 1 else ''}" if wrong else "ready",
        )
    _out.print(table, soft_wrap=False)


@app.command()
def schema() -> None:
    """Print the JSON Schema of the files, by which editors complete keys."""
    typer.echo(json.dumps(scorecard_schema(), indent=2, ensure_ascii=False))


def _files(name: str) -> list[Path]:
    """The file that is meant, or all; says so and exits when there is none."""
    if name and Path(name).is_file():
        return [Path(name)]
    folder = load_settings().config_dir
    files = scorecard_files(folder)
    found = files if not name else [path for path in files if path.stem == name]
    if not found:
        what = f'no scorecard "{name}"' if name else "no scorecard"
        known = meant(name, [path.stem for path in files], "Scorecards")
        typer.echo(f"There is {what} in {folder / 'scorecards'}.\n  {known}", err=True)
        raise typer.Exit(1)
    return found
