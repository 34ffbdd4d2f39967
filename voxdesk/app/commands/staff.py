"""`voxdesk staff`: who may use the console."""

import getpass
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text
from sqlalchemy.orm import Session

from crm.audit import repository as audit
from crm.audit.models import Act
from crm.staff import accounts, links, sessions
from crm.staff.accounts import LANGUAGES, Change
from crm.staff.models import Account, Role
from voxdesk.app import staff_links
from voxdesk.app.database import opened
from voxdesk.app.settings import load_settings
from voxdesk.app.terminal import clean, local_time
from voxdesk.kernel.clock import SystemClock
from voxdesk.kernel.errors import AccessRefused

app = typer.Typer(help="Who may use the console.", no_args_is_help=True)
_out = Console(highlight=False)
Name = Annotated[str, typer.Argument(help="The name that they sign in with.")]


@app.command("first-link")
def first_link() -> None:
    """Print a one-time link by which somebody becomes the first administrator."""
    settings = load_settings()
    with opened(settings.database_url) as database:
        base = staff_links.base_of(settings)
        link, until = staff_links.first_link(database, SystemClock(), base)
    typer.echo(link)
    typer.echo(f"Good once, until {until}. Earlier ones are worth nothing now.", err=True)


@app.command()
def add(
    name: Name,
    role: Annotated[Role, typer.Option(help="What they may do.")],
    display_name: Annotated[str, typer.Option(help="As others see them.")] = "",
    language: Annotated[str, typer.Option(help="Of their pages: en or zh.")] = "en",
) -> None:
    """Add somebody, and print the one-time link by which they choose a password."""
    if language not in LANGUAGES:
        raise AccessRefused(f"The console speaks {' and '.join(LANGUAGES)}.")
    with _changing() as (session, now):
        account = accounts.add(
            session, name, role, now=now, display_name=display_name, language=language
        )
        _note(session, account, f"new, {role}", now)
        _print_link(session, account, now)


@app.command("list")
def list_staff() -> None:
    """Everybody, and when they last signed in."""
    with opened(load_settings().database_url) as database, database.reading() as session:
        found = accounts.every(session)
    if not found:
        typer.echo("Nobody yet. The first one is an administrator: voxdesk staff first-link")
        return
    table = Table(box=None, header_style="bold", pad_edge=False)
    for column in ("name", "shown as", "role", "state", "last signed in"):
        table.add_column(column)
    for account in found:
        at = local_time(account.signed_in_at) if account.signed_in_at else "never"
        cells = (clean(account.name), clean(account.display_name), account.role, _state(account))
        table.add_row(*map(Text, (*cells, at)))
    _out.print(table)


@app.command()
def role(
    name: Name, role: Annotated[Role, typer.Argument(help="What they may do from now on.")]
) -> None:
    """Change what somebody may do; it holds from their next request."""
    with _changing() as (session, now):
        _change(session, name, Change(role=role), now)
    typer.echo(f"{name} is {role} now.")


@app.command()
def disable(name: Name) -> None:
    """Sign somebody out everywhere, and don't let them in any more. Histories keep the name."""
    with _changing() as (session, now):
        _change(session, name, Change(is_disabled=True), now)
    typer.echo(f"{name} can't sign in any more.")


@app.command()
def enable(name: Name) -> None:
    """Let somebody in again."""
    with _changing() as (session, now):
        _change(session, name, Change(is_disabled=False), now)
    typer.echo(f"{name} can sign in again.")


@app.command()
def reset(name: Name) -> None:
    """Print a one-time link by which somebody chooses another password."""
    with _changing() as (session, now):
        account = accounts.named(session, name)
        _note(session, account, "link for a password", now)
        _print_link(session, account, now)


@app.command("sign-out")
def sign_out(name: Name) -> None:
    """Sign somebody out everywhere."""
    with _changing() as (session, now):
        account = accounts.named(session, name)
        sessions.end_all(session, account.id, now=now)
        _note(session, account, "signed out", now)
    typer.echo(f"{name} is signed out everywhere.")


@contextmanager
def _changing() -> Iterator[tuple[Session, datetime]]:
    with opened(load_settings().database_url) as database, database.transaction() as session:
        yield session, datetime.now(UTC)


def _change(session: Session, name: str, wanted: Change, now: datetime) -> None:
    account = accounts.named(session, name)
    done = accounts.change(session, account, wanted, now=now)
    if done:
        _note(session, account, ", ".join(done), now)


def _print_link(session: Session, account: Account, now: datetime) -> None:
    link, secret = links.make_for(session, account, now=now)
    base = staff_links.base_of(load_settings())
    typer.echo(staff_links.link_to(base, staff_links.PASSWORD_PAGE, secret))
    until = local_time(link.expires_at)
    typer.echo(f"For {account.name}: good once, until {until}. It is shown only now.", err=True)


def _note(session: Session, account: Account, why: str, now: datetime) -> None:
    """Whoever has a shell here is known by their account on this machine."""
    who = f"{getpass.getuser()} (command line)"
    of = f"staff {account.name}"
    audit.note(session, who=who, role="administrator", act=Act.CHANGED, of=of, now=now, why=why)


def _state(account: Account) -> str:
    if account.disabled_at is not None:
        return "disabled"
    if not account.password:
        return "invited"
    return "must change the password" if account.must_change else "in use"
