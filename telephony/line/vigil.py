"""A leg without its engine: what the caller hears until another one comes, or nobody does. Pure.

A call outlives its engine by `patience_s`. The caller hears the rest of what was being said, then
a short "one moment, please". If no engine takes the call by then, it goes to the fallback number,
or hears an apology and ends. Time comes in, in seconds that only grow.
"""

import enum
from typing import Final

ASK_FOR_PATIENCE_AFTER_S: Final = 1.5
"""A restart is rarely quicker; who is in the middle of a prompt hears that to its end first."""
SAY_SORRY_WITHIN_S: Final = 12.0
ANSWER_TRANSFER_WITHIN_S: Final = 20.0


class Duty(enum.Enum):
    """What is due on a leg that nobody has."""

    ASK_FOR_PATIENCE = enum.auto()
    GIVE_UP = enum.auto()
    END = enum.auto()


class Vigil:
    """One leg's wait for an engine.

    Args:
        began_s: when the engine was lost.
        patience_s: so long one is waited for.
        last_words_s: so long giving up may take.
    """

    def __init__(self, began_s: float, patience_s: float, last_words_s: float) -> None:
        asks_at_s = began_s + min(ASK_FOR_PATIENCE_AFTER_S, patience_s / 2)
        gives_up_at_s = began_s + patience_s
        self._due = [
            (asks_at_s, Duty.ASK_FOR_PATIENCE),
            (gives_up_at_s, Duty.GIVE_UP),
            (gives_up_at_s + last_words_s, Duty.END),
        ]

    def due(self, now_s: float) -> Duty | None:
        """What must happen now; each duty comes once, in order."""
        if self._due and now_s >= self._due[0][0]:
            return self._due.pop(0)[1]
        return None
