"""The command `voxdesk`."""

import os
import sys
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from voxdesk import __version__
from voxdesk.app.commands import (
    accounts,
    agents,
    callbacks,
    calls,
    console_process,
    db,
    doctor,
    explain,
    figures,
    flow,
    jobs,
    knowledge,
    messages,
    models,
    orders,
    privacy,
    recordings,
    scorecards,
    services,
    staff,
    surveys,
    tickets,
    tokens,
)
from voxdesk.app.control import ask, socket_path
from voxdesk.app.settings import describe, load_settings
from voxdesk.app.supervisor import BESIDE
from voxdesk.kernel.errors import VoxdeskError

app = typer.Typer(
    name="voxdesk",
    help="A voice-first call-center IVR: answers the phone, understands, serves, hands over.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.add_typer(calls.app, name="calls")
app.add_typer(flow.app, name="flow")
app.add_typer(knowledge.app, name="knowledge")
app.add_typer(scorecards.app, name="scorecards")
app.add_typer(figures.app, name="figures")
app.add_typer(agents.app, name="agents")
app.add_typer(models.app, name="models")
app.add_typer(db.app, name="db")
app.add_typer(orders.app, name="orders")
app.add_typer(tickets.app, name="tickets")
app.add_typer(services.app, name="services")
app.add_typer(messages.app, name="messages")
app.add_typer(callbacks.app, name="callbacks")
app.add_typer(accounts.app, name="accounts")
app.add_typer(jobs.app, name="jobs")
app.add_typer(explain.app)
app.add_typer(doctor.app)
app.add_typer(console_process.app)
app.add_typer(recordings.app, name="recordings")
app.add_typer(privacy.app, name="privacy")
app.add_typer(tokens.app, name="tokens")
app.add_typer(staff.app, name="staff")
app.add_typer(surveys.app)

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
