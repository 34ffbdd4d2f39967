"""Who answers what a flow looks up while it is tried: the CRM and the services here."""

import asyncio
import contextlib
from collections.abc import Callable, Iterator

from crm.lookups import Lookups
from dialog import events
from dialog.trying.moves import LookupEnds
from voxdesk.app.outside.door import Outside
from voxdesk.app.outside.reading import load_services
from voxdesk.app.settings import Settings
from voxdesk.db import Database
from voxdesk.kernel.clock import SystemClock
from voxdesk.kernel.errors import DatabaseError, ServiceFailed


@contextlib.contextmanager
def asking_here(
    settings: Settings, database: Database, lookups: Lookups
) -> Iterator[Callable[[events.Lookup | events.Act], LookupEnds | None]]:
    """Looks up; has nothing done: of that, whoever tries says what comes of it."""
    services = load_services(settings.config_dir)
    outside = Outside(lookups, database, services, now=SystemClock().now)

    def answer(asked: events.Lookup | events.Act) -> LookupEnds | None:
        if isinstance(asked, events.Act):
            return None
        try:
            record = runner.run(_within(outside, asked))
        except (DatabaseError, ServiceFailed, TimeoutError):
            return LookupEnds(outcome="failed")
        if record is None:
            return LookupEnds(outcome="missing")
        return LookupEnds(outcome="found", record=dict(record))

    with asyncio.Runner() as runner:
        try:
            yield answer
        finally:
            runner.run(outside.close())


async def _within(outside: Outside, asked: events.Lookup) -> dict[str, object] | None:
    record = await asyncio.wait_for(outside.find(asked), asked.timeout_s)
    return None if record is None else dict(record)
