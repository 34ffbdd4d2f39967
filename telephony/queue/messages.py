"""What a call session asks of the queue, and what it is told."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from telephony.legs import Leg
from telephony.queue.state import Agent
from voxdesk.kernel.call import EndCause


@dataclass(frozen=True, slots=True)
class QueueRequest:
    """What a caller asks for.

    Attributes:
        queue: its name; positions are counted within it.
        skills: all that the agent must have, any case.
        priority: higher is served first.
        max_wait_s: then `TimedOut`; an agent whose phone rings at that moment may still answer.
        caller: number that the agent's phone shows, None for the line's own.
        caller_name: name that the agent's phone shows.
        headers: further SIP headers for the agent's phone.
        since: they have waited since then already, and keep that place; None: from now on.
    """

    queue: str
    skills: tuple[str, ...] = ()
    priority: int = 0
    max_wait_s: float = 600.0
    caller: str | None = None
    caller_name: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class QueueSettings:
    """Times of the service.

    Attributes:
        ring_s: an agent's phone rings so long.
        no_agents_wait_s: while nobody with the skills is signed in, a caller waits so long, then
            `NoAgents`; 0 says so at once.
        tick_s: how often the database is looked at for what other processes did.
        join_timeout_s: joining fails when the database takes longer.
        dial_pause_s: after our own side couldn't dial, nobody is dialled for so long.
    """

    ring_s: float = 20.0
    no_agents_wait_s: float = 20.0
    tick_s: float = 1.0
    join_timeout_s: float = 5.0
    dial_pause_s: float = 2.0


@dataclass(frozen=True, slots=True)
class PositionChanged:
    """The caller is the nth in the queue, from 1."""

    position: int


@dataclass(frozen=True, slots=True)
class AgentRinging:
    """This agent is being called."""

    agent: Agent


@dataclass(frozen=True, slots=True)
class AgentMissed:
    """The agent didn't take the call; the caller waits on, at the same place."""

    agent: Agent
    cause: EndCause


@dataclass(frozen=True, slots=True)
class Connected:
    """The agent answered. The leg is the session's now: listen to it, whisper, bridge.

    Leaving the place hangs it up.
    """

    agent: Agent
    leg: Leg


@dataclass(frozen=True, slots=True)
class TimedOut:
    """The longest wait is over; the place is given up."""


@dataclass(frozen=True, slots=True)
class NoAgents:
    """Nobody who could help is signed in; the place is given up."""


PlaceEvent = PositionChanged | AgentRinging | AgentMissed | Connected | TimedOut | NoAgents
