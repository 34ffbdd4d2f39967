"""The line's end of the socket: one thread that reads it, queues on both sides.

Whoever has something to say writes it at once, if nobody else is writing: waking the thread for it
costs more than the writing, and a full socket never makes anybody wait. What is left over is the
thread's.

The engine may go and another one come: the link is then attached anew.
"""

import os
import selectors
import socket
import threading
from collections import deque
from collections.abc import Callable
from typing import Final

from telephony.line.media import DropAll, LegMedia, MediaCommand
from telephony.messages import Adopt, Clear, FromLine, Live, LiveAudio, Message, Pause, Play, Resume
from telephony.protocol import Decoder, encode
from voxdesk.kernel.errors import ProtocolError

MAX_UNSENT_BYTES: Final = 8 << 20
"""About 15 s of four legs: an engine that reads nothing for so long is lost."""
_READ_BYTES: Final = 1 << 18
_WAIT_S: Final = 1.0
_MEDIA: Final = (Play, LiveAudio, Pause, Resume, Clear, Live)


class EngineLink:
    """Sends what is put in, and sorts what comes.

    Attributes:
        commands: everything from the engine that isn't media; read by the SIP thread.
        lost: there is no engine, or it makes no sense.
        on_command: called when there is a new command, or no engine any more; on its own thread.
    """

    def __init__(self, media: dict[int, LegMedia]) -> None:
        self.commands: deque[Message] = deque()
        self.lost = True
        self.on_command: Callable[[], None] = lambda: None
        self._socket: socket.socket | None = None
        self._media = media
        self._outbox: deque[FromLine | bytes] = deque()
        self._unsent = bytearray()
        self._writing = threading.Lock()  # never waited for but by the thread of the link
        self._decoder = Decoder()
        self._bell = os.eventfd(0, os.EFD_NONBLOCK)
        self._rung = False
        self._closing = False
        self._thread: threading.Thread | None = None

    def attach(self, connection: socket.socket) -> None:
        """Speak with this engine from now on. Only while `lost`."""
        if self._thread is not None:
            self._thread.join()  # it is at its end: it has said so
        connection.setblocking(False)  # noqa: FBT003  its only argument
        with self._writing:
            if self._socket is not None:
                self._socket.close()
            self._socket = connection
            self._outbox.clear()
            self._unsent.clear()
        self.commands.clear()
        self._decoder = Decoder()
        self.lost = False
        self._thread = threading.Thread(
            target=self._run, args=(connection,), name="engine-link", daemon=True
        )
        self._thread.start()

    def send(self, message: FromLine | bytes) -> None:
        """Never waits; from any thread. Without an engine nothing is kept.

        Bytes are a message that is encoded already; it leaves with the next one, or at `ring`.
        """
        if self.lost:
            return
        self._outbox.append(message)
        if not isinstance(message, bytes):
            self.ring()

    def ring(self) -> None:
        """Let go of what was put in."""
        if not self._write_at_once() and not self._rung:
            self._rung = True
            os.eventfd_write(self._bell, 1)

    def _write_at_once(self) -> bool:
        """Whether everything is said. False: the thread must see to it."""
        connection = self._socket
        if connection is None or self._unsent or not self._writing.acquire(blocking=False):
            return False
        try:
            self._write(connection)
        except OSError:
            return False  # the thread will find out
        finally:
            self._writing.release()
        return not self._unsent

    def close(self, *, within_s: float = 1.0) -> None:
        """Send what is left, and close."""
        self._closing = True
        self._rung = True
        os.eventfd_write(self._bell, 1)
        if self._thread is not None:
            self._thread.join(within_s)
        if self._socket is not None:
            self._socket.close()

    def _run(self, connection: socket.socket) -> None:
        try:
            self._serve(connection)
        except (OSError, ProtocolError):
            self.lost = True
            self.on_command()

    def _serve(self, connection: socket.socket) -> None:
        with selectors.DefaultSelector() as selector:
            selector.register(self._bell, selectors.EVENT_READ)
            interest = selectors.EVENT_READ
            selector.register(connection, interest)
            while not (self._closing and not self._outbox and not self._unsent):
                ready = {key.fd: events for key, events in selector.select(_WAIT_S)}
                if self._bell in ready:
                    os.eventfd_read(self._bell)
                    self._rung = False
                if ready.get(connection.fileno(), 0) & selectors.EVENT_READ:
                    self._read(connection)
                with self._writing:
                    self._write(connection)
                wanted = selectors.EVENT_READ | (selectors.EVENT_WRITE if self._unsent else 0)
                if wanted != interest:
                    selector.modify(connection, wanted)
                    interest = wanted

    def _read(self, connection: socket.socket) -> None:
        data = connection.recv(_READ_BYTES)
        if not data:
            raise ConnectionResetError
        for message in self._decoder.feed(data):
            if isinstance(message, _MEDIA):
                self._to_media(message)
                continue
            if isinstance(message, Adopt):
                # Before what the new engine has played, which doesn't wait for SIP's thread.
                self._silence(message.leg)
            self.commands.append(message)
            self.on_command()

    def _silence(self, leg: int) -> None:
        media = self._media.get(leg)
        if media is not None:
            media.inbox.append(DropAll())

    def _to_media(self, message: MediaCommand) -> None:
        media = self._media.get(message.leg)
        if media is not None:
            media.inbox.append(message)

    def _write(self, connection: socket.socket) -> None:
        while self._outbox:
            message = self._outbox.popleft()
            self._unsent += message if isinstance(message, bytes) else encode(message)
        if not self._unsent:
            return
        try:
            sent = connection.send(self._unsent)
        except BlockingIOError:
            sent = 0
        del self._unsent[:sent]
        if len(self._unsent) > MAX_UNSENT_BYTES:
            raise ConnectionResetError
