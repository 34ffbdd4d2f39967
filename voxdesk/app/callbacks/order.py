"""A callback as the call that carries it out has it. Pure."""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from crm.callbacks.models import Callback
from crm.callbacks.policy import Outcome
from dialog.events import Enqueue
from voxdesk.kernel.call import EndCause

_NOT_ANSWERED = {
    EndCause.BUSY: Outcome.BUSY,
    EndCause.NO_ANSWER: Outcome.NO_ANSWER,
    EndCause.CANCELLED: Outcome.NO_ANSWER,
    EndCause.REFUSED: Outcome.REFUSED,
    EndCause.REJECTED: Outcome.REFUSED,
}
_REASONS = {
    "declined": Outcome.DECLINED,
    "no_agent": Outcome.NO_AGENT,
    "no_person": Outcome.NO_PERSON,
    "no_input": Outcome.NO_PERSON,
    "no_match": Outcome.NO_PERSON,
}


@dataclass(frozen=True, slots=True)
class CallbackOrder:
    """Whom to call, and where they wait then.

    Attributes:
        id: of the callback.
        queue: whose people talk with them; the same for skills and priority.
        since: from when on they wait.
        language: of the call; empty: the flow's own.
        greeting: what they hear first.
        note: what the person hears.
    """

    id: int
    queue: str
    since: datetime
    skills: tuple[str, ...] = ()
    priority: int = 0
    language: str = ""
    greeting: str = ""
    note: str = ""

    @classmethod
    def of(cls, callback: Callback) -> "CallbackOrder":
        """From its row."""
        return cls(
            callback.id,
            callback.queue,
            callback.waiting_since,
            tuple(callback.skills),
            callback.priority,
            callback.language,
            callback.greeting,
            callback.note,
        )

    @property
    def facts(self) -> Mapping[str, Any]:
        """What a flow may read of it, as `caller.callback`."""
        return {"queue": self.queue, "greeting": self.greeting, "note": self.note}

    def caller_facts(self, facts: Mapping[str, Any]) -> dict[str, Any]:
        """What the CRM knows of the caller, and this."""
        language = self.language or facts.get("language", "")
        return {**facts, "language": language, "callback": dict(self.facts)}

    def enqueue(self, action: Enqueue) -> Enqueue:
        """The queue that was promised, whichever the flow names."""
        return replace(
            action,
            queue=self.queue,
            skills=self.skills,
            priority=self.priority,
            whisper=action.whisper or self.note,
            leave_key="",
        )

    def to_json(self) -> dict[str, Any]:
        """Plain JSON types."""
        return {**dataclasses.asdict(self), "since": self.since.isoformat()}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "CallbackOrder":
        """What `to_json` made."""
        return cls(
            **{
                **data,
                "since": datetime.fromisoformat(data["since"]),
                "skills": tuple(data["skills"]),
            }
        )


def outcome_of(*, answered: bool, bridged: bool, reason: str, cause: EndCause | None) -> Outcome:
    """What came of an attempt.

    Args:
        answered: somebody, or something, took the call.
        bridged: they talked with somebody of ours.
        reason: for which the flow ended the call; empty when it didn't.
        cause: how the leg ended.
    """
    if bridged:
        return Outcome.TALKED
    if not answered:
        return _NOT_ANSWERED.get(cause or EndCause.FAILED, Outcome.FAILED)
    if reason in _REASONS:
        return _REASONS[reason]
    return Outcome.HUNG_UP if cause is EndCause.CALLER_HUNG_UP else Outcome.FAILED
