"""Figures as pictures have them: over periods, by weekday and hour, by reason and step. Pure."""

import enum
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Final

from crm.figures.tally import DaySum, Outcome, Tally, added, groups, percentile_of

TOP: Final = 4
"""CSAT counts answers from 4 of 5."""
MOST_ROWS: Final = 50
HOURS: Final = 24
WEEK: Final = 7


class Unit(enum.StrEnum):
    """How long a period is."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"


@dataclass(frozen=True, slots=True)
class Figures:
    """The figures of some calls. Shares are 0..1; None where there is nothing to divide by.

    Attributes:
        calls: inbound ones.
        outcomes: of every `Outcome`, how many.
        containment: share of those answered that were served without a person, and whose caller
            didn't call again within a day.
        duration_s: mean from answer to end.
        latency_p50_ms: caller's last sound to the answer's first; over all turns.
        no_match: share of turns in which nothing was understood.
        csat: share of those who answered that said 4 or 5.
    """

    calls: int
    outbound: int
    answered: int
    outcomes: Mapping[str, int]
    again: int
    containment: float | None
    duration_s: float | None
    turns: int
    latency_p50_ms: float | None
    latency_p95_ms: float | None
    no_match: float | None
    csat: float | None
    csat_answers: int
    csat_offered: int


@dataclass(frozen=True, slots=True)
class Period:
    """A day, week or month.

    Attributes:
        first: its first day that is shown; `last` its last.
        partial: days of it aren't shown or aren't over: it isn't to be compared with whole ones.
    """

    first: date
    last: date
    partial: bool
    figures: Figures


@dataclass(frozen=True, slots=True)
class Reason:
    """What callers wanted. `before`: how many calls in the time before."""

    name: str
    calls: int
    before: int


@dataclass(frozen=True, slots=True)
class StepTrouble:
    """How callers are understood at a step.

    Attributes:
        turns: of callers' at it.
        no_match: turns in which nothing was understood; `no_input`: waits in vain.
    """

    step: str
    turns: int
    no_match: int
    no_input: int

    @property
    def share(self) -> float:
        """Of the turns; a turn that is understood nowhere counts, too, so never more than 1."""
        return min(1.0, self.no_match / self.turns) if self.turns else 0.0


@dataclass(frozen=True, slots=True)
class Heat:
    """Calls by weekday (Monday is 0) and hour, and how often each weekday was.

    Attributes:
        calls: 7 rows of 24.
        days: 7: how many such days there are, from the first that has figures on.
    """

    calls: Sequence[Sequence[int]]
    days: Sequence[int]


@dataclass(frozen=True, slots=True)
class Pictures:
    """All of them."""

    periods: Sequence[Period]
    total: Figures
    before: Figures | None
    reasons: Sequence[Reason]
    steps: Sequence[StepTrouble]
    heat: Heat = field(default_factory=lambda: Heat((), ()))


def figures_of(tally: Tally) -> Figures:
    """What a sum says."""
    grouped = groups(tally)
    outcomes = grouped["outcome"]
    answered, again = tally.get("answered", 0), tally.get("again", 0)
    latencies = {int(key): count for key, count in grouped["latency"].items()}
    turns = sum(grouped["turns"].values())
    no_match = sum(grouped["no_match"].values())
    given = grouped["csat"]
    answers = sum(given.values())
    return Figures(
        calls=tally.get("calls", 0),
        outbound=tally.get("outbound", 0),
        answered=answered,
        outcomes={outcome.value: outcomes.get(outcome, 0) for outcome in Outcome},
        again=again,
        containment=_share(max(0, outcomes.get(Outcome.SERVED, 0) - again), answered),
        duration_s=tally.get("seconds", 0) / answered if answered else None,
        turns=turns,
        latency_p50_ms=percentile_of(latencies, 0.5),
        latency_p95_ms=percentile_of(latencies, 0.95),
        no_match=_share(min(no_match, turns), turns),
        csat=_share(sum(count for key, count in given.items() if int(key) >= TOP), answers),
        csat_answers=answers,
        csat_offered=tally.get("csat_offered", 0),
    )


def pictures(
    sums: Sequence[DaySum],
    sums_before: Sequence[DaySum] | None,
    *,
    first: date,
    last: date,
    unit: Unit,
    today: date,
    first_ever: date | None,
) -> Pictures:
    """The pictures of the days from first to last.

    Args:
        sums: of these days.
        sums_before: of as many days before; None: there is nothing whole to compare with.
        first: both count.
        last: may be in the future.
        unit: how long periods are.
        today: isn't over yet.
        first_ever: the first day that has figures at all.
    """
    by_day: dict[date, list[Tally]] = {}
    for row in sums:
        by_day.setdefault(row.day, []).append(row.tally)
    days = {day: added(tallies) for day, tallies in by_day.items()}
    total = added(days.values())
    before = None if sums_before is None else added(row.tally for row in sums_before)
    return Pictures(
        periods=tuple(_periods(days, first, min(last, today), unit, today)),
        total=figures_of(total),
        before=None if before is None else figures_of(before),
        reasons=_reasons(total, before or Counter()),
        steps=_steps(total),
        heat=_heat(days, max(first, first_ever or first), min(last, today)),
    )


def start_of(day: date, unit: Unit) -> date:
    """The first day of its period; weeks begin on Monday."""
    if unit is Unit.WEEK:
        return day - timedelta(days=day.weekday())
    return day.replace(day=1) if unit is Unit.MONTH else day


def end_of(day: date, unit: Unit) -> date:
    """The last day of its period."""
    if unit is Unit.DAY:
        return day
    if unit is Unit.WEEK:
        return day + timedelta(days=WEEK - 1 - day.weekday())
    following = date(day.year + day.month // 12, day.month % 12 + 1, 1)
    return following - timedelta(days=1)


def _periods(
    days: Mapping[date, Tally], first: date, last: date, unit: Unit, today: date
) -> Iterator[Period]:
    start = first
    while start <= last:
        whole = end_of(start, unit)
        end = min(whole, last)
        shown = (start + timedelta(days=number) for number in range((end - start).days + 1))
        yield Period(
            first=start,
            last=end,
            partial=start != start_of(start, unit) or end != whole or end >= today,
            figures=figures_of(added(days[day] for day in shown if day in days)),
        )
        start = end + timedelta(days=1)


def _reasons(total: Tally, before: Tally) -> Sequence[Reason]:
    earlier = groups(before)["reason"]
    found = [
        Reason(name, count, earlier.get(name, 0)) for name, count in groups(total)["reason"].items()
    ]
    return sorted(found, key=lambda one: (-one.calls, one.name))[:MOST_ROWS]


def _steps(total: Tally) -> Sequence[StepTrouble]:
    grouped = groups(total)
    turns, no_match, no_input = (grouped[name] for name in ("turns", "no_match", "no_input"))
    found = [
        StepTrouble(step, turns.get(step, 0), no_match.get(step, 0), no_input.get(step, 0))
        for step in set(turns) | set(no_match) | set(no_input)
        if step
    ]
    return sorted(found, key=lambda one: (-one.no_match, -one.turns, one.step))[:MOST_ROWS]


def _heat(days: Mapping[date, Tally], first: date, last: date) -> Heat:
    calls = [[0] * HOURS for _ in range(WEEK)]
    for day, tally in days.items():
        for hour in range(HOURS):
            calls[day.weekday()][hour] += tally.get(f"hour/{hour}", 0)
    return Heat(calls, _weekdays(first, last))


def _weekdays(first: date, last: date) -> Sequence[int]:
    length = (last - first).days + 1
    if length <= 0:
        return [0] * WEEK
    whole, rest = divmod(length, WEEK)
    odd = {(first.weekday() + number) % WEEK for number in range(rest)}
    return [whole + (weekday in odd) for weekday in range(WEEK)]


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def choices(sums: Iterable[DaySum]) -> tuple[list[str], list[tuple[str, str]], list[str]]:
    """Flows, versions of flows, and languages that have figures."""
    rows = list(sums)
    flows = sorted({row.flow for row in rows if row.flow})
    versions = sorted({(row.flow, row.version) for row in rows if row.version})
    return flows, versions, sorted({row.language for row in rows if row.language})
