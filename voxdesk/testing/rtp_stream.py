"""One call's RTP: what is sent each 20 ms, what comes back, and the faults put in on purpose.

`tick` and `receive` run in the media thread; everything else is called from the loop. Between the
two stand a deque and plain attributes, whose single operations Python makes atomic.
"""

import asyncio
import contextlib
import random
import socket
import struct
import time
from array import array
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from voxdesk.kernel.audio import Pcm
from voxdesk.testing.bad_network import PERFECT, Impairments, Underway, Way
from voxdesk.testing.rtp_codec import PCMU, Codec
from voxdesk.testing.rtp_packet import SAMPLES_PER_PACKET, RtpPacket, key_events, read_event
from voxdesk.testing.rtp_receive import ReceivedAudio
from voxdesk.testing.sip_message import Address, loopback_address

FRAME_S = 0.020
_KEY_GAP_FRAMES = 5
_TIMESTAMPS = 35  # SO_TIMESTAMPNS on Linux; absent from the socket module
_TIMESPEC = struct.Struct("@qq")
_READ_LIMIT = 64  # packets a socket a round, so that a flood on one call can't starve the others
_MU_RANDOM = random.Random(7)  # noqa: S311 noise, not secrets
_LINE_NOISE = tuple(
    np.array([_MU_RANDOM.randint(-4, 4) for _ in range(SAMPLES_PER_PACKET)], np.int16)
    for _ in range(97)
)
_SILENCE = np.zeros(SAMPLES_PER_PACKET, np.int16)


@dataclass(frozen=True, slots=True)
class Echo:
    """What the far end says comes back to it, as from a loudspeaker into a microphone.

    Attributes:
        delay_s: on top of the way here and back.
        gain_db: negative.
    """

    delay_s: float
    gain_db: float


@dataclass(frozen=True, slots=True)
class KeyHeard:
    """A key of the far end. method: "rfc4733" or "info"; at_s: `time.monotonic()`."""

    key: str
    method: str
    at_s: float


class Playing:
    """Something being said into the call: 20 ms frames, and when each was sent.

    Attributes:
        sent_s: `time.monotonic()` of each frame that has left, by frame index.
    """

    def __init__(self, frames: list[Pcm], loop: asyncio.AbstractEventLoop) -> None:
        self.sent_s = array("d")
        self._frames = frames
        self._loop = loop
        self._done = asyncio.Event()
        self._over = not frames
        if self._over:
            self._done.set()

    def __len__(self) -> int:
        return len(self._frames)

    @property
    def is_over(self) -> bool:
        """Whether its last frame has left, or it was stopped."""
        return self._over

    async def done(self, timeout_s: float = 120.0) -> None:
        """Wait until its last frame has left.

        Raises:
            TimeoutError: it hasn't by then.
        """
        async with asyncio.timeout(timeout_s):
            await self._done.wait()

    def stop(self) -> None:
        """Say no more of it."""
        self._over = True
        self._done.set()

    def take(self, now_s: float) -> Pcm | None:
        """The next frame, in the media thread; None when it is over."""
        if self._over:
            return None
        frame = self._frames[len(self.sent_s)]
        self.sent_s.append(now_s)
        if len(self.sent_s) == len(self._frames):
            self._over = True
            with contextlib.suppress(RuntimeError):  # the test's loop may be closed by now
                self._loop.call_soon_threadsafe(self._done.set)
        return frame


