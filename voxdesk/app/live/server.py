"""The engine's second local socket: the live feed, and the sound of one call.

The first line says what is wanted: `{"do": "follow"}` is answered by lines without an end,
`{"do": "listen", "call": …}` by one line and then sound without an end (see `Ear`), or by
`{"error": …}`. Only who may write the state directory can reach it.
"""

import asyncio
import contextlib
import json
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final, Protocol

from voxdesk.app.live.ears import Ears
from voxdesk.app.live.feed import FeedReader, LiveFeed
from voxdesk.kernel.audio import SAMPLE_RATE_HZ

WITHIN_S: Final = 5.0
"""A reader that takes nothing for so long is stuck."""
MOST_READERS: Final = 64
MAX_LINE: Final = 4096
SOCKET_BUFFER: Final = 16 * 1024
"""Of sound, 0.25 s: what waits in the system's buffer is delay that nobody sees."""


def live_socket_path(state_dir: Path) -> Path:
    """Where it is."""
    return state_dir / "run" / "live.sock"


class Listenable(Protocol):
    """What is needed of a call's session."""

    @property
    def ears(self) -> Ears:
        """Who listens to it."""
        ...


class LiveServer:
    """The engine's side.

    Args:
        path: of the socket; one that a dead engine left is replaced.
        feed: what happens.
        calls: those in progress.
        node: this machine's name.
    """

    def __init__(
        self,
        path: Path,
        feed: LiveFeed,
        calls: Callable[[], Mapping[Any, Listenable]],
        node: str,
    ) -> None:
        self._path = path
        self._feed = feed
        self._calls = calls
        self._node = node
        self._server: asyncio.Server | None = None
        self._readers: set[asyncio.StreamWriter] = set()

    async def start(self) -> None:
        """Listen; the control socket has made sure that no other engine does."""
        self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._path.unlink(missing_ok=True)
        self._server = await asyncio.start_unix_server(self._serve, self._path, limit=MAX_LINE)
        os.chmod(self._path, 0o600)  # noqa: PTH101  the socket, not what it may link to

    async def close(self) -> None:
        """Stop; whoever reads sees the end."""
        if self._server is None:
            return
        self._server.close()
        self._server = None
        self._path.unlink(missing_ok=True)
        for writer in list(self._readers):
            writer.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._readers.add(writer)
        try:
            await self._answer(reader, writer)
        except (ValueError, KeyError, TypeError, RecursionError) as error:
            with contextlib.suppress(OSError):
                writer.write(_line({"error": f"not a request: {type(error).__name__}"}))
        except (OSError, TimeoutError):
            pass  # it has gone, or is stuck
        finally:
            self._readers.discard(writer)
            writer.close()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        request = json.loads(await asyncio.wait_for(reader.readline(), WITHIN_S))
        if len(self._readers) > MOST_READERS:
            writer.write(_line({"error": f"more than {MOST_READERS} readers"}))
            return
        gone = asyncio.create_task(reader.read(1))  # they say nothing more: it ends when they go
        match request["do"]:
            case "follow":
                work = self._follow(writer)
            case "listen":
                work = self._listen(writer, str(request["call"]))
            case _:
                gone.cancel()
                writer.write(_line({"error": "unknown request"}))
                return
        serving = asyncio.create_task(work)
        try:
            await asyncio.wait({serving, gone}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            serving.cancel()
            gone.cancel()
            await asyncio.gather(serving, gone, return_exceptions=True)

    async def _follow(self, writer: asyncio.StreamWriter) -> None:
        reader = FeedReader()
        self._feed.join(self._node, reader)
        try:
            async for batch in reader.batches():
                await _send(writer, batch)
        finally:
            self._feed.leave(reader)

    async def _listen(self, writer: asyncio.StreamWriter, call_id: str) -> None:
        session = self._calls().get(call_id)
        if session is None:
            writer.write(_line({"error": "there is no such call here", "code": "not_there"}))
            return
        writer.transport.set_write_buffer_limits(high=SOCKET_BUFFER)
        writer.write(_line({"rate": SAMPLE_RATE_HZ, "channels": 2}))
        ear = session.ears.join()
        try:
            async for sound in ear.sound():
                await _send(writer, sound)
        finally:
            session.ears.leave(ear)


async def _send(writer: asyncio.StreamWriter, data: bytes) -> None:
    """Raises TimeoutError: the reader is stuck."""
    writer.write(data)
    async with asyncio.timeout(WITHIN_S):
        await writer.drain()


def _line(body: dict[str, object]) -> bytes:
    return json.dumps(body).encode() + b"\n"
