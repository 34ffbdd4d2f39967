"""`voxdesk accounts`: a bank's customers, as callers can ask for what is theirs."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from crm.accounts.csv_import import CLIENT_COLUMNS, PAYMENT_COLUMNS, read_accounts, save_accounts
from crm.accounts.verification import unlock as take_lock_away
from crm.customers.phone import plan_of
from voxdesk.app.database import opened
from voxdesk.app.settings import load_settings

app = typer.Typer(help="A bank's customers, cards and payments.", no_args_is_help=True)


@app.command("import")
def import_(
    file: Annotated[
        Path,
        typer.Argument(
            help=f"A CSV file of customers ({', '.join(CLIENT_COLUMNS)}) "
            f"or of payments ({', '.join(PAYMENT_COLUMNS)})."
        ),
    ],
) -> None:
    """Add customers or payments from a CSV file, or bring them up to date: all or none."""
    settings = load_settings()
    accounts = read_accounts(file, plan_of(settings.calls.country))
    with opened(settings.database_url) as database, database.transaction() as session:
        save_accounts(session, accounts, now=datetime.now(UTC))
    typer.echo(f"{len(accounts.clients)} customers, {len(accounts.payments)} payments")


@app.command()
def unlock(
    number: Annotated[str, typer.Argument(help="The customer number.")],
) -> None:
    """Let a customer try their PIN again after too many wrong ones."""
    with (
        opened(load_settings().database_url) as database,
        database.transaction() as session,
    ):
        found = take_lock_away(session, number)
    if not found:
        typer.echo(f"There is no customer {number}.", err=True)
        raise typer.Exit(1)
    typer.echo(f"Customer {number} can try again.")
