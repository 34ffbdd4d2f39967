"""The engine: every call session of one node, from start to the last call's end."""

import asyncio
import logging
from collections.abc import Coroutine, Iterable, Mapping
from typing import Any

from telephony.exchange import Exchange
from telephony.legs import KeptLeg, Leg
from voxdesk.app.bootstrap import House, open_house
from voxdesk.app.call_session import CallSession
from voxdesk.app.callbacks.desk import CallbackDesk
from voxdesk.app.callbacks.flow import NAME as CALLBACK_FLOW
from voxdesk.app.callbacks.order import CallbackOrder
from voxdesk.app.front_desk import DRAINING, FrontDesk
from voxdesk.app.keeping import pair
from voxdesk.app.live.server import LiveServer, live_socket_path
from voxdesk.app.live_flows import LiveFlows
from voxdesk.app.observe.observatory import Observatory
from voxdesk.app.services import Services
from voxdesk.app.settings import Settings
from voxdesk.app.sign_in_session import SignInSession
from voxdesk.app.sweep import sweep
from voxdesk.app.transcripts.watch import TranscriptWatch
from voxdesk.app.troubles import lacking_outside, troubles_of
from voxdesk.kernel.call import CallId, EndCause
from voxdesk.kernel.errors import NoLegFree, TelephonyError

log = logging.getLogger(__name__)

DRAIN_S = 5.0  # calls get so long to hear the goodbye of a shutdown
ANSWER_S = 30.0
RETRY_AFTER_S = "10"


