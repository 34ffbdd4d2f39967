"""The flow that a command is about: named, or all of them."""

from pathlib import Path
from typing import Annotated, NoReturn

import typer

from dialog.catalogue import Catalogue
from dialog.dialogue import Dialogue
from dialog.flow import Flow
from dialog.flow_file import Checked, check_file, flow_files, load_flow
from dialog.flow_problems import meant
from dialog.prompts import Prompts
from voxdesk.app.intents.on_demand import intents_of
from voxdesk.app.knowledge.on_demand import read_knowledge
from voxdesk.app.outside.reading import load_catalogue
from voxdesk.app.settings import Settings, load_settings
from voxdesk.kernel.worded import worded

FlowArgument = Annotated[
    str,
    typer.Argument(
        metavar="FLOW", help="A flow's name, or its file; all flows when it is left out."
    ),
]

OneFlowArgument = Annotated[
    str,
    typer.Argument(
        metavar="[FLOW]", help="A flow's name, or its file; left out: the one calls run on."
    ),
]


def chosen_files(flow: str) -> list[Path]:
    """The files of the flows that are meant; says so and exits when there is none."""
    folder = load_settings().config_dir / "flows"
    files = flow_files(folder)
    if not flow:
        if not files:
            _leave(f"There is no flow in {folder}; flows are files that end in .yaml.")
        return files
    if Path(flow).is_file():
        return [Path(flow)]
    named = [path for path in files if path.stem == flow]
    if not named:
        hint = meant(flow, [path.stem for path in files], worded("Flows"))
        _leave(f'There is no flow "{flow}" in {folder}.\n  {hint}')
    return named


def one_flow(flow: str) -> tuple[Path, Flow]:
    """The flow that is meant, with its file; the one that calls run on when none is named.

    Raises:
        FlowError: it can't be run; says everything that is wrong.
    """
    path = chosen_files(flow or load_settings().calls.flow)[0]
    return path, load_flow(path, installed_catalogue())


def dialogue_of(flow: Flow, settings: Settings) -> Dialogue:
    """The dialogue of a flow, as callers would have it; examples are learnt where they aren't.

    Raises:
        ModelMissing: the examples can't be learnt; says why.
    """
    prompts = Prompts.load(settings.config_dir / "prompts")
    read_knowledge(flow, settings.state_dir)
    return Dialogue(flow, prompts, intents=intents_of(flow, settings.state_dir))


def load_dialogues(flow: str) -> list[tuple[Path, Dialogue]]:
    """Each flow that is meant, with its file; the problems of a flow are printed when it has some.

    Raises:
        ModelMissing: the examples of one can't be learnt; says why.
    """
    settings = load_settings()
    catalogue = load_catalogue(settings.config_dir)
    return [
        (path, dialogue_of(_right(check_file(path, catalogue)), settings))
        for path in chosen_files(flow)
    ]


def _right(checked: Checked) -> Flow:
    if checked.problems or checked.flow is None:
        _leave(checked.report)
    return checked.flow


def installed_catalogue() -> Catalogue:
    """What flows of this installation can look up and have done.

    Raises:
        SettingsError: a service's file is wrong.
    """
    return load_catalogue(load_settings().config_dir)


def _leave(why: str) -> NoReturn:
    typer.echo(why, err=True)
    raise typer.Exit(1)
