"""The flow that somebody names on the command line."""

from pathlib import Path

from dialog.flow import Flow
from dialog.flow_file import load_flow
from dialog.flow_problems import meant
from dialog.trying.as_test import ENDING
from voxdesk.app.settings import Settings
from voxdesk.app.terminal import clean
from voxdesk.kernel.errors import FlowError


def flow_named(settings: Settings, name: str) -> tuple[Flow, Path]:
    """A flow and its file.

    Args:
        settings: of this installation.
        name: of a flow in `config/flows`, or a path; empty: the one that calls run on.

    Raises:
        FlowError: there is no such flow, or it can't be run; says what is wrong.
    """
    folder = settings.config_dir / "flows"
    wanted = name or settings.calls.flow
    path = Path(wanted)
    if path.suffix not in {".yaml", ".yml"}:
        path = folder / f"{wanted}.yaml"
        inside = path.parent == folder
        if not inside or not path.is_file():
            known = sorted(
                file.stem for file in folder.glob("*.yaml") if not file.name.endswith(ENDING)
            )
            hint = meant(wanted, known, "Flows") if known else "There is none at all."
            raise FlowError(f'there is no flow "{clean(wanted)}" in {folder}.\n  {hint}')
    return load_flow(path), path
