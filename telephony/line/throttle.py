"""How many calls may begin in a short while. Pure; time comes in, in seconds that only grow."""

from collections import deque
from typing import Final

WINDOW_S: Final = 0.6
SETUPS: Final = 16


class SetupThrottle:
    """Keeps pjsip from running out of socket handles, which aborts it.

    The packaged pjsip has 64 handles, each call takes two, and gives them back half a second after
    it ended. While it is crowded the line doesn't look at its SIP socket: INVITEs wait in the
    kernel, for half a second at most, and are repeated by their senders when they are lost there.
    """

    def __init__(self) -> None:
        self._begun: deque[float] = deque()

    def begin(self, now_s: float) -> None:
        """A call begins."""
        self._begun.append(now_s)

    def crowded(self, now_s: float) -> bool:
        """Whether the next one has to wait."""
        while self._begun and now_s - self._begun[0] >= WINDOW_S:
            self._begun.popleft()
        return len(self._begun) >= SETUPS
