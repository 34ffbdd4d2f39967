"""`voxdesk orders`: the shop's orders, as callers can ask for them."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from crm.customers.phone import plan_of
from crm.orders.csv_import import COLUMNS, read_orders, save_orders
from crm.orders.repository import list_orders
from voxdesk.app.database import opened
from voxdesk.app.settings import load_settings
from voxdesk.app.terminal import clean

app = typer.Typer(help="Orders that callers ask about.", no_args_is_help=True)


@app.command("import")
def import_(
    file: Annotated[
        Path, typer.Argument(help=f"A CSV file with some of the columns {', '.join(COLUMNS)}.")
    ],
) -> None:
    """Add orders and their customers from a CSV file, or bring them up to date: all or none."""
    settings = load_settings()
    rows = read_orders(file, plan_of(settings.calls.country))
    with opened(settings.database_url) as database, database.transaction() as session:
        save_orders(session, rows, datetime.now(UTC))
    typer.echo(f"{len(rows)} orders")


@app.command("list")
def list_(
    limit: Annotated[int, typer.Option("--limit", "-n", min=1, help="At most so many.")] = 20,
) -> None:
    """The newest orders."""
    with opened(load_settings().database_url) as database, database.reading() as session:
        orders = list_orders(session, limit=limit)
    table = Table(box=None, header_style="bold", pad_edge=False)
    for column in ("number", "status", "item", "total", "placed", "eta"):
        table.add_column(column, justify="right" if column == "total" else "left")
    for order in orders:
        table.add_row(
            Text(clean(order.number)),
            order.status,
            Text(clean(order.item)),
            f"{order.total_cents / 100:.2f} {order.currency}",
            order.placed_at.date().isoformat(),
            order.eta.isoformat() if order.eta else "",
        )
    Console().print(table if orders else "No orders.")
