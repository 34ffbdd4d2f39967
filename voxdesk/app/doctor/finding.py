"""What a check found: one sentence, and what to do about it."""

import enum
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from voxdesk.app.settings import Settings


class Level(enum.StrEnum):
    """How bad it is."""

    OK = "ok"
    WARNING = "warning"  # calls work; something will hurt some day, or can't be told from here
    PROBLEM = "problem"  # calls don't work, or not all of them


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at.

    Attributes:
        area: which part of the machine, in a word.
        level: see `Level`.
        says: one sentence: what there is.
        mend: what to do about it; empty when it is well.
    """

    area: str
    level: Level
    says: str
    mend: str = ""


@dataclass(frozen=True, slots=True)
class Machine:
    """What the checks look at.

    Attributes:
        settings: as loaded.
        running: what the running engine says of itself; empty when none runs here.
        env: the environment.
    """

    settings: Settings
    running: dict[str, object] = field(default_factory=dict)
    env: dict[str, str] = field(default_factory=dict)

    @property
    def engine_runs(self) -> bool:
        """Whether an engine with this state directory is running."""
        return bool(self.running)


Check = Callable[[Machine], Sequence[Finding]]


def ok(area: str, says: str) -> Finding:
    """It is well."""
    return Finding(area, Level.OK, says)


def warning(area: str, says: str, mend: str) -> Finding:
    """Calls work, and yet."""
    return Finding(area, Level.WARNING, says, mend)


def problem(area: str, says: str, mend: str) -> Finding:
    """It must be mended."""
    return Finding(area, Level.PROBLEM, says, mend)
