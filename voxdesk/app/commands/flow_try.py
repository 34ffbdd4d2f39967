"""`voxdesk flow try`: talk with a flow."""

import contextlib
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from pydantic import ValidationError
from rich.console import Console

from crm.lookups import Lookups
from dialog.trying.moves import Beginning
from dialog.trying.records import answer_from, read_records
from dialog.trying.trial import Answer
from voxdesk.app.database import opened
from voxdesk.app.flow_choice import OneFlowArgument, dialogue_of, one_flow
from voxdesk.app.intents.on_demand import intents_of
from voxdesk.app.settings import Settings, load_settings
from voxdesk.app.trying.answers import asking_here
from voxdesk.app.trying.showing import Screen
from voxdesk.app.trying.talk import Place, talk, typed_lines
from voxdesk.kernel.errors import FlowError, SettingsError

app = typer.Typer()


@app.command(name="try")
def try_(
    flow_name: OneFlowArgument = "",
    *,
    language: Annotated[str, typer.Option(help="Of the caller, e.g. zh.")] = "",
    crm: Annotated[
        bool,
        typer.Option("--crm", help="Look up in the CRM and the services here; nothing is done."),
    ] = False,
    records: Annotated[
        Path | None, typer.Option(help="Look up in this YAML file: kinds with numbers.")
    ] = None,
    caller: Annotated[
        str, typer.Option(help="The caller's number; with --crm they are looked up by it.")
    ] = "",
    today: Annotated[
        datetime | None,
        typer.Option(
            formats=["%Y-%m-%d", "%Y-%m-%dT%H:%M"],
            help="The day of the call, or its time: 2026-12-24T18:30.  [now]",
        ),
    ] = None,
    sip: Annotated[
        bool, typer.Option("--sip", help="By voice: answer a softphone with this flow.")
    ] = False,
) -> None:
    """Talk with a flow in the terminal: type what the caller says; /help lists what else.

    Without --crm and --records you are asked what is looked up.
    """
    settings = load_settings()
    path, flow = one_flow(flow_name)
    if sip:
        if crm or records or language or caller or today:
            raise SettingsError("--sip has sample data of its own and takes no other option")
        from voxdesk.app.trying.by_phone import run_by_phone  # noqa: PLC0415  loads models

        intents_of(flow, settings.state_dir)  # the engine finds them
        run_by_phone(settings, flow, path, Console(highlight=False))
        return
    if crm and records:
        raise SettingsError("--crm and --records: lookups go to one of them")
    dialogue = dialogue_of(flow, settings)
    moment = today or datetime.now().astimezone()
    with _answers(settings, crm=crm, records=records, caller=caller) as (answer, known):
        beginning = _beginning(moment, language, known)
        screen = Screen()
        if screen.is_terminal:
            screen.note(f"Talking with {flow.path}; /help lists what you can do.")
        code = talk(Place(dialogue, path, beginning, answer), screen, typed_lines())
    if code:
        raise typer.Exit(code)


def _beginning(moment: datetime, language: str, known: dict[str, object]) -> Beginning:
    given = {"today": moment.date(), "language": language, "caller": known}
    if moment.hour or moment.minute:  # midnight is a day without a time
        given["now"] = f"{moment:%H:%M}"
    try:
        return Beginning.model_validate(given)
    except ValidationError as error:
        problem = error.errors(include_input=False, include_url=False)[0]
        where = ".".join(map(str, problem["loc"]))
        raise SettingsError(f"--{where}: {problem['msg']}") from None


@contextlib.contextmanager
def _answers(
    settings: Settings, *, crm: bool, records: Path | None, caller: str
) -> Iterator[tuple[Answer | None, dict[str, object]]]:
    """Who answers lookups, and what is known of the caller."""
    known: dict[str, object] = {"known": False, "phone": caller} if caller else {}
    if records is not None:
        try:
            data = records.read_bytes()
        except OSError as error:
            raise FlowError(f"{records}: the file can't be read: {error.strerror}") from None
        found = read_records(data, path=str(records))
        yield lambda lookup: answer_from(found, lookup), known
        return
    if not crm:
        yield None, known
        return
    with opened(settings.database_url) as database:
        lookups = Lookups(database, default_country=settings.calls.country)
        with asking_here(settings, database, lookups) as answer:
            yield answer, dict(lookups.caller_facts(caller)) if caller else {}
