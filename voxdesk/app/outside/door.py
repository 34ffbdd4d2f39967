"""The way out of a call: what flows look up and have done, in the CRM or in services."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final, Protocol

from crm.acts.once import DONE, FAILED, Outcome, Wanted, begin, finish
from crm.acts.service import Acts
from crm.callbacks.policy import Rules
from dialog.catalogue import CRM
from dialog.events import Act, Lookup
from voxdesk.app.outside.service import Operation, Service, catalogue_of
from voxdesk.db import Database
from voxdesk.kernel.call import CallId

if TYPE_CHECKING:  # its HTTP library takes a while to load, and many installations use no service
    from voxdesk.app.outside.client import ServiceClient

CLOSE_WITHIN_S: Final = 3.0
Record = Mapping[str, Any] | None


class CrmLookups(Protocol):
    """The CRM's side of looking up; blocks."""

    def find(self, what: str, by: Mapping[str, str]) -> Record:
        """One record, or None."""
        ...


class Outside:
    """One an engine; lives on its loop.

    Attributes:
        catalogue: all that can be looked up and done.
    """

    def __init__(
        self,
        lookups: CrmLookups,
        database: Database,
        services: Sequence[Service],
        *,
        now: Callable[[], datetime],
        env: Mapping[str, str] | None = None,
        pretend: bool = False,
        rules: Rules | None = None,
    ) -> None:
        """Nothing is asked yet.

        Args:
            lookups: the CRM's.
            database: the CRM's.
            services: as they are declared.
            now: the time.
            env: where services' secrets are; default the process's environment.
            pretend: what services are to do counts as done, and isn't.
            rules: whom we call back.

        Raises:
            SettingsError: a secret isn't there.
        """
        self._lookups = lookups
        self._database = database
        self._acts = Acts(database, rules)
        self._now = now
        self._pretend = pretend
        self.catalogue = CRM.and_also(catalogue_of(services))
        self._doing: set[asyncio.Task[Outcome]] = set()
        self._clients: list[ServiceClient] = []
        self._asks: dict[str, tuple[ServiceClient, Operation]] = {}
        self._does: dict[str, tuple[ServiceClient, Operation]] = {}
        for service in services:
            from voxdesk.app.outside import client as http  # noqa: PLC0415  as said above

            client = http.ServiceClient(service, env)
            self._clients.append(client)
            self._asks |= {name: (client, found) for name, found in service.lookups.items()}
            self._does |= {name: (client, found) for name, found in service.acts.items()}

    def may_ask_ahead(self, lookup: Lookup) -> bool:
        """Whether it may be asked on words that may not be the caller's last."""
        found = self._asks.get(lookup.what)
        return found is None or found[1].is_repeatable

    async def find(self, lookup: Lookup) -> Record:
        """What is found; None when there is no such thing.

        Raises:
            VoxdeskError: it can't be looked up.
        """
        if lookup.what in self._asks:
            client, operation = self._asks[lookup.what]
            return await client.look_up(operation, lookup.by)
        return await asyncio.to_thread(self._lookups.find, lookup.what, lookup.by)

    async def act(self, call_id: CallId, act: Act) -> Outcome:
        """What came of it; the same again for something that was done already.

        What was begun goes on, and is noted, when nobody waits for it any more: the caller has hung
        up, the step's time is over.

        Raises:
            VoxdeskError: it couldn't be done, or nobody knows.
        """
        wanted = Wanted(act.what, act.given, call_id, act.step, act.customer_id)
        doing = asyncio.create_task(self._do(wanted), name="act")
        self._doing.add(doing)
        doing.add_done_callback(self._over)
        return await asyncio.shield(doing)

    async def close(self) -> None:
        """Let what was begun end, for a moment, then end every connection."""
        if self._doing:
            await asyncio.wait(set(self._doing), timeout=CLOSE_WITHIN_S)
        for client in self._clients:
            await client.close()

    def _over(self, doing: "asyncio.Task[Outcome]") -> None:
        self._doing.discard(doing)
        if not doing.cancelled():
            doing.exception()  # whoever waited has it; nobody else is to be told of it

    async def _do(self, wanted: Wanted) -> Outcome:
        if wanted.what in self._does and self._pretend:
            return Outcome(DONE, dict(wanted.given))
        if wanted.what in self._does:
            return await self._have_done(wanted, *self._does[wanted.what])
        return await asyncio.to_thread(self._acts.do, wanted, now=self._now())

    async def _have_done(
        self, wanted: Wanted, client: "ServiceClient", operation: Operation
    ) -> Outcome:
        """With a note before and after, since a service and our database don't share a fate."""
        from voxdesk.app.outside.client import NotSent  # noqa: PLC0415  as said above

        before = await asyncio.to_thread(begin, self._database, wanted, now=self._now())
        if before is not None and (before.outcome != FAILED or not operation.is_repeatable):
            return before
        try:
            outcome = await client.act(operation, wanted.given, key=wanted.key)
        except NotSent:
            await asyncio.to_thread(finish, self._database, wanted, None, now=self._now())
            raise
        await asyncio.to_thread(finish, self._database, wanted, outcome, now=self._now())
        return outcome
