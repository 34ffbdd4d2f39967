"""A call in progress as whoever watches it sees it, made from its log. Pure."""

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from crm.calls.entries import LoggedEvent
from crm.transcripts.model import Side
from voxdesk.kernel.call import Direction, EventKind

MOST_LINES: Final = 400
"""Of one call; earlier ones are in its transcript when it is over."""
MOST_LATENCIES: Final = 24
"""The newest turns of a call; what a small picture has room for."""
NOT_SAID: Final = frozenset({"noise", "echo"})


class Stage(enum.StrEnum):
    """Where a call is."""

    RINGING = "ringing"
    MACHINE = "machine"
    WAITING = "waiting"
    PERSON = "person"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that was said.

    Attributes:
        seq: of its event; orders the lines of a call.
        at_ms: since answer.
        text: None at a sensitive step, of which nothing is kept.
    """

    seq: int
    side: Side
    at_ms: int
    text: str | None


@dataclass(slots=True)
class LiveCall:
    """What is known of one call now.

    Attributes:
        id: its `CallId`.
        caller: as the network gave it.
        customer: display name, where the CRM knows who calls.
        step: of the flow, where the dialogue is.
        since: from when on the call is in this stage.
        queue: that the caller waits in, or waited in before a person took the call.
        position: in that queue, 1 is next; 0 when nobody said.
        latencies: (turn, caller's last sound to our first, milliseconds), the newest last.
        lines: what was said, the newest last.
        partial: the caller's words while they are being recognized; not part of any log.
        stumbles: how often in a row the caller wasn't understood, or said nothing.
        errors: of ours, in this call.
        feeling: of the caller's latest words; empty where they are calm.
        secret: a sensitive step; nothing of it is recorded, heard or shown.
    """

    id: str
    direction: str = Direction.INBOUND.value
    caller: str = ""
    caller_name: str = ""
    callee: str = ""
    customer: str = ""
    flow: str = ""
    step: str = ""
    language: str = ""
    node: str = ""
    started_at: datetime | None = None
    answered_at: datetime | None = None
    ended_at: datetime | None = None
    cause: str = ""
    stage: Stage = Stage.RINGING
    since: datetime | None = None
    queue: str = ""
    position: int = 0
    agent: str = ""
    latencies: list[tuple[int, int]] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    partial: str = ""
    stumbles: int = 0
    errors: int = 0
    feeling: str = ""
    held: bool = False
    secret: bool = False
    _heard: dict[int, float] = field(default_factory=dict)

    def take(self, logged: LoggedEvent) -> None:  # noqa: C901  one case an event
        """The next line of its log."""
        event = logged.event
        if self.started_at is None:
            self.started_at = self.since = event.at
        data = event.data
        match event.kind:
            case EventKind.INCOMING | EventKind.DIALLED:
                self._begin(event.kind, data)
            case EventKind.STARTED:
                self._know(data.get("facts"))
                self.callee = _text(data, "callee") or self.callee
            case EventKind.ANSWERED:
                self.answered_at = event.at
                self._stage(Stage.MACHINE, event.at)
            case EventKind.STEP:
                self.step = _text(data, "step")
                self.flow = _text(data, "flow") or self.flow
            case EventKind.LANGUAGE:
                self.language = _text(data, "language")
            case EventKind.HELD:
                self.held = data.get("on") is True
            case EventKind.ERROR:
                self.errors += 1
            case EventKind.RECORDING:
                self._record(data)
            case EventKind.FEELING:
                self.feeling = _text(data, "feeling")
            case EventKind.ENDED:
                self.ended_at, self.cause, self.partial = event.at, _text(data, "cause"), ""
                self._stage(Stage.ENDED, event.at)
            case _:
                self._talk(logged)
                self._hand_over(logged)

    def _begin(self, kind: EventKind, data: Mapping[str, Any]) -> None:
        if kind is EventKind.DIALLED:
            self.direction = Direction.OUTBOUND.value
            self.callee = _text(data, "target")
            return
        self.caller, self.caller_name = _text(data, "caller"), _text(data, "caller_name")
        self.callee = _text(data, "callee")

    def _know(self, facts: object) -> None:
        if isinstance(facts, Mapping):
            self.customer = _text(facts, "display_name")
            self.language = _text(facts, "language") or self.language

    def _record(self, data: Mapping[str, Any]) -> None:
        """Nothing but a sensitive step pauses a recording."""
        if (state := _text(data, "state")) in {"paused", "resumed"}:
            self.secret = state == "paused"
            self.partial = ""

    def _stage(self, stage: Stage, at: datetime) -> None:
        if self.stage is not Stage.ENDED and stage is not self.stage:
            self.stage, self.since = stage, at

    # ------------------------------------------------------------ words

    def _talk(self, logged: LoggedEvent) -> None:
        event, data = logged.event, logged.event.data
        match event.kind:
            case EventKind.HEARD:
                self.partial, self.feeling = "", ""
                at_ms = _number(data, "speech_end_ms", event.audio_ms)
                turn = round(_number(data, "turn", 0))
                self._heard = {turn: at_ms}  # only the latest can still be answered
                if "text" not in data or _text(data):
                    self._say(logged.seq, Side.CALLER, round(at_ms), data)
            case EventKind.IGNORED:
                self.partial = ""
                if _text(data) and data.get("why") not in NOT_SAID:
                    self._say(logged.seq, Side.CALLER, event.audio_ms, data)
            case EventKind.PROMPT:
                first = _number(data, "first_audio_ms", event.audio_ms)
                self._answered(round(_number(data, "turn", 0)), data)
                if "text" not in data or _text(data):
                    self._say(logged.seq, Side.VOXDESK, round(first), data)
            case EventKind.UNDERSTOOD | EventKind.SLOT:
                self.stumbles = 0
            case EventKind.NO_MATCH | EventKind.NO_INPUT:
                self.stumbles += 1
                self.partial = ""
            case _:
                pass

    def _say(self, seq: int, side: Side, at_ms: int, data: Mapping[str, Any]) -> None:
        text = _text(data) if "text" in data else None
        self.lines.append(Line(seq, side, at_ms, text))
        del self.lines[:-MOST_LINES]

    def _answered(self, turn: int, data: Mapping[str, Any]) -> None:
        """The first prompt after a turn is its answer."""
        if "first_audio_ms" not in data or turn not in self._heard:
            return
        spoken_ms = self._heard.pop(turn)
        took_ms = round(_number(data, "first_audio_ms", spoken_ms) - spoken_ms)
        self.latencies.append((turn, took_ms))
        del self.latencies[:-MOST_LATENCIES]

    # ------------------------------------------------------------ people

    def _hand_over(self, logged: LoggedEvent) -> None:
        event, data = logged.event, logged.event.data
        match event.kind:
            case EventKind.QUEUED:
                self.queue, self.position = _text(data, "queue"), 0
                self._stage(Stage.WAITING, event.at)
            case EventKind.QUEUE_POSITION:
                self.position = round(_number(data, "position", 0))
            case EventKind.BRIDGED:
                self.agent = _text(data, "agent") or _text(data, "target")
                self.position = 0
                self._stage(Stage.PERSON, event.at)
            case EventKind.TRANSFER if "outcome" in data:
                self.agent, self.queue, self.position = "", "", 0
                self._stage(Stage.MACHINE, event.at)
            case _:
                pass


def _text(data: Mapping[str, Any], key: str = "text") -> str:
    value = data.get(key)
    return value.strip() if isinstance(value, str) else ""


def _number(data: Mapping[str, Any], key: str, default: float) -> float:
    value = data.get(key)
    return float(value) if isinstance(value, int | float) else default
