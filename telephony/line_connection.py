"""The engine's end of one line's socket."""

import asyncio
import logging
from collections.abc import Callable
from typing import Final

from telephony.line_client import LineClient
from telephony.messages import Failed, Hello, Message
from telephony.protocol import PROTOCOL_VERSION, Decoder
from voxdesk.kernel.errors import ProtocolError

HELLO_WITHIN_S: Final = 10.0

_log = logging.getLogger(__name__)


class LineConnection(asyncio.Protocol):
    """Bytes to messages, and to the `LineClient` that the line says it is.

    Args:
        find: the client that waits for a line of this name and process, if one does.
    """

    def __init__(self, find: Callable[[str], LineClient | None]) -> None:
        self._find = find
        self._decoder = Decoder()
        self._client: LineClient | None = None
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Somebody is there."""
        assert isinstance(transport, asyncio.Transport)  # noqa: S101  a stream socket's
        self._transport = transport
        asyncio.get_running_loop().call_later(HELLO_WITHIN_S, self._unless_known)

    def data_received(self, data: bytes) -> None:
        """It says something."""
        try:
            messages = self._decoder.feed(data)
            if self._client is None and messages:
                self._introduce(messages.pop(0))
            if self._client is not None:
                self._client.receive(messages)
        except ProtocolError as error:
            _log.error("a line makes no sense: %s", error)
            self.connection_lost(error)
            self._close()

    def connection_lost(self, exc: Exception | None) -> None:
        """It is gone."""
        del exc
        if self._client is not None:
            self._client.die("its connection is gone")

    def pause_writing(self) -> None:
        """It reads slowly."""
        if self._client is not None:
            self._client.pause_writing()

    def resume_writing(self) -> None:
        """It has caught up."""
        if self._client is not None:
            self._client.resume_writing()

    def _introduce(self, message: Message) -> None:
        assert self._transport is not None  # noqa: S101  data came through it
        if not isinstance(message, Hello | Failed):
            raise ProtocolError(f"it began with {type(message).__name__}")
        client = self._find(message.line)
        if client is None:
            raise ProtocolError("nobody waits for a line of its name")
        if isinstance(message, Failed):
            client.fail(message.message)
        elif message.pid != client.pid:
            raise ProtocolError("nobody waits for the process that it is")
        elif message.version != PROTOCOL_VERSION:
            client.fail(
                f"it speaks version {message.version} of the line protocol, not {PROTOCOL_VERSION}:"
                " stop every line of an older installation, and start again."
            )
            self._close()
        else:
            self._client = client
            client.attach(self._transport, message)

    def _unless_known(self) -> None:
        if self._client is None:
            self._close()

    def _close(self) -> None:
        if self._transport is not None:
            self._transport.abort()
