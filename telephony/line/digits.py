"""One key, once: some phones send each digit as RFC 4733 and as INFO."""

from collections import deque
from typing import Final

COPY_WITHIN_S: Final = 2.0
KEYS: Final = frozenset("0123456789*#ABCD")


class DigitGate:
    """Lets the first report of each key through, and drops its copy by the other method.

    A copy pairs with the oldest unpaired report of the same key by the other method within 2 s,
    so "11" sent twice over is still two keys. Pure; time comes in.
    """

    def __init__(self) -> None:
        self._unpaired: deque[tuple[str, str, float]] = deque(maxlen=32)  # digit, method, at

    def accept(self, digit: str, method: str, at_s: float) -> bool:
        """Whether this is a new key press."""
        while self._unpaired and at_s - self._unpaired[0][2] > COPY_WITHIN_S:
            self._unpaired.popleft()
        for earlier in self._unpaired:
            if earlier[0] == digit and earlier[1] != method:
                self._unpaired.remove(earlier)
                return False
        self._unpaired.append((digit, method, at_s))
        return True
