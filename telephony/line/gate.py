"""Between a leg and the engine: what mustn't be lost waits here while no engine has the leg. Pure.

Sound doesn't wait: a minute of silence that is heard later helps nobody.
"""

from collections import deque
from collections.abc import Callable
from typing import Final

from telephony.messages import FromLine, LegDigit, LegEnded, LegHeld, LegTransfer

WAITING_AT_MOST: Final = 64
_WAITS: Final = (LegDigit, LegEnded, LegHeld, LegTransfer)


class Gate:
    """Open while an engine has the leg; what comes meanwhile is let through at the opening.

    Args:
        send: to the engine; never waits.
    """

    def __init__(self, send: Callable[[FromLine | bytes], None]) -> None:
        self._send = send
        self._open = True
        self._waiting: deque[FromLine] = deque(maxlen=WAITING_AT_MOST)

    def __call__(self, message: FromLine | bytes) -> None:
        """Pass a message on, or keep it. Sound comes from the media clock, all else from SIP."""
        if self._open:
            self._send(message)
        elif isinstance(message, _WAITS):
            self._waiting.append(message)

    def shut(self) -> None:
        """No engine has the leg any more."""
        self._open = False

    def open(self) -> None:
        """An engine has it."""
        while self._waiting:
            self._send(self._waiting.popleft())
        self._open = True
