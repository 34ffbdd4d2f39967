"""`voxdesk doctor`: examine this machine, and say what to mend."""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from voxdesk.app.doctor.finding import Finding, Level
from voxdesk.app.settings import load_settings
from voxdesk.app.terminal import clean

STYLES = {Level.OK: "green", Level.WARNING: "yellow", Level.PROBLEM: "bold red"}

app = typer.Typer()


@app.command()
def doctor(
    *,
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """Check this machine for what calls need, and say what to mend.

    Works while the engine runs, too. Exit code 1 when there is a problem.
    """
    from voxdesk.app.doctor.examination import (  # noqa: PLC0415  models load only where used
        examine,
        has_problem,
    )

    findings = examine(load_settings())
    if as_json:
        typer.echo(as_document(findings))
    else:
        console = Console()
        console.print(as_table(findings))
        console.print(summary(findings))
    raise typer.Exit(1 if has_problem(findings) else 0)


def as_table(findings: Sequence[Finding]) -> Table:
    """One row a finding; what to do below what is wrong."""
    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_column(no_wrap=True)
    table.add_column(no_wrap=True)
    table.add_column()
    for finding in findings:
        says = Text(clean(finding.says))
        if finding.mend:
            says.append(f"\n→ {clean(finding.mend)}", STYLES[finding.level])
        table.add_row(Text(finding.level, STYLES[finding.level]), finding.area, says)
    return table


def summary(findings: Sequence[Finding]) -> Text:
    """What it comes to, in one line."""
    counts = Counter(finding.level for finding in findings)
    problems, warnings = counts[Level.PROBLEM], counts[Level.WARNING]
    if not problems and not warnings:
        return Text("\nAll is well.", STYLES[Level.OK])
    parts = [
        f"{count} {name}{'' if count == 1 else 's'}"
        for count, name in ((problems, "problem"), (warnings, "warning"))
        if count
    ]
    worst = Level.PROBLEM if problems else Level.WARNING
    return Text(f"\n{' and '.join(parts)}.", STYLES[worst])


def as_document(findings: Sequence[Finding]) -> str:
    """The same as JSON: {"ok": …, "findings": [{"area", "level", "says", "mend"}, …]}."""
    healthy = not any(finding.level is Level.PROBLEM for finding in findings)
    return json.dumps(
        {"ok": healthy, "findings": [asdict(finding) for finding in findings]},
        ensure_ascii=False,
        indent=2,
    )
