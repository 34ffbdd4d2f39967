"""What `check` of files prints, whatever is in them: all that is wrong, or that nothing is."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol, TypeVar

import typer
from rich.console import Console

from dialog.flow_problems import Problem, meant
from voxdesk.kernel.worded import Worded

out = Console(highlight=False, markup=False, soft_wrap=True)


class Checked(Protocol):
    """A file that was read."""

    @property
    def path(self) -> str:
        """As messages say it."""

    @property
    def problems(self) -> Sequence[Problem]:
        """What is wrong."""

    @property
    def report(self) -> str:
        """All problems, as they are printed."""


File = TypeVar("File", bound=Checked)


def state(checked: Checked) -> str:
    """In a list: whether the file can be used."""
    wrong = len(checked.problems)
    return f"{wrong} problem{'s' if wrong > 1 else ''}" if wrong else "ready"


def print_check(files: Sequence[File], what_is_in: Callable[[File], str]) -> None:
    """Say everything that is wrong; where nothing is, what is in each file.

    Raises:
        typer.Exit: something is wrong; with code 1.
    """
    for each in files:
        if each.problems:
            out.print(each.report)
    wrong = sum(len(each.problems) for each in files)
    if wrong:
        out.print(f"{wrong} problem{'s' if wrong > 1 else ''}.")
        raise typer.Exit(1)
    for each in files:
        out.print(f"{each.path}  {what_is_in(each)}. Nothing is wrong.")


def chosen(
    name: str, files: Sequence[Path], *, what: str, kind: Worded, folder: Path
) -> list[Path]:
    """The file that is meant, or all of a folder's; says so and exits when there is none.

    Args:
        name: of a file without its ending, or a path; empty: all.
        files: that the folder has.
        what: the thing that such a file is, as in "no scorecard".
        kind: the plural, before the names that there are.
        folder: where they are looked for.

    Raises:
        typer.Exit: there is none; with code 1.
    """
    if name and Path(name).is_file():
        return [Path(name)]
    found = [path for path in files if not name or path.stem == name]
    if not found:
        missing = f'no {what} "{name}"' if name else f"no {what}"
        known = meant(name, [path.stem for path in files], kind)
        typer.echo(f"There is {missing} in {folder}.\n  {known}", err=True)
        raise typer.Exit(1)
    return found
