"""`voxdesk services`: the systems outside that flows use."""

import asyncio
import json
import time
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from dialog.flow_problems import meant
from voxdesk.app.outside.reading import FOLDER, load_services
from voxdesk.app.outside.service import Operation, Service
from voxdesk.app.settings import load_settings
from voxdesk.app.terminal import clean
from voxdesk.kernel.errors import ServiceFailed, SettingsError, VoxdeskError
from voxdesk.kernel.worded import worded

app = typer.Typer(help="Systems outside that flows look things up in.", no_args_is_help=True)


@app.command()
def check() -> None:
    """Say everything that is wrong with the files in config/services; nothing is asked."""
    settings = load_settings()
    services = load_services(settings.config_dir)
    table = Table(box=None, header_style="bold", pad_edge=False)
    for column in ("name", "is given", "answers", "by"):
        table.add_column(column)
    for service in services:
        for operation in (*service.lookups.values(), *service.acts.values()):
            table.add_row(
                operation.name,
                ", ".join(operation.by),
                ", ".join(operation.record),
                Text(f"{operation.method} {clean(service.url)}{clean(operation.path)}"),
            )
    none = f"No services; they would be files in {settings.config_dir / FOLDER}."
    Console().print(table if services else none)


@app.command()
def ask(
    name: Annotated[str, typer.Argument(help="What to look up: warehouse.stock")],
    values: Annotated[
        list[str] | None, typer.Argument(metavar="NAME=VALUE", help="What it is given: sku=A1")
    ] = None,
) -> None:
    """Look something up, as a flow would, and print what a flow gets. Acts aren't tried."""
    services = load_services(load_settings().config_dir)
    service, operation = _lookup(services, name)
    given = dict(_value(text) for text in values or ())
    began_s = time.monotonic()
    record = asyncio.run(_asked(service, operation, given))
    took_ms = (time.monotonic() - began_s) * 1000
    if record is None:
        typer.echo(f"missing, after {took_ms:.0f} ms")
        raise typer.Exit(1)
    typer.echo(json.dumps(record, ensure_ascii=False, indent=2))
    typer.echo(f"found, after {took_ms:.0f} ms", err=True)


async def _asked(
    service: Service, operation: Operation, given: dict[str, str]
) -> dict[str, object] | None:
    from voxdesk.app.outside.client import ServiceClient  # noqa: PLC0415  loads an HTTP library

    client = ServiceClient(service)
    try:
        return await client.look_up(operation, given)
    except ServiceFailed as error:
        why = error.why.replace("_", " ")
        raise VoxdeskError(f"{operation.name} failed: {why}.") from error
    finally:
        await client.close()


def _lookup(services: tuple[Service, ...], name: str) -> tuple[Service, Operation]:
    known = {
        operation: (service, found)
        for service in services
        for operation, found in service.lookups.items()
    }
    if name not in known:
        raise SettingsError(
            f'there is no lookup "{name}".\n  {meant(name, known, worded("Lookups"))}'
        )
    return known[name]


def _value(text: str) -> tuple[str, str]:
    name, sign, value = text.partition("=")
    if not sign or not name:
        raise SettingsError(f"{text[:40]!r} is no value; write name=value, like sku=A1")
    return name, value
