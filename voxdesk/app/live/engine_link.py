"""The console's side of the engine's live socket."""

import json
import logging
import socket
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from crm.calls.entries import LoggedEvent, decode

CONNECT_WITHIN_S: Final = 2.0
MOST_UNREAD: Final = 4_000_000
"""Bytes of a line; a longer one is no line of an engine's."""
CHUNK: Final = 256 * 1024

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Hello:
    """The first word of an engine: its machine's name."""

    node: str


@dataclass(frozen=True, slots=True)
class SoFar:
    """What a caller has said so far."""

    call_id: str
    words: str


Said = Hello | SoFar | LoggedEvent


class EngineLink:
    """One connection at a time, read by one thread."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._socket: socket.socket | None = None
        self._unread = b""

    @property
    def is_open(self) -> bool:
        """The engine is there, as far as is known."""
        return self._socket is not None

    def connect(self) -> bool:
        """Try once; whether the engine is there."""
        self.close()
        connection = socket.socket(socket.AF_UNIX)
        try:
            connection.settimeout(CONNECT_WITHIN_S)
            connection.connect(str(self._path))
            connection.sendall(b'{"do":"follow"}\n')
        except OSError:
            connection.close()
            return False
        self._socket = connection
        return True

    def read(self, wait_s: float) -> list[Said]:
        """What has come, after at most so long; closes the link when the engine is gone."""
        if self._socket is None:
            return []
        try:
            self._socket.settimeout(wait_s)
            chunk = self._socket.recv(CHUNK)
        except TimeoutError:
            return []
        except OSError:
            chunk = b""
        if not chunk or len(self._unread) > MOST_UNREAD:
            self.close()
            return []
        *lines, self._unread = (self._unread + chunk).split(b"\n")
        return [said for line in lines if (said := _read(line)) is not None]

    def close(self) -> None:
        """Harmless when it is closed."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None
        self._unread = b""


def _read(line: bytes) -> Said | None:
    try:
        if line.startswith(b'{"event"'):
            entry = decode(line.decode())
            return entry if isinstance(entry, LoggedEvent) else None
        body = json.loads(line)
        if "hello" in body:
            return Hello(str(body["hello"]))
        if "partial" in body:
            return SoFar(str(body["partial"]), str(body["text"]))
        if "dropped" in body:
            log.warning("the live view was too slow for the engine; it catches up")
    except (ValueError, KeyError, TypeError, AttributeError):
        log.warning("the engine's live feed said something that isn't understood")
    return None
