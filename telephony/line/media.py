"""The 20 ms path between pjsua2 and the engine. No locks, no I/O but one wake-up, no logging.

pjsua2's conference clock calls `onFrameRequested` of every port and then `onFrameReceived` of
every port in each 20 ms; what is played and what is heard in one round belong together. All of
this runs in that one clock thread, so `Playout` needs no lock; the socket's thread only appends to
`inbox`.

PCM crosses by ctypes: copying through SWIG's vector takes 680 µs a frame instead of 4, and
iterating one has crashed. A line wakes 50 times a second and finds its caches cold each time: what
counts is how little code runs and how few threads wake, so all legs' frames leave together, and
silence costs nothing to send.
"""

import ctypes
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import pjsua2 as pj

from telephony.line.playout import Playout
from telephony.messages import (
    FRAME_BYTES,
    FRAME_MS,
    SAMPLE_RATE_HZ,
    Clear,
    FromLine,
    Live,
    LiveAudio,
    Pause,
    Play,
    Resume,
)
from telephony.protocol import encode_audio
from voxdesk.kernel.errors import TelephonyError


@dataclass(frozen=True, slots=True)
class WindUp:
    """The engine is gone: what it sent plays to its end."""


@dataclass(frozen=True, slots=True)
class DropAll:
    """An engine takes over: whatever plays stops."""


MediaCommand = Play | Pause | Resume | Clear | Live | LiveAudio
LineCommand = WindUp | DropAll
Emit = Callable[[FromLine | bytes], None]
_SILENCE: Final = bytes(FRAME_BYTES)
_FRAME_SAMPLES: Final = FRAME_BYTES // 2


class Round:
    """One round of the clock over all legs of a line: what they heard leaves together, at its end.

    A leg that begins or ends in the middle makes the others' sound leave early, or one round late.

    Args:
        ring: wakes whoever sends what the legs have emitted.
    """

    def __init__(self, ring: Callable[[], None]) -> None:
        self._ring = ring
        self._due = 0  # legs that were asked what they play and haven't said yet what they heard
        self._hearing = False
        self._waiting = False

    def asked(self) -> None:
        """A leg has been asked what it plays; it will be told what it hears."""
        if self._hearing:
            self._hearing = False
            self._due = 0
            if self._waiting:
                self._end()
        self._due += 1

    def heard(self) -> None:
        """A leg has emitted what it heard."""
        self._hearing = self._waiting = True
        self._due -= 1
        if self._due <= 0:
            self._end()

    def _end(self) -> None:
        self._waiting = False
        self._ring()


def _nobody() -> None:
    """A leg without a port is in no round."""


class LegMedia:
    """Both directions of one leg's audio.

    Attributes:
        inbox: media commands of the engine or the line, obeyed at the next frame.
        flowing: the far end can hear us; playing stands still while it can't.
        hearing: the far end may be heard; silence otherwise.
        answered: audio goes to the engine, and offsets count.
        frames: how many have passed since answer.
        round: of the line; its pool of ports gives it.
    """

    def __init__(self, leg: int, emit: Emit) -> None:
        self.inbox: deque[MediaCommand | LineCommand] = deque()
        self.flowing = False
        self.hearing = False
        self.answered = False
        self.frames = 0
        self.round = Round(_nobody)
        self.playout = Playout(leg, emit)
        self._leg = leg
        self._emit = emit
        self._sent: bytes | None = None

    @property
    def now_ms(self) -> int:
        """Since answer."""
        return self.frames * FRAME_MS

    def to_play(self) -> bytes | None:
        """The next 20 ms for the far end; None is silence."""
        if self.answered:
            self.round.asked()
        while self.inbox:
            self._obey(self.inbox.popleft())
        self._sent = self.playout.next_frame(self.now_ms) if self.flowing else None
        return self._sent

    def heard(self, pcm: bytes) -> None:
        """The 20 ms from the far end that belong to the last `to_play`."""
        if self.answered:
            offset = self.frames * _FRAME_SAMPLES
            self.frames += 1
            heard = pcm if self.hearing else _SILENCE
            self._emit(encode_audio(self._leg, offset, heard, self._sent or b""))
            self.round.heard()

    def _obey(self, command: MediaCommand | LineCommand) -> None:
        match command:
            case Play(_, utterance, pcm, last):
                self.playout.append(utterance, pcm, last=last)
            case LiveAudio(_, pcm):
                self.playout.push_live(pcm)
            case Pause(_, utterance):
                self.playout.pause(utterance)
            case Resume(_, utterance):
                self.playout.resume(utterance)
            case Clear(_, utterance):
                self.playout.clear(utterance)
            case Live(_, on):
                self.playout.set_live(on=on)
            case WindUp():
                self.playout.wind_up()
            case DropAll():
                self.playout.drop_all()


_pinned: set[int] = set()


