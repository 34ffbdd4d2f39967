"""`voxdesk privacy`: a person's data exported or erased, legal holds, how long things are kept."""

import getpass
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from crm.audit import repository as audit
from crm.audit.models import Act
from crm.privacy import holds as legal
from crm.privacy.person import Person
from crm.staff.models import Role
from voxdesk.app.database import opened
from voxdesk.app.privacy import PrivacyHouse, utc_now
from voxdesk.app.recordings_kept import library_of
from voxdesk.app.retaining import Retaining
from voxdesk.app.settings import load_settings
from voxdesk.app.terminal import clean, local_time
from voxdesk.kernel.errors import VoxdeskError

app = typer.Typer(help="People's data: export, erase, hold, keep so long.", no_args_is_help=True)

Phone = Annotated[str, typer.Option(help="Their telephone number.")]
CustomerId = Annotated[int | None, typer.Option("--customer", help="Or the customer's number.")]


@app.command()
def export(
    to: Annotated[Path, typer.Argument(help="A ZIP file that isn't there yet.")],
    *,
    phone: Phone = "",
    customer: CustomerId = None,
) -> None:
    """Write all there is of a person: data, a page to read it, recordings."""
    with _house() as house:
        whom = _whom(house, phone, customer)
        try:
            descriptor = os.open(to, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
        except OSError as error:
            raise VoxdeskError(f"{to} can't be written: {error.strerror}") from error
        with os.fdopen(descriptor, "w+b") as file:
            found = house.export(whom, file, now=utc_now())
        _note(house, Act.EXPORTED, "a person")
    typer.echo(f"{to}: {sum(found.rows.values())} rows, {len(found.recordings)} recordings")


@app.command()
def erase(
    *,
    phone: Phone = "",
    customer: CustomerId = None,
    yes: Annotated[bool, typer.Option("--yes", help="Don't ask.")] = False,
) -> None:
    """Erase a person: rows, recordings with their keys, search index. It can't be undone."""
    with _house() as house:
        whom = _whom(house, phone, customer)
        typer.echo(_preview(house, whom))
        if not yes and typer.prompt("Type ERASE to go on", default="") != "ERASE":
            typer.echo("Nothing was erased.")
            raise typer.Exit(1)
        receipt = house.erase(whom, by=_me(), now=utc_now())
        _note(house, Act.ERASED, f"erasure {receipt.id}")
    typer.echo(f"Erased. Receipt {receipt.id}; it doesn't say who it was.")


@app.command()
def hold(
    *,
    call: Annotated[str, typer.Option(help="Id of a call.")] = "",
    customer: CustomerId = None,
    reason: Annotated[str, typer.Option(help="The case, without personal data.")],
) -> None:
    """Place a legal hold: nothing deletes what it holds."""
    with _house() as house, house.database.transaction() as session:
        placed = legal.place(
            session, by=_me(), reason=reason, now=utc_now(), call_id=call, customer_id=customer
        )
        number = placed.id
    typer.echo(f"Hold {number} is placed; to lift it: voxdesk privacy lift {number}")


@app.command()
def lift(
    number: Annotated[int, typer.Argument(help="As `voxdesk privacy holds` shows it.")],
) -> None:
    """Lift a legal hold."""
    with _house() as house, house.database.transaction() as session:
        if legal.lift(session, number, by=_me(), now=utc_now()) is None:
            raise VoxdeskError(f"there is no hold {number}; see: voxdesk privacy holds")
    typer.echo(f"Hold {number} is lifted.")


@app.command()
def holds(
    *, everything: Annotated[bool, typer.Option("--all", help="Lifted ones too.")] = False
) -> None:
    """Legal holds."""
    with _house() as house, house.database.reading() as session:
        found = legal.listed(session, all_of_them=everything)
        for one in found:
            what = f"call {one.call_id}" if one.call_id else f"customer {one.customer_id}"
            until = f"  lifted {local_time(one.lifted_at)}" if one.lifted_at else ""
            tries = f"  {one.attempts} attempts to delete" if one.attempts else ""
            typer.echo(
                f"{one.id}  {what}  {local_time(one.placed_at)}  {clean(one.placed_by)}  "
                f"{clean(one.reason)}{tries}{until}"
            )
    if not found:
        typer.echo("No holds.")


@app.command()
def retention(
    *, now: Annotated[bool, typer.Option("--now", help="Delete; else only say it.")] = False
) -> None:
    """What no rule of privacy.retention keeps any longer."""
    with _house() as house:
        retaining = Retaining(house.settings, house.database, house.library)
        if not retaining.rules:
            typer.echo("There are no rules (privacy.retention): everything is kept.")
            return
        if not now:
            much = retaining.how_much(now=utc_now())
            for number, (rule, one) in enumerate(zip(retaining.rules, much, strict=True), 1):
                only = ", ".join(part for part in (rule.flow, rule.outcome, rule.direction) if part)
                narrowed = f" ({only})" if only else ""
                held = f", {one.held} held, stay" if one.held else ""
                typer.echo(
                    f"rule {number}: {rule.keep} {rule.days} days{narrowed}: {one.due}{held}"
                )
            typer.echo("Nothing was deleted; --now does.")
            return
        done = list(retaining.delete(now=utc_now(), by=_me()))
        kept = sum(each.held for each in done)
        typer.echo(f"{len(done) - kept} deleted, {kept} under legal hold stay.")


def _preview(house: PrivacyHouse, whom: Person) -> str:
    """What would go, in lines."""
    found = house.preview(whom)
    lines = [f"{name}: {count}" for name, count in found.rows.items()]
    return "\n".join([*lines, f"recordings: {len(found.recordings)}"])


def _whom(house: PrivacyHouse, phone: str, customer: int | None) -> Person:
    if bool(phone) == (customer is not None):
        raise VoxdeskError("say who: --phone or --customer")
    with house.database.reading() as session:
        whom = house.find(session, phone=phone, customer=customer)
    if not whom.known:
        raise VoxdeskError("there is nothing of such a person here")
    return whom


def _me() -> str:
    return getpass.getuser()


def _note(house: PrivacyHouse, act: Act, of: str) -> None:
    with house.database.transaction() as session:
        audit.note(
            session,
            who=_me(),
            role=Role.ADMINISTRATOR,
            act=act,
            of=of,
            now=utc_now(),
            why="command",
        )


@contextmanager
def _house() -> Iterator[PrivacyHouse]:
    settings = load_settings()
    with opened(settings.database_url) as database:
        yield PrivacyHouse(settings, database, library_of(settings))
