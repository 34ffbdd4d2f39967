"""One caller's place in the queue: what the call session is told, and the agent's leg."""

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Protocol

from telephony.legs import Answered, Ended, Leg, LegEvent, Lines
from telephony.queue.messages import (
    AgentMissed,
    AgentRinging,
    Connected,
    NoAgents,
    PlaceEvent,
    PositionChanged,
    QueueRequest,
    QueueSettings,
    TimedOut,
)
from telephony.queue.policy import anyone_for
from telephony.queue.state import (
    Agent,
    Caller,
    CallerState,
    Event,
    Left,
    Missed,
    QueueState,
    skill_set,
)
from telephony.queue.state import Answered as AgentAnswered
from voxdesk.kernel.call import CallId, EndCause
from voxdesk.kernel.errors import NoLegFree, TelephonyError

# With `Place`, all that a session needs to import.
__all__ = [
    "AgentMissed",
    "AgentRinging",
    "Connected",
    "NoAgents",
    "Place",
    "PlaceEvent",
    "PositionChanged",
    "QueueRequest",
    "QueueSettings",
    "TimedOut",
]

_log = logging.getLogger(__name__)

# The line ends an unanswered leg itself; this is for a line that doesn't.
RING_GRACE_S = 3.0
LEAVE_WITHIN_S = 2.0
NOT_THE_AGENTS_DOING = frozenset({EndCause.LINE_LOST, EndCause.SHUTDOWN, EndCause.ERROR})


class Desk(Protocol):
    """What a place needs of the service."""

    lines: Lines
    settings: QueueSettings

    def submit(self, event: Event) -> "asyncio.Future[None]":
        """Have this written soon, in order; the future is done when it is."""
        ...

    def pause_dialling(self) -> None:
        """Our side can't dial just now."""
        ...


