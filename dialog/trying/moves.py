"""What one can do in a talk with a flow, and how such a talk is kept: JSON in and out, bounded."""

import json
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue, field_validator

MAX_MOVES = 300
MAX_TEXT = 500
MAX_RECORD = 20_000
"""Characters of a record as JSON."""
USUAL_CONFIDENCE = 0.9

Outcome = Literal[
    "connected",
    "busy",
    "no_answer",
    "refused",
    "failed",
    "left_queue",
    "timed_out",
    "no_agents",
]
Record = dict[str, JsonValue]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


def _bounded(record: Record) -> Record:
    if len(json.dumps(record)) > MAX_RECORD:
        raise ValueError(f"is longer than {MAX_RECORD} characters")
    return record


def plain(text: str) -> str:
    """The text on one line, without what can't be printed: no recognizer writes such things."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def _words(texts: tuple[str, ...]) -> tuple[str, ...]:
    found = tuple(map(plain, texts))
    if not all(found):
        raise ValueError("a text has no words in it")
    return found


class Says(_Strict):
    """The caller says something; several texts are the recognizer's N-best, best first."""

    do: Literal["say"] = "say"
    texts: tuple[Annotated[str, Field(min_length=1, max_length=MAX_TEXT)], ...] = Field(
        min_length=1, max_length=10
    )
    _plain = field_validator("texts")(_words)
    confidence: float = Field(USUAL_CONFIDENCE, ge=0, le=1)


class Presses(_Strict):
    """The caller presses these keys, and then no further one."""

    do: Literal["keys"] = "keys"
    keys: str = Field(pattern=r"^[0-9*#]{1,64}$")


class IsSilent(_Strict):
    """The caller does nothing for as long as the step waits."""

    do: Literal["silence"] = "silence"


class HandoverEnds(_Strict):
    """A transfer or a queue ends like this."""

    do: Literal["handover"] = "handover"
    outcome: Outcome


class MessageEnds(_Strict):
    """The caller's message is recorded, or nothing was said."""

    do: Literal["message"] = "message"
    recorded: bool = True


class LookupEnds(_Strict):
    """The answer to what the flow looks up. It belongs to the move of the caller before it."""

    do: Literal["lookup"] = "lookup"
    outcome: Literal["found", "missing", "failed"]
    record: Record = Field(default_factory=dict)

    _size = field_validator("record")(_bounded)


class ActEnds(_Strict):
    """How what the flow has done ended. It belongs to the move of the caller before it."""

    do: Literal["act"] = "act"
    outcome: Literal["done", "refused", "failed"]
    record: Record = Field(default_factory=dict)
    reason: str = Field("", max_length=80)

    _size = field_validator("record")(_bounded)


Answered = LookupEnds | ActEnds
"""What systems outside have to say; nothing that the caller does."""
Move = Annotated[
    Says | Presses | IsSilent | HandoverEnds | MessageEnds | LookupEnds | ActEnds,
    Field(discriminator="do"),
]


class Beginning(_Strict):
    """How a talk begins.

    Attributes:
        today: of the talk; what "tomorrow" counts from.
        now: the time, "18:30"; empty: about noon.
        language: of the caller; empty: what the flow begins in.
        caller: what the CRM knows of them.
        callee: the number that they called.
    """

    today: date
    now: str = Field("", pattern=r"^(([01]\d|2[0-3]):[0-5]\d)?$")
    language: str = Field("", pattern=r"^([a-z]{2,3}(-[A-Za-z0-9]{1,8})*)?$", max_length=35)
    caller: Record = Field(default_factory=dict)
    callee: str = Field("", max_length=80)

    _size = field_validator("caller")(_bounded)

    def known(self) -> dict[str, Any]:
        """The caller as `dialog.events.Started` has them."""
        language = {"language": self.language} if self.language else {}
        return {"known": bool(self.caller), **self.caller, **language}


class Talk(_Strict):
    """A talk so far. The dialogue is pure, so what was done is all that is kept.

    Attributes:
        flow: its name.
        version: of the flow; another version might answer otherwise.
    """

    flow: str = Field(max_length=200)
    version: str = Field(max_length=64)
    beginning: Beginning
    moves: tuple[Move, ...] = Field((), max_length=MAX_MOVES)
