"""Moments of a call that are worth a look, from its log. Pure.

Every `…_ms` is a position on the recording's clock: milliseconds since answer.
"""

from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from crm.calls.entries import LoggedEvent
from crm.calls.turn_timings import turn_timings
from crm.transcripts.from_log import segments_of
from crm.transcripts.model import Segment, Side
from voxdesk.kernel.call import EventKind

SILENCE_FROM_MS: Final = 3000
OVERLAP_FROM_MS: Final = 300
ONE_NUMBER_MS: Final = 5000
"""Keys that follow one another faster belong to one number."""
SLOW_FROM_MS: Final = 2000
"""A caller's last sound to the answer's first."""


class MarkerKind(StrEnum):
    """What happened there."""

    STEP = "step"
    BARGE_IN = "barge_in"
    SILENCE = "silence"
    OVERLAP = "overlap"
    KEY = "key"
    TRANSFER = "transfer"
    QUEUED = "queued"
    BRIDGED = "bridged"
    NO_MATCH = "no_match"
    NO_INPUT = "no_input"
    SLOW_TURN = "slow_turn"
    FEELING = "feeling"
    MESSAGE = "message"
    NOT_RECORDED = "not_recorded"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Marker:
    """A moment, or a stretch of time.

    Attributes:
        end_ms: the same as `start_ms` for a moment.
        label: a name from the flow or log ("menu", "queue billing"); never what somebody said.
        seq: of the event in the log that it comes from.
        flow: of a step: which flow it belongs to.
    """

    kind: MarkerKind
    start_ms: int
    end_ms: int
    label: str
    seq: int
    flow: str = ""


def markers_of(
    log: Sequence[LoggedEvent], segments: Sequence[Segment] | None = None
) -> tuple[Marker, ...]:
    """The moments of a call, in order of time.

    Args:
        log: all of it.
        segments: what was said, where it is known better than from the log.
    """
    said = segments_of(log) if segments is None else segments
    found = [
        *_from_events(log),
        *_slow_turns(log),
        *silences(log, said),
        *overlaps(said),
        *_not_recorded(log),
    ]
    return tuple(sorted(found, key=lambda marker: (marker.start_ms, marker.seq, marker.kind)))


def _from_events(log: Sequence[LoggedEvent]) -> list[Marker]:
    found = []
    keys = [one.event.audio_ms for one in log if one.event.kind is EventKind.KEY]
    for logged in log:
        event = logged.event
        of_kind = _OF_EVENT.get(event.kind)
        if of_kind is None or (label := of_kind[1](event.data)) is None:
            continue
        flow = text_of(event.data, "flow") if event.kind is EventKind.STEP else ""
        at = event.audio_ms
        if event.kind is EventKind.KEY and not is_alone(at, keys):
            label = ""
        found.append(Marker(of_kind[0], at, at, label, logged.seq, flow))
    return found


def is_alone(at_ms: int, keys: Sequence[int]) -> bool:
    """Whether a key is a choice: one of several may be a card's number, and isn't told."""
    return sum(abs(key - at_ms) < ONE_NUMBER_MS for key in keys) == 1


def _slow_turns(log: Sequence[LoggedEvent]) -> list[Marker]:
    seqs = {
        number_of(logged.event.data, "turn"): logged.seq
        for logged in log
        if logged.event.kind is EventKind.HEARD
    }
    found = []
    for timing in turn_timings(logged.event for logged in log):
        if timing.total_ms is None or timing.total_ms < SLOW_FROM_MS:
            continue
        start = round(number_of(timing.heard, "speech_end_ms") or 0)
        end = start + round(timing.total_ms)
        label = str(round(timing.total_ms))
        found.append(Marker(MarkerKind.SLOW_TURN, start, end, label, seqs.get(timing.turn, 0)))
    return found


def silences(log: Sequence[LoggedEvent], segments: Sequence[Segment]) -> list[Marker]:
    """Where nobody said anything for long while Voxdesk had the call.

    What is said to people, and while one waits for them, isn't in the log: none is found there.
    """
    away = _away(log)
    end = max((logged.event.audio_ms for logged in log), default=0)
    found, quiet_since, seq = [], 0, 0
    said = sorted(segments, key=lambda one: one.start_ms)
    for start, until, of in [*((s.start_ms, s.end_ms, s.seq) for s in said), (end, end, 0)]:
        gap_start, gap_end = quiet_since, start
        crossed = any(begin < gap_end and gap_start < stop for begin, stop in away)
        if gap_end - gap_start >= SILENCE_FROM_MS and not crossed:
            found.append(Marker(MarkerKind.SILENCE, gap_start, gap_end, "", seq))
        if until > quiet_since:
            quiet_since, seq = until, of
    return found


