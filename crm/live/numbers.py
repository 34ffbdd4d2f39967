"""The numbers of a stretch of time, as call centres count them. Pure.

docs/reference/numbers.md says in words what each one is.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import fmean
from typing import Final

from voxdesk.kernel.call import Direction, EndCause

CONNECTED: Final = "connected"
ABANDONED: Final = "abandoned"
CONTENT_FROM: Final = 4
"""Of five: who says this or more is content; as in `crm.surveys.scores`."""


@dataclass(frozen=True, slots=True)
class CallRow:
    """A call, as far as numbers need it."""

    id: str
    direction: str
    started_at: datetime
    answered_at: datetime | None
    ended_at: datetime | None
    cause: str


@dataclass(frozen=True, slots=True)
class HandOverRow:
    """One attempt to give a call to somebody; as of `crm.calls.models.CallTransfer`."""

    call_id: str
    mode: str
    target: str
    outcome: str
    started_at: datetime
    connected_at: datetime | None
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class Answer:
    """What a caller said to how content they are, 1 to 5."""

    call_id: str
    seq: int
    value: float


@dataclass(frozen=True, slots=True)
class Rows:
    """What happened in a stretch of time: calls that began in it, and all that is theirs."""

    calls: Sequence[CallRow]
    hand_overs: Sequence[HandOverRow]
    answers: Sequence[Answer]


@dataclass(frozen=True, slots=True)
class Numbers:
    """Shares are 0..1; None where nothing happened that it could be reckoned from.

    Attributes:
        offered: inbound calls.
        answered: of them, those that were taken, by the machine as a rule.
        abandoned: of them, those that gave up: while it rang, or while they waited in a queue.
        abandoned_share: of `offered`.
        queued: waits for a person that were decided, or are longer than the service level's time.
        service_level: share of `queued` that a person answered within the time.
        asa_s: mean wait until a person answered, of those who were answered.
        aht_s: mean time that a person talked with a caller.
        containment: of inbound calls that were taken and are over, the share in which nobody
            was asked for a person.
        transfers: hand-overs of any kind that came about.
        csat: per cent of those who answered who are content.
        waiting_now: callers who wait in a queue.
    """

    offered: int
    answered: int
    abandoned: int
    abandoned_share: float | None
    queued: int
    service_level: float | None
    asa_s: float | None
    aht_s: float | None
    containment: float | None
    transfers: int
    csat: float | None
    waiting_now: int


def numbers_of(rows: Rows, *, within_s: float, now: datetime) -> Numbers:
    """The numbers.

    Args:
        rows: what happened.
        within_s: how soon a person should answer.
        now: the time; whoever still waits has waited until then.
    """
    inbound = [call for call in rows.calls if call.direction == Direction.INBOUND]
    ids = {call.id for call in inbound}
    hand_overs = [one for one in rows.hand_overs if one.call_id in ids]
    waits = [one for one in hand_overs if one.mode == "queue"]
    answered_waits = [one for one in waits if one.connected_at is not None]
    decided = [
        one
        for one in waits
        if one.outcome or one.connected_at or _waited_s(one, now) > within_s
    ]  # fmt: skip
    soon = sum(_waited_s(one, now) <= within_s for one in answered_waits)
    asked = {one.call_id for one in hand_overs}
    gave_up = {call.id for call in inbound if call.cause == EndCause.CANCELLED} | {
        one.call_id for one in waits if one.outcome == ABANDONED
    }
    over = [call for call in inbound if call.answered_at is not None and call.ended_at is not None]
    return Numbers(
        offered=len(inbound),
        answered=sum(call.answered_at is not None for call in inbound),
        abandoned=len(gave_up),
        abandoned_share=_share(len(gave_up), len(inbound)),
        queued=len(decided),
        service_level=_share(soon, len(decided)),
        asa_s=_mean(_waited_s(one, now) for one in answered_waits),
        aht_s=_mean(
            (one.ended_at - one.connected_at).total_seconds()
            for one in hand_overs
            if one.connected_at is not None and one.ended_at is not None
        ),
        containment=_share(sum(call.id not in asked for call in over), len(over)),
        transfers=sum(
            one.connected_at is not None or one.outcome == CONNECTED for one in hand_overs
        ),
        csat=_csat(rows.answers),
        waiting_now=sum(not one.outcome and one.connected_at is None for one in waits),
    )


def since(rows: Rows, start: datetime) -> Rows:
    """What belongs to calls that began at `start` or later."""
    calls = [call for call in rows.calls if call.started_at >= start]
    ids = {call.id for call in calls}
    return Rows(
        calls,
        [one for one in rows.hand_overs if one.call_id in ids],
        [one for one in rows.answers if one.call_id in ids],
    )


def together(parts: Iterable[Rows]) -> Rows:
    """Of several stretches."""
    parts = list(parts)
    return Rows(
        [call for part in parts for call in part.calls],
        [one for part in parts for one in part.hand_overs],
        [one for part in parts for one in part.answers],
    )


def hours_of(midnight: datetime, now: datetime) -> list[tuple[datetime, datetime]]:
    """The hours of a day that have begun, from its midnight; the last may not be over."""
    hours = []
    start = midnight
    while start <= now:
        hours.append((start, start + timedelta(hours=1)))
        start += timedelta(hours=1)
    return hours


def _waited_s(wait: HandOverRow, now: datetime) -> float:
    return ((wait.connected_at or wait.ended_at or now) - wait.started_at).total_seconds()


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def _mean(values: Iterable[float]) -> float | None:
    listed = [max(0.0, value) for value in values]
    return fmean(listed) if listed else None


def _csat(answers: Iterable[Answer]) -> float | None:
    """Of several answers of a caller the last counts."""
    latest: dict[str, Answer] = {}
    for answer in answers:
        before = latest.get(answer.call_id)
        if before is None or before.seq <= answer.seq:
            latest[answer.call_id] = answer
    share = _share(sum(one.value >= CONTENT_FROM for one in latest.values()), len(latest))
    return None if share is None else 100 * share
