"""What one finished call adds to the figures of its day. Pure.

A tally is a number for each of some names: "calls", "outcome/served", "latency/83". Two of them are
added name by name, so a day is the sum of its calls, and a month that of its days. No name has
anything in it that a caller said: only names of flows, steps, options and questions.
"""

import enum
import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from crm.calls.turn_timings import turn_timings
from voxdesk.kernel.call import CallEvent, Direction, EndCause, EventKind

Tally = Mapping[str, int]
Menus = Mapping[str, AbstractSet[str]]
"""Of a flow's version: for each menu, the names of its options."""

LATENCY_STEP: Final = 1.05
"""Latencies are counted in classes, each this much wider than the one before: a percentile that is
read from them is right to 2.5 %."""
LONGEST_MS: Final = 600_000
_TROUBLE: Final = frozenset(
    {
        EndCause.ERROR,
        EndCause.FAILED,
        EndCause.MEDIA_LOST,
        EndCause.LINE_LOST,
        EndCause.SHUTDOWN,
    }
)


class Outcome(enum.StrEnum):
    """What became of an inbound call; the first that fits, in this order."""

    NOT_ANSWERED = "not_answered"
    PERSON = "person"
    MESSAGE = "message"
    NO_PERSON = "no_person"
    TROUBLE = "trouble"
    GAVE_UP = "gave_up"
    SERVED = "served"


@dataclass(frozen=True, slots=True)
class DaySum:
    """The sum of the calls of a day, a flow's version and a language."""

    day: date
    flow: str
    version: str
    language: str
    tally: Tally


@dataclass(frozen=True, slots=True)
class EndedCall:
    """What is known of a call beside its log.

    Attributes:
        direction: a `Direction`.
        answered_at: None: it never was.
        cause: an `EndCause`.
    """

    direction: str
    started_at: datetime
    answered_at: datetime | None
    ended_at: datetime
    cause: str


def outcome_of(call: EndedCall, log: Sequence[CallEvent]) -> Outcome:
    """What became of it."""
    kinds = {event.kind for event in log}
    transfers = [event for event in log if event.kind is EventKind.TRANSFER]
    connected = any(event.data.get("outcome") == "connected" for event in transfers)
    understood = EventKind.UNDERSTOOD in kinds
    fits = {
        Outcome.NOT_ANSWERED: call.answered_at is None,
        Outcome.PERSON: EventKind.BRIDGED in kinds
        or connected
        or call.cause == EndCause.TRANSFERRED,
        Outcome.MESSAGE: EventKind.MESSAGE_LEFT in kinds,
        Outcome.NO_PERSON: EventKind.QUEUED in kinds or bool(transfers),
        Outcome.TROUBLE: call.cause in _TROUBLE,
        Outcome.GAVE_UP: call.cause == EndCause.CALLER_HUNG_UP and not understood,
        Outcome.SERVED: True,
    }
    return next(outcome for outcome in Outcome if fits[outcome])


def tally_of(call: EndedCall, log: Sequence[CallEvent], menus: Menus, hour: int) -> Counter[str]:
    """What a call adds.

    Args:
        call: that is over.
        log: of it, in order.
        menus: of the version of the flow that it ran; empty where that isn't known.
        hour: 0..23, of its start where the call centre is.
    """
    if call.direction != Direction.INBOUND:
        return Counter({"outbound": 1})
    found = Counter({"calls": 1, f"hour/{hour}": 1, f"outcome/{outcome_of(call, log)}": 1})
    if call.answered_at is None:
        return found
    found["answered"] = 1
    found["seconds"] = max(0, round((call.ended_at - call.answered_at).total_seconds()))
    for timing in turn_timings(log):
        if timing.total_ms is not None:
            found[f"latency/{latency_class(timing.total_ms)}"] += 1
    for reason in reasons_of(log, menus):
        found[f"reason/{reason}"] += 1
    found.update(_stumbles(log))
    found.update(_contentment(log))
    return Counter({name: count for name, count in found.items() if count})


def reasons_of(log: Sequence[CallEvent], menus: Menus) -> Sequence[str]:
    """What the caller wanted, each once, in order.

    "menu/option" for a choice at a menu that was gone on with, "anywhere/name" for what was asked
    for in the middle of something else, "question/file/name" for a question that has an answer,
    "question/unknown" for one that has none.
    """
    found: list[str] = []
    chosen = ""
    for event in log:
        data = event.data
        if event.kind is EventKind.UNDERSTOOD:
            step, value, aside = (_name(data, key) for key in ("step", "value", "aside"))
            if aside:
                found.append(f"anywhere/{aside}")
            elif step in menus:  # what is taken back is understood anew
                chosen = f"{step}/{value}" if value in menus[step] else ""
        elif event.kind is EventKind.STEP and chosen:
            found.append(chosen)
            chosen = ""
        elif event.kind is EventKind.QUESTION:
            found.append(f"question/{_name(data, 'question') or 'unknown'}")
    return list(dict.fromkeys(found))


def latency_class(total_ms: float) -> int:
    """The class that a latency is counted in."""
    return math.floor(math.log(min(max(total_ms, 1.0), LONGEST_MS), LATENCY_STEP))


def percentile_of(classes: Mapping[int, int], share: float) -> float | None:
    """The latency, ms, that this share of those counted doesn't exceed (nearest rank)."""
    total = sum(classes.values())
    if not total:
        return None
    wanted = max(1, math.ceil(share * total))
    for number in sorted(classes):
        wanted -= classes[number]
        if wanted <= 0:
            return float(LATENCY_STEP ** (number + 0.5))
    return None


def added(tallies: Iterable[Tally]) -> Counter[str]:
    """The sum; names that come to nothing are left out."""
    total: Counter[str] = Counter()
    for tally in tallies:
        if total:
            total.update(tally)
        else:  # a copy is quicker than a sum, and most days have but one
            total = Counter(tally)
    return Counter({name: count for name, count in total.items() if count})


def groups(tally: Tally) -> defaultdict[str, dict[str, int]]:
    """The names "group/…" by group: what comes after the stroke, with its count.

    A group that isn't there is empty. One pass for all: reports do this for every day.
    """
    found: defaultdict[str, dict[str, int]] = defaultdict(dict)
    for key, count in tally.items():
        name, stroke, rest = key.partition("/")
        if stroke:
            found[name][rest] = count
    return found


def _stumbles(log: Sequence[CallEvent]) -> Counter[str]:
    """Turns by step, and those in which nothing was understood or said."""
    found: Counter[str] = Counter()
    step = ""
    for event in log:
        if event.kind is EventKind.STEP:
            step = _name(event.data, "step")
        elif event.kind is EventKind.HEARD:
            found[f"turns/{step}"] += 1
        elif event.kind in {EventKind.NO_MATCH, EventKind.NO_INPUT}:
            found[f"{event.kind}/{_name(event.data, 'step') or step}"] += 1
    return found


def _contentment(log: Sequence[CallEvent]) -> Counter[str]:
    """Whether CSAT was asked for, and the last answer."""
    found: Counter[str] = Counter()
    value: float | None = None
    for event in log:
        if event.kind is EventKind.SURVEY and event.data.get("survey") == "csat":
            found["csat_offered"] = 1
            said = event.data.get("value")
            if event.data.get("question") == "satisfaction" and isinstance(said, int | float):
                value = said
    if value is not None:
        found[f"csat/{round(value)}"] = 1
    return found


def _name(data: Mapping[str, Any], key: str) -> str:
    value = data.get(key)
    return value if isinstance(value, str) else ""
