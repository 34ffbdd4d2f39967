"""What came of many calls, for people and as JSON."""

import json
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from rich.table import Table

from tests.bench.callers.errands import Effects, Errand, is_achieved
from tests.bench.callers.wordings import OWN
from tests.bench.figures import RESULTS, console


@dataclass(frozen=True, slots=True)
class Turn:
    """What was said to the caller at a step, and what the caller did."""

    step: str
    said: str
    did: str
    heard: str = ""


@dataclass(frozen=True, slots=True)
class Held:
    """A call that was held.

    Attributes:
        kind: of the caller's person.
        sources: where each of the caller's wordings came from.
        duration_s: from the answer to the end; 0 in text.
        failure: of the call itself.
        voice: that the caller had; empty in text.
        engines: the recognizer of each turn; empty in text.
    """

    errand: Errand
    kind: str
    effects: Effects
    turns: Sequence[Turn]
    sources: Sequence[str] = ()
    duration_s: float = 0.0
    failure: str = ""
    voice: str = ""
    engines: Sequence[str] = ()

    @property
    def is_finished(self) -> bool:
        """Whether the caller got what was wanted, from the machine."""
        return not self.failure and is_achieved(self.errand, self.effects)

    @property
    def wish_source(self) -> str:
        """Where the wording of the first wish came from."""
        return next(iter(self.sources), OWN)

    @property
    def last_step(self) -> str:
        """Where the call was when the caller last did something."""
        return next((turn.step for turn in reversed(self.turns) if turn.did), "")

    def told(self) -> str:
        """The whole call, to read."""
        lines = [f"{self.errand.name} {self.errand.topic} {self.kind} {self.errand.language}"]
        for turn in self.turns:
            lines += [f"    {turn.step}: {turn.said}"] if turn.said else []
            heard = f"   (heard: {turn.heard})" if turn.heard and turn.heard != turn.did else ""
            lines += [f"  > {turn.did}{heard}"] if turn.did else []
        lines.append(f"    done: {list(self.effects.done)} {self.effects.ended} {self.failure}")
        return "\n".join(lines)


@dataclass(slots=True)
class Tally:
    """Calls of one kind."""

    calls: int = 0
    finished: int = 0
    turns: int = 0
    seconds: float = 0.0
    stuck: dict[str, int] = field(default_factory=dict)

    def add(self, held: Held) -> None:
        """One more."""
        self.calls += 1
        self.finished += held.is_finished
        self.turns += sum(bool(turn.did) for turn in held.turns)
        self.seconds += held.duration_s
        if not held.is_finished:
            self.stuck[held.last_step] = self.stuck.get(held.last_step, 0) + 1

    def row(self) -> dict[str, Any]:
        """For a table."""
        calls = max(1, self.calls)
        stuck = sorted(self.stuck.items(), key=lambda each: -each[1])[:4]
        return {
            "calls": self.calls,
            "finished": self.finished,
            "%": round(100 * self.finished / calls, 1),
            "turns": round(self.turns / calls, 1),
            "seconds": round(self.seconds / calls) if self.seconds else None,
            "stuck at": ", ".join(f"{step} {count}" for step, count in stuck) or "-",
        }


def rows(helds: Iterable[Held]) -> dict[str, dict[str, Any]]:
    """All together, and by task, person, language and where the wording came from."""
    helds = list(helds)
    by: dict[str, Callable[[Held], str]] = {
        "": lambda _: "all",
        "task ": lambda held: held.errand.name,
        "person ": lambda held: held.kind,
        "in ": lambda held: held.errand.language,
        "wording: ": lambda held: held.wish_source,
        "voice ": lambda held: held.voice,
    }
    found: dict[str, dict[str, Any]] = {}
    for lead, name_of in by.items():
        tallies: dict[str, Tally] = {}
        for held in helds:
            tallies.setdefault(lead + name_of(held), Tally()).add(held)
        if len(tallies) > 1 or not lead:
            found |= {name: tally.row() for name, tally in sorted(tallies.items())}
    return found


def print_table(title: str, found: dict[str, dict[str, Any]]) -> None:
    """One line for each kind of call."""
    headings = list(next(iter(found.values())))
    table = Table("", *headings, title=title, title_justify="left")
    for name, row in found.items():
        table.add_row(name, *("-" if row[key] is None else str(row[key]) for key in headings))
    console.print(table)


def keep(name: str, helds: Sequence[Held], notes: str) -> None:
    """Figures to the terminal, every call to a file."""
    found = rows(helds)
    heard = Counter(engine for each in helds for engine in each.engines)
    if heard:
        notes += "; heard by " + ", ".join(f"{name} {count}" for name, count in heard.items())
    print_table(notes, found)
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / f"{name}.json"
    document = {"notes": notes, "figures": found, "calls": [each.told() for each in helds]}
    path.write_text(json.dumps(document, indent=1, ensure_ascii=False), encoding="utf-8")
    console.print(f"every call: {path}")