class RtpStream:
    """The audio of one call; it exists from the offer on and sends once it knows where to.

    Attributes:
        codec: what is sent; what is received is decoded by its own payload type.
        payload_type: normally the codec's; another one plays a confused phone.
        event_payload_type: of keys, None when the far end takes none.
        sending: False on hold: nothing leaves, time goes on.
        muted: digital silence instead of line noise and speech.
        background: added to everything said, looped; None is faint line noise (±4).
        echo: added to everything said; needs received audio to be kept. None: no echo.
        lateness_s: by how much each frame missed its deadline.
    """

    def __init__(
        self,
        *,
        host: str = "127.0.0.1",
        impairments: Impairments | None = None,
        keep_pcm: bool = True,
        on_key: Callable[[KeyHeard], None] | None = None,
    ) -> None:
        self.socket, self._control_socket = _socket_pair(host)
        self.port: int = self.socket.getsockname()[1]
        self.codec: Codec = PCMU
        self.payload_type = PCMU.payload_type
        self.event_payload_type: int | None = None
        self.decoders: dict[int, Codec] = {}
        self.sending = True
        self.muted = False
        self.background: Pcm | None = None
        self.echo: Echo | None = None
        self.received = ReceivedAudio(keep_pcm=keep_pcm)
        self.lateness_s = array("f")
        self.sent_packets = 0
        self._loop = asyncio.get_running_loop()
        self.on_key = on_key
        bad = impairments or PERFECT
        # None: straight out, and straight in, as it is mostly.
        self._outward = None if bad.is_perfect else Underway(Way(bad, seed=1))
        self._inward = Underway(Way(bad, seed=2)) if bad.both_ways and not bad.is_perfect else None
        self._remote: Address | None = None
        self._queue: deque[Playing] = deque()
        self._keys: deque[str] = deque()
        self._pressing: Iterator[bytes] | None = None
        self._press_stamp = 0
        self._key_pause = 0
        self._ticks = 0
        dice = random.Random(bad.seed)  # noqa: S311  where a stream begins is no secret
        self._sequence = dice.randrange(0x10000)
        self._stamp = dice.randrange(1 << 32)
        self._source = random.getrandbits(32)
        self._echo_of: tuple[Echo, int] | None = None
        self._last_event: tuple[int, str] | None = None

    # ------------------------------------------------------------------ from the loop

    @property
    def remote(self) -> Address | None:
        """Where packets go; None before an answer and while the far end gave no address."""
        return self._remote

    @remote.setter
    def remote(self, address: Address | None) -> None:
        self._remote = None if address is None else loopback_address(*address)

    def say(self, pcm: Pcm) -> Playing:
        """Queue 8 kHz audio; the last frame is filled up with silence."""
        padded = np.pad(pcm, (0, -len(pcm) % SAMPLES_PER_PACKET))
        playing = Playing(list(padded.reshape(-1, SAMPLES_PER_PACKET)), self._loop)
        self._queue.append(playing)
        return playing

    def stop_saying(self) -> None:
        """Drop everything queued."""
        for playing in list(self._queue):
            playing.stop()

    def press(self, keys: str) -> None:
        """Queue RFC 4733 key presses: 100 ms each and 100 ms between them."""
        for key in keys:
            next(key_events(key))  # a wrong key fails here, not in the media thread
        self._keys.extend(keys)

    @property
    def keys_pending(self) -> bool:
        """Whether a queued key has not fully left yet."""
        return bool(self._keys) or self._pressing is not None

    def close(self) -> None:
        """Close the sockets; the media thread must have let go of them."""
        self.stop_saying()
        self.socket.close()
        self._control_socket.close()

    # ------------------------------------------------------------------ from the media thread

    def tick(self, due_s: float, now_s: float) -> None:
        """Send what belongs to the 20 ms that end at due_s."""
        self.lateness_s.append(now_s - due_s)
        self._ticks += 1
        stamp = self._stamp = self._stamp + SAMPLES_PER_PACKET
        if self._pressing is None and self._keys and self._key_pause <= 0:
            self._pressing = key_events(self._keys.popleft())
            self._press_stamp = stamp
        self._key_pause -= 1
        event = next(self._pressing, None) if self._pressing is not None else None
        if event is not None:
            first = self._press_stamp == stamp
            self._send(self.event_payload_type, self._press_stamp, event, now_s, marker=first)
        else:
            if self._pressing is not None:
                self._pressing, self._key_pause = None, _KEY_GAP_FRAMES
            frame = self._next_frame(now_s)
            self._send(
                self.payload_type, stamp, self.codec.encode(frame), now_s, marker=self._ticks == 1
            )
        self.flush_delayed(now_s)

    def receive(self) -> None:
        """Read what has arrived, with the kernel's arrival times where it gives them."""
        wall_to_monotonic_s = time.monotonic() - time.time()
        for _ in range(_READ_LIMIT):
            try:
                datagram, ancillary, _, _ = self.socket.recvmsg(2048, 64)
            except (BlockingIOError, OSError):
                return
            arrival_s = time.monotonic()
            for level, kind, data in ancillary:
                if level == socket.SOL_SOCKET and kind == _TIMESTAMPS:
                    seconds, nanoseconds = _TIMESPEC.unpack_from(data)
                    arrival_s = seconds + nanoseconds * 1e-9 + wall_to_monotonic_s
            if self._inward is None:
                self._accept(datagram, arrival_s)
            else:
                self._inward.put(datagram, arrival_s)

    def _accept(self, datagram: bytes, arrival_s: float) -> None:
        packet = RtpPacket.parse(datagram)
        if packet is None:
            return
        decoder = self.decoders.get(packet.payload_type)
        if decoder is not None:
            self.received.accept(packet, decoder, arrival_s)
        elif packet.payload_type == self.event_payload_type:
            self._accept_event(packet, arrival_s)
        else:
            self.received.report.foreign += 1

    def _accept_event(self, packet: RtpPacket, arrival_s: float) -> None:
        self.received.pass_over(packet, arrival_s)
        event = read_event(packet.payload)
        if event is None or self._last_event == (packet.timestamp, event[0]):
            return
        self._last_event = (packet.timestamp, event[0])
        if self.on_key is not None:
            key = KeyHeard(event[0], "rfc4733", arrival_s)
            with contextlib.suppress(RuntimeError):
                self._loop.call_soon_threadsafe(self.on_key, key)

    def _next_frame(self, now_s: float) -> Pcm:
        frame: Pcm | None = None
        while self._queue and frame is None:
            frame = self._queue[0].take(now_s)
            if self._queue[0].is_over:
                self._queue.popleft()
        if self.muted:
            return _SILENCE
        layers = [frame] if frame is not None else []
        if self.background is not None:
            start = self._ticks * SAMPLES_PER_PACKET
            layers.append(
                self.background.take(range(start, start + SAMPLES_PER_PACKET), mode="wrap")
            )
        if self.echo is not None:
            layers.append(self._next_echo(self.echo, now_s))
        if len(layers) == 1:
            return layers[0]
        if not layers:
            return _LINE_NOISE[self._ticks % len(_LINE_NOISE)]
        mixed: Pcm = np.clip(np.sum(layers, axis=0, dtype=np.int32), -32768, 32767).astype(np.int16)
        return mixed

    def _next_echo(self, echo: Echo, now_s: float) -> Pcm:
        """The next 20 ms of it: the delay is taken once, then it runs on without a seam."""
        if self._echo_of is not None and self._echo_of[0] is echo:
            start = self._echo_of[1]
        else:
            place = self.received.position(now_s - echo.delay_s)
            if place is None:
                return _SILENCE
            start = place - SAMPLES_PER_PACKET
        self._echo_of = (echo, start + SAMPLES_PER_PACKET)
        heard = self.received.samples(start, SAMPLES_PER_PACKET)
        return (heard * 10 ** (echo.gain_db / 20)).astype(np.int16)

    def _send(
        self, payload_type: int | None, stamp: int, payload: bytes, now_s: float, *, marker: bool
    ) -> None:
        if not self.sending or self._remote is None or payload_type is None:
            return
        packet = RtpPacket(payload_type, self._sequence, stamp, self._source, payload, marker)
        self._sequence += 1
        if self._outward is None:
            self._put(packet.encode())
        else:
            self._outward.put(packet.encode(), now_s)

    @property
    def is_delayed(self) -> bool:
        """Whether packets may be held back on purpose, so that `flush_delayed` has to be called."""
        return self._outward is not None or self._inward is not None

    def flush_delayed(self, now_s: float) -> None:
        """Let go of the packets whose made-up delay is over, either way."""
        if self._outward is not None:
            for _, datagram in self._outward.take(now_s):
                self._put(datagram)
        if self._inward is not None:
            for arrival_s, datagram in self._inward.take(now_s):
                self._accept(datagram, arrival_s)

    @property
    def next_delayed_s(self) -> float:
        """When the next held-back packet is due; infinity when there is none."""
        ways = (way for way in (self._outward, self._inward) if way is not None)
        return min((way.next_s for way in ways), default=float("inf"))

    def _put(self, datagram: bytes) -> None:
        if self._remote is not None:
            with contextlib.suppress(OSError):  # a far end that closed its port refuses; so what
                self.socket.sendto(datagram, self._remote)
                self.sent_packets += 1


def _socket_pair(host: str) -> tuple[socket.socket, socket.socket]:
    """An even port for RTP and the odd one above it, kept so that nobody's RTCP goes astray."""
    for _ in range(200):
        media = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        control = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        media.bind((host, 0))
        port = media.getsockname()[1]
        try:
            if port % 2 == 0:
                control.bind((host, port + 1))
                media.setblocking(False)  # noqa: FBT003 the function's own signature
                with contextlib.suppress(OSError):
                    media.setsockopt(socket.SOL_SOCKET, _TIMESTAMPS, 1)
                return media, control
        except OSError:
            pass  # the odd one is taken; try another pair
        media.close()
        control.close()
    raise OSError(f"no free pair of UDP ports on {host}")
