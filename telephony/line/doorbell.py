"""Wakes the thread that waits for SIP, from other threads.

pjsip waits for its own sockets and timers only. So whoever has work for its thread sends the line's
own SIP socket an empty line, which is a keep-alive (RFC 5626 4.4.1) and means nothing to pjsip.
Without this the thread would have to look every 20 ms, and the engine's commands would wait for it
10 ms on average.
"""

import contextlib
import socket
import threading
from typing import Final

from telephony.line import kernel_filter

_KEEP_ALIVE: Final = b"\r\n\r\n"


class Doorbell:
    """Made by the thread that is to be woken.

    Args:
        addresses: (host, port) that the line's UDP socket for SIP may have; none: it has none.

    Attributes:
        works: `ring` wakes the thread; else it has to look by itself.
    """

    def __init__(self, addresses: list[tuple[str, int]]) -> None:
        self._thread = threading.get_ident()
        self._rung = False
        found = kernel_filter.own_sockets(addresses) if addresses else {}
        # From itself to itself: a socket more would be a port more that a firewall has to know.
        self._socket = next(iter(found.values()), None)
        if self._socket is not None:
            host, self._port = self._socket.getsockname()[:2]
            self._host = "127.0.0.1" if host == "0.0.0.0" else host  # noqa: S104  compared

    @property
    def works(self) -> bool:
        """Whether `ring` wakes the thread."""
        return self._socket is not None

    def ring(self) -> None:
        """There is something to do. From any thread; never waits."""
        bell = self._socket
        if bell is None or self._rung or threading.get_ident() == self._thread:
            return
        self._rung = True
        with contextlib.suppress(OSError):
            bell.sendto(_KEEP_ALIVE, socket.MSG_DONTWAIT, (self._host, self._port))

    def answer(self) -> None:
        """The thread is awake, and looks at everything after this."""
        self._rung = False

    def close(self) -> None:
        """Before the socket that it rings at goes."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None
