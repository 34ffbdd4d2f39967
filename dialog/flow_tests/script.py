"""A test of a flow: what is so before the call, what the caller does, what must come of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

USUAL_CONFIDENCE = 0.9
USUAL_DAY = "2026-11-21"
"""The day of a test that names none; always the same, so that its dates are always right."""


@dataclass(frozen=True, slots=True)
class Says:
    """The caller says something.

    Attributes:
        n_best: what the recognizer makes of it, best first.
        confidence: of the best, 0..1.
        prompt_heard: share of the prompt that was heard when it was cut off; None: all of it.
    """

    n_best: tuple[str, ...]
    confidence: float = USUAL_CONFIDENCE
    prompt_heard: float | None = None


@dataclass(frozen=True, slots=True)
class Presses:
    """The caller presses these keys, and then no further one."""

    keys: str


@dataclass(frozen=True, slots=True)
class IsSilent:
    """The caller does nothing, so many times as long as the step waits."""

    times: int = 1


@dataclass(frozen=True, slots=True)
class HandoverEnds:
    """A transfer or a queue ends; `outcome` as of `TransferDone`."""

    where: str
    outcome: str


@dataclass(frozen=True, slots=True)
class MessageEnds:
    """The message that the caller left is recorded, or nothing was said."""

    recorded: bool


@dataclass(frozen=True, slots=True)
class CrmTurns:
    """From now on the CRM can't be reached, or can be reached again."""

    away: bool


@dataclass(frozen=True, slots=True)
class ClockTurns:
    """From now on it is this time, ISO: as the clock at the place shows it, or with its offset."""

    at: str


@dataclass(frozen=True, slots=True)
class OutsideTurns:
    """From now on these lookups and acts take so many seconds; None: they can't be reached."""

    takes_s: Mapping[str, float | None]


Doing = (
    Says | Presses | IsSilent | HandoverEnds | MessageEnds | CrmTurns | ClockTurns | OutsideTurns
)


@dataclass(frozen=True, slots=True)
class Expected:
    """What must be so after one line of the conversation; None and empty are not looked at.

    Attributes:
        hears: the caller hears each of these, whatever else; case and white space don't count.
        hears_not: none of these.
        step: where the call is.
        slots: variables and their values as text; None: it has no value.
        queued: the queue that the caller is put in.
        transferred: the target that the caller is given to.
        recording: the mailbox that a message is recorded for.
        did: names of all that was done, in order.
        ended: False: the call goes on; True: it has ended; a text: for this reason.
        language: that of the call.
    """

    hears: tuple[str, ...] = ()
    hears_not: tuple[str, ...] = ()
    step: str = ""
    slots: Mapping[str, str | None] = field(default_factory=dict)
    queued: str = ""
    transferred: str = ""
    recording: str = ""
    did: tuple[str, ...] = ()
    ended: bool | str | None = None
    language: str = ""


@dataclass(frozen=True, slots=True)
class ScriptLine:
    """One line of a conversation.

    Attributes:
        does: None: the call was just answered.
        expects: what must come of it.
        line: of the file, from 1.
    """

    does: Doing | None
    expects: Expected = field(default_factory=Expected)
    line: int = 0


@dataclass(frozen=True, slots=True)
class World:
    """What is so before the call.

    Attributes:
        caller: what the CRM knows of the caller.
        records: as of `dialog.text_outside.Records`.
        callee: the number that was called.
        today: ISO date.
        at: ISO time with its day, as of `ClockTurns`; empty: about noon of `today`.
        crm_away: the CRM can't be reached.
        outside: as of `OutsideTurns`.
    """

    caller: Mapping[str, Any] = field(default_factory=dict)
    records: Mapping[tuple[str, str], Mapping[str, Any] | None] = field(default_factory=dict)
    callee: str = ""
    today: str = USUAL_DAY
    at: str = ""
    crm_away: bool = False
    outside: Mapping[str, float | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FlowTest:
    """One test. `line` is that of its name in the file."""

    name: str
    world: World
    script: tuple[ScriptLine, ...]
    line: int = 0