def overlaps(segments: Sequence[Segment]) -> list[Marker]:
    """Where the caller and the other side speak at the same time."""
    others = sorted(
        (one for one in segments if one.side is not Side.CALLER), key=lambda one: one.start_ms
    )
    starts = [one.start_ms for one in others]
    longest = max((one.end_ms - one.start_ms for one in others), default=0)
    found = []
    for caller in segments:
        if caller.side is not Side.CALLER:
            continue
        begin = bisect_left(starts, caller.start_ms - longest)
        for other in others[begin : bisect_left(starts, caller.end_ms)]:
            start = max(caller.start_ms, other.start_ms)
            end = min(caller.end_ms, other.end_ms)
            if end - start >= OVERLAP_FROM_MS:
                found.append(Marker(MarkerKind.OVERLAP, start, end, "", caller.seq))
    return found


def _away(log: Sequence[LoggedEvent]) -> list[tuple[int, int]]:
    """Stretches in which somebody else has the caller: a queue, a person."""
    found, since = [], None
    last = 0
    for logged in log:
        event = logged.event
        last = max(last, event.audio_ms)
        if event.kind in {EventKind.QUEUED, EventKind.BRIDGED, EventKind.MESSAGE_LEFT}:
            since = event.audio_ms if since is None else since
        if event.kind is EventKind.MESSAGE_LEFT and since is not None:
            # It was left before it was noted.
            seconds = number_of(event.data, "seconds") or 0
            found.append((event.audio_ms - round(seconds * 1000), event.audio_ms))
            since = None
        elif event.kind is EventKind.STEP and since is not None:  # the dialogue goes on
            found.append((since, event.audio_ms))
            since = None
    return [*found, (since, last)] if since is not None else found


def _not_recorded(log: Sequence[LoggedEvent]) -> list[Marker]:
    found, since, last = [], None, 0
    for logged in log:
        event = logged.event
        last = max(last, event.audio_ms)
        if event.kind is not EventKind.RECORDING:
            continue
        match event.data.get("state"):
            case "paused":
                since = (event.audio_ms, text_of(event.data, "why"), logged.seq)
            case "resumed" if since is not None:
                start, why, seq = since
                found.append(Marker(MarkerKind.NOT_RECORDED, start, event.audio_ms, why, seq))
                since = None
            case "failed":
                at = event.audio_ms
                found.append(Marker(MarkerKind.NOT_RECORDED, at, at, "failed", logged.seq))
    if since is not None:
        start, why, seq = since
        found.append(Marker(MarkerKind.NOT_RECORDED, start, max(start, last), why, seq))
    return found


def text_of(data: Mapping[str, Any], key: str) -> str:
    """A text of an event's data; empty when it isn't one."""
    value = data.get(key)
    return value if isinstance(value, str) else ""


def number_of(data: Mapping[str, Any], key: str) -> float | None:
    """A number of an event's data; None when it isn't one."""
    value = data.get(key)
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return float(value) if is_number and value is not None else None


_Label = Callable[[Mapping[str, Any]], str | None]


def _of(key: str) -> _Label:
    return lambda data: text_of(data, key)


def _transfer(data: Mapping[str, Any]) -> str | None:
    if number_of(data, "connected_ms") is not None and not data.get("outcome"):
        return None
    parts = (text_of(data, "mode"), text_of(data, "target"), text_of(data, "outcome"))
    return " ".join(part for part in parts if part)


_OF_EVENT: Final[Mapping[EventKind, tuple[MarkerKind, _Label]]] = {
    EventKind.STEP: (MarkerKind.STEP, _of("step")),
    EventKind.PROMPT_STOPPED: (
        MarkerKind.BARGE_IN,
        lambda data: text_of(data, "by") if text_of(data, "by") in {"speech", "key"} else None,
    ),
    EventKind.KEY: (MarkerKind.KEY, _of("digit")),
    EventKind.TRANSFER: (MarkerKind.TRANSFER, _transfer),
    EventKind.QUEUED: (MarkerKind.QUEUED, _of("queue")),
    EventKind.BRIDGED: (
        MarkerKind.BRIDGED,
        lambda data: text_of(data, "agent") or text_of(data, "target"),
    ),
    EventKind.NO_MATCH: (MarkerKind.NO_MATCH, _of("step")),
    EventKind.NO_INPUT: (MarkerKind.NO_INPUT, _of("step")),
    EventKind.FEELING: (MarkerKind.FEELING, _of("feeling")),
    EventKind.MESSAGE_LEFT: (MarkerKind.MESSAGE, _of("mailbox")),
    EventKind.ERROR: (MarkerKind.ERROR, _of("code")),
}
