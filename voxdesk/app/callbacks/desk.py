"""Calls those whom we promised to call: when it is time, and somebody is free to talk with them."""

import asyncio
import logging
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final, Protocol

from crm.callbacks import repository
from crm.callbacks.models import Callback
from crm.callbacks.policy import Outcome, Rules
from telephony.queue.service import QueueService
from voxdesk.app.callback_settings import CallbackSettings, address_of
from voxdesk.app.callbacks.order import CallbackOrder, outcome_of
from voxdesk.db import Database
from voxdesk.kernel.call import CallId, EndCause
from voxdesk.kernel.clock import Clock
from voxdesk.kernel.errors import NoLegFree, TelephonyError, VoxdeskError

if TYPE_CHECKING:  # the engine makes what uses this
    from voxdesk.app.settings import Settings

LOOK_EVERY_S: Final = 5.0
SIGN_OF_LIFE_EVERY_S: Final = 60.0
AGAIN_AFTER: Final = timedelta(seconds=20)
"""Our own side had no leg, or was full: that was no attempt."""

log = logging.getLogger(__name__)


class CallbackSession(Protocol):
    """The call that carries a callback out."""

    id: CallId

    @property
    def callback(self) -> CallbackOrder | None:
        """What it carries out."""
        ...

    @property
    def answered(self) -> bool:
        """Somebody took it."""
        ...

    @property
    def bridged(self) -> bool:
        """They talked with somebody."""
        ...

    @property
    def end_reason(self) -> str:
        """For which the flow ended it."""
        ...

    @property
    def end_cause(self) -> EndCause | None:
        """How its leg ended."""
        ...


Place = Callable[[CallbackOrder, str, float], CallbackSession]
"""Calls this address, ringing so long. Raises NoLegFree, or TelephonyError for good."""


def rules_of(settings: "Settings") -> Rules:
    """Whom we call back, by the settings."""
    callbacks = settings.callbacks
    return Rules(
        country=settings.calls.country,
        countries=callbacks.countries,
        attempts=callbacks.attempts,
        retry_after=timedelta(seconds=callbacks.retry_s),
    )


class CallbackDesk:
    """One an engine; lives on its loop.

    Attributes:
        waiting: how many are to be called, when it was last looked.
        outcomes: how many attempts ended how, since the engine began.
    """

    def __init__(
        self,
        database: Database,
        queue: QueueService,
        settings: "Settings",
        place: Place,
        *,
        node: str,
        clock: Clock,
    ) -> None:
        self._database = database
        self._queue = queue
        self._settings: CallbackSettings = settings.callbacks
        self._registrar = settings.sip.trunk.registrar
        self._rules = rules_of(settings)
        self._place = place
        self._node = node
        self._clock = clock
        self._calling: dict[int, CallbackSession] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._signed_s = clock.monotonic()
        self._failing = False
        self.waiting = 0
        self.outcomes: Counter[str] = Counter()

    @property
    def troubles(self) -> list[str]:
        """What somebody should mend."""
        if not self.waiting or address_of("1", self._settings, self._registrar):
            return []
        who = "1 caller waits" if self.waiting == 1 else f"{self.waiting} callers wait"
        how = "nobody has said how to dial: set callbacks.dial."
        return [f"{who} to be called back, and {how}"]

    async def run(self) -> None:
        """Look, call, look again, until cancelled."""
        while True:
            try:
                await self.look()
                self._failing = False
            except VoxdeskError as error:
                if not self._failing:
                    log.warning("callbacks can't be looked for: %s", error)
                self._failing = True
            except Exception:  # whatever it was, the next one must still be called
                log.exception("callbacks can't be looked for")
            await asyncio.sleep(LOOK_EVERY_S)

    async def look(self) -> None:
        """Once: call those who are due, as many as there are people for them.

        Raises:
            DatabaseError: the database is away.
        """
        await self._sign()
        due = await asyncio.to_thread(self._due)
        for callback in due:
            order = CallbackOrder.of(callback)
            address = address_of(callback.phone, self._settings, self._registrar)
            if not address or await self._queue.spare(order.skills) <= self._on_the_way(order):
                continue
            if await asyncio.to_thread(self._claim, callback):
                await self._call(order, address)

    def over(self, session: CallbackSession) -> None:
        """The call of a callback has ended."""
        order = session.callback
        if order is None:
            return
        self._calling.pop(order.id, None)
        outcome = outcome_of(
            answered=session.answered,
            bridged=session.bridged,
            reason=session.end_reason,
            cause=session.end_cause,
        )
        log.info("call %s: callback %d: %s", session.id, order.id, outcome)
        task = asyncio.create_task(self._ended(order.id, outcome), name="callback")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def goes_on(self, session: CallbackSession) -> None:
        """The call of a callback that an earlier engine made."""
        if session.callback is not None:
            self._calling[session.callback.id] = session

    async def close(self) -> None:
        """What came of the last ones is written down, if that doesn't take long."""
        if self._tasks:
            await asyncio.wait(set(self._tasks), timeout=3.0)

    # ------------------------------------------------------------------ calling

    def _on_the_way(self, order: CallbackOrder) -> int:
        """Callbacks that are being called and will want somebody like that."""
        waiting = (one for one in self._calling.values() if not one.bridged)
        return sum(
            one.callback is not None and set(one.callback.skills) <= set(order.skills)
            for one in waiting
        )

    async def _call(self, order: CallbackOrder, address: str) -> None:
        try:
            session = self._place(order, address, self._settings.ring_s)
        except NoLegFree:
            await self._not_called(order.id)
        except TelephonyError as error:
            log.warning("callback %d can't be called: %s", order.id, error)
            await self._ended(order.id, Outcome.FAILED)
        else:
            self._calling[order.id] = session
            log.info("call %s: calling back, callback %d", session.id, order.id)
            await asyncio.to_thread(self._still, order.id, session.id)

    async def _sign(self) -> None:
        now_s = self._clock.monotonic()
        if now_s - self._signed_s < SIGN_OF_LIFE_EVERY_S:
            return
        self._signed_s = now_s
        for callback_id, session in list(self._calling.items()):
            await asyncio.to_thread(self._still, callback_id, session.id)

    # ------------------------------------------------------------------ the database, in threads

    def _due(self) -> list[Callback]:
        now = self._clock.now()
        with self._database.reading() as session:
            self.waiting = repository.waiting(session)
            if not self.waiting or not repository.is_anything_due(session, now=now):
                return []
        with self._database.transaction() as session:
            return list(repository.due(session, rules=self._rules, now=now))

    def _claim(self, callback: Callback) -> bool:
        with self._database.transaction() as session:
            return repository.claim(session, callback, node=self._node, now=self._clock.now())

    def _still(self, callback_id: int, call_id: CallId) -> None:
        with self._database.transaction() as session:
            repository.still_calling(session, callback_id, call_id=call_id, now=self._clock.now())

    async def _not_called(self, callback_id: int) -> None:
        def write() -> None:
            until: datetime = self._clock.now() + AGAIN_AFTER
            with self._database.transaction() as session:
                repository.not_called(session, callback_id, until=until)

        await asyncio.to_thread(write)

    async def _ended(self, callback_id: int, outcome: Outcome) -> None:
        self.outcomes[outcome.value] += 1

        def write() -> None:
            with self._database.transaction() as session:
                repository.ended(
                    session, callback_id, outcome, rules=self._rules, now=self._clock.now()
                )

        try:
            await asyncio.to_thread(write)
        except VoxdeskError as error:  # it is tried again as if the engine had gone
            log.warning("callback %d: what came of it can't be written: %s", callback_id, error)
