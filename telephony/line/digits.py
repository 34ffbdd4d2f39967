"""One key, once: some phones send each digit as RFC 4733 and as INFO; no machine types for ever."""

from collections import deque
from typing import Final

COPY_WITHIN_S: Final = 2.0
KEYS_AT_ONCE: Final = 60
KEYS_PER_S: Final = 20.0
"""As fast as a machine dials; a thousand a second would keep the engine busy with one caller."""
KEYS: Final = frozenset("0123456789*#ABCD")


class DigitGate:
    """Lets the first report of each key through, and drops its copy by the other method.

    A copy pairs with the oldest unpaired report of the same key by the other method within 2 s,
    so "11" sent twice over is still two keys. What is faster than any caller is dropped. Pure; time
    comes in.
    """

    def __init__(self) -> None:
        self._unpaired: deque[tuple[str, str, float]] = deque(maxlen=32)  # digit, method, at
        self._room = float(KEYS_AT_ONCE)
        self._at_s: float | None = None

    def accept(self, digit: str, method: str, at_s: float) -> bool:
        """Whether this is a new key press."""
        while self._unpaired and at_s - self._unpaired[0][2] > COPY_WITHIN_S:
            self._unpaired.popleft()
        for earlier in self._unpaired:
            if earlier[0] == digit and earlier[1] != method:
                self._unpaired.remove(earlier)
                return False
        self._room = min(KEYS_AT_ONCE, self._room + (at_s - (self._at_s or at_s)) * KEYS_PER_S)
        self._at_s = at_s
        if self._room < 1.0:
            return False
        self._room -= 1.0
        self._unpaired.append((digit, method, at_s))
        return True
