"""`voxdesk flow schema`: what an editor needs to complete flows."""

import json

import typer

from dialog.flow_schema import flow_schema

app = typer.Typer()


@app.command()
def schema() -> None:
    """Print the JSON Schema of a flow's file; config/flows/flow.schema.json is a copy of it."""
    typer.echo(json.dumps(flow_schema(), ensure_ascii=False, indent=2))
