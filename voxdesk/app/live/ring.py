"""The latest messages for all who watch; each reader has a place in it, and nothing of its own.

A reader that falls behind further than the ring reaches starts again with the whole picture, so
that a slow one costs no memory and holds up nobody.
"""

import asyncio
import secrets
import threading
from collections import deque
from dataclasses import dataclass
from typing import Final

MOST_MESSAGES: Final = 2_000
MOST_BYTES: Final = 16_000_000


@dataclass(frozen=True, slots=True)
class Message:
    """One server-sent event, encoded, in both views.

    Attributes:
        number: counts from 1 in this process.
        full: with words.
        bare: without.
    """

    number: int
    full: bytes
    bare: bytes


class Ring:
    """Thread-safe; `put` from any thread, `wait` on any loop."""

    def __init__(self) -> None:
        self.epoch = secrets.token_hex(4)  # numbers of another process mean nothing here
        self._messages: deque[Message] = deque()
        self._bytes = 0
        self._number = 0
        self._lock = threading.Lock()
        self._waiting: set[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = set()
        self._closed = False

    @property
    def number(self) -> int:
        """Of the newest message."""
        return self._number

    @property
    def is_closed(self) -> bool:
        """Nothing more comes."""
        return self._closed

    def put(self, name: str, full: str, bare: str) -> None:
        """A new message: an event's name, and its data in both views."""
        with self._lock:
            self._number += 1
            head = f"id: {self.epoch}-{self._number}\nevent: {name}\ndata: "
            message = Message(
                self._number, f"{head}{full}\n\n".encode(), f"{head}{bare}\n\n".encode()
            )
            self._messages.append(message)
            self._bytes += len(message.full) + len(message.bare)
            while len(self._messages) > MOST_MESSAGES or self._bytes > MOST_BYTES:
                oldest = self._messages.popleft()
                self._bytes -= len(oldest.full) + len(oldest.bare)
        self._wake()

    def after(self, number: int) -> list[Message] | None:
        """What came after a message; None when the ring doesn't reach back to it."""
        with self._lock:
            if not self._messages:
                return [] if number == self._number else None
            if number < self._messages[0].number - 1 or number > self._number:
                return None
            skipped = number + 1 - self._messages[0].number
            return [message for place, message in enumerate(self._messages) if place >= skipped]

    def place_of(self, last_event_id: str) -> int | None:
        """The number in an event's id; None when it isn't one of this process."""
        epoch, _, number = last_event_id.partition("-")
        if epoch != self.epoch or not number.isascii() or not number.isdigit():
            return None
        return int(number[:12])

    async def wait(self, number: int, timeout_s: float) -> None:
        """Until there is something after this message, the ring is closed, or time is over."""
        entry = (asyncio.get_running_loop(), asyncio.Event())
        with self._lock:
            self._waiting.add(entry)
        try:
            if self._number > number or self._closed:
                return
            async with asyncio.timeout(timeout_s):
                await entry[1].wait()
        except TimeoutError:
            pass
        finally:
            with self._lock:
                self._waiting.discard(entry)

    def close(self) -> None:
        """Everybody may go."""
        self._closed = True
        self._wake()

    def _wake(self) -> None:
        with self._lock:
            waiting = list(self._waiting)
        for loop, event in waiting:
            try:
                loop.call_soon_threadsafe(event.set)
            except RuntimeError:
                continue  # its loop has ended
