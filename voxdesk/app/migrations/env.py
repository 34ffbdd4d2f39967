"""Alembic's environment: runs on the connection that `voxdesk.app.database` hands over."""

from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext

from voxdesk.app.database import import_models
from voxdesk.db import Base, UtcDateTime


def render_item(kind: str, item: Any, autogen: AutogenContext) -> str | Literal[False]:
    """A step must not import today's types: write out what they are."""
    del autogen
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    return False


def run() -> None:
    """One transaction for all steps, so that a failed upgrade leaves the old version."""
    import_models()
    context.configure(
        connection=context.config.attributes["connection"],
        target_metadata=Base.metadata,
        render_item=render_item,
        render_as_batch=True,
        compare_server_default=True,
    )
    context.run_migrations()


run()
