"""`voxdesk calls find`: the console's search on the command line."""

from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from crm.finding.bounded import bounded
from crm.finding.repository import FoundCall, count, page
from crm.finding.wanted import Sort, Wanted
from voxdesk.app.calls.asking import with_search
from voxdesk.app.database import opened
from voxdesk.app.settings import load_settings
from voxdesk.app.terminal import clean, length, local_time
from voxdesk.app.time_zone import zone_of


def find(
    search: Annotated[
        list[str],
        typer.Argument(
            metavar="SEARCH",
            help='Words, "phrases", order NEAR/5 late, -not, by-caller:word, flow:shop, step:menu, '
            "silence:10, no-match:2, since:2026-11-21 and the like; all must hold.",
        ),
    ],
    *,
    limit: Annotated[
        int, typer.Option("--limit", "-n", min=1, max=1000, help="At most so many.")
    ] = 20,
    sort: Annotated[Sort, typer.Option(help="What comes first.")] = Sort.STARTED,
) -> None:
    """Finished calls by what was said in them and how they went."""
    settings = load_settings()
    with opened(settings.database_url) as database, database.reading() as session:
        text = " ".join(search)
        wanted = with_search(session, Wanted(sort=sort), text, zone_of(settings))
        with bounded(session):
            found = page(session, wanted, after=None, limit=limit)
            total = count(session, wanted) if found.next else len(found.calls)
    console = Console()
    if not found.calls:
        console.print("No calls like that.")
        return
    table = Table(box=None, header_style="bold", pad_edge=False)
    for column in ("time", "call", "caller", "flow", "outcome", "length", "no-match"):
        right = column in {"length", "no-match"}
        whole = column in {"time", "call"}
        table.add_column(column, justify="right" if right else "left", no_wrap=whole)
    for line in found.calls:
        table.add_row(*_cells(line))
    console.print(table)
    if total > len(found.calls):
        console.print(f"{len(found.calls)} of {total}; more with --limit", style="dim")


def _cells(found: FoundCall) -> tuple[str | Text, ...]:
    call, facts = found.call, found.facts
    outcome = call.disposition or call.cause or "in progress"
    return (
        local_time(call.started_at),
        call.id,
        Text(clean(found.customer or call.caller) or "withheld"),
        Text(clean(call.flow_name)),
        Text(clean(outcome).replace("_", " ")),
        length(facts.duration_ms / 1000 if facts else None),
        str(facts.no_matches) if facts else "",
    )
