"""Where the time went between a caller's last sound and the answer's first. Pure."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from voxdesk.kernel.call import CallEvent, EventKind


@dataclass(frozen=True, slots=True)
class Stage:
    """A stretch of time on the call's audio clock, milliseconds since answer.

    Attributes:
        name: one of "pause", "decoding", "hang_time", "waiting_for_words", "understanding",
            "synthesis", "playout".
        waited: it lies on the path that the caller waits for; those stages follow one another
            without a gap. The others ran beside them.
    """

    name: str
    start_ms: float
    end_ms: float
    waited: bool

    @property
    def duration_ms(self) -> float:
        """Its length."""
        return self.end_ms - self.start_ms


@dataclass(frozen=True, slots=True)
class TurnTiming:
    """One turn of the caller's, and the answer to it.

    Attributes:
        heard: data of its HEARD event, see `crm.calls.event_data.HeardData`.
        answer: data of the PROMPT that answers it; empty when nothing was said.
        stages: in order of their start.
        total_ms: caller's last sound to our first; None when nothing was said.
    """

    turn: int
    heard: Mapping[str, Any]
    answer: Mapping[str, Any]
    stages: tuple[Stage, ...]
    total_ms: float | None


def turn_timings(events: Iterable[CallEvent]) -> list[TurnTiming]:
    """The turns of a call's log, in order."""
    log = list(events)
    answers = _answers(log)
    return [
        _timing(event.data, answers.get(_turn(event)))
        for event in log
        if event.kind is EventKind.HEARD and _number(event.data, "speech_end_ms") is not None
    ]


def _turn(event: CallEvent) -> int:
    turn = event.data.get("turn")
    return turn if isinstance(turn, int) else 0


def _answers(log: Sequence[CallEvent]) -> dict[int, Mapping[str, Any]]:
    """For each turn, the first prompt that was heard after it."""
    answers: dict[int, Mapping[str, Any]] = {}
    for event in log:
        heard = _number(event.data, "first_audio_ms") is not None
        if event.kind is EventKind.PROMPT and heard and _turn(event):
            answers.setdefault(_turn(event), event.data)
    return answers


def _timing(heard: Mapping[str, Any], answer: Mapping[str, Any] | None) -> TurnTiming:
    answer = answer or {}
    start = _number(heard, "speech_end_ms") or 0.0
    first_audio = _number(answer, "first_audio_ms")
    stages = [*_parallel(heard, start), *_waited(heard, answer, start)]
    return TurnTiming(
        turn=int(_number(heard, "turn") or 0),
        heard=heard,
        answer=answer,
        stages=tuple(sorted(stages, key=lambda stage: (stage.start_ms, stage.end_ms))),
        total_ms=None if first_audio is None else first_audio - start,
    )


def _parallel(heard: Mapping[str, Any], start: float) -> Iterable[Stage]:
    paused = _number(heard, "paused_ms")
    if paused is not None:
        yield Stage("pause", start, max(start, paused), waited=False)
    speculated, decoded = _number(heard, "speculated_ms"), _number(heard, "decoded_ms")
    if speculated is not None and decoded is not None:
        yield Stage("decoding", speculated, max(speculated, decoded), waited=False)


def _waited(heard: Mapping[str, Any], answer: Mapping[str, Any], start: float) -> Iterable[Stage]:
    """The stages on the caller's path: each begins where the one before ended."""
    asked, synth = _number(answer, "asked_ms"), _number(answer, "synth_ms")
    milestones = (
        ("hang_time", _number(heard, "decided_ms")),
        ("waiting_for_words", _number(heard, "decoded_ms")),
        ("understanding", asked),
        ("synthesis", None if asked is None or synth is None else asked + synth),
        ("playout", _number(answer, "first_audio_ms")),
    )
    reached = start
    for name, end in milestones:
        if end is None or (end <= reached and name == "waiting_for_words"):
            continue
        yield Stage(name, reached, max(reached, end), waited=True)
        reached = max(reached, end)


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that at least this share of them doesn't exceed (nearest rank)."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


def _number(data: Mapping[str, Any], key: str) -> float | None:
    value = data.get(key)
    return float(value) if isinstance(value, int | float) else None
