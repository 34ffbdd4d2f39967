"""`voxdesk console`: answer programs over HTTP."""

from typing import Annotated

import typer

from voxdesk.app.settings import load_settings
from voxdesk.app.staff_links import USUAL_PORT

app = typer.Typer()


@app.command()
def console(
    host: Annotated[str, typer.Option(help="Address to answer at; wins over console.host.")] = "",
    port: Annotated[
        int | None,
        typer.Option(min=0, max=65_535, help="Port; wins over console.port.  [8080]"),
    ] = None,
    *,
    supervised: Annotated[bool, typer.Option(hidden=True)] = False,
) -> None:
    """Answer the API until stopped. `voxdesk serve` does it too where console.port is set."""
    from voxdesk.app import console as process  # noqa: PLC0415  loads only where it is used
    from voxdesk.app.serve import configure_logging  # noqa: PLC0415
    from voxdesk.app.with_parent import end_with_parent  # noqa: PLC0415

    settings = load_settings()
    configure_logging(settings)
    if supervised:
        end_with_parent()
    wanted = port if port is not None else settings.console.port or USUAL_PORT
    process.run(settings, host or settings.console.host, wanted)
