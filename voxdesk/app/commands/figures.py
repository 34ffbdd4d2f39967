"""`voxdesk figures`: count calls for pictures, or count them anew."""

from datetime import UTC, datetime
from typing import Annotated

import typer

from crm.figures import repository
from voxdesk.app.database import opened
from voxdesk.app.figures.counting import Counter
from voxdesk.app.settings import load_settings
from voxdesk.app.time_zone import zone_of

app = typer.Typer(help="Count calls for pictures.", no_args_is_help=True)


@app.command()
def count(
    since: Annotated[
        datetime | None,
        typer.Option(
            "--again-since",
            formats=["%Y-%m-%d"],
            help="Forget the figures from this day on, and count its calls again; calls that were "
            "erased meanwhile are then missing.",
        ),
    ] = None,
) -> None:
    """Count every call that is over and isn't counted yet, as the jobs process does by itself."""
    settings = load_settings()
    with opened(settings.database_url) as database:
        if since is not None:
            with database.transaction() as session:
                repository.forget(session, since=since.date())
        counted = Counter(database, zone_of(settings)).catch_up(now=datetime.now(UTC))
    typer.echo(f"{counted} call{'s' if counted != 1 else ''} counted.")
