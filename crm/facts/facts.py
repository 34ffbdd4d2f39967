"""What a finished call was like, in figures, from its log. Pure."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from crm.calls.entries import LoggedEvent
from crm.calls.turn_timings import percentile, turn_timings
from crm.facts.markers import Marker, MarkerKind, markers_of, number_of, text_of
from crm.privacy.consent import told_of
from crm.transcripts.from_log import segments_of
from crm.transcripts.model import Segment
from voxdesk.kernel.call import EventKind

VERSION: Final = 2
"""Of the reckoning: rows of another one are reckoned again."""


@dataclass(frozen=True, slots=True)
class Figures:
    """Of one finished call, as they are stored and shown. Durations in milliseconds.

    Attributes:
        duration_ms: answer to end; 0 when it was never answered.
        turns: of the caller's.
        latency_p50_ms: caller's last sound to the answer's first; None without an answered turn.
        feeling: the strongest that the caller's words had; empty where all were calm.
        consent: how far the caller heard that the call is recorded, a `Told`.
    """

    duration_ms: int
    turns: int
    no_matches: int
    no_inputs: int
    longest_silence_ms: int
    overlaps: int
    barge_ins: int
    slow_turns: int
    keys: int
    errors: int
    latency_p50_ms: int | None
    latency_max_ms: int | None
    transferred: bool
    feeling: str
    consent: str


@dataclass(frozen=True, slots=True)
class Facts(Figures):
    """The same with the steps that the call came to, in order of the first time, each once."""

    steps: tuple[str, ...]


def facts_of(
    log: Sequence[LoggedEvent],
    segments: Sequence[Segment] | None = None,
    markers: Sequence[Marker] | None = None,
) -> Facts:
    """The figures of a call.

    Args:
        log: all of it.
        segments: what was said, where it is known better than from the log.
        markers: of this log, where they are there already.
    """
    if markers is None:
        markers = markers_of(log, segments_of(log) if segments is None else segments)
    count = Counter(marker.kind for marker in markers)
    timings = turn_timings(logged.event for logged in log)
    latencies = [timing.total_ms for timing in timings if timing.total_ms is not None]
    silent = (m.end_ms - m.start_ms for m in markers if m.kind is MarkerKind.SILENCE)
    steps = (m.label for m in markers if m.kind is MarkerKind.STEP and m.label)
    return Facts(
        duration_ms=_duration_ms(log),
        turns=sum(logged.event.kind is EventKind.HEARD for logged in log),
        no_matches=count[MarkerKind.NO_MATCH],
        no_inputs=count[MarkerKind.NO_INPUT],
        longest_silence_ms=max(silent, default=0),
        overlaps=count[MarkerKind.OVERLAP],
        barge_ins=count[MarkerKind.BARGE_IN],
        slow_turns=count[MarkerKind.SLOW_TURN],
        keys=count[MarkerKind.KEY],
        errors=count[MarkerKind.ERROR],
        latency_p50_ms=round(percentile(latencies, 0.5)) if latencies else None,
        latency_max_ms=round(max(latencies)) if latencies else None,
        transferred=any(logged.event.kind is EventKind.BRIDGED for logged in log),
        feeling=_strongest_feeling(log),
        consent=told_of([logged.event for logged in log]),
        steps=tuple(dict.fromkeys(steps)),
    )


def _duration_ms(log: Sequence[LoggedEvent]) -> int:
    """By the events' times: the audio clock stands still where a line was lost."""
    answered = [one.event.at for one in log if one.event.kind is EventKind.ANSWERED]
    if not answered:
        return 0
    return max(0, round((log[-1].event.at - answered[0]).total_seconds() * 1000))


def _strongest_feeling(log: Sequence[LoggedEvent]) -> str:
    felt = [
        (number_of(one.event.data, "strength") or 0.0, -one.seq, text_of(one.event.data, "feeling"))
        for one in log
        if one.event.kind is EventKind.FEELING
    ]
    return max(felt)[2] if felt else ""
