"""Answers that don't end have a limit of their own, apart from requests'."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from voxdesk.kernel.errors import VoxdeskError

MOST_STREAMS: Final = 128


class TooManyStreams(VoxdeskError):
    """Nobody else may watch or listen now."""

    code = "too_many_streams"


class EngineAway(VoxdeskError):
    """The engine of this machine isn't there, so nothing can be heard or ended."""

    code = "engine_away"


class CallElsewhere(VoxdeskError):
    """A call is served by another machine."""

    code = "call_elsewhere"


class Streams:
    """How many there are. Thread-safe."""

    def __init__(self, most: int = MOST_STREAMS) -> None:
        self._most = most
        self._open = 0
        self._lock = threading.Lock()

    @property
    def open(self) -> int:
        """How many now."""
        return self._open

    def demand(self) -> None:
        """Whether there is room for one more; a polite look before anything else is done.

        Raises:
            TooManyStreams: there isn't.
        """
        if self._open >= self._most:
            raise TooManyStreams(
                f"{self._most} pages watch or listen already; close one that nobody looks at.",
                case="streams_full",
                most=self._most,
            )

    @contextmanager
    def one(self) -> Iterator[None]:
        """While it lasts.

        Raises:
            TooManyStreams: somebody else came first.
        """
        with self._lock:
            self.demand()
            self._open += 1
        try:
            yield
        finally:
            with self._lock:
                self._open -= 1
