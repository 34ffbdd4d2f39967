"""One connection to a vosk-server: audio goes out, results come in, `eof` ends it."""

import asyncio
import contextlib
import json
import time
from collections.abc import Mapping
from typing import Any, Final

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException

from asr.decimate import Decimator
from asr.vosk_results import joined, partial_text, segment_hypotheses
from voxdesk.kernel.audio import SAMPLE_RATE_HZ, Pcm
from voxdesk.kernel.errors import RecognizerFailed
from voxdesk.kernel.speech import Hypothesis

ENGINE: Final = "remote"
_EOF: Final = '{"eof" : 1}'  # servers compare the text, blanks included
_CHUNK_SAMPLES: Final = SAMPLE_RATE_HZ // 10  # five frames a message
_MAX_REPLY_BYTES: Final = 1 << 20
_CLOSE_TIMEOUT_S: Final = 1.0


class ServerLink:
    """One connection, one decoding. Everything on it happens in `task`."""

    def __init__(
        self,
        url: str,
        config: Mapping[str, Any],
        *,
        start_s: float,
        connect_timeout_s: float,
        timeout_s: float,
    ) -> None:
        """Begin to connect; must be called on an asyncio loop.

        Args:
            url: of the server.
            config: the first message; "sample_rate" says what audio it gets.
            start_s: seconds from answer to the first sample.
            connect_timeout_s: bound for the connection.
            timeout_s: bound for the result.
        """
        self.text = ""
        self._connected = False
        self.ended = 0.0  # when the last result came, monotonic
        self._url = url
        self._connect_timeout_s = connect_timeout_s
        self._timeout_s = timeout_s
        self._config = json.dumps({"config": config}, ensure_ascii=False)
        self._start_s = start_s
        self._outbox: asyncio.Queue[Pcm | None] = asyncio.Queue()
        self._segments: list[tuple[Hypothesis, ...]] = []
        self._sent = 0
        self._all_sent = False
        narrow = int(config["sample_rate"]) < SAMPLE_RATE_HZ
        self._decimator = Decimator() if narrow else None
        self.task = asyncio.get_running_loop().create_task(self._run())
        self.task.add_done_callback(_retrieved)

    def put(self, pcm: Pcm) -> None:
        """Take audio at 16 kHz."""
        self._outbox.put_nowait(pcm)

    def end(self) -> None:
        """Nothing follows: ask for the result."""
        self._outbox.put_nowait(None)

    def drop(self) -> None:
        """Nobody wants the result."""
        self.task.cancel()

    @property
    def lost(self) -> bool:
        """The server was there and hung up, rather than being away or slow."""
        return self._connected and self.task.done() and not self.task.cancelled()

    async def result(self) -> tuple[Hypothesis, ...]:
        """The readings, once `end` was called. Cancelling the wait leaves the connection be."""
        done, _ = await asyncio.wait({self.task}, timeout=self._timeout_s)
        if not done:
            self.drop()
            raise _failed(f"no result from {self._url} within {self._timeout_s:g} s")
        if self.task.cancelled():
            raise RecognizerFailed("the turn was cancelled", engine=ENGINE)
        return self.task.result()

    async def _run(self) -> tuple[Hypothesis, ...]:
        url = self._url
        try:
            async with connect(
                url,
                open_timeout=self._connect_timeout_s,
                close_timeout=_CLOSE_TIMEOUT_S,
                max_size=_MAX_REPLY_BYTES,
                proxy=None,  # speech goes where the setting says, not where the environment does
            ) as socket:
                await self._converse(socket)
        except TimeoutError as error:
            raise _failed(f"{url} didn't answer in {self._connect_timeout_s:g} s") from error
        except (OSError, WebSocketException) as error:
            raise _failed(f"{url} is away or hung up: {error}") from error
        except (ValueError, KeyError, TypeError) as error:
            raise RecognizerFailed(
                f"{url} answered what is not vosk-server's protocol: {error}", engine=ENGINE
            ) from error
        self.ended = time.monotonic()
        return joined(self._segments)

    async def _converse(self, socket: ClientConnection) -> None:
        self._connected = True
        await socket.send(self._config)
        sending = asyncio.create_task(self._send(socket))
        try:
            replies = 0
            async for message in socket:
                replies += 1
                self._take(message if isinstance(message, str) else message.decode())
                # One reply for each message, so this one is the answer to `eof`.
                if self._all_sent and replies >= self._sent:
                    return
            raise ConnectionResetError("it closed the connection before the last result")
        finally:
            sending.cancel()
            with contextlib.suppress(asyncio.CancelledError, OSError, WebSocketException):
                await sending

    async def _send(self, socket: ClientConnection) -> None:
        over = False
        while not over:
            chunk: list[Pcm] = []
            while not over and sum(map(len, chunk)) < _CHUNK_SAMPLES:
                pcm = await self._outbox.get()
                over = pcm is None
                if pcm is not None:
                    chunk.append(pcm)
            if chunk:
                self._sent += 1
                await socket.send(b"".join(self._encode(pcm) for pcm in chunk))
        self._sent += 1
        self._all_sent = True
        await socket.send(_EOF)

    def _encode(self, pcm: Pcm) -> bytes:
        if self._decimator is not None:
            pcm = self._decimator.accept_pcm(pcm)
        return pcm.astype("<i2", copy=False).tobytes()

    def _take(self, message: str) -> None:
        readings = segment_hypotheses(message, offset_s=self._start_s)
        if readings:
            self._segments.append(readings)
        closed = [segment[0].text for segment in self._segments]
        self.text = " ".join(part for part in (*closed, partial_text(message)) if part)


def _failed(message: str) -> RecognizerFailed:
    return RecognizerFailed(message, engine=ENGINE, retryable=True)


def _retrieved(task: asyncio.Task[Any]) -> None:
    """A failed connection that nobody asks about any more is not an error of the loop."""
    if not task.cancelled():
        task.exception()
