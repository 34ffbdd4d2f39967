"""Agents, callers, and everything that can happen between them: plain immutable values."""

import enum
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import NewType

from voxdesk.kernel.call import CallId

AgentId = NewType("AgentId", str)


class AgentStatus(enum.StrEnum):
    """What an agent is doing."""

    AVAILABLE = "available"
    AWAY = "away"
    RINGING = "ringing"
    BUSY = "busy"
    WRAP_UP = "wrap_up"  # writing up the last call; available when it ends


class CallerState(enum.StrEnum):
    """How far a caller has come."""

    WAITING = "waiting"
    OFFERED = "offered"  # an agent's phone rings
    CONNECTED = "connected"


def skill_set(skills: Iterable[str]) -> frozenset[str]:
    """Skills as they are compared: trimmed, case ignored, empty ones dropped."""
    return frozenset(name for skill in skills if (name := skill.strip().casefold()))


@dataclass(frozen=True, slots=True)
class Agent:
    """A person who takes calls.

    Attributes:
        id: short name, unique.
        name: as shown and spoken.
        sip_address: what is dialled, e.g. "sip:bob@192.0.2.7".
        skills: lower case; see `skill_set`.
        status: see `AgentStatus`.
        since: when the status began.
        idle_since: when the agent last became free; the longest idle is served first.
        call_id: the caller offered or connected, None otherwise.
        leaves: asked to be away as soon as the current call ends.
        wrap_up_until: end of the wrap-up, None outside it.
    """

    id: AgentId
    name: str
    sip_address: str
    skills: frozenset[str]
    since: datetime
    idle_since: datetime
    status: AgentStatus = AgentStatus.AWAY
    call_id: CallId | None = None
    leaves: bool = False
    wrap_up_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Caller:
    """Someone who waits for a person, or has one.

    Attributes:
        call_id: which call.
        queue: its name; positions are counted within it.
        skills: all that the agent must have, lower case.
        priority: higher is served first.
        enqueued_at: beginning of the wait; kept whatever agents do.
        seen_at: when the caller's engine last said that it lives.
        node: the engine that holds the call; only it can dial for this caller.
        state: see `CallerState`.
        agent_id: who was offered or connected.
    """

    call_id: CallId
    queue: str
    skills: frozenset[str]
    priority: int
    enqueued_at: datetime
    seen_at: datetime
    node: str
    state: CallerState = CallerState.WAITING
    agent_id: AgentId | None = None


@dataclass(frozen=True, slots=True)
class QueueState:
    """Every agent, and every caller who waits or talks."""

    agents: Mapping[AgentId, Agent] = field(default_factory=dict)
    callers: Mapping[CallId, Caller] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Rules:
    """Times that the policy obeys.

    Attributes:
        wrap_up_s: pause after a call before the next one.
        lease_s: a caller whose engine has been silent for so long is gone. Longer than an engine
            needs to restart, so that its callers keep their place.
    """

    wrap_up_s: float = 10.0
    lease_s: float = 30.0


DEFAULT_RULES = Rules()

# ------------------------------------------------------------------ what happens


@dataclass(frozen=True, slots=True)
class SignedIn:
    """The agent is available from now on; ends a wrap-up early."""

    agent_id: AgentId


@dataclass(frozen=True, slots=True)
class SignedOut:
    """The agent is away from now on, or after the call that rings or runs."""

    agent_id: AgentId


@dataclass(frozen=True, slots=True)
class AgentRemoved:
    """The agent no longer works here."""

    agent_id: AgentId


@dataclass(frozen=True, slots=True)
class Joined:
    """A caller asks for a person. One who is in already (engine restarted) keeps the place.

    Attributes:
        caller: who.
        keeps_place: they have waited since `enqueued_at` (called back); else they are the last.
    """

    caller: Caller
    keeps_place: bool = False


@dataclass(frozen=True, slots=True)
class Held:
    """These callers are still there, as their engine sees them; a lost row is put back."""

    callers: tuple[Caller, ...]


@dataclass(frozen=True, slots=True)
class Answered:
    """The offered agent picked up."""

    call_id: CallId


@dataclass(frozen=True, slots=True)
class Missed:
    """The agent didn't take this caller, who waits again at the old place.

    Attributes:
        call_id: the caller.
        away: it was the agent's doing: set away, so that nobody else rings in vain.
    """

    call_id: CallId
    away: bool = True


@dataclass(frozen=True, slots=True)
class Left:
    """The caller is out: hung up, pressed the key, timed out, or the talk is over."""

    call_id: CallId


@dataclass(frozen=True, slots=True)
class Tick:
    """Time passes: wrap-ups and leases end, free agents are offered.

    Attributes:
        node: offers are made for callers of this engine; None makes none.
        silent: callers whose engine is gone, each with the `seen_at` that proves it (see
            `telephony.queue.leases`); None: judge by the wall clock alone.
    """

    node: str | None
    silent: Mapping[CallId, datetime] | None = None


Event = SignedIn | SignedOut | AgentRemoved | Joined | Held | Answered | Missed | Left | Tick


@dataclass(frozen=True, slots=True)
class Offer:
    """Ring this agent for this caller; both are taken already."""

    call_id: CallId
    agent_id: AgentId
