"""What a call needs to go on with another engine: kept by its line, so that no death loses it.

A message on a unix socket outlives its sender, and a line that dies ends its calls anyway. So the
newest state of a call lies where it can't be older than the call: no disk, no database, no delay.
"""

import dataclasses
import json
import logging
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from dialog.state import State
from telephony.legs import KeptLeg
from voxdesk.app.callbacks.order import CallbackOrder
from voxdesk.kernel.call import CallId, Invite
from voxdesk.kernel.errors import ProtocolError

VERSION: Final = 1

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Talk:
    """A person whom the caller is connected with.

    Attributes:
        number: of the transfer, from 1.
        mode: "queue" or "bridged".
        target: queue or SIP address.
        agent: the agent's id, or empty.
    """

    number: int
    mode: str
    target: str
    agent: str = ""


@dataclass(frozen=True, slots=True)
class KeptCall:
    """A caller's leg.

    Attributes:
        call_id: of the call.
        invite: what came with it.
        other_end: whom we dialled, of an outbound call.
        started_at: when; names the recording's folder.
        flow: its name, and with `state.version` its version.
        state: the dialogue's.
        turn: the caller's turns so far.
        transfers: attempts to give the call to somebody so far.
        talk: the person whom the caller speaks with.
        settled: the log itself says what came of the call.
        callback: that it carries out.
    """

    call_id: CallId
    invite: Invite
    other_end: str
    started_at: datetime
    flow: str
    state: State
    turn: int = 0
    transfers: int = 0
    talk: Talk | None = None
    settled: bool = False
    callback: CallbackOrder | None = None

    def to_text(self) -> str:
        """For `read`."""
        return json.dumps(
            {
                "v": VERSION,
                "call": self.call_id,
                "invite": dataclasses.asdict(self.invite),
                "other_end": self.other_end,
                "started_at": self.started_at.isoformat(),
                "flow": self.flow,
                "state": self.state.to_json(),
                "turn": self.turn,
                "transfers": self.transfers,
                "talk": dataclasses.asdict(self.talk) if self.talk else None,
                "settled": self.settled,
                "callback": self.callback.to_json() if self.callback else None,
            },
            separators=(",", ":"),
        )


@dataclass(frozen=True, slots=True)
class KeptPerson:
    """A leg that we dialled for a call: the agent's."""

    call_id: CallId
    agent: str = ""

    def to_text(self) -> str:
        """For `read`."""
        return json.dumps({"v": VERSION, "person_of": self.call_id, "agent": self.agent})


@dataclass(frozen=True, slots=True)
class Kept:
    """A call that has gone on without an engine.

    Attributes:
        call: as it was when the engine was lost.
        leg: the caller's.
        person: the leg of the person whom the caller speaks with, if it is still up.
    """

    call: KeptCall
    leg: KeptLeg
    person: KeptLeg | None = None


def pair(legs: Iterable[KeptLeg]) -> tuple[list[Kept], list[KeptLeg]]:
    """Calls with their legs, and the legs that are of no use any more."""
    callers: dict[CallId, Kept] = {}
    persons: dict[CallId, KeptLeg] = {}
    useless: list[KeptLeg] = []
    for leg in legs:
        try:
            kept = read(leg.text)
        except ProtocolError as error:
            log.error("a call in progress can't go on: %s", error)  # noqa: TRY400  says it all
            useless.append(leg)
            continue
        if isinstance(kept, KeptPerson):
            persons[kept.call_id] = leg
        else:
            callers[kept.call_id] = Kept(kept, leg)
    for call_id, leg in persons.items():
        if call_id in callers and callers[call_id].call.talk is not None:
            callers[call_id] = replace(callers[call_id], person=leg)
        else:
            useless.append(leg)
    return list(callers.values()), useless


def read(text: str) -> KeptCall | KeptPerson:
    """What `to_text` wrote.

    Raises:
        ProtocolError: another version wrote it, or it makes no sense.
    """
    try:
        data = json.loads(text)
        if data["v"] != VERSION:
            raise ProtocolError(f"a call was kept in version {data['v']}, not {VERSION}")
        if "person_of" in data:
            return KeptPerson(CallId(data["person_of"]), str(data["agent"]))
        return KeptCall(
            call_id=CallId(data["call"]),
            invite=Invite(**data["invite"]),
            other_end=data["other_end"],
            started_at=datetime.fromisoformat(data["started_at"]),
            flow=data["flow"],
            state=State.from_json(data["state"]),
            turn=data["turn"],
            transfers=data["transfers"],
            talk=Talk(**data["talk"]) if data["talk"] else None,
            settled=bool(data["settled"]),
            callback=CallbackOrder.from_json(data["callback"]) if data["callback"] else None,
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        # Not the text: it holds what the caller said.
        raise ProtocolError(f"a kept call can't be read: {type(error).__name__}") from error