def _keep_thread_state() -> None:
    """Let Python keep its state of the calling thread.

    pjsua2's clock thread is not Python's. Without this, each callback makes a thread state and
    maps its memory anew, which costs more than the work on the frame.
    """
    thread = threading.get_ident()
    if thread not in _pinned:
        _pinned.add(thread)
        ctypes.pythonapi.PyGILState_Ensure()  # never released: its thread ends with pjsua2


_POINTER: Final = ctypes.sizeof(ctypes.c_void_p)
_VECTOR: Final = ctypes.c_void_p * 2  # a std::vector begins with where its bytes begin and end
_INT: Final = ctypes.c_int
_AUDIO: Final[int] = pj.PJMEDIA_FRAME_TYPE_AUDIO


def _data_of(vector: pj.ByteVector) -> int:
    """Address of a std::vector's first byte: the first word of the vector itself."""
    return ctypes.c_void_p.from_address(int(vector.this)).value or 0


def _bytes_of(frame: pj.MediaFrame) -> bytes:
    """What a frame holds. Its members are `type`, `buf` (a vector) and `size`, in this order.

    Read from memory: asking SWIG for them makes three objects and takes four times as long.
    """
    begin, end = _VECTOR.from_address(int(frame.this) + _POINTER)
    return ctypes.string_at(begin, end - begin) if begin and end else b""


def _mark_as_audio(frame: pj.MediaFrame) -> None:
    """Its first member; `size` is what was asked for already."""
    _INT.from_address(int(frame.this)).value = _AUDIO


def _check_layout() -> None:
    """A pjsua2 whose frames look otherwise would crash; it should say so instead."""
    frame = pj.MediaFrame()
    frame.buf = pj.ByteVector(b"abc")
    _mark_as_audio(frame)
    if _bytes_of(frame) != b"abc" or frame.type != _AUDIO:
        raise TelephonyError(
            "This pjsua2 lays its audio frames out in another way than the tested one: install "
            "the version that requirements/base.lock names."
        )


class LegPort(pj.AudioMediaPort):  # type: ignore[misc]  # pjsua2 has no types
    """pjsua2's view of a `LegMedia`.

    Attributes:
        media: of the leg that has the port now; None: silence, and nobody listens.
    """

    def __init__(self, name: str) -> None:
        super().__init__()
        self.media: LegMedia | None = None
        self._buffer = pj.ByteVector(_SILENCE)
        self._address = _data_of(self._buffer)
        media_format = pj.MediaFormatAudio()
        media_format.type = pj.PJMEDIA_TYPE_AUDIO
        media_format.clockRate = SAMPLE_RATE_HZ
        media_format.channelCount = 1
        media_format.bitsPerSample = 16
        media_format.frameTimeUsec = FRAME_MS * 1000
        self.createPort(name, media_format)

    def onFrameRequested(self, frame: pj.MediaFrame) -> None:  # noqa: N802  pjsua2's name
        """What is to be sent in this 20 ms; a frame that stays empty is silence."""
        _keep_thread_state()
        media = self.media
        pcm = media.to_play() if media is not None else None
        if pcm is not None:
            ctypes.memmove(self._address, pcm, FRAME_BYTES)
            frame.buf = self._buffer
            _mark_as_audio(frame)

    def onFrameReceived(self, frame: pj.MediaFrame) -> None:  # noqa: N802  pjsua2's name
        """What was heard in this 20 ms."""
        media = self.media
        if media is not None and media.answered:
            pcm = _bytes_of(frame)
            media.heard(pcm if len(pcm) == FRAME_BYTES else _SILENCE)


class PortPool:
    """Ports for as many legs as there ever were at once; they are lent, and never destroyed.

    The end of a port races with the clock thread that may be calling it: once in a thousand calls
    that crashed the process.
    """

    def __init__(self, ring: Callable[[], None]) -> None:
        """`ring` is called at the end of each round in which a leg has emitted sound."""
        _check_layout()
        self._round = Round(ring)
        self._ports: list[LegPort] = []
        self._free: list[LegPort] = []
        self._null_in: pj.AudioMedia | None = None
        self._null_out: pj.AudioMedia | None = None

    def lend(self, media: LegMedia) -> LegPort:
        """A port for this leg, clocked from now on.

        Tied to the silent null device both ways, it is clocked whether or not a call's stream is
        there, so a leg's offsets never stand still.
        """
        if self._null_in is None:
            devices = pj.Endpoint.instance().audDevManager()
            self._null_in = devices.getCaptureDevMedia()
            self._null_out = devices.getPlaybackDevMedia()
        if not self._free:
            port = LegPort(f"leg{len(self._ports)}")
            self._ports.append(port)
            self._free.append(port)
        port = self._free.pop()
        media.round = self._round
        port.media = media
        self._null_in.startTransmit(port)
        port.startTransmit(self._null_out)
        return port

    def take_back(self, port: LegPort) -> None:
        """The leg is over."""
        port.media = None
        if self._null_in is not None:
            self._null_in.stopTransmit(port)
            port.stopTransmit(self._null_out)
        self._free.append(port)
