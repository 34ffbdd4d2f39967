"""`voxdesk flow publish` and `voxdesk flow rollback`: what changes which flow calls run."""

import getpass
import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Final

import typer
from rich.console import Console

from dialog.flow_diff_shown import summary
from voxdesk.app import publishing
from voxdesk.app.commands.flow_versions import show_diff
from voxdesk.app.control import ask, socket_path
from voxdesk.app.database import opened
from voxdesk.app.drafts import note_base, read_draft, runs_as_subflow
from voxdesk.app.publishing import Proposal
from voxdesk.app.settings import Settings, load_settings
from voxdesk.app.terminal import clean
from voxdesk.kernel.errors import SettingsError

LIVE_WITHIN_S: Final = 40.0
ASK_EVERY_S: Final = 0.2

app = typer.Typer()
_out = Console(highlight=False, markup=False, soft_wrap=True)
Reason = Annotated[str, typer.Option("--reason", "-m", help="Why, in a sentence; for those after.")]
Author = Annotated[str, typer.Option(help="Who publishes; by default who is logged in here.")]


@app.command()
def publish(
    flow: Annotated[str, typer.Argument(help="Name of the flow, as of its file.")],
    reason: Reason,
    author: Author = "",
    base: Annotated[
        int | None,
        typer.Option(min=0, help="The version that the draft has all of; noted beside it."),
    ] = None,
    *,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Don't ask.")] = False,
) -> None:
    """Make a flow's draft what the next call runs: checked, tested, shown, kept for good."""
    settings = load_settings()
    draft = read_draft(settings.config_dir / "flows", flow)
    if base is not None:
        draft = replace(draft, base=base)
    with opened(settings.database_url) as database:
        proposal = publishing.examine(database, draft)
        _tell(proposal)
        if not yes:
            typer.confirm(f"Publish {flow} as version {draft.base + 1}?", abort=True)
        version = publishing.publish(
            database, proposal, author=author or _who(), reason=reason, now=datetime.now(UTC)
        )
    _out.print(f"{flow} version {version.number} is published.")
    try:
        note_base(draft.path, version.number)
    except SettingsError as error:
        _out.print(clean(error))
    _tell_engine(settings, flow, version.number)
    if users := runs_as_subflow(settings.config_dir / "flows", flow):
        _out.print(
            f"It is run as a subflow by: {', '.join(users)}. There it stays as it was when that "
            "was published; publish that too."
        )


@app.command()
def rollback(
    flow: Annotated[str, typer.Argument(help="Name of the flow.")],
    reason: Reason,
    version: Annotated[
        int | None, typer.Argument(min=1, help="Which one; the one before by default.")
    ] = None,
    author: Author = "",
) -> None:
    """Bring an earlier version back, at once, as a new one of the same text."""
    settings = load_settings()
    with opened(settings.database_url) as database:
        former = publishing.find(database, flow)
        back = publishing.roll_back(
            database, flow, version, author=author or _who(), reason=reason, now=datetime.now(UTC)
        )
    show_diff(publishing.difference(former, back))
    _out.print(
        f"{flow} version {back.number} is published; it is version {back.restores} again. "
        f"To undo: voxdesk flow rollback {flow} {former.number} --reason …"
    )
    _out.print(
        f"The draft stays as it is. To go on from what is live now: voxdesk flow draft {flow}"
    )
    _tell_engine(settings, flow, back.number)


def _tell(proposal: Proposal) -> None:
    if (live := proposal.live) is None:
        _out.print("It was never published; calls run the file as it was when the engine started.")
        _out.print(f"All of it is new; {summary(proposal.diff)}.")
    else:
        _out.print(f"Live is version {live.number}, by {clean(live.author)}: {clean(live.reason)}")
        show_diff(proposal.diff)
    _out.print("Checked: nothing is wrong.")
    _out.print(f"Tested: {proposal.tests.summary or 'no, there are no tests'}.")


def _tell_engine(settings: Settings, flow: str, number: int) -> None:
    """Have the engine of this machine take it, and wait until it has."""
    path = socket_path(settings.state_dir)
    if ask(path, {"do": "flows"}, missing=None) is None:
        _out.print("No engine runs here; others take it within some seconds.")
        return
    _out.print(_outcome(path, flow, number))


def _outcome(path: Path, flow: str, number: int) -> str:
    deadline_s = time.monotonic() + LIVE_WITHIN_S
    while time.monotonic() < deadline_s:
        status = ask(path, {"do": "status"}, missing={}) or {}
        state = status.get("flows", {}).get(flow, {})
        if state.get("newest", 0) >= number:
            if state["runs"] >= number:
                return "It is live: the next call hears it; calls in progress stay on theirs."
            return f"The engine here doesn't run it: {clean(state['trouble'])}"
        time.sleep(ASK_EVERY_S)
    return "The engine here hasn't taken it yet; see its log, and `voxdesk status`."


def _who() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container's user without a name
        return ""
