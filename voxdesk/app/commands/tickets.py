"""`voxdesk tickets`: what somebody of the house has to do."""

from datetime import UTC, datetime
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text
from sqlalchemy.orm import Session

from crm.customers.models import Customer
from crm.orders.models import Order
from crm.tickets import repository
from crm.tickets.models import Ticket, TicketKind
from voxdesk.app.database import opened
from voxdesk.app.settings import load_settings
from voxdesk.app.terminal import clean, local_time
from voxdesk.kernel.errors import VoxdeskError

app = typer.Typer(help="Tickets that callers opened: returns, refunds, changes.")

NumberArgument = Annotated[str, typer.Argument(metavar="TICKET", help="Its number.")]


@app.command("list")
def list_(
    *,
    kind: Annotated[TicketKind | None, typer.Option(help="Only of this kind.")] = None,
    all_: Annotated[bool, typer.Option("--all", help="Closed ones too.")] = False,
    limit: Annotated[int, typer.Option("--limit", "-n", min=1, help="At most so many.")] = 20,
) -> None:
    """Open tickets, the newest first."""
    with opened(load_settings().database_url) as database, database.reading() as session:
        tickets = repository.list_tickets(session, kind=kind, all_=all_, limit=limit)
        rows = [(ticket, _order(session, ticket), _customer(session, ticket)) for ticket in tickets]
    table = Table(box=None, header_style="bold", pad_edge=False)
    for column in ("ticket", "opened", "kind", "order", "customer", "about", "state"):
        table.add_column(column)
    for ticket, order, customer in rows:
        table.add_row(
            ticket.number,
            local_time(ticket.opened_at),
            ticket.kind,
            Text(clean(order)),
            Text(clean(customer)),
            Text(clean(ticket.note or ticket.subject)),
            ticket.status,
        )
    Console().print(table if rows else "No tickets.")


@app.command()
def show(number: NumberArgument) -> None:
    """Everything about one."""
    with opened(load_settings().database_url) as database, database.reading() as session:
        ticket = _found(session, number)
        order, customer = _order(session, ticket), _customer(session, ticket)
    shown = {
        "ticket": ticket.number,
        "kind": ticket.kind,
        "state": ticket.status,
        "about": ticket.subject,
        "order": order,
        "customer": customer,
        **{name: str(value) for name, value in ticket.details.items()},
        "note": ticket.note,
        "call": ticket.call_id,
        "opened": local_time(ticket.opened_at),
        "closed": local_time(ticket.closed_at) if ticket.closed_at else "",
        "resolution": ticket.resolution,
    }
    for name, value in shown.items():
        if value:
            typer.echo(f"{name:<11} {clean(value)}")


@app.command()
def close(
    number: NumberArgument,
    *,
    note: Annotated[str, typer.Option("--note", help="What was done about it.")] = "",
) -> None:
    """Close one that is done."""
    with opened(load_settings().database_url) as database, database.transaction() as session:
        ticket = _found(session, number)
        closed = repository.close(ticket, resolution=note.strip(), now=datetime.now(UTC))
    typer.echo(f"{ticket.number} {'closed' if closed else 'was closed already'}.")


def _found(session: Session, number: str) -> Ticket:
    ticket = repository.by_number(session, number)
    if ticket is None:
        raise VoxdeskError(
            f"there is no ticket {clean(number)[:40]!r}; see: voxdesk tickets list --all"
        )
    return ticket


def _order(session: Session, ticket: Ticket) -> str:
    order = session.get(Order, ticket.order_id) if ticket.order_id else None
    return order.number if order else ""


def _customer(session: Session, ticket: Ticket) -> str:
    customer = session.get(Customer, ticket.customer_id) if ticket.customer_id else None
    return customer.display_name if customer else ""
