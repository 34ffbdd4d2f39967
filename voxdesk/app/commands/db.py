"""`voxdesk db`: the database's version, and something to try the product with."""

from datetime import UTC, datetime

import typer
from sqlalchemy import make_url

from crm.customers.phone import plan_of
from crm.sample_data import load_sample_data
from voxdesk.app.database import check as check_database
from voxdesk.app.database import newest_version, opened
from voxdesk.app.database import upgrade as upgrade_database
from voxdesk.app.settings import load_settings

app = typer.Typer(help="The CRM's database.", no_args_is_help=True)


def _where() -> tuple[str, str]:
    url = load_settings().database_url
    return url, make_url(url).render_as_string(hide_password=True)


@app.command()
def upgrade() -> None:
    """Bring the database to this program's version. Make a backup first."""
    url, shown = _where()
    before, after = upgrade_database(url)
    if before == after:
        typer.echo(f"{shown} is of version {after} already")
    else:
        typer.echo(f"{shown}: version {before or '(empty)'} → {after}")


@app.command()
def check() -> None:
    """Say whether the database is there and of this program's version."""
    url, shown = _where()
    check_database(url)
    typer.echo(f"{shown} is there, version {newest_version()}")


@app.command()
def sample() -> None:
    """Load the demo's customers, orders and bank accounts. Harmless twice; changes nothing else."""
    settings = load_settings()
    with opened(settings.database_url) as database, database.transaction() as session:
        loaded = load_sample_data(session, datetime.now(UTC), plan_of(settings.calls.country))
    typer.echo(f"{loaded.customers} customers and {loaded.orders} orders; try order 4711")
    typer.echo(f"{loaded.clients} customers of a bank; try number 100200 with the PIN 2468")
