"""What a soak found, as JSON for programs and as a page for people."""

import json
import platform
import time
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from tests.bench.figures import RESULTS, console
from tests.soak.account import Account

TELLING_MINUTES = 20
MAY_BE_LEFT = ("line_restarts",)  # told, but nothing that a call left behind


@dataclass(frozen=True, slots=True)
class Outcome:
    """One run.

    Attributes:
        final: False for a report from the middle of the run.
        kinds: calls by kind, the warm-up's included.
        left_over: what should be nothing when all calls are over.
        at_rest_before, at_rest_after: sums over processes, no call in progress, after the warm-up
            and at the end; more_percent is by how much they grew.
        growth_per_hour: for each process, by least squares over the run without its first quarter.
        complaints: errors in the program's log, and how often.
    """

    final: bool
    minutes: float
    lines: int
    callers: int
    kinds: Mapping[str, int]
    calls_a_minute: float
    cpu_percent: int
    unanswered_turns: int
    account: Account | None
    left_over: Mapping[str, int]
    at_rest_before: Mapping[str, float]
    at_rest_after: Mapping[str, float]
    more_percent: Mapping[str, float]
    growth_per_hour: Mapping[str, Mapping[str, float]]
    complaints: Mapping[str, int]

    @property
    def is_clean(self) -> bool:
        """Every call accounted for, and nothing left."""
        left = any(count for name, count in self.left_over.items() if name not in MAY_BE_LEFT)
        return self.final and self.account is not None and self.account.is_clean and not left


def write(name: str, outcome: Outcome) -> None:
    """Both files, and the page to the terminal when the run is over."""
    RESULTS.mkdir(exist_ok=True)
    document = {"at": time.strftime("%Y-%m-%dT%H:%M:%S%z"), **asdict(outcome)}
    (RESULTS / f"{name}.json").write_text(json.dumps(document, indent=1), encoding="utf-8")
    page = "\n".join(page_of(outcome)) + "\n"
    (RESULTS / f"{name}.md").write_text(page, encoding="utf-8")
    if outcome.final:
        console.print(page, highlight=False, markup=False)
        console.print(f"details: {RESULTS / name}.json")


def page_of(outcome: Outcome) -> Iterable[str]:
    """Markdown."""
    yield f"# {outcome.minutes:g} minutes of calls"
    yield ""
    if not outcome.final:
        yield "The run is not over, or was stopped."
        yield ""
    kinds = ", ".join(f"{count} {kind}" for kind, count in sorted(outcome.kinds.items()))
    yield (
        f"{outcome.lines} lines, {outcome.callers} callers at a time, {outcome.calls_a_minute:g} "
        f"calls a minute ({kinds}), {outcome.unanswered_turns} turns of conversations without an "
        f"answer; the system used {outcome.cpu_percent}% of a core. "
        f"{platform.machine()}, Python {platform.python_version()}."
    )
    if outcome.account is not None:
        yield from _account(outcome.account)
    if outcome.left_over:
        yield from _table("left when all calls were over", outcome.left_over)
    yield from _resources(outcome)
    if outcome.complaints:
        yield from _table("errors in the log", outcome.complaints)


def _account(found: Account) -> Iterable[str]:
    shown: dict[str, Any] = {
        name: value for name, value in asdict(found).items() if name not in {"faults", "causes"}
    }
    yield from _table("calls", shown)
    yield from _table("how they ended, as the CRM says", found.causes)
    if found.faults:
        yield ""
        yield from (f"- {fault}" for fault in found.faults)


def _resources(outcome: Outcome) -> Iterable[str]:
    if outcome.at_rest_after:
        yield ""
        yield "| all processes, at rest | before | after | more |"
        yield "|---|---|---|---|"
        for kind, before in outcome.at_rest_before.items():
            after, more = outcome.at_rest_after[kind], outcome.more_percent[kind]
            yield f"| {kind} | {before:g} | {after:g} | {more:g}% |"
    if outcome.growth_per_hour:
        kinds = list(next(iter(outcome.growth_per_hour.values())))
        yield ""
        if outcome.minutes < TELLING_MINUTES:
            yield f"Growth an hour, from less than {TELLING_MINUTES} minutes, says little:"
            yield ""
        yield "| growth an hour | " + " | ".join(kinds) + " |"
        yield "|---" * (len(kinds) + 1) + "|"
        for name, grown in outcome.growth_per_hour.items():
            yield f"| {name} | " + " | ".join(f"{grown[kind]:g}" for kind in kinds) + " |"


def _table(title: str, values: Mapping[str, Any]) -> Iterable[str]:
    yield ""
    yield f"| {title} | |"
    yield "|---|---|"
    for name, value in values.items():
        yield f"| {str(name).replace('_', ' ')} | {value} |"
