"""A call as a trace: spans made of its log's events, after the fact. Pure.

    call ─┬─ ringing
          ├─ turn ─┬─ hang time, recognition, dialogue, synthesis, first audio
          ├─ lookup
          ├─ queue
          └─ transfer

Times are the call's audio clock laid on the wall time of the answer, so a clock that jumps during
the call bends nothing. Attributes are taken by name from a short list: no words, digits, numbers or
names of anybody.
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from voxdesk.kernel.call import CallEvent, Direction, EventKind

Attribute = str | int | float | bool
_Data = Mapping[str, Any]

# What may be told of each kind of event, besides times.
ATTRIBUTES: Final[Mapping[EventKind, tuple[str, ...]]] = {
    EventKind.ANSWERED: ("codec", "secure"),
    EventKind.HEARD: (
        "turn", "engine", "stepped_back", "confidence", "queued_ms", "decode_ms", "reused",
        "completeness", "reason",
    ),
    EventKind.PROMPT: ("cached", "synth_ms"),
    EventKind.LOOKUP: ("what", "outcome", "took_ms"),
    EventKind.TRANSFER: ("mode", "outcome", "sip_code"),
    EventKind.QUEUED: ("queue", "priority"),
    EventKind.ERROR: ("code", "where"),
    EventKind.ENDED: ("cause", "sip_code", "by_us", "lost_frames"),
}  # fmt: skip
KEPT: Final = frozenset({*ATTRIBUTES, EventKind.INCOMING, EventKind.DIALLED})
"""Events that a trace is made of; the others needn't be kept."""


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of a call.

    Attributes:
        number: within the trace, from 0, the root.
        parent: its number; None for the root.
        error: a fault of ours happened in it.
    """

    number: int
    parent: int | None
    name: str
    start: datetime
    end: datetime
    attributes: Mapping[str, Attribute] = field(default_factory=dict)
    error: bool = False


@dataclass(frozen=True, slots=True)
class Trace:
    """A whole call.

    Attributes:
        trace_id: 16 bytes, made of the call's id, so that whoever has one finds the other.
        spans: the root first.
    """

    call_id: str
    trace_id: bytes
    spans: tuple[Span, ...]


def trace_id_of(call_id: str) -> bytes:
    """The id of a call's trace; as hex it is what a tracing tool asks for."""
    return hashlib.sha256(b"voxdesk trace " + call_id.encode()).digest()[:16]


def span_id_of(call_id: str, number: int) -> bytes:
    """The id of one of its spans, 8 bytes."""
    return hashlib.sha256(f"voxdesk span {call_id} {number}".encode()).digest()[:8]


def kept(event: CallEvent) -> CallEvent:
    """The event with nothing in it but what a trace may have."""
    allowed = ATTRIBUTES.get(event.kind, ())
    data = {
        key: value
        for key, value in event.data.items()
        if key in allowed or (key.endswith("_ms") and isinstance(value, int | float))
    }
    if event.kind in {EventKind.HEARD, EventKind.PROMPT} and isinstance(
        event.data.get("turn"), int
    ):
        data["turn"] = event.data["turn"]
    if event.kind is EventKind.TRANSFER and isinstance(event.data.get("number"), int):
        data["number"] = event.data["number"]
    return CallEvent(event.call_id, event.kind, event.at, event.audio_ms, data)


def trace_of(events: Sequence[CallEvent]) -> Trace | None:
    """The trace of a call from all of its events in order; None without any."""
    if not events:
        return None
    return _Builder([kept(event) for event in events]).trace()


