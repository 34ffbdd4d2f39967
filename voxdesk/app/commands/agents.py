"""`voxdesk agents`: who takes calls, and who is available."""

import difflib
import re
from datetime import datetime
from pathlib import Path
from typing import Annotated, Self

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from telephony.queue.state import (
    Agent,
    AgentId,
    AgentRemoved,
    AgentStatus,
    Event,
    QueueState,
    Rules,
    SignedIn,
    SignedOut,
    Tick,
)
from telephony.queue.store import AgentProfile, QueueStore
from telephony.sip_uri import check_sip_uri
from voxdesk.app.database import prepare
from voxdesk.app.settings import load_settings
from voxdesk.db import Database
from voxdesk.kernel.clock import SystemClock
from voxdesk.kernel.errors import TelephonyError, VoxdeskError

app = typer.Typer(
    name="agents", help="The people who take calls.", no_args_is_help=True, add_completion=False
)
console = Console()

AGENT_ID = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
DIGITS = re.compile(r"[0-9]{3,16}")
COLOURS = {
    AgentStatus.AVAILABLE: "green",
    AgentStatus.AWAY: "dim",
    AgentStatus.RINGING: "yellow",
    AgentStatus.BUSY: "cyan",
    AgentStatus.WRAP_UP: "magenta",
}
WORDS = {AgentStatus.RINGING: "has a call ringing", AgentStatus.BUSY: "is in a call"}

AgentName = Annotated[str, typer.Argument(metavar="AGENT", help="The agent's short name.")]


class AgentCommandError(VoxdeskError):
    """A wrong argument; says what would be right."""

    code = "agents"


class Desk:
    """The queue's database, for one command."""

    def __init__(self) -> None:
        settings = load_settings()
        Path(settings.state_dir).mkdir(parents=True, exist_ok=True)
        prepare(settings.database_url)
        self._database = Database(settings.database_url)
        self._store = QueueStore(self._database, Rules(wrap_up_s=settings.queue.wrap_up_s))
        self._clock = SystemClock()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._database.close()

    @property
    def now(self) -> datetime:
        """Wall time."""
        return self._clock.now()

    def state(self) -> QueueState:
        """Everyone, after wrap-ups and lost callers have been cleared away."""
        return self._store.run([Tick(None)], self.now).state

    def run(self, event: Event) -> QueueState:
        """The state after this."""
        return self._store.run([event], self.now).state

    def put(self, profile: AgentProfile) -> bool:
        """Add or change; True if added."""
        owner = self._store.code_taken_by(profile.code) if profile.code else None
        if owner not in {None, profile.id}:
            raise AgentCommandError(f"--code {profile.code} is {owner}'s; choose another.")
        return self._store.put_agent(profile, self.now)

    def agent(self, name: str) -> Agent:
        """The agent of this short name.

        Raises:
            AgentCommandError: there is none; names the nearest.
        """
        agents = self.state().agents
        found = agents.get(AgentId(name.strip().lower()))
        if found is None:
            near = difflib.get_close_matches(name.lower(), list(agents), 1)
            hint = f"Did you mean {near[0]}?" if near else "Add one: voxdesk agents add --help"
            known = f"\n  Agents: {', '.join(sorted(agents))}" if agents else ""
            raise AgentCommandError(f"There is no agent {name!r}.\n  {hint}{known}")
        return found


@app.command("list")
def list_agents() -> None:
    """Show every agent, and who is waiting."""
    with Desk() as desk:
        state, now = desk.state(), desk.now
    if not state.agents:
        console.print("No agents yet. Add one: voxdesk agents add bob sip:bob@192.0.2.7")
        return
    table = Table(box=None, header_style="bold")
    for heading in ("agent", "name", "status", "since", "skills", "address"):
        table.add_column(heading, overflow="fold")
    for agent in sorted(state.agents.values(), key=lambda a: a.id):
        colour = COLOURS[agent.status]
        leaving = ", away after the call" if agent.leaves else ""
        status = f"[{colour}]{agent.status.value.replace('_', '-')}{leaving}[/{colour}]"
        # Square brackets are markup to rich, and part of an IPv6 address.
        skills = escape(", ".join(sorted(agent.skills))) or "[dim](none)[/dim]"
        since, address = _ago(agent.since, now), escape(agent.sip_address)
        table.add_row(agent.id, escape(agent.name), status, since, skills, address)
    console.print(table)
    waiting = sum(caller.agent_id is None for caller in state.callers.values())
    console.print(f"{waiting} waiting." if waiting else "Nobody is waiting.")


