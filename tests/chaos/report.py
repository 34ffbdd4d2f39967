"""What was tried and what came of it: a table for people, JSON for whoever looks closer."""

import json
import os
import platform
import sys
import time
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

RESULTS = Path(__file__).resolve().parents[2] / "bench-results"


@dataclass(slots=True)
class Outcome:
    """One attack.

    Attributes:
        attack: its name.
        tried: what was done, in a few words.
        figures: what was measured.
        faults: what should not have happened; none is what one hopes for.
        slow: what came too late or was missing for a moment; on a busy machine that says little.
    """

    attack: str
    tried: str
    figures: dict[str, Any] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    slow: list[str] = field(default_factory=list)

    def expect(self, holds: bool, fault: str) -> None:  # noqa: FBT001  reads like assert
        """Note a fault unless that holds."""
        if not holds:
            self.faults.append(fault)

    def expect_in_time(self, holds: bool, fault: str) -> None:  # noqa: FBT001
        """Note that it was slow unless that holds."""
        if not holds:
            self.slow.append(fault)


def show(outcome: Outcome) -> None:
    """One attack, as soon as it is over."""
    verdict = "; ".join(outcome.faults + outcome.slow) or "held"
    sys.stdout.write(f"\n{outcome.attack}: {outcome.tried}\n")
    width = max((len(name) for name in outcome.figures), default=0)
    for name, value in outcome.figures.items():
        sys.stdout.write(f"  {name:<{width}}  {_shown(value)}\n")
    sys.stdout.write(f"  => {verdict}\n")
    sys.stdout.flush()


def save(outcomes: Iterable[Outcome], target: str, name: str = "chaos") -> Path:
    """All of them, with the conditions; where it was written."""
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / f"{name}.json"
    content = {
        "when": time.strftime("%Y-%m-%d %H:%M:%S UTC", time.gmtime()),
        "target": target,
        "machine": {
            "system": platform.platform(),
            "python": platform.python_version(),
            "cores": os.cpu_count(),
            "load before": os.getloadavg()[0],
        },
        "attacks": [asdict(outcome) for outcome in outcomes],
    }
    path.write_text(json.dumps(content, indent=1) + "\n")
    return path


def _shown(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name}: {_shown(part)}" for name, part in value.items()) or "none"
    return f"{value:g}" if isinstance(value, float) else str(value)