class _Builder:
    def __init__(self, events: Sequence[CallEvent]) -> None:
        self._events = events
        self._spans: list[Span] = []
        answered = next((one for one in events if one.kind is EventKind.ANSWERED), None)
        self._answered_at = answered.at if answered is not None else None

    def trace(self) -> Trace:
        events = self._events
        first, last = events[0], events[-1]
        start, end = first.at, self._time(last)
        errors = any(event.kind is EventKind.ERROR for event in events)
        outbound = any(event.kind is EventKind.DIALLED for event in events)
        attributes: dict[str, Attribute] = {
            "voxdesk.call.id": first.call_id,
            "voxdesk.call.direction": (Direction.OUTBOUND if outbound else Direction.INBOUND).value,
        }
        for event in events:
            if event.kind in {EventKind.ANSWERED, EventKind.ENDED}:
                attributes |= _attributes("call", event)
        self._spans.append(Span(0, None, "call", start, max(start, end), attributes, errors))
        if self._answered_at is not None:
            self._add(0, "ringing", start, self._answered_at)
        self._turns()
        self._queue_and_transfers()
        for event in events:
            if event.kind is EventKind.LOOKUP:
                until = self._time(event)
                took = timedelta(milliseconds=_number(event.data, "took_ms") or 0.0)
                self._add(0, "lookup", until - took, until, _attributes("lookup", event))
            elif event.kind is EventKind.ERROR:
                at = self._time(event)
                self._add(0, "error", at, at, _attributes("error", event), error=True)
        return Trace(first.call_id, trace_id_of(first.call_id), tuple(self._spans))

    def _turns(self) -> None:
        answers: dict[int, CallEvent] = {}
        for event in self._events:
            turn = event.data.get("turn")
            heard = _number(event.data, "first_audio_ms") is not None
            if event.kind is EventKind.PROMPT and heard and isinstance(turn, int) and turn:
                answers.setdefault(turn, event)
        for event in self._events:
            if event.kind is EventKind.HEARD:
                turn = event.data.get("turn")
                self._turn(event, answers.get(turn) if isinstance(turn, int) else None)

    def _turn(self, heard: CallEvent, answer: CallEvent | None) -> None:
        data = heard.data
        speech_end = _number(data, "speech_end_ms")
        if speech_end is None:
            return
        started = _number(data, "speech_start_ms")
        decided = _number(data, "decided_ms") or float(heard.audio_ms)
        first_audio = _number(answer.data, "first_audio_ms") if answer else None
        end = max(decided, first_audio or decided)
        attributes = _attributes("turn", heard)
        if first_audio is not None:
            attributes["voxdesk.turn.voice_to_voice_ms"] = round(first_audio - speech_end, 1)
        parent = self._add_ms(0, "turn", started or speech_end, end, attributes)
        self._add_ms(parent, "hang time", speech_end, decided)
        self._add_ms(
            parent, "recognition", _number(data, "speculated_ms"), _number(data, "decoded_ms")
        )
        if answer is None:
            return
        asked, synth = _number(answer.data, "asked_ms"), _number(answer.data, "synth_ms")
        # A stale decoding time would make the dialogue begin before the turn was over.
        understood = max(decided, _number(data, "decoded_ms") or decided)
        self._add_ms(parent, "dialogue", understood, asked)
        made = asked + synth if asked is not None and synth is not None else None
        self._add_ms(parent, "synthesis", asked, made, _attributes("synthesis", answer))
        self._add_ms(parent, "first audio", made, first_audio)

    def _queue_and_transfers(self) -> None:
        begun: dict[object, CallEvent] = {}
        queued: CallEvent | None = None
        for event in self._events:
            if event.kind is EventKind.QUEUED:
                queued = event
            if event.kind is not EventKind.TRANSFER:
                continue
            number, outcome = event.data.get("number"), event.data.get("outcome")
            connected = _number(event.data, "connected_ms") is not None
            if queued is not None and event.data.get("mode") == "queue" and (connected or outcome):
                ended = "connected" if connected else str(outcome)
                waited = _attributes("queue", queued) | {"voxdesk.queue.outcome": ended}
                self._add(0, "queue", self._time(queued), self._time(event), waited)
                queued = None
            if outcome and number in begun:
                start = self._time(begun.pop(number))
                self._add(0, "transfer", start, self._time(event), _attributes("transfer", event))
            elif not outcome and not connected:
                begun[number] = event

    def _add_ms(
        self,
        parent: int,
        name: str,
        start_ms: float | None,
        end_ms: float | None,
        attributes: Mapping[str, Attribute] | None = None,
    ) -> int:
        """A span on the audio clock; left out when one end isn't known. Its number, or -1."""
        if start_ms is None or end_ms is None:
            return -1
        start, end = self._at(start_ms), self._at(end_ms)
        return self._add(parent, name, start, end, attributes)

    def _add(
        self,
        parent: int,
        name: str,
        start: datetime,
        end: datetime,
        attributes: Mapping[str, Attribute] | None = None,
        *,
        error: bool = False,
    ) -> int:
        number = len(self._spans)
        span = Span(number, parent, name, start, max(start, end), attributes or {}, error)
        self._spans.append(span)
        return number

    def _time(self, event: CallEvent) -> datetime:
        return self._at(event.audio_ms) if event.audio_ms and self._answered_at else event.at

    def _at(self, audio_ms: float) -> datetime:
        origin = self._answered_at or self._events[0].at
        return origin + timedelta(milliseconds=audio_ms)


def _attributes(prefix: str, event: CallEvent) -> dict[str, Attribute]:
    return dict(_named(prefix, event))


def _named(prefix: str, event: CallEvent) -> Iterator[tuple[str, Attribute]]:
    for key in ATTRIBUTES.get(event.kind, ()):
        value = event.data.get(key)
        if isinstance(value, str | int | float | bool) and value != "":
            yield f"voxdesk.{prefix}.{key}", value


def _number(data: _Data, key: str) -> float | None:
    value = data.get(key)
    return float(value) if isinstance(value, int | float) else None
