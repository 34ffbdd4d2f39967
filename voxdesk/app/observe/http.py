"""A very small HTTP server for pages about the program: GET, one answer a connection.

It has a thread and a loop of its own, so whoever asks, and however, no call waits for it. What is
too long, too slow or too much is closed: 8 KB of request, 5 s, 32 connections.
"""

import asyncio
import contextlib
import logging
import os
import threading
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final

MOST_REQUEST_BYTES: Final = 8 * 1024
WITHIN_S: Final = 5.0
CONNECTIONS_AT_MOST: Final = 32
BIND_AGAIN_S: Final = 5.0

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Page:
    """An answer."""

    body: bytes
    content_type: str = "application/json"
    status: HTTPStatus = HTTPStatus.OK


Handler = Callable[[], Awaitable[Page]]


class PageServer:
    """Serves `pages` (path to its handler) from `start` to `close`.

    A taken port is said and tried again every few seconds: the program's own work matters more, and
    during a restart the old one may have it for a while yet.
    """

    def __init__(self, host: str, port: int, pages: Mapping[str, Handler]) -> None:
        self._host = host
        self._port = port
        self._pages = pages
        self._busy = 0
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, name="observe", daemon=True)
        self._bound = threading.Event()
        self._main: asyncio.Task[None] | None = None
        self.port = 0
        """The port that is listened on; 0 while there is none."""

    def start(self, timeout_s: float = WITHIN_S) -> None:
        """Begin; returns when the port is bound, or was found taken."""
        self._thread.start()
        self._bound.wait(timeout_s)

    def close(self, timeout_s: float = WITHIN_S) -> None:
        """Stop. Harmless twice."""
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._stop)
            self._thread.join(timeout_s)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._main = self._loop.create_task(self._serve())
        with contextlib.suppress(asyncio.CancelledError):
            self._loop.run_until_complete(self._main)
        self._loop.run_until_complete(self._loop.shutdown_default_executor())
        self._loop.close()

    def _stop(self) -> None:
        if self._main is not None:
            self._main.cancel()

    async def _serve(self) -> None:
        told = False
        while True:
            try:
                server = await asyncio.start_server(
                    self._connected, self._host, self._port, limit=MOST_REQUEST_BYTES
                )
                break
            except OSError as error:
                if not told:
                    log.error(  # noqa: TRY400  no traceback needed
                        "metrics and health can't be offered on %s port %d: %s. Calls are served "
                        "all the same, and it is tried again. Set observe.port to another one, or "
                        "observe.enabled to false.",
                        self._host,
                        self._port,
                        os.strerror(error.errno) if error.errno else error,
                    )
                told = True
                self._bound.set()
                await asyncio.sleep(BIND_AGAIN_S)
        self.port = server.sockets[0].getsockname()[1]
        if told:
            log.warning("metrics and health are offered now")
        self._bound.set()
        try:
            async with server:
                await server.serve_forever()
        finally:
            self.port = 0

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._busy >= CONNECTIONS_AT_MOST:
            writer.transport.abort()
            return
        self._busy += 1
        try:
            async with asyncio.timeout(WITHIN_S):
                page, with_body = await self._answer(reader)
                _write(writer, page, with_body=with_body)
                await writer.drain()
        except (OSError, TimeoutError, asyncio.IncompleteReadError):
            pass  # too slow, or gone
        except Exception as error:  # noqa: BLE001  a page that fails must not end the server
            log.error("a page about the engine failed: %s", type(error).__name__)  # noqa: TRY400
        finally:
            self._busy -= 1
            writer.close()

    async def _answer(self, reader: asyncio.StreamReader) -> tuple[Page, bool]:
        try:
            head = await reader.readuntil(b"\r\n\r\n")
        except asyncio.LimitOverrunError:
            return _error(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE), True
        words = head.split(b"\r\n", 1)[0].split(b" ")
        if len(words) != 3 or not words[2].startswith(b"HTTP/1."):  # noqa: PLR2004  RFC 9112, 3
            return _error(HTTPStatus.BAD_REQUEST), True
        method, target = words[0], words[1].split(b"?", 1)[0]
        handler = self._pages.get(target.decode("ascii", "replace"))
        if handler is None:
            return _error(HTTPStatus.NOT_FOUND), True
        if method not in {b"GET", b"HEAD"}:
            return _error(HTTPStatus.METHOD_NOT_ALLOWED), True
        return await handler(), method == b"GET"


def _error(status: HTTPStatus) -> Page:
    return Page(f"{status.phrase}\n".encode(), "text/plain; charset=utf-8", status)


def _write(writer: asyncio.StreamWriter, page: Page, *, with_body: bool) -> None:
    head = (
        f"HTTP/1.1 {page.status.value} {page.status.phrase}\r\n"
        f"Content-Type: {page.content_type}\r\n"
        f"Content-Length: {len(page.body)}\r\n"
        "Allow: GET, HEAD\r\n"
        "Cache-Control: no-store\r\n"
        "X-Content-Type-Options: nosniff\r\n"
        "Connection: close\r\n\r\n"
    )
    writer.write(head.encode() + (page.body if with_body else b""))