class Engine:
    """`start`, then calls are served until `close`."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.sessions: dict[CallId, CallSession] = {}
        self.observatory = Observatory(self)
        self.desk = FrontDesk(settings.calls, self.observatory.watch)
        self._tasks: set[asyncio.Task[None]] = set()
        self._house: House | None = None
        self._draining = False
        self._sweep: asyncio.Task[None] | None = None
        self._flow_watch: asyncio.Task[None] | None = None
        self._messages: TranscriptWatch | None = None
        self._message_watch: asyncio.Task[None] | None = None
        self._callbacks: CallbackDesk | None = None
        self._callback_desk: asyncio.Task[None] | None = None
        self._takes_calls = False
        self._live: LiveServer | None = None

    @property
    def exchange(self) -> Exchange:
        """The lines; only while the engine runs."""
        return self._running().exchange

    @property
    def addresses(self) -> tuple[str, ...]:
        """What can be dialled now; empty until calls are taken."""
        return self.exchange.addresses if self._takes_calls else ()

    @property
    def services(self) -> Services:
        """What its calls share; only while the engine runs."""
        return self._running().services

    @property
    def calls_in_progress(self) -> int:
        """Calls that are not over, those of agents who sign in included."""
        return len(self._tasks)

    @property
    def draining(self) -> bool:
        """It stops: calls in progress go on, new ones are refused."""
        return self._draining

    @property
    def troubles(self) -> list[str]:
        """What somebody should mend, in sentences."""
        house = self._running()
        own = troubles_of(house.services, house.exchange.lines, house.pool)
        lacking = lacking_outside(house.flows.values(), house.services.outside.catalogue)
        parts = (house.flows, house.intents, house.knowledge)
        learnt = [trouble for part in parts for trouble in part.troubles.values()]
        callbacks = self._callbacks.troubles if self._callbacks is not None else []
        return [*own, *learnt, *lacking, *callbacks]

    @property
    def callbacks_waiting(self) -> int:
        """How many callers wait to be called back."""
        return self._callbacks.waiting if self._callbacks is not None else 0

    @property
    def callback_outcomes(self) -> Mapping[str, int]:
        """How the calls to them ended, since the start."""
        return dict(self._callbacks.outcomes) if self._callbacks is not None else {}

    @property
    def unheard_messages(self) -> Mapping[str, int]:
        """How many messages nobody has listened to, by mailbox."""
        return self._messages.unheard if self._messages is not None else {}

    @property
    def flows(self) -> LiveFlows:
        """What the next call runs; only while the engine runs."""
        return self._running().flows

    def look_at_flows(self) -> None:
        """Something was published: take it now rather than in some seconds."""
        self._running().flow_watch.look_soon()

    def refuse_new_calls(self) -> None:
        """From now on callers get 503 and are told to try again."""
        self._draining = True

    async def start(self) -> None:
        """Load models, check flows and database, open the lines. Errors say what to do.

        Raises:
            VoxdeskError: something needed is missing or wrong.
        """
        await self.observatory.start()
        self._house = house = await open_house(self.settings)
        self.desk.open(house.exchange, house.pool, lambda: len(self.sessions))
        self._callbacks = CallbackDesk(
            house.database,
            house.services.queue,
            self.settings,
            self._call_back,
            node=house.services.node,
            clock=house.services.clock,
        )
        kept = await self._take_up(house.exchange.take_kept())
        self._sweep = asyncio.create_task(sweep(self.sessions), name="sweep")
        try:
            await house.get_ready(in_progress=kept)
        except BaseException:
            self._sweep.cancel()
            self._house = None
            await house.close()
            raise
        self.observatory.open(house)
        await self._open_live_feed(house.services)
        house.exchange.on_incoming(self._on_incoming)
        self._takes_calls = True
        self._flow_watch = asyncio.create_task(house.flow_watch.run(), name="published flows")
        self._messages = TranscriptWatch(
            house.database, house.services.call_log, self.settings, node=house.services.node
        )
        self._message_watch = asyncio.create_task(self._messages.run(), name="messages")
        self._callback_desk = asyncio.create_task(self._callbacks.run(), name="callbacks")

    async def _open_live_feed(self, services: Services) -> None:
        services.live.open(services.call_log.subscribe)
        path = live_socket_path(self.settings.state_dir)
        self._live = LiveServer(path, services.live, lambda: self.sessions, services.node)
        await self._live.start()

    async def _close_live_feed(self) -> None:
        if self._live is not None and self._house is not None:
            self._house.services.live.close()
            await self._live.close()

    async def _take_up(self, legs: Iterable[KeptLeg]) -> set[CallId]:
        """Go on with the calls that an earlier engine left; which they are."""
        calls, useless = pair(legs)
        for leg in useless:
            leg.leg.hangup()
        strange = []
        for kept in calls:
            version = kept.call.flow, kept.call.state.version
            if self.services.archive.find(*version) is None:
                strange.append((kept, version))
            else:
                self._begin(CallSession(kept.leg.leg, self.services, kept=kept))
        for kept, version in strange:  # last, since the database may take its time
            await asyncio.to_thread(self.services.archive.fetch, *version)
            self._begin(CallSession(kept.leg.leg, self.services, kept=kept))
        if calls:
            log.info("%d calls go on that an earlier engine had", len(calls))
        return {kept.call.call_id for kept in calls}

    async def step_down(self) -> None:
        """Leave every call to the next engine. The process must exit right after this."""
        self.refuse_new_calls()
        for watch in (self._flow_watch, self._message_watch, self._callback_desk):
            if watch is not None:
                watch.cancel()
        house = self._running()
        await self._close_live_feed()
        await house.exchange.let_go()
        await house.write_down()

    async def close(self, *, drain_s: float = DRAIN_S) -> None:
        """Refuse new calls, end those in progress, write everything down."""
        self.refuse_new_calls()
        for session in list(self.sessions.values()):
            session.hang_up(EndCause.SHUTDOWN)
        if self._tasks:
            await asyncio.wait(set(self._tasks), timeout=drain_s)
        for task in (self._sweep, self._flow_watch, self._message_watch, self._callback_desk):
            if task is not None:
                task.cancel()
        await self._close_live_feed()
        if self._house is not None:
            await self._house.exchange.close()  # whoever is still there loses the line
            if self._tasks:
                await asyncio.wait(set(self._tasks), timeout=drain_s)
            if self._callbacks is not None:
                await self._callbacks.close()
            await self._house.close()
            self._house = None
        await self.observatory.close()

    def place_call(self, uri: str, *, flow: str = "", timeout_s: float = ANSWER_S) -> CallId:
        """Call somebody, and run a flow when they answer.

        Args:
            uri: whom; a SIP URI.
            flow: its name; the usual one when left out.
            timeout_s: so long it may ring.

        Raises:
            NoLegFree: every leg is in use.
            TelephonyError: the address can't be dialled, there is no such flow, or the machine is
                full.
        """
        if self._house is None or self._draining:
            raise TelephonyError("the engine is shutting down; no new calls are made.")
        services = self._house.services
        if flow and flow not in services.flows:
            known = ", ".join(sorted(services.flows))
            raise TelephonyError(f'there is no flow "{flow}"; there are: {known}')
        if (full := self.desk.refuses()) is not None:
            raise TelephonyError(f"the machine is full ({full}); try again in a minute.")
        leg = services.lines.dial(uri, timeout_s=timeout_s)
        return self._begin(CallSession(leg, services, other_end=uri, flow=flow))

    def _call_back(self, order: CallbackOrder, address: str, timeout_s: float) -> CallSession:
        """Call somebody whom we promised to; as `place_call`."""
        if self._house is None or self._draining or self.desk.refuses() is not None:
            raise NoLegFree("the engine takes on no more calls now.")
        services = self._house.services
        leg = services.lines.dial(address, timeout_s=timeout_s)
        flow = self.settings.callbacks.flow or CALLBACK_FLOW
        session = CallSession(leg, services, other_end=address, flow=flow, callback=order)
        self._begin(session)
        return session

    def _running(self) -> House:
        if self._house is None:
            raise TelephonyError("the engine is not running; start it with `voxdesk serve`.")
        return self._house

    def _on_incoming(self, leg: Leg) -> None:
        if self._house is None or self._draining:
            leg.reject(503, {"Retry-After": RETRY_AFTER_S})
            self.desk.refused[DRAINING] += 1
            return
        services = self._house.services
        if leg.invite is not None and leg.invite.callee == self.settings.calls.agents_number:
            self._run(SignInSession(leg, services).run())
            return
        if (full := self.desk.refuses()) is not None:
            if (apology := self.desk.turn_away(leg, services, full)) is not None:
                self._run(apology)
            return
        self._begin(CallSession(leg, services))

    def _begin(self, session: CallSession) -> CallId:
        self.sessions[session.id] = session
        task = self._run(session.run())
        task.add_done_callback(lambda _: self.sessions.pop(session.id, None))
        if session.callback is not None and self._callbacks is not None:
            callbacks = self._callbacks
            callbacks.goes_on(session)
            task.add_done_callback(lambda _: callbacks.over(session))
        return session.id

    def _run(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task
