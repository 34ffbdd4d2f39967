"""The command `voxdesk`."""

import os
import sys
from importlib import import_module
from types import ModuleType
from typing import Annotated, Any, Final

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table
from typer.core import TyperGroup
from typer.main import get_group

from voxdesk import __version__
from voxdesk.app.control import ask, socket_path
from voxdesk.app.settings import describe, load_settings
from voxdesk.app.supervisor import BESIDE
from voxdesk.kernel.errors import VoxdeskError

# Each has a module in `voxdesk.app.commands`, imported when it is asked for: to import all takes
# longer than most of them do.
GROUPS: Final = (
    *("calls", "flow", "knowledge", "scorecards", "figures", "agents", "models", "db", "orders"),
    *("tickets", "services", "messages", "callbacks", "accounts", "jobs", "recordings", "privacy"),
    *("tokens", "staff"),
)
COMMANDS: Final = {
    "explain": "explain",
    "doctor": "doctor",
    "console": "console_process",
    "surveys": "surveys",
}


class Commands(TyperGroup):
    """Those of this file, and those of the modules."""

    def __init__(self, **attributes: Any) -> None:
        """As of any group of commands."""
        super().__init__(**attributes)
        # Names are enough until one is asked for.
        self.commands.update({name: TyperGroup(name=name) for name in (*GROUPS, *COMMANDS)})

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """The command or group of a name; None when there is none."""
        if cmd_name in COMMANDS:
            return get_group(_module(COMMANDS[cmd_name]).app).commands[cmd_name]
        if cmd_name not in GROUPS:
            return super().get_command(ctx, cmd_name)
        group = get_group(_module(cmd_name).app)
        group.name = cmd_name
        return group


def _module(name: str) -> ModuleType:
    return import_module(f"voxdesk.app.commands.{name}")


app = typer.Typer(
    name="voxdesk",
    cls=Commands,
    help="A voice-first call-center IVR: answers the phone, understands, serves, hands over.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

console = Console()
NOT_RUNNING = {"error": "no engine is running here. Start it with `voxdesk serve`."}


@app.command()
def serve(
    lines: Annotated[
        int | None,
        typer.Option(min=1, max=32, help="Line processes, four calls each; wins over sip.lines."),
    ] = None,
) -> None:
    """Answer the phone until stopped; keeps an engine running for it.

    SIGTERM lets calls in progress finish (calls.drain_s); Ctrl-C ends them at once.
    """
    if lines is not None:
        os.environ["VOXDESK_SIP__LINES"] = str(lines)  # for every engine that follows
    settings = load_settings()  # wrong ones are told at once
    python = sys.executable
    programs = [python, "-m", "voxdesk.app.cli", "engine", "--supervised"]
    if settings.console.port:
        programs += [BESIDE, python, "-m", "voxdesk.app.cli", "console", "--supervised"]
    if settings.jobs.run:
        programs += [BESIDE, python, "-m", "voxdesk.app.cli", "jobs", "--supervised"]
    os.execv(python, (python, "-m", "voxdesk.app.supervisor", *programs))  # noqa: S606  ourselves


@app.command(hidden=True)
def engine(*, supervised: Annotated[bool, typer.Option()] = False) -> None:
    """What `serve` runs: one engine, without anybody who starts the next one."""
    from voxdesk.app import serve as server  # noqa: PLC0415  models load only where they are used

    settings = load_settings()
    server.configure_logging(settings)
    server.run(settings, supervised=supervised)


@app.command()
def restart() -> None:
    """Start the engine anew, with the program and settings as they are now; calls go on."""
    path = socket_path(load_settings().state_dir)
    answer = ask(path, {"do": "restart"}, missing=NOT_RUNNING)
    _fail_on_error(answer)
    if answer is not None:
        console.print(f"A new engine takes over; {answer['calls']} calls go on in a few seconds.")


@app.command()
def demo(
    *,
    once: Annotated[bool, typer.Option(help="End after the demonstration call.")] = False,
) -> None:
    """Show the main job: a scripted caller, a scripted agent, real SIP and speech."""
    from voxdesk.app.demo import run_demo  # noqa: PLC0415  models load only where they are used

    run_demo(load_settings(), once=once)


@app.command()
def status() -> None:
    """Say whether an engine runs here, and how many calls it has."""
    answer = ask(socket_path(load_settings().state_dir), {"do": "status"}, missing=NOT_RUNNING)
    _fail_on_error(answer)
    if answer is not None:
        dial_or_not = (
            "stopping, new calls are refused"
            if answer.get("draining")
            else f"dial {' or '.join(answer['addresses'])}"
        )
        console.print(
            f"Voxdesk {answer['version']}: {answer['calls']} calls in progress; {dial_or_not}"
        )
        if callbacks := answer.get("callbacks"):
            console.print(f"{callbacks} to be called back; see: voxdesk callbacks list")
        if unheard := answer.get("unheard_messages"):
            console.print(f"{_unheard(unheard)}; see: voxdesk messages list --unheard")
        for trouble in answer.get("troubles", ()):
            console.print(f"[yellow]![/] {escape(trouble)}")


@app.command()
def dial(
    uri: Annotated[str, typer.Argument(help="Whom to call, e.g. sip:anna@192.0.2.7")],
    flow_name: Annotated[str, typer.Option("--flow", help="Flow to run on answer.")] = "",
) -> None:
    """Have the running engine call somebody."""
    path = socket_path(load_settings().state_dir)
    answer = ask(path, {"do": "dial", "uri": uri, "flow": flow_name}, missing=NOT_RUNNING)
    _fail_on_error(answer)
    if answer is not None:
        console.print(f"Calling. Follow it with `voxdesk calls follow {answer['call']}`.")


@app.command()
def settings() -> None:
    """Every setting with its present default and its meaning."""
    load_settings()  # wrong ones are told first
    table = Table(box=None, pad_edge=False)
    for title in ("setting", "default", "meaning"):
        table.add_column(title)
    for name, default, meaning in describe():
        table.add_row(name, default, meaning)
    console.print(table)


@app.command()
def version() -> None:
    """Print the version."""
    console.print(__version__)


def _unheard(messages: dict[str, int]) -> str:
    count = sum(messages.values())
    by = ", ".join(f"{escape(mailbox)} {number}" for mailbox, number in messages.items())
    return f"{count} message{'s' if count != 1 else ''} nobody has heard ({by})"


def _fail_on_error(answer: dict[str, object] | None) -> None:
    if answer is not None and "error" in answer:
        console.print(str(answer["error"]))
        raise typer.Exit(1)


def main() -> None:
    """Run the command; our own errors are sentences, not tracebacks."""
    try:
        app()
    except VoxdeskError as error:
        sys.stderr.write(f"{error}\n")
        raise SystemExit(2) from None


if __name__ == "__main__":
    main()
