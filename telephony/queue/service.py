"""The queue of people as call sessions use it: asyncio around the pure policy and its rows.

    async with queue.join(call_id, QueueRequest("support", skills=("billing",))) as place:
        while True:
            match await place.next_event():
                case PositionChanged(position): ...
                case Connected(agent, leg): ...  # whisper, bridge; leave the block when it's over
                case TimedOut() | NoAgents(): ...

Whatever way the block is left, the agent's leg is hung up and everyone is free. One turn of the
database is in flight at a time, in a thread; an outage delays offers and nothing else.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from datetime import datetime
from typing import TypeVar

from telephony.legs import Lines
from telephony.queue.leases import LeaseWatch
from telephony.queue.messages import QueueRequest, QueueSettings
from telephony.queue.place import LEAVE_WITHIN_S, Place, new_row
from telephony.queue.policy import positions, spare
from telephony.queue.state import (
    Agent,
    AgentId,
    CallerState,
    Event,
    Held,
    Joined,
    SignedIn,
    SignedOut,
    Tick,
    skill_set,
)
from telephony.queue.store import Outcome, QueueStore
from voxdesk.kernel.call import CallId
from voxdesk.kernel.clock import Clock, SystemClock
from voxdesk.kernel.errors import DatabaseError

_log = logging.getLogger(__name__)
_Result = TypeVar("_Result")


class QueueService:
    """One an engine. All methods belong to its loop."""

    def __init__(
        self,
        store: QueueStore,
        lines: Lines,
        *,
        node: str,
        settings: QueueSettings | None = None,
        clock: Clock | None = None,
        executor: Executor | None = None,
    ) -> None:
        """Takes no resources until the first caller joins.

        Args:
            store: the shared state.
            lines: where agents are dialled.
            node: this engine's name; the same after a restart.
            settings: times.
            clock: where time comes from.
            executor: runs the database's work; default one thread of its own. It must keep order.
        """
        self.lines = lines
        self.settings = settings or QueueSettings()
        self._store = store
        self._node = node
        self._clock = clock or SystemClock()
        self._executor = executor or ThreadPoolExecutor(1, thread_name_prefix="queue")
        self._places: dict[CallId, Place] = {}
        self._work: list[tuple[Event, asyncio.Future[None]]] = []
        self._wake = asyncio.Event()
        self._runner: asyncio.Task[None] | None = None
        self._dial_again_at = 0.0
        self._leases = LeaseWatch(store.rules.lease_s)
        self._silent: Mapping[CallId, datetime] = {}
        self._failing = False
        self._closing = self._closed = False

    @property
    def length(self) -> int:
        """Callers of this engine who wait for a person."""
        places = self._places.values()
        return sum(one.row.state is not CallerState.CONNECTED for one in places if not one.gone)

    @asynccontextmanager
    async def join(self, call_id: CallId, request: QueueRequest) -> AsyncIterator[Place]:
        """A place in the queue for as long as the block lasts.

        Raises:
            DatabaseError: the database didn't answer in time; the caller is not in the queue.
        """
        row = new_row(call_id, request, self._node, self._clock.now())
        place = Place(self, call_id, request, row)
        self._places[call_id] = place
        joined = self.submit(Joined(row, keeps_place=request.since is not None))
        leave_within_s = LEAVE_WITHIN_S
        try:
            await asyncio.wait([joined], timeout=self.settings.join_timeout_s)
            if not joined.done():
                leave_within_s = 0.0  # the caller has waited long enough for this database
                raise DatabaseError(
                    "the queue's database did not answer within "
                    f"{self.settings.join_timeout_s:g} s; the caller can't be queued."
                )
            yield place
        finally:
            if self._places.get(call_id) is place:
                del self._places[call_id]
            await place.leave(timeout_s=leave_within_s)

    @asynccontextmanager
    async def rejoin(
        self, call_id: CallId, request: QueueRequest, agent_id: AgentId
    ) -> AsyncIterator[None]:
        """The same for a caller whom this agent has already: the talk outlived an engine.

        Nothing is asked of the database: its row says so, or will again.
        """
        row = replace(
            new_row(call_id, request, self._node, self._clock.now()),
            state=CallerState.CONNECTED,
            agent_id=agent_id,
        )
        place = self._places[call_id] = Place(self, call_id, request, row)
        self._start()
        try:
            yield
        finally:
            if self._places.get(call_id) is place:
                del self._places[call_id]
            await place.leave()

    async def set_available(self, agent_id: AgentId, *, available: bool) -> bool:
        """An agent signs in or out. False: there is no such agent.

        Raises:
            DatabaseError: the database is away.
        """
        event: Event = SignedIn(agent_id) if available else SignedOut(agent_id)
        outcome = await self._ask(lambda: self._store.run([event], self._clock.now()))
        self._wake.set()
        return agent_id in outcome.state.agents

    async def spare(self, skills: Iterable[str]) -> int:
        """How many agents with these skills are free, and nobody waits for them.

        Raises:
            DatabaseError: the database is away.
        """
        # Without offers and without judging whose engine is gone: wrap-ups end, and no more.
        tick = Tick(None, {})
        outcome = await self._ask(lambda: self._store.run([tick], self._clock.now()))
        return spare(outcome.state, skill_set(skills))

    async def find_agent(self, code: str, pin: str) -> Agent | None:
        """Who keys in this code and PIN; see `telephony.queue.sign_in`.

        Raises:
            DatabaseError: the database is away.
        """
        return await self._ask(lambda: self._store.find_by_code(code, pin))

    async def close(self, *, timeout_s: float = 3.0) -> None:
        """Hang up every agent's leg and tell the database that our callers are gone."""
        self._closing = True
        for place in list(self._places.values()):
            place.give_up()
        if self._runner is not None:
            await asyncio.wait([self._runner], timeout=timeout_s)
            self._runner.cancel()
            with suppress(asyncio.CancelledError):
                await self._runner
        self._closed = True
        self._executor.shutdown(wait=False, cancel_futures=True)

    @property
    def failing(self) -> bool:
        """Whether the database was away when it was last asked."""
        return self._failing

    # ------------------------------------------------------------------ for places

    def submit(self, event: Event) -> "asyncio.Future[None]":
        """Have this written with the next turn."""
        loop = asyncio.get_running_loop()
        written: asyncio.Future[None] = loop.create_future()
        if self._closed:
            written.set_result(None)
            return written
        self._work.append((event, written))
        self._start()
        return written

    def _start(self) -> None:
        """There is something to do."""
        self._wake.set()
        if self._runner is None or self._runner.done():
            self._runner = asyncio.get_running_loop().create_task(self._run(), name="queue")

    def pause_dialling(self) -> None:
        """Make no offers for a while."""
        self._dial_again_at = self._clock.monotonic() + self.settings.dial_pause_s

    # ------------------------------------------------------------------ turns

    async def _run(self) -> None:
        while self._work or (self._places and not self._closing):
            self._wake.clear()
            try:
                succeeded = await self._turn()
            except Exception:  # noqa: BLE001  a fault of ours must not strand all who wait
                _log.exception("queue: a turn failed; it is tried again")
                succeeded = False
            with suppress(TimeoutError):
                if succeeded:
                    await asyncio.wait_for(self._wake.wait(), self.settings.tick_s)
                else:  # new work is no reason to ask a database that is away more often
                    await asyncio.sleep(self.settings.tick_s)

    async def _turn(self) -> bool:
        """Write what happened, and take what the policy offers; False if it couldn't be."""
        now = self._clock.now()
        work = list(self._work)
        places = {key: place for key, place in self._places.items() if not place.gone}
        may_dial = self._clock.monotonic() >= self._dial_again_at and not self._closing
        events = [event for event, _ in work]
        events.append(Held(tuple(place.row for place in places.values())))
        events.append(Tick(self._node if may_dial else None, self._silent))
        outcome = await self._try(lambda: self._store.run(events, now))
        if outcome is None:
            return False
        del self._work[: len(work)]
        for _, written in work:
            if not written.done():
                written.set_result(None)
        for offer in outcome.offers:
            place = places.get(offer.call_id)
            if place is not None and not place.gone:  # if it's gone, its Left is on the way
                place.ring(outcome.state.agents[offer.agent_id])
        now_s = self._clock.monotonic()
        self._silent = self._leases.look(outcome.state.callers.values(), now, now_s)
        ranks = positions(outcome.state, self._store.strategy)
        for place in places.values():
            place.look(outcome.state, ranks, now_s)
        return True

    async def _try(self, work: Callable[[], Outcome]) -> Outcome | None:
        loop = asyncio.get_running_loop()
        try:
            outcome = await loop.run_in_executor(self._executor, work)
        except DatabaseError as error:
            if not self._failing:
                _log.warning("queue: %s; callers wait, nobody is offered meanwhile", error)
            self._failing = True
            return None
        if self._failing:
            _log.warning("queue: the database is back")
        self._failing = False
        return outcome

    async def _ask(self, work: Callable[[], _Result]) -> _Result:
        """One bounded question to the database, in turn with everything else."""
        future = asyncio.get_running_loop().run_in_executor(self._executor, work)
        timeout_s = self.settings.join_timeout_s
        await asyncio.wait([future], timeout=timeout_s)
        if not future.done():
            future.add_done_callback(lambda late: late.cancelled() or late.exception())
            raise DatabaseError(f"the queue's database did not answer within {timeout_s:g} s.")
        return future.result()