@app.command()
def add(
    agent: AgentName,
    address: Annotated[str, typer.Argument(help="What is dialled, e.g. sip:bob@192.0.2.7")],
    *,
    name: Annotated[str, typer.Option(help="Name as shown and spoken.")] = "",
    skill: Annotated[
        list[str] | None, typer.Option(help="What the agent can do; give it several times.")
    ] = None,
    code: Annotated[
        str, typer.Option(help="3 to 16 digits to key in when signing in by phone.")
    ] = "",
    pin: Annotated[
        str | None, typer.Option(help="Digits that prove it; '' removes the PIN.")
    ] = None,
    available: Annotated[bool, typer.Option(help="Sign the agent in at once.")] = False,
) -> None:
    """Add an agent, away at first; or change one who is there."""
    agent_id = AgentId(agent.strip().lower())
    if not AGENT_ID.fullmatch(agent_id):
        raise AgentCommandError(
            f"{agent!r} can't be an agent's short name.\n"
            "  Use letters a-z, digits, dot, dash and underscore, e.g. bob or b.smith"
        )
    try:
        check_sip_uri(address)
    except TelephonyError as error:
        raise AgentCommandError(f"{error}\n  For example: sip:{agent_id}@192.0.2.7") from error
    for option, digits in (("--code", code), ("--pin", pin or "")):
        if digits and not DIGITS.fullmatch(digits):
            raise AgentCommandError(f"{option} takes 3 to 16 digits, nothing else.")
    if pin and not code:
        raise AgentCommandError("--pin is asked after the code: give --code too.")
    with Desk() as desk:
        profile = AgentProfile(
            agent_id, name.strip() or agent_id.title(), address, tuple(skill or ()), code, pin
        )
        added = desk.put(profile)
        if available:
            desk.run(SignedIn(agent_id))
        status = desk.agent(agent_id).status
    console.print(f"{agent_id} {'added' if added else 'changed'}; now {status.value}.")
    if added and not available:
        console.print(f"  To take calls: voxdesk agents available {agent_id}")


@app.command()
def remove(agent: AgentName) -> None:
    """Remove an agent who isn't in a call."""
    with Desk() as desk:
        found = desk.agent(agent)
        if found.status in WORDS:
            raise AgentCommandError(
                f"{found.id} {WORDS[found.status]}.\n"
                f"  First: voxdesk agents away {found.id}; remove when the call is over."
            )
        desk.run(AgentRemoved(found.id))
    console.print(f"{found.id} removed.")


@app.command()
def available(agent: AgentName) -> None:
    """Let an agent take calls, from now on."""
    with Desk() as desk:
        found = desk.agent(agent)
        desk.run(SignedIn(found.id))
        console.print(f"{found.id}: {_status(desk.agent(found.id))}.")


@app.command()
def away(agent: AgentName) -> None:
    """Let an agent rest: at once, or after the call that rings or runs."""
    with Desk() as desk:
        found = desk.agent(agent)
        desk.run(SignedOut(found.id))
        console.print(f"{found.id}: {_status(desk.agent(found.id))}.")


def _status(agent: Agent) -> str:
    text = agent.status.value.replace("_", "-")
    return f"{text}, away after this call" if agent.leaves else text


def _ago(then: datetime, now: datetime) -> str:
    seconds = max(0, round((now - then).total_seconds()))
    for size, unit in ((86_400, "d"), (3_600, "h"), (60, "min")):
        if seconds >= size:
            return f"{seconds // size} {unit}"
    return f"{seconds} s"
