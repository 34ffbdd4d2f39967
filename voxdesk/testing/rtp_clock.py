"""The media thread: one for all calls of a phone, sending on absolute 20 ms deadlines.

A thread of its own, so that a busy asyncio loop (a test that computes something) delays neither
the packets nor the moments at which arrivals are noted.
"""

import heapq
import os
import select
import threading
import time
from collections import deque

from voxdesk.testing.rtp_stream import FRAME_S, RtpStream

_IDLE_S = 0.2
_CLOSE_S = 2.0


class MediaThread:
    """Ticks and reads every stream that was added to it."""

    def __init__(self) -> None:
        self._requests: deque[tuple[bool, RtpStream, threading.Event | None]] = deque()
        self._wake_read, self._wake_write = os.pipe()
        os.set_blocking(self._wake_read, False)
        self._poll = select.epoll()
        self._poll.register(self._wake_read, select.EPOLLIN)
        self._streams: dict[int, RtpStream] = {}
        self._delayed: dict[int, RtpStream] = {}  # of them, those on a bad network
        self._deadlines: list[tuple[float, int]] = []
        self._stopping = False
        self.cpu_s = 0.0
        self._thread = threading.Thread(target=self._run, name="softphone-media", daemon=True)
        self._thread.start()

    def add(self, stream: RtpStream) -> None:
        """Start sending and reading a stream, within a millisecond or two."""
        self._ask(True, stream, None)  # noqa: FBT003

    def remove(self, stream: RtpStream) -> None:
        """Let go of a stream; when this returns the thread touches it no more."""
        gone = threading.Event()
        self._ask(False, stream, gone)  # noqa: FBT003
        gone.wait(_CLOSE_S)

    def close(self) -> None:
        """End the thread; harmless twice."""
        if self._stopping:
            return
        self._stopping = True
        os.write(self._wake_write, b"x")
        self._thread.join(_CLOSE_S)
        self._poll.close()
        os.close(self._wake_read)
        os.close(self._wake_write)

    def _ask(self, add: bool, stream: RtpStream, done: threading.Event | None) -> None:  # noqa: FBT001
        self._requests.append((add, stream, done))
        os.write(self._wake_write, b"x")

    def _run(self) -> None:
        while not self._stopping:
            self._take_requests()
            now_s = time.monotonic()
            while self._deadlines and self._deadlines[0][0] <= now_s:
                due_s, number = heapq.heappop(self._deadlines)
                stream = self._streams.get(number)
                if stream is not None:
                    stream.tick(due_s, now_s)
                    heapq.heappush(self._deadlines, (due_s + FRAME_S, number))
                now_s = time.monotonic()
            self._wait(now_s)
            self.cpu_s = time.thread_time()

    def _wait(self, now_s: float) -> None:
        next_s = min(
            self._deadlines[0][0] if self._deadlines else now_s + _IDLE_S,
            min((s.next_delayed_s for s in self._delayed.values()), default=float("inf")),
        )
        left_s = next_s - now_s
        # epoll counts whole milliseconds; what is left of one is slept, and reading waits for it.
        for number, _ in self._poll.poll(max(0.0, int(left_s * 1000) / 1000)):
            stream = self._streams.get(number)
            if stream is not None:
                stream.receive()
            elif number == self._wake_read:
                os.read(self._wake_read, 4096)
        left_s = next_s - time.monotonic()
        if 0 < left_s < 0.001:  # noqa: PLR2004 the millisecond of the comment above
            time.sleep(left_s)
        now_s = time.monotonic()
        for stream in self._delayed.values():
            stream.flush_delayed(now_s)

    def _take_requests(self) -> None:
        while self._requests:
            add, stream, done = self._requests.popleft()
            number = stream.socket.fileno()
            if add and number >= 0:
                self._streams[number] = stream
                if stream.is_delayed:
                    self._delayed[number] = stream
                self._poll.register(number, select.EPOLLIN)
                heapq.heappush(self._deadlines, (time.monotonic() + FRAME_S, number))
            elif self._streams.pop(number, None) is not None:
                self._delayed.pop(number, None)
                self._poll.unregister(number)
                self._deadlines = [entry for entry in self._deadlines if entry[1] != number]
                heapq.heapify(self._deadlines)
            if done is not None:
                done.set()
