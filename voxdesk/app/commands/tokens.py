"""`voxdesk tokens`: who may use the API."""

from datetime import UTC, datetime, timedelta
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from crm.staff import tokens
from crm.staff.models import AccessToken, Role
from voxdesk.app.database import opened
from voxdesk.app.settings import load_settings
from voxdesk.app.terminal import clean, local_time

app = typer.Typer(help="Who may use the API.", no_args_is_help=True)
_out = Console(highlight=False)
Name = Annotated[str, typer.Argument(help="Who it is for; what they publish shows this name.")]


@app.command()
def create(
    name: Name,
    role: Annotated[Role, typer.Option(help="What they may do.")] = Role.OPS,
    days: Annotated[
        int, typer.Option(min=0, max=3650, help="For how long; 0: until it is revoked.")
    ] = 365,
) -> None:
    """Make a token and print it. It can't be seen again."""
    with opened(load_settings().database_url) as database, database.transaction() as session:
        lasts = timedelta(days=days) if days else None
        token, secret = tokens.make(session, name, role, now=datetime.now(UTC), lasts=lasts)
        until = f"until {local_time(token.expires_at)}" if token.expires_at else "until revoked"
    typer.echo(secret)
    typer.echo(f'That is the token of "{name}" ({role}), {until}. It is shown only now.', err=True)


@app.command("list")
def list_tokens() -> None:
    """Every token, and when it was last used."""
    now = datetime.now(UTC)
    with opened(load_settings().database_url) as database, database.reading() as session:
        found = tokens.every(session)
    if not found:
        typer.echo("No tokens yet. Make one: voxdesk tokens create NAME --role ops")
        return
    table = Table(box=None, header_style="bold", pad_edge=False)
    for column in ("name", "role", "state", "made", "last used"):
        table.add_column(column)
    for token in found:
        used = local_time(token.used_at) if token.used_at else "never"
        cells = (clean(token.name), token.role, _state(token, now), local_time(token.created_at))
        table.add_row(*map(Text, (*cells, used)))
    _out.print(table)


@app.command()
def revoke(name: Name) -> None:
    """Take a token back; the next request with it is refused."""
    with opened(load_settings().database_url) as database, database.transaction() as session:
        tokens.revoke(session, name, now=datetime.now(UTC))
    typer.echo(f'The token "{name}" is worth nothing from now on.')


def _state(token: AccessToken, now: datetime) -> str:
    if token.revoked_at is not None:
        return "revoked"
    if not token.holds(now):
        return "expired"
    return f"until {local_time(token.expires_at)}" if token.expires_at else "in use"
