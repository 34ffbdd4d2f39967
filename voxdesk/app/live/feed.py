"""What happens in the engine's calls, given to readers as it happens.

Nothing of a call waits for a reader: each has a bounded buffer, and who doesn't keep up is dropped
and told so. Lines are those of `crm.calls.entries.encode`, words that are being recognized
`{"partial": call, "text": words}`.
"""

import asyncio
import json
from collections import deque
from collections.abc import AsyncIterator, Callable
from typing import Final

from crm.calls.entries import LoggedEvent, encode
from voxdesk.kernel.call import CallId

MOST_WAITING: Final = 5_000
"""Lines; some ten seconds of 200 lively calls."""
DROPPED: Final = b'{"dropped":"too slow"}\n'
Subscribe = Callable[[Callable[[LoggedEvent], None]], Callable[[], None]]


class FeedReader:
    """One reader's buffer. Everything happens on the engine's loop."""

    def __init__(self, most_waiting: int = MOST_WAITING) -> None:
        self._most = most_waiting
        self._waiting: deque[bytes] = deque()
        self._news = asyncio.Event()
        self.is_dropped = False

    def push(self, line: bytes) -> None:
        """Something happened."""
        if self.is_dropped:
            return
        if len(self._waiting) >= self._most:
            self.drop()
            return
        self._waiting.append(line)
        self._news.set()

    def drop(self) -> None:
        """What waits is forgotten; the reader is told, and gets nothing more."""
        self._waiting.clear()
        self._waiting.append(DROPPED)
        self.is_dropped = True
        self._news.set()

    async def batches(self) -> AsyncIterator[bytes]:
        """All that waits, again and again; ends after the reader was dropped."""
        while True:
            await self._news.wait()
            self._news.clear()
            batch = b"".join(self._waiting)
            self._waiting.clear()
            yield batch
            if self.is_dropped:
                return


class LiveFeed:
    """Of one engine."""

    def __init__(self) -> None:
        self._readers: tuple[FeedReader, ...] = ()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._unsubscribe: Callable[[], None] | None = None

    def open(self, subscribe: Subscribe) -> None:
        """Take what the call log publishes; on the engine's loop."""
        self._loop = asyncio.get_running_loop()
        self._unsubscribe = subscribe(self._logged)

    def close(self) -> None:
        """No more."""
        if self._unsubscribe is not None:
            self._unsubscribe()
            self._unsubscribe = None
        for reader in self._readers:
            reader.drop()

    def join(self, hello: str, reader: FeedReader) -> None:
        """From now on `reader` gets everything; `hello` says who speaks."""
        reader.push(_line({"hello": hello}))
        self._readers = (*self._readers, reader)

    def leave(self, reader: FeedReader) -> None:
        """It has gone."""
        self._readers = tuple(one for one in self._readers if one is not reader)

    def partial(self, call_id: CallId, words: str) -> None:
        """What a caller has said so far. Never called at a sensitive step."""
        if self._readers:
            self._publish(_line({"partial": call_id, "text": words}))

    def _logged(self, logged: LoggedEvent) -> None:
        """On the call log's thread."""
        if not self._readers or self._loop is None:
            return
        line = encode(logged).encode() + b"\n"
        try:
            self._loop.call_soon_threadsafe(self._publish, line)
        except RuntimeError:
            return  # the loop is closed

    def _publish(self, line: bytes) -> None:
        for reader in self._readers:
            reader.push(line)


def _line(body: dict[str, object]) -> bytes:
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