class Place:
    """Made by `QueueService.join`. All methods belong to the engine's loop."""

    def __init__(self, desk: Desk, call_id: CallId, request: QueueRequest, row: Caller) -> None:
        self.call_id = call_id
        self.request = request
        self.row = row  # what the database should say of us
        self.position: int | None = None
        self._desk = desk
        self._events: asyncio.Queue[PlaceEvent] = asyncio.Queue()
        self._agent: Agent | None = None
        self._leg: Leg | None = None
        self._gone: asyncio.Future[None] | None = None
        self._overdue = False
        self._nobody_since_s: float | None = None
        loop = asyncio.get_running_loop()
        self._deadline = loop.call_later(request.max_wait_s, self._time_is_up)
        self._ring_guard: asyncio.TimerHandle | None = None

    async def next_event(self) -> PlaceEvent:
        """The next thing to tell the caller; waits, safely cancelled. Nothing follows a final one.

        A `Connected` whose agent has hung up meanwhile is left out; `AgentMissed` comes instead.
        """
        while True:
            event = await self._events.get()
            if not (isinstance(event, Connected) and event.leg.ended):
                return event

    async def leave(self, *, timeout_s: float = LEAVE_WITHIN_S) -> None:
        """Out of the queue: the caller hung up, pressed the key, or the talk is over.

        The agent's leg is hung up at once; a talk is followed by the agent's wrap-up. Waits at
        most `timeout_s` for the database, which learns it in any case. Does nothing twice.
        """
        await asyncio.wait([self._release()], timeout=timeout_s)

    def requeue(self, cause: EndCause, *, wait_anew: bool = False) -> None:
        """The connected agent didn't take the caller after all (hung up during the whisper).

        The caller waits again at the old place; `AgentMissed` follows. Does nothing when no agent
        is connected. `wait_anew`: they had talked, so that the longest wait begins again.
        """
        if self.row.state is not CallerState.CONNECTED:
            return
        if wait_anew:
            self._deadline.cancel()
            self._overdue = False
            loop = asyncio.get_running_loop()
            self._deadline = loop.call_later(self.request.max_wait_s, self._time_is_up)
        self._missed(cause)

    # ------------------------------------------------------------------ the service's side

    @property
    def gone(self) -> bool:
        """Given up, whether or not the database knows yet."""
        return self._gone is not None

    def look(self, state: QueueState, places: Mapping[CallId, int], now_s: float) -> None:
        """Take note of how the queue stands; `now_s` only grows."""
        if self.gone or self.row.state is CallerState.CONNECTED:
            return
        position = places.get(self.call_id)
        if position is not None and position != self.position:
            self.position = position
            self._events.put_nowait(PositionChanged(position))
        if self.row.state is not CallerState.WAITING or anyone_for(state, self.row.skills):
            self._nobody_since_s = None
            return
        if self._nobody_since_s is None:
            self._nobody_since_s = now_s
        if now_s - self._nobody_since_s >= self._desk.settings.no_agents_wait_s:
            self._finish(NoAgents())

    def ring(self, agent: Agent) -> None:
        """This agent was taken for us: call."""
        self.row = replace(self.row, state=CallerState.OFFERED, agent_id=agent.id)
        self._agent = agent
        ring_s = self._desk.settings.ring_s
        self._ring_guard = asyncio.get_running_loop().call_later(
            ring_s + RING_GRACE_S, self._missed, EndCause.NO_ANSWER
        )
        try:
            leg = self._desk.lines.dial(
                agent.sip_address,
                caller=self.request.caller,
                caller_name=self.request.caller_name,
                headers={
                    "X-Voxdesk-Call": self.call_id,
                    "X-Voxdesk-Queue": self.request.queue,
                    **self.request.headers,
                },
                timeout_s=ring_s,
            )
        except NoLegFree:
            self._desk.pause_dialling()
            self._back_to_waiting(away=False)
        except TelephonyError as error:
            _log.warning("call %s: agent %s can't be dialled: %s", self.call_id, agent.id, error)
            self._missed(EndCause.FAILED)
        else:
            self._leg = leg
            leg.listen(self._on_leg)
            self._events.put_nowait(AgentRinging(agent))

    def give_up(self) -> None:
        """The service closes."""
        self._release()

    # ------------------------------------------------------------------ the agent's leg

    def _on_leg(self, event: LegEvent) -> None:
        """Until the session listens to the leg itself."""
        if self.gone:
            return
        match event:
            case Answered():
                self._answered()
            case Ended(cause=cause):
                self._missed(cause)
            case _:
                pass

    def _answered(self) -> None:
        if self._agent is None or self._leg is None:
            return
        self._stop_ring_guard()
        self.row = replace(self.row, state=CallerState.CONNECTED)
        self._desk.submit(AgentAnswered(self.call_id))
        self._events.put_nowait(Connected(self._agent, self._leg))

    def _missed(self, cause: EndCause) -> None:
        agent = self._agent
        if agent is None:
            return
        away = cause not in NOT_THE_AGENTS_DOING
        if not away:
            self._desk.pause_dialling()
        self._events.put_nowait(AgentMissed(agent, cause))
        self._back_to_waiting(away=away)

    def _back_to_waiting(self, *, away: bool) -> None:
        self._drop_leg()
        self._agent = None
        self.row = replace(self.row, state=CallerState.WAITING, agent_id=None)
        self._desk.submit(Missed(self.call_id, away=away))
        if self._overdue:
            self._finish(TimedOut())

    # ------------------------------------------------------------------ the end

    def _time_is_up(self) -> None:
        if self.row.state is CallerState.WAITING:
            self._finish(TimedOut())
        else:
            self._overdue = True

    def _finish(self, event: TimedOut | NoAgents) -> None:
        if not self.gone:
            self._release()
            self._events.put_nowait(event)

    def _release(self) -> "asyncio.Future[None]":
        if self._gone is None:
            self._deadline.cancel()
            self._drop_leg()
            self._gone = self._desk.submit(Left(self.call_id))
        return self._gone

    def _drop_leg(self) -> None:
        self._stop_ring_guard()
        leg, self._leg = self._leg, None
        if leg is not None:
            if self.row.state is CallerState.OFFERED:
                leg.listen(None)  # a late answer is hung up, not heard of
            leg.hangup()

    def _stop_ring_guard(self) -> None:
        if self._ring_guard is not None:
            self._ring_guard.cancel()
            self._ring_guard = None


def new_row(call_id: CallId, request: QueueRequest, node: str, now: datetime) -> Caller:
    """A caller who just came."""
    return Caller(
        call_id=call_id,
        queue=request.queue,
        skills=skill_set(request.skills),
        priority=request.priority,
        enqueued_at=min(request.since, now) if request.since else now,
        seen_at=now,
        node=node,
    )
